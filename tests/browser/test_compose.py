"""Compose and send: written, loaded, pasted, dropped; checked as it is typed; sent, queued; records too."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from openworklist.clients.mllp import send_message
from players.hospital import make_order
from players.receiver import Receiver, closed_port, make_answer

TEXT = "MSH|^~\\&|A|B|C|D|20260314||ORM^O01|{}|P|2.3.1\nPID|||1||Doe^Jane\nORC|NW|1\n"


def base(server: Any) -> str:
    return f"http://127.0.0.1:{server.web}"


@pytest.fixture(scope="module", autouse=True)
def orders(server: Any) -> None:
    for number in range(3):
        send_message("127.0.0.1", server.hl7, make_order(str(number), control_id=f"C{number}"))


def address(page: Page, port: int, application: str = "HIS", facility: str = "CITY") -> None:
    page.get_by_label("Host or address").fill("127.0.0.1")
    page.get_by_label("Port").fill(str(port))
    page.get_by_label("Receiving application").fill(application)
    page.get_by_label("Receiving facility").fill(facility)


def test_a_message_is_typed_checked_and_sent_by_keys_alone(
    server: Any, open_page: Callable[..., Page]
) -> None:
    page = open_page(base(server))
    page.goto("/compose")
    page.get_by_label("Host or address").focus()
    page.keyboard.type("127.0.0.1")
    with Receiver() as receiver:
        for text in (str(receiver.port), "HIS", "CITY"):
            page.keyboard.press("Tab")
            page.keyboard.type(text)
        page.get_by_label("Text, a segment a line").focus()
        page.keyboard.insert_text("PID|||1")
        expect(page.locator("#remarks .is-error")).to_contain_text("MSH")
        page.keyboard.press("Control+A")
        page.keyboard.insert_text("MSH|^~\\&|||||||ORM^O01|KEYS|P|2.3.1\nXYZ|1\nPID|||1||Doe\nORC|NW|1")
        expect(page.locator("#remarks")).to_contain_text("XYZ")
        expect(page.get_by_label("Text, a segment a line")).to_be_focused()
        page.get_by_role("button", name="Send now").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text("The receiver took the message.")).to_be_visible()
        expect(page.locator("#sent .hl7-raw")).to_contain_text("MSA|AA|KEYS")
        (received,) = receiver.received
    assert received.startswith(b"MSH|^~\\&|OPENWORKLIST||HIS|CITY|20")


@pytest.mark.parametrize(
    ("code", "words"), [("AE", "found an error in the message"), ("AR", "rejected the message")]
)
def test_a_refusal_is_told_in_words(
    server: Any, open_page: Callable[..., Page], code: str, words: str
) -> None:
    page = open_page(base(server))
    page.goto("/compose?record=1")
    answer = "<script>document.title='x'</script>\u202e"
    with Receiver(lambda message: [make_answer(message, code, text=answer)]) as receiver:
        address(page, receiver.port)
        page.get_by_role("button", name="Send now").click()
        expect(page.locator("#sent")).to_contain_text(words)
    expect(page.locator("#sent")).to_contain_text("<script>")
    expect(page.locator("#sent").get_by_text("not accepted")).to_be_visible()
    page.locator("#sent").get_by_role("link", name="to others").click()
    expect(page.locator(".page-head .badge")).to_have_text("refused")


def test_as_it_is_leaves_the_header_alone(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(base(server))
    page.goto("/compose")
    with Receiver() as receiver:
        address(page, receiver.port)
        page.get_by_label("Text, a segment a line").fill(TEXT.format("ASIS"))
        page.get_by_label("Send as it is").check()
        page.get_by_role("button", name="Send now").click()
        expect(page.get_by_text("The receiver took the message.")).to_be_visible()
        assert receiver.received == [TEXT.format("ASIS").replace("\n", "\r").encode()]


def test_where_nobody_listens_it_is_put_into_the_queue_and_sent_later(
    server: Any, open_page: Callable[..., Page]
) -> None:
    page = open_page(base(server))
    page.goto("/compose")
    with closed_port() as port:
        address(page, port)
        page.get_by_label("Text, a segment a line").fill(TEXT.format("LATER"))
        page.get_by_role("button", name="Send now").click()
        expect(page.locator("#sent")).to_contain_text("cannot be reached")
        page.get_by_role("button", name="Send when it can be reached").click()
        expect(page.locator("#sent")).to_contain_text("It is in the queue.")
    with Receiver(port=port) as receiver:
        receiver.wait_for_id("LATER")


def test_a_destination_that_was_used_is_offered(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(base(server))
    with Receiver() as receiver:
        page.goto("/compose")
        address(page, receiver.port, "APP7", "FAC7")
        page.get_by_label("Text, a segment a line").fill(TEXT.format("USED"))
        page.get_by_role("button", name="Send now").click()
        expect(page.get_by_text("The receiver took the message.")).to_be_visible()
    page.goto("/compose")
    page.get_by_label("Text, a segment a line").fill("typed before")
    page.get_by_role("button", name=f"127.0.0.1:{receiver.port} APP7").click()
    expect(page.get_by_label("Port")).to_have_value(str(receiver.port))
    expect(page.get_by_label("Receiving facility")).to_have_value("FAC7")
    expect(page.get_by_label("Text, a segment a line")).to_have_value("typed before")


def test_errors_stand_beside_their_fields_and_nothing_is_lost(
    server: Any, open_page: Callable[..., Page]
) -> None:
    page = open_page(base(server))
    page.watch.expected.append("422")  # type: ignore[attr-defined]
    page.goto("/compose")
    page.get_by_label("Host or address").fill("http://his")
    page.get_by_label("Port").fill("99999")
    page.get_by_label("Text, a segment a line").fill("no message")
    page.get_by_role("button", name="Send now").click()
    expect(page.get_by_role("alert").get_by_role("listitem")).to_have_count(3)
    expect(page.get_by_label("Port")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Text, a segment a line")).to_have_value("no message")


def test_a_file_is_loaded_in_its_character_set(
    server: Any, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = open_page(base(server))
    page.watch.expected.append("422")  # type: ignore[attr-defined]
    latin, archive = tmp_path / "latin.hl7", tmp_path / "zip.hl7"
    order = make_order("1", "M\u00fcller^J\u00f6rg", charset="8859/1", codec="latin_1")
    latin.write_bytes(order + make_order("2"))
    archive.write_bytes(b"PK\x03\x04\x14\x00\x00\x00\x08\x00" + bytes(range(256)) * 10)
    page.goto("/compose")
    page.get_by_label("Host or address").fill("his")
    page.get_by_label("Load from a file").set_input_files(latin)
    expect(page.get_by_label("Text, a segment a line")).to_have_value(
        order.decode("latin_1").replace("\r", "\n")
    )
    expect(page.get_by_text("It holds 2 messages; this is the first.")).to_be_visible()
    page.get_by_label("Load from a file").set_input_files(archive)
    expect(page.locator("#file-error")).to_contain_text("There is no HL7 message in the file.")
    expect(page.get_by_label("Host or address")).to_have_value("his")


def test_a_dropped_file_is_loaded(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(base(server))
    page.goto("/compose")
    for number in ("ONE", "TWO"):  # the second one into the editor that came with the first
        page.evaluate(
            """(text) => {
              const files = new DataTransfer();
              files.items.add(new File([text], "one.hl7"));
              for (const kind of ["dragover", "drop"]) {
                document.getElementById("text").dispatchEvent(
                  new DragEvent(kind, { dataTransfer: files, bubbles: true, cancelable: true }));
              }
            }""",
            TEXT.format(number),
        )
        expect(page.get_by_label("Text, a segment a line")).to_have_value(TEXT.format(number))
        expect(page.locator(".htmx-added, .htmx-settling")).to_have_count(0)


def test_the_clipboard_is_pasted_by_a_button(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(base(server))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/compose")
    page.evaluate("text => navigator.clipboard.writeText(text)", TEXT.format("CLIP"))
    page.get_by_role("button", name="Paste from clipboard").click()
    expect(page.get_by_label("Text, a segment a line")).to_have_value(TEXT.format("CLIP"))
    expect(page.get_by_text("Nothing is odd about it.")).to_be_visible()


def test_a_record_opens_as_its_message_and_several_are_sent_together(
    server: Any, open_page: Callable[..., Page]
) -> None:
    page = open_page(base(server))
    page.goto("/compose?record=1")
    expect(page.get_by_label("Text, a segment a line")).to_have_value(
        re.compile(r"PID\|1\|\|0\^\^\^HOSP\|\|Doe\^Jane")
    )
    page.goto("/compose?record=1&record=2&record=3")
    answers = iter(("AA", "AE", "AA"))
    with Receiver(lambda message: [make_answer(message, next(answers))]) as receiver:
        address(page, receiver.port)
        page.get_by_role("button", name="Send now").click()
        expect(page.locator("#sent")).to_contain_text("2 of 3 accepted")
        expect(page.locator("#sent .panel").nth(1)).to_contain_text("not accepted")
        assert all(b"|HIS|CITY|" in message for message in receiver.received)
    page.locator("#sent .panel").first.get_by_role("link", name="to others").click()
    expect(page.get_by_role("link", name="Record 1")).to_be_visible()


def test_it_is_sent_without_scripts_too(server: Any, open_page: Callable[..., Page], tmp_path: Path) -> None:
    file = tmp_path / "order.hl7"
    file.write_text(TEXT.format("PLAIN"))
    page = open_page(base(server), javascript=False)
    page.goto("/compose")
    page.get_by_label("Load from a file").set_input_files(file)
    page.get_by_role("button", name="Load", exact=True).click()
    with Receiver() as receiver:
        address(page, receiver.port)
        page.get_by_role("button", name="Send now").click()
        expect(page.get_by_text("The receiver took the message.")).to_be_visible()
        assert receiver.control_ids == ["PLAIN"]


def test_a_huge_field_is_checked_and_sent(
    server: Any, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    largest, taken = tmp_path / "largest.hl7", tmp_path / "taken.hl7"
    largest.write_bytes(make_order("1", "Huge^" + "x" * 10_000_000, control_id="LARGEST"))
    taken.write_bytes(make_order("1", "Huge^" + "x" * 7_000_000, control_id="TAKEN"))
    page = open_page(base(server))
    page.goto("/compose")
    with Receiver() as receiver:  # its own limit is 8 MB
        address(page, receiver.port)
        for file, control_id in ((largest, "LARGEST"), (taken, "TAKEN")):
            page.get_by_label("Load from a file").set_input_files(file)
            text = page.get_by_label("Text, a segment a line")
            expect(text).to_have_value(re.compile(rf"\|{control_id}\|"), timeout=60_000)
            expect(page.get_by_text("Nothing is odd about it.")).to_be_visible()
        page.get_by_role("button", name="Send now").click()
        expect(page.get_by_text("The receiver took the message.")).to_be_visible(timeout=60_000)
        assert len(receiver.received[0]) > 7_000_000


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", ["wide", "small"])
def test_nothing_is_in_the_way_of_anybody(
    server: Any, open_page: Callable[..., Page], find_barriers: Callable[[Page], str], theme: str, size: str
) -> None:
    page = open_page(base(server), theme=theme, size=size)
    page.goto("/compose?record=1&record=2")
    assert find_barriers(page) == ""
    page.goto("/compose?record=1")
    page.get_by_text("TLS", exact=True).click()
    with Receiver() as receiver:
        address(page, receiver.port)
        page.get_by_role("button", name="Send now").click()
        expect(page.get_by_text("The receiver took the message.")).to_be_visible()
    assert find_barriers(page) == ""
    assert page.evaluate(
        "document.querySelector('main').scrollWidth <= document.querySelector('main').clientWidth"
    )
