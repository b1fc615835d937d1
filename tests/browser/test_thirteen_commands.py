"""The thirteen commands of a worklist, each with the mouse and each with nothing but keys."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from openworklist.clients.mllp import send_message
from players.hospital import make_order
from players.receiver import Receiver

MOST_TABS = 200  # until whoever goes through a page by Tab is round


class Person:
    """Whoever works with a page, by mouse or by keys alone."""

    def __init__(self, page: Page, way: str) -> None:
        self.page = page
        self.has_mouse = way == "mouse"

    def act(self, what: Locator, key: str = "Enter") -> None:
        """A click, or Tab until it has the focus and the key that acts."""
        if self.has_mouse:
            what.click()
            return
        self.go_to(what)
        self.page.keyboard.press(key)

    def go_to(self, what: Locator) -> None:
        what.wait_for()
        self.page.wait_for_load_state("load")
        for _ in range(MOST_TABS):
            if what.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not lead to {what}")

    def write(self, where: Locator, text: str) -> None:
        if self.has_mouse:
            where.click()
        else:
            self.go_to(where)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    def command(self, name: str, key: str = "") -> None:
        """A command beside the list, by its shortcut where it has one."""
        if key and not self.has_mouse:
            self.page.keyboard.press(key)
        else:
            self.act(self.page.locator("#record .command").filter(has_text=name))


@pytest.fixture(
    params=[
        ("mouse", "wide", "light"),
        ("keyboard", "wide", "light"),
        ("mouse", "small", "dark"),
        ("keyboard", "middle", "dark"),
    ],
    ids="-".join,
)
def person(request: pytest.FixtureRequest, server: Any, open_page: Callable[..., Page]) -> Person:
    """At the worklist, with an exam of their own selected."""
    way, size, theme = request.param
    name = f"{request.node.originalname[5:]}{way[0]}{size}"
    send_message("127.0.0.1", server.hl7, make_order(name, f"Doe^{name}"))
    page = open_page(f"http://127.0.0.1:{server.web}", size=size, theme=theme)
    page.goto("/worklist?text=")
    someone = Person(page, way)
    if someone.has_mouse:
        page.locator("#quick").click()
    else:
        page.keyboard.press("/")
    page.keyboard.insert_text(name)
    page.keyboard.press("Enter")
    rows = page.locator("table.worklist tbody tr")
    expect(rows).to_have_count(1)
    page.wait_for_load_state("load")
    if someone.has_mouse:
        rows.locator("td").nth(2).click()
    else:
        page.locator("body").press("j")
    expect(page.locator("#record h2").first).to_have_text(f"Doe, {name}")
    return someone


def accession(person: Person) -> str:
    name = person.page.locator("#record h2").first.inner_text().partition(", ")[2]
    return f"A{name}"


def test_view(person: Person) -> None:
    number = accession(person)
    person.command("View record")
    expect(person.page.get_by_role("row", name="AccessionNumber")).to_contain_text(number)


def test_edit(person: Person) -> None:
    page = person.page
    person.command("Edit record", "e")
    person.write(page.locator("#field-requested_procedure_description"), "Written anew")
    person.act(page.get_by_role("button", name="Save"))
    expect(page.locator("#record")).to_contain_text("Written anew")


def test_duplicate(person: Person) -> None:
    page = person.page
    patient = accession(person)[1:]
    person.command("Duplicate record", "d")
    expect(page.locator("#field-patient_id")).to_have_value(patient)
    person.act(page.get_by_role("button", name="Create record"))
    expect(page.locator("#record h2").first).to_have_text(f"Doe, {patient}")
    expect(page.locator("#record")).not_to_contain_text(f"A{patient}")
    person.command("Duplicate record", "d")  # of the duplicate, which has no order number
    expect(page.locator("#twin")).to_be_visible()
    expect(page.locator("#field-requested_procedure_id")).to_have_value("")
    person.write(page.locator("#field-requested_procedure_id"), f"D{patient}")
    person.act(page.get_by_role("button", name="Create record"))
    expect(page.locator("#record")).to_contain_text(f"D{patient}")


def send_from_here(person: Person, receiver: Receiver) -> None:
    page = person.page
    person.write(page.locator("#host"), "127.0.0.1")
    person.write(page.locator("#port"), str(receiver.port))
    person.act(page.get_by_role("button", name="Send now"))
    expect(page.get_by_text("The receiver took the message.")).to_be_visible()


def test_send(person: Person) -> None:
    number = accession(person)
    person.command("Send to HL7 node")
    with Receiver() as receiver:
        send_from_here(person, receiver)
        assert number.encode() in receiver.received[0]


def test_export(person: Person) -> None:
    number = accession(person)
    with person.page.expect_download() as download:
        person.command("Export record")
    assert number.encode() in Path(download.value.path()).read_bytes()


def test_copy(person: Person) -> None:
    page = person.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    number = accession(person)
    person.command("Copy to clipboard")
    expect(page.get_by_role("status").filter(has_text="Copied.")).to_be_visible()
    assert number in page.evaluate("navigator.clipboard.readText()")


def test_delete(person: Person) -> None:
    page = person.page
    rows = page.locator("table.worklist tbody tr")
    person.command("Delete record")
    expect(rows).to_have_count(0)
    person.act(page.get_by_role("button", name="Undo"))
    expect(rows).to_have_count(1)


def test_new(person: Person) -> None:
    page = person.page
    number = f"N{accession(person)}"
    person.command("New record", "n")
    person.write(page.get_by_label("Family name").first, "Typed")
    person.write(page.locator("#field-patient_id"), number)
    person.write(page.locator("#field-requested_procedure_id"), f"R{number}")
    person.act(page.get_by_role("button", name="Create record"))
    expect(page.locator("#record h2").first).to_have_text("Typed")
    expect(page.locator("#record")).to_contain_text(number)


def test_import(person: Person) -> None:
    page = person.page
    order = make_order(f"I{accession(person)}", "Filed^Fay").decode().replace("\r", "\n")
    person.command("Import HL7 file")
    person.write(page.locator("textarea"), order)
    person.act(page.get_by_role("button", name="Import").last)
    expect(page.locator("#results")).to_contain_text("1 message is taken")


def test_query(person: Person, server: Any) -> None:
    page = person.page
    number = accession(person)
    person.command("Query other worklist")
    for label, text in (
        ("AE title", "OPENWORKLIST"),
        ("Address", "127.0.0.1"),
        ("Port", str(server.dicom)),
        ("Accession number", number),
    ):
        person.write(page.get_by_label(label, exact=True), text)
    if person.has_mouse:
        page.get_by_label("Any day").click()
    else:
        person.go_to(page.get_by_label("Today"))
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
    person.act(page.get_by_role("button", name="Ask", exact=True))
    expect(page.get_by_text("1 entry", exact=True)).to_be_visible()


def test_mapping(person: Person) -> None:
    page = person.page
    person.command("Mapping")
    expect(page.get_by_role("heading", name="Mapping", exact=True)).to_be_visible()
    person.act(page.get_by_role("link", name="classic").first)
    expect(page.locator("#work")).to_contain_text("Patient name")


def test_compose(person: Person) -> None:
    page = person.page
    number = f"C{accession(person)}"
    person.command("Compose and send")
    person.write(page.locator("#text"), make_order(number).decode().replace("\r", "\n"))
    with Receiver() as receiver:
        send_from_here(person, receiver)
        assert number.encode() in receiver.received[0]


def test_compare(person: Person) -> None:
    page = person.page
    person.command("Compare messages")
    for side in ("left", "right"):
        person.write(page.locator(f"#{side}-text"), make_order(side, control_id=side).decode())
    person.act(page.get_by_role("button", name="Compare"))
    expect(page.locator("main")).to_contain_text("Aleft")
    expect(page.locator("main")).to_contain_text("Aright")
