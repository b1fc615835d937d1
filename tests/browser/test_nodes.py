"""The pages of nodes: scanners come and are decided about, settings count, worklists are saved and asked."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect
from pynetdicom import AE

from openworklist.clients.mllp import send_message
from openworklist.services.configurations import Configurations
from openworklist.store.database import open_database
from players.scanner import EXPLICIT, WORKLIST, ask_for_status, make_question

PENDING = (0xFF00, 0xFF01)
SECONDS = 30


def make_order(patient: str, station: str, *, sender: str = "RIS|HOSPITAL", name: str = "Doe^Jane") -> bytes:
    return (
        f"MSH|^~\\&|{sender}|OW|RAD|20260314080000||ORM^O01|{patient}|P|2.3.1||||||UNICODE UTF-8\r"
        f"PID|||{patient}^^^HOSP||{name}||19700101|F\r"
        f"ORC|NW|A{patient}|||||||||||||20260314101500\r"
        f"OBR||||RP{patient}^CT Head||||||||||||||CT|||{station}\r"
    ).encode()


def send(server: Any, *orders: bytes) -> None:
    for order in orders:
        assert b"MSA|AA|" in send_message("127.0.0.1", server.hl7, order)


def ask(server: Any, calling: str, **keys: str) -> list[Any]:
    found = ask_for_status(server.dicom, make_question(**keys), calling=calling)
    return [answer for status, answer in found if status in PENDING]


def is_served(server: Any, calling: str) -> bool:
    scanner = AE(calling)
    scanner.add_requested_context(WORKLIST, EXPLICIT)
    association = scanner.associate("127.0.0.1", server.dicom, ae_title="OPENWORKLIST")
    if association.is_established:
        association.release()
        return True
    return False


def set_option(server: Any, name: str, value: str) -> None:
    """By another process, as it were: the server follows."""
    database = open_database("", Path(server.data), shared=True)
    try:
        Configurations(database).set_option(name, value, "test")
    finally:
        database.close()


def wait_until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + SECONDS
    while not is_so():
        assert time.monotonic() < end


def count_asked(server: Any, title: str) -> int:
    with urlopen(f"{base(server)}/api/v1/scanners/{title}/questions") as answer:
        return sum(each["times"] for each in json.load(answer)["questions"])


def base(server: Any) -> str:
    return f"http://127.0.0.1:{server.web}"


def find_free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def has_no_overflow(page: Page) -> bool:
    return bool(
        page.evaluate(
            "() => { const m = document.querySelector('main'); return m.scrollWidth <= m.clientWidth }"
        )
    )


def row_of(page: Page, text: str) -> Any:
    return page.get_by_role("row").filter(has_text=text)


def test_stranger_appears_while_the_page_is_open_and_is_allowed(
    server: Any, open_page: Callable[..., Page]
) -> None:
    page = open_page(base(server))
    page.goto("/nodes/scanners")
    expect(page.get_by_role("heading", name="Nodes", exact=True)).to_be_visible()
    expect(page.locator("#live")).to_have_attribute("data-state", "live")

    assert is_served(server, "STRANGER1")
    ask(server, "STRANGER1")

    row = row_of(page, "STRANGER1")
    expect(row).to_contain_text("Stranger, served")
    row.get_by_role("button", name="Allow STRANGER1").click()
    expect(row_of(page, "STRANGER1")).to_contain_text("Served")
    expect(row_of(page, "STRANGER1").get_by_role("button")).to_have_count(0)


def test_stranger_is_turned_away_by_keyboard_alone(server: Any, open_page: Callable[..., Page]) -> None:
    assert is_served(server, "STRANGER2")
    page = open_page(base(server))
    page.goto("/nodes/scanners")
    row = row_of(page, "STRANGER2")
    expect(row).to_contain_text("Stranger")
    link = row.get_by_role("link", name="STRANGER2")
    link.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(row.get_by_role("button", name="Turn away STRANGER2")).to_be_focused()
    page.keyboard.press("Enter")

    expect(row_of(page, "STRANGER2")).to_contain_text("Turned away")
    assert not is_served(server, "STRANGER2")


def test_stranger_that_is_turned_away_by_the_site_is_let_in(
    server: Any, open_page: Callable[..., Page]
) -> None:
    set_option(server, "unknown_scanners", "refuse")
    try:
        wait_until(lambda: not is_served(server, "STRANGER3"))
        page = open_page(base(server))
        page.goto("/nodes/scanners")
        row = row_of(page, "STRANGER3")
        expect(row).to_contain_text("Stranger, turned away")
        row.get_by_role("button", name="Allow").click()
        expect(row_of(page, "STRANGER3")).to_contain_text("Served")
        assert is_served(server, "STRANGER3")
    finally:
        set_option(server, "unknown_scanners", "serve")
        wait_until(lambda: is_served(server, "STRANGER4"))


def test_setting_of_a_scanner_changes_its_answers(server: Any, open_page: Callable[..., Page]) -> None:
    send(server, make_order("S1", "CTSET", name="Müller^Eva"), make_order("S2", "CTSET"))
    own = {"ScheduledStationAETitle": "CTSET"}
    assert len(ask(server, "CTSET", **own)) == 2
    wait_until(lambda: count_asked(server, "CTSET") == 1)

    page = open_page(base(server))
    page.goto("/nodes/scanners")
    page.get_by_role("link", name="CTSET").click()
    expect(page.get_by_role("heading", name="CTSET", exact=True)).to_be_visible()
    expect(page.locator("#seen")).to_contain_text("Müller, Eva")
    expect(page.get_by_label("Character set of answers")).to_have_accessible_description(
        "automatic: the smallest that holds an answer Site: automatic"
    )
    page.get_by_label("Most answers").fill("1")
    page.get_by_label("Character set of answers").fill("ISO_IR 192")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#seen")).to_contain_text("1 exam it would get now")

    answers = ask(server, "CTSET", **own)
    assert [answer.SpecificCharacterSet for answer in answers] == ["ISO_IR 192"]

    page.get_by_label("Completed").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#seen")).to_contain_text("It would get nothing now.")
    assert ask(server, "CTSET", **own) == []


def test_what_cannot_be_is_said_beside_its_field_and_nothing_is_lost(
    server: Any, open_page: Callable[..., Page]
) -> None:
    assert is_served(server, "CTWRONG")
    page = open_page(base(server))
    page.watch.expected.append("422")  # type: ignore[attr-defined]
    page.goto("/nodes/scanners")
    row_of(page, "CTWRONG").get_by_role("link", name="CTWRONG").click()
    page.get_by_label("What people call it").fill("in the cellar")
    page.get_by_label("Days where it asks for no date").fill("tomorrow")
    page.get_by_label("Time zone of its clock").fill("Mars/Olympus")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("alert").filter(has_text="Nothing was saved yet.")).to_contain_text("tomorrow")
    expect(page.get_by_label("Days where it asks for no date")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Time zone of its clock")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("What people call it")).to_have_value("in the cellar")


def test_questions_are_folded_and_tell_their_keys(server: Any, open_page: Callable[..., Page]) -> None:
    for _ in range(3):
        ask(server, "CTASKS", Modality="MR", PatientID="Q77")
    wait_until(lambda: count_asked(server, "CTASKS") == 3)  # they are kept a moment after they came
    page = open_page(base(server))
    page.goto("/nodes/scanners")
    expect(row_of(page, "CTASKS")).to_contain_text("0 answers")
    page.get_by_role("link", name="CTASKS").click()
    summary = page.get_by_text("Question 1")
    expect(summary).to_contain_text("3 times")
    expect(page.get_by_role("cell", name="Q77")).not_to_be_visible()
    summary.click()
    expect(page.get_by_role("cell", name="Q77")).to_be_visible()


def test_new_system_is_confirmed_and_its_settings_count(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(base(server))
    page.goto("/nodes/systems")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    send(server, make_order("N1", "CT01", sender="NEWRIS|NORTH"))
    row = row_of(page, "NEWRIS|NORTH")
    expect(row).to_contain_text("New: mapped by auto, please confirm")
    expect(row).to_contain_text("applied")
    row.get_by_role("button", name="Confirm NEWRIS|NORTH").click()
    expect(row_of(page, "NEWRIS|NORTH")).not_to_contain_text("please confirm")

    page.get_by_role("link", name="NEWRIS|NORTH").click()
    expect(page.get_by_label("Mapping", exact=True)).to_have_value("auto")
    expect(page.get_by_label("Application")).to_be_disabled()
    page.get_by_label("Mappings by message type").fill("OMI = ihe")
    page.get_by_label("Character set of messages that name none").fill("8859/1")
    page.get_by_role("button", name="Save").click()
    expect(row_of(page, "NEWRIS|NORTH")).to_contain_text("OMI: ihe")
    expect(row_of(page, "NEWRIS|NORTH")).to_contain_text("8859/1")


def test_system_is_forgotten_and_brought_back(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(base(server))
    page.goto("/nodes/systems/edit")
    page.get_by_label("Application").fill("GONE*")
    page.get_by_label("Facility").fill("SOUTH")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="GONE*|SOUTH").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Deleted: GONE*|SOUTH")).to_be_visible()
    expect(row_of(page, "GONE*|SOUTH")).to_have_count(0)
    page.get_by_role("button", name="Bring it back").click()
    expect(row_of(page, "GONE*|SOUTH")).to_be_visible()


def test_worklist_is_saved_by_keyboard_and_echoed(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(base(server))
    page.goto("/nodes/worklists")
    page.keyboard.press("n")
    page.get_by_label("Name", exact=False).first.focus()
    for text in ("Our own", "OPENWORKLIST", "127.0.0.1", str(server.dicom)):
        page.keyboard.press("Control+A")
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    row = row_of(page, "Our own")
    expect(row).to_contain_text(f"127.0.0.1:{server.dicom}")
    row.get_by_role("button", name="Echo Our own").press("Enter")
    expect(row).to_contain_text("It answered in")


def test_echo_that_is_not_answered_says_why(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(base(server))
    page.goto("/nodes/worklists/edit")
    page.get_by_label("Name required").fill("Nobody")
    page.get_by_label("Address").fill("127.0.0.1")
    page.get_by_label("Port").fill(str(find_free_port()))
    page.get_by_role("button", name="Save").click()
    row = row_of(page, "Nobody")
    row.get_by_role("button", name="Echo").click()
    expect(row).to_contain_text("No answer")
    row.get_by_role("link", name="Nobody", exact=True).click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("button", name="Bring it back")).to_be_visible()


def test_node_with_mistakes_is_not_saved(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(base(server))
    page.watch.expected.append("422")  # type: ignore[attr-defined]
    page.goto("/nodes/worklists/edit")
    page.get_by_label("Name required").fill("a|b")
    page.get_by_label("Port").fill("99999")
    page.get_by_role("button", name="Save").click()
    for label in ("Name required", "Address", "Port"):
        expect(page.get_by_label(label)).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("alert").locator("li")).to_contain_text(["Address is missing.", "Port "])


def test_filter_keeps_orders_out_and_rules_change_places(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(base(server))
    page.goto("/nodes/rules")
    for name, pattern in (("no lab", "LAB*"), ("no test", "TEST*")):
        page.get_by_role("link", name="Add a filter").click()
        page.get_by_label("Name required").fill(name)
        page.get_by_label("Name 1").fill("patient_id")
        page.get_by_label("Patterns 1").fill(pattern)
        page.get_by_role("button", name="Save").click()
        expect(row_of(page, name)).to_contain_text(pattern)
    page.get_by_role("button", name="Earlier no test").click()
    expect(
        page.get_by_role("region", name="Order filters in their order").get_by_role("row").nth(1)
    ).to_contain_text("no test")

    send(server, make_order("LAB1", "CTLAB"))
    assert ask(server, "CTLAB", PatientID="LAB1") == []


def test_rule_with_an_unknown_name_is_shown_again(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(base(server))
    page.watch.expected.append("422")  # type: ignore[attr-defined]
    page.goto("/nodes/rules/edit?shape=rule")
    page.get_by_label("Name required").fill("cellar")
    page.get_by_label("Stations").fill("CT1\nCT2")
    page.get_by_label("Name 1").fill("room")
    page.get_by_label("Patterns 1").fill("7")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert").filter(has_text="room")).to_be_visible()
    expect(page.get_by_label("Patterns 1")).to_have_value("7")
    page.get_by_label("Name 1").fill("current_patient_location")
    page.get_by_role("button", name="Save").click()
    expect(row_of(page, "cellar")).to_contain_text("CT1, CT2")


def test_system_that_is_told_is_added(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(base(server))
    page.goto("/nodes/told")
    page.get_by_role("link", name="Tell a system").click()
    page.get_by_label("Application").fill("PACS")
    page.get_by_label("Facility").fill("ARCHIVE")
    page.get_by_label("Address").fill("127.0.0.1")
    page.get_by_label("Port").fill(str(find_free_port()))
    page.get_by_label("Only of orders by these systems").fill("RIS|*\nHIS|*")
    page.get_by_role("button", name="Save").click()
    expect(row_of(page, "PACS|ARCHIVE")).to_contain_text("RIS|*, HIS|*")


PAGES = (
    "/nodes/systems",
    "/nodes/systems/edit",
    "/nodes/scanners",
    "/nodes/scanners/one?title=CTAXE",
    "/nodes/worklists",
    "/nodes/worklists/edit",
    "/nodes/told",
    "/nodes/told/edit",
    "/nodes/rules",
    "/nodes/rules/edit?shape=filter",
    "/nodes/rules/edit?shape=group",
    "/query",
    "/why?scanner=CTAXE",
)


@pytest.mark.parametrize(("size", "theme"), [("wide", "light"), ("middle", "dark"), ("small", "light")])
def test_no_barriers_and_nothing_wider_than_the_screen(
    server: Any,
    open_page: Callable[..., Page],
    find_barriers: Callable[[Page], str],
    size: str,
    theme: str,
) -> None:
    send(server, make_order(f"AXE{size}", "CTAXE", name="<b>Doe</b>^\u202eevil"))
    ask(server, "CTAXE")
    page = open_page(base(server), size=size, theme=theme)
    for path in PAGES:
        page.goto(path)
        assert find_barriers(page) == "", path
        assert has_no_overflow(page), path
