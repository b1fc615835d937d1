"""Another worklist is asked by the page, seen through, imported once; silent and hostile ones too."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pynetdicom import AE, evt

from openworklist.clients.mllp import send_message
from players.scanner import EXPLICIT, WORKLIST

# The equals signs part the groups of a name: they do not get into one.
HOSTILE = "<script>alert(1)</script>^<img src=x onerror=alert(1)>"


def make_order(patient: str, name: str, *, procedure: str = "CT Head") -> bytes:
    return (
        f"MSH|^~\\&|RIS|FAR|OW|RAD|20260314080000||ORM^O01|{patient}{procedure}|P|2.3.1||||||UNICODE UTF-8\r"
        f"PID|||{patient}^^^HOSP||{name}||19700101|F\r"
        f"ORC|NW|A{patient}|||||||||||||20260314101500\r"
        f"OBR||||RP{patient}^{procedure}||||||||||||||CT|||CTFAR\r"
    ).encode()


def send(server: Any, *orders: bytes) -> None:
    for order in orders:
        assert b"MSA|AA|" in send_message("127.0.0.1", server.hl7, order)


@dataclass(frozen=True)
class Far:
    dicom: int
    hl7: int
    patients: tuple[str, str, str]


@pytest.fixture
def far(start_server: Callable[..., Any], tmp_path: Path) -> Iterator[Far]:
    """Another server with three exams, one of them with a hostile name."""
    running = start_server(tmp_path / "far")
    # Patients of its own: the server that imports is shared by all tests.
    patients = tuple(f"F{running.dicom}-{number}" for number in (1, 2, 3))
    send(
        running,
        make_order(patients[0], "Doe^Jane"),
        make_order(patients[1], "Müller^Eva"),
        make_order(patients[2], HOSTILE, procedure="\u202e<b>Head</b>"),
    )
    yield Far(running.dicom, running.hl7, patients)
    assert running.stop() == 0


@pytest.fixture
def silent() -> Iterator[int]:
    """A worklist that answers nothing until it is cancelled; its port."""
    is_over = threading.Event()

    def find(event: Any) -> Iterator[tuple[int, None]]:
        while not event.is_cancelled and not is_over.wait(0.02):
            pass
        yield 0xFE00, None

    entity = AE("SILENT")
    entity.add_supported_context(WORKLIST, EXPLICIT)
    listener = entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=[(evt.EVT_C_FIND, find)])
    assert listener is not None
    yield listener.socket.getsockname()[1]
    is_over.set()
    listener.shutdown()


def open_form(page: Page, server: Any, port: int) -> None:
    page.goto(f"http://127.0.0.1:{server.web}/query")
    page.get_by_label("Address", exact=True).fill("127.0.0.1")
    page.get_by_label("Port", exact=True).fill(str(port))
    page.get_by_label("Any day").check()


def ask(page: Page) -> None:
    page.get_by_role("button", name="Ask", exact=True).click()


def row_of(page: Page, text: str) -> Any:
    return page.get_by_role("row").filter(has_text=text)


def test_entries_are_seen_chosen_imported_and_asked_again_without_doubles(
    server: Any, far: Far, open_page: Callable[..., Page], find_barriers: Callable[[Page], str]
) -> None:
    page = open_page()
    first, second, third = far.patients
    open_form(page, server, far.dicom)
    page.get_by_role("button", name="Echo").click()
    expect(page.locator("#said")).to_contain_text("It answered in")
    ask(page)
    expect(page.get_by_text("3 entries")).to_be_visible(timeout=20_000)
    assert find_barriers(page) == ""
    expect(row_of(page, first)).to_contain_text("new")
    expect(page.get_by_role("button", name="Import the ticked")).to_be_disabled()
    # What a node answers is text, and keeps to its place.
    expect(row_of(page, third)).to_contain_text("<script>alert(1)</script>, <img src x onerror alert(1)>")
    expect(row_of(page, third)).to_contain_text("U+202E<b>Head</b>", ignore_case=True)
    for secret in ("Doe", "Jane", first):
        assert secret not in page.url
        assert secret not in page.title()

    row_of(page, first).get_by_role("checkbox").check()
    page.get_by_role("button", name="Import the ticked").click()
    expect(page.get_by_text("Imported: 1 new.")).to_be_visible(timeout=20_000)
    expect(row_of(page, first)).to_contain_text("imported, new")
    expect(row_of(page, second)).not_to_contain_text("imported")
    page.get_by_role("button", name="Import all (3)").click()
    expect(page.get_by_text("Imported: 2 new, 1 known.")).to_be_visible(timeout=20_000)

    send(far, make_order(second, "Müller^Eva", procedure="CT Spine"))
    ask(page)
    expect(row_of(page, first)).to_contain_text("known")
    expect(row_of(page, second)).to_contain_text("changed")
    page.get_by_role("button", name="Import all (3)").click()
    expect(page.get_by_text("Imported: 2 known, 1 changed.")).to_be_visible(timeout=20_000)
    row_of(page, first).get_by_role("link", name="record").click()
    expect(page.get_by_text("Doe, Jane").first).to_be_visible()


def test_question_by_keyboard_alone_with_keys_of_the_patient(
    server: Any, far: Far, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    open_form(page, server, far.dicom)
    page.get_by_label("Patient name").focus()
    page.keyboard.type("M*")
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 entry", exact=True)).to_be_visible()
    expect(page.get_by_label("Patient name")).to_have_value("M*")
    assert "M*" not in page.url
    box = page.get_by_role("checkbox", name="Tick all")
    box.focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Import the ticked").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Imported: ")).to_be_visible(timeout=20_000)
    page.get_by_label("Today").check()
    ask(page)
    expect(page.get_by_role("heading", name="It has no such exam")).to_be_visible()


def test_question_that_takes_long_is_cancelled(
    server: Any, silent: int, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    open_form(page, server, silent)
    page.get_by_label("AE title", exact=True).fill("SILENT")
    ask(page)
    expect(page.locator("#progress")).to_contain_text("0 answers so far")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("The question was cancelled: its answers are not kept.")).to_be_visible()


def test_peer_that_is_not_there_is_said_as_a_sentence(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page()
    open_form(page, server, 1)
    ask(page)
    expect(page.get_by_role("alert").filter(has_text="peer.unreachable")).to_be_visible()
    page.get_by_role("button", name="Echo").click()
    expect(page.locator("#said")).to_contain_text("No answer")


def test_form_with_mistakes_asks_nobody(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.watch.expected.append("422")  # type: ignore[attr-defined]
    page.goto(f"http://127.0.0.1:{server.web}/query")
    page.get_by_label("Patient name").fill("kept")
    ask(page)
    expect(page.get_by_role("alert").filter(has_text="Nobody was asked yet.")).to_be_visible()
    expect(page.get_by_label("Port", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Patient name")).to_have_value("kept")


def test_address_becomes_a_saved_worklist_that_is_chosen(
    server: Any, far: Far, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    open_form(page, server, far.dicom)
    page.get_by_role("button", name="Save as worklist").click()
    expect(page.get_by_label("Port")).to_have_value(str(far.dicom))
    page.get_by_label("Name required").fill("Far away")
    page.get_by_role("button", name="Save").click()
    row_of(page, "Far away").get_by_role("link", name="Query Far away").click()
    expect(page.get_by_label("Address", exact=True)).to_be_disabled()
    page.get_by_label("Any day").check()
    ask(page)
    expect(page.get_by_text("3 entries")).to_be_visible(timeout=20_000)


def test_question_without_javascript(server: Any, far: Far, open_page: Callable[..., Page]) -> None:
    page = open_page(javascript=False)
    open_form(page, server, far.dicom)
    page.get_by_role("button", name="Echo").click()
    expect(page.locator("#said")).to_contain_text("It answered in")
    ask(page)
    expect(page.get_by_text("3 entries")).to_be_visible(timeout=20_000)
