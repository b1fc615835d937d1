"""Files of somebody who means harm: chosen, dropped, compared, and taken along as an HTML page."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Page, expect
from pynetdicom import AE

from openworklist.clients.mllp import send_message
from players import hostile
from players.hospital import make_order

VERIFICATION: Final = "1.2.840.10008.1.1"
FILES: Final = {
    "zip": hostile.zip_files(make_order("1")),
    "bomb": hostile.make_bomb(),
    "markup": hostile.MARKUP.encode(),
    "control": hostile.CONTROL.encode() + b"\x00" * 1000,
}


@pytest.fixture(autouse=True)
def lives(server: Any) -> Any:
    """Whatever came, the server takes orders and answers scanners."""
    yield
    assert b"MSA|AA|" in send_message("127.0.0.1", server.hl7, make_order("alive"))
    scanner = AE("CT01")
    scanner.add_requested_context(VERIFICATION)
    association = scanner.associate("127.0.0.1", server.dicom, ae_title="OPENWORKLIST")
    assert association.is_established
    assert association.send_c_echo().Status == 0
    association.release()


def open_at(server: Any, open_page: Callable[..., Page], path: str) -> Page:
    page = open_page(f"http://127.0.0.1:{server.web}")
    page.watch.expected.append("422")  # type: ignore[attr-defined]
    page.goto(path)
    return page


def is_clean(page: Page) -> bool:
    return page.title().endswith("OpenWorklist") and page.locator("script:not([src]), img").count() == 0


def choose(page: Page, place: str, content: bytes) -> None:
    file = {"name": hostile.FILE_NAME, "mimeType": "text/plain", "buffer": content}
    page.locator(place).set_input_files(file)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", FILES)
def test_what_is_no_message_is_said_to_be_none(
    server: Any, open_page: Callable[..., Page], kind: str
) -> None:
    page = open_at(server, open_page, "/import")
    choose(page, "#file", FILES[kind])
    page.get_by_role("button", name="Import").first.click()
    expect(page.locator("#results")).to_contain_text("<img src=x onerror=alert(1)>")
    expect(page.locator("#results")).not_to_contain_text("is taken")
    assert is_clean(page)


def test_a_field_of_ten_megabytes_in_a_file_is_shown_harmlessly(
    server: Any, open_page: Callable[..., Page]
) -> None:
    page = open_at(server, open_page, "/import")
    choose(page, "#file", make_order("ten", more_of(10_000_000)) + hostile.make_order(77, hostile.MARKUP))
    page.get_by_role("button", name="Import").first.click()
    expect(page.locator("#results")).to_contain_text("<img src=x onerror=alert(1)>")
    assert is_clean(page)
    assert len(page.content()) < 1_000_000


def more_of(length: int) -> str:
    return "Doe^" + "x" * length


def test_a_dropped_archive_is_no_message(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_at(server, open_page, "/import")
    script = """([text, name]) => {
      const content = Uint8Array.from(atob(text), letter => letter.charCodeAt(0));
      const all = new DataTransfer();
      all.items.add(new File([content], name));
      return all;
    }"""
    content = base64.b64encode(FILES["bomb"]).decode()
    transfer = page.evaluate_handle(script, [content, hostile.FILE_NAME])
    page.locator(".drop").first.dispatch_event("drop", {"dataTransfer": transfer})
    page.get_by_role("button", name="Import").first.click()
    expect(page.locator("#results")).to_contain_text("<img src=x onerror=alert(1)>")
    expect(page.locator("#results")).not_to_contain_text("is taken")
    assert is_clean(page)


def test_archives_are_not_compared(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_at(server, open_page, "/compare")
    for side in ("left", "right"):
        choose(page, f"#{side}-file", FILES["bomb"])
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("#left-error")).to_contain_text("message")
    assert is_clean(page)


def test_what_is_compared_is_harmless_in_the_exported_page(
    server: Any, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = open_at(server, open_page, "/compare")
    for side, order in zip(("left", "right"), hostile.ORDERS[:2], strict=True):
        choose(page, f"#{side}-file", order)
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("main")).to_contain_text(hostile.MARKUP)
    assert is_clean(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Export").click()
    file = tmp_path / "compared.html"
    download.value.save_as(file)
    alone = open_page()
    alone.goto(file.as_uri())
    expect(alone.locator("body")).to_contain_text(hostile.MARKUP)
    assert alone.locator("img").count() == 0
    assert "owned" not in alone.title()
    assert alone.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
