"""Compare: two messages by file, by text, from the journal; what differs; the file to take along."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from openworklist.clients.mllp import send_message
from players.hospital import make_order

EVIL = "<script>document.title='x'</script><img src=http://192.0.2.1/x>^\u202eEvil"


def base(server: Any) -> str:
    return f"http://127.0.0.1:{server.web}"


@pytest.fixture(scope="module", autouse=True)
def orders(server: Any) -> None:
    for order in (make_order("1"), make_order("2", "Roe^Jane")):
        send_message("127.0.0.1", server.hl7, order)


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    left, right = tmp_path / "left.hl7", tmp_path / "right.hl7"
    left.write_bytes(make_order("1", control_id="L"))
    right.write_bytes(make_order("1", EVIL, control_id="R", charset="UNICODE UTF-8"))
    return left, right


def text_of(order: bytes) -> str:
    return order.decode().replace("\r", "\n")


def differences(page: Page) -> Any:
    return page.locator("[data-difference]")


def test_two_of_the_journal_are_compared_at_an_address_that_stays(
    server: Any, open_page: Callable[..., Page]
) -> None:
    page = open_page(base(server))
    page.goto("/messages/1")
    page.get_by_role("link", name="Compare with…").click()
    expect(page.locator("#left-message")).to_have_value("1")
    page.locator("#right-message").fill("2")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", name="Comparison")).to_be_visible()
    expect(differences(page)).to_have_count(4)
    expect(page.locator("tr").filter(has_text="PID-5.1")).to_contain_text("Roe")
    expect(page.locator("tr").filter(has_text="PID-5.1")).to_contain_text("Patient name")
    address = page.url
    assert "Doe" not in address
    page.reload()
    expect(differences(page)).to_have_count(4)
    assert page.url == address


def wait_for_script(page: Page) -> None:
    """Until a change of the view sends itself: before, the page has a button for it."""
    expect(page.locator("[data-submits-itself] button")).to_be_hidden()


def test_views_change_and_msh_7_and_10_count_only_if_wished(
    server: Any, open_page: Callable[..., Page], files: tuple[Path, Path]
) -> None:
    page = open_page(base(server))
    page.goto("/compare")
    for side, file in zip(("left", "right"), files, strict=True):
        page.locator(f"#{side}-file").set_input_files(file)
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".facts")).to_contain_text("left.hl7")
    expect(page.locator("tr").filter(has_text="MSH-10")).to_have_count(0)
    wait_for_script(page)
    page.get_by_label("Compare MSH-7 and MSH-10 too").check()
    expect(page.locator("tr").filter(has_text="MSH-10")).to_have_count(1)
    wait_for_script(page)
    page.get_by_label("Show what is the same too").check()
    expect(page.get_by_role("heading", name="OBR")).to_be_visible()
    wait_for_script(page)
    page.get_by_label("By position").check()
    expect(page.locator("table.grid").first).to_be_visible()
    expect(page.locator("table.grid th[data-difference]").first).to_be_visible()
    wait_for_script(page)
    page.get_by_label("Show what is the same too").uncheck()
    expect(page.get_by_role("heading", name="OBR")).to_have_count(0)
    page.go_back()
    expect(page.get_by_role("heading", name="OBR")).to_be_visible()


def test_differences_are_walked_by_buttons_and_by_keys(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(base(server))
    page.goto("/compare?left=1&right=2")
    page.get_by_role("button", name="Compare").focus()
    page.keyboard.press("Enter")
    expect(differences(page)).to_have_count(4)
    page.get_by_role("button", name="Next difference").click()
    expect(page.locator("#d1")).to_be_focused()
    page.keyboard.press("n")
    page.keyboard.press("n")
    expect(page.locator("#d3")).to_be_focused()
    expect(page.get_by_text("3 of 4")).to_be_visible()
    page.keyboard.press("p")
    expect(page.locator("#d2")).to_be_focused()
    page.get_by_role("button", name="Previous difference").click()
    page.get_by_role("button", name="Previous difference").click()
    expect(page.locator("#d4")).to_be_focused()


def test_two_files_that_are_dropped_at_once_fill_both_sides(
    server: Any, open_page: Callable[..., Page]
) -> None:
    page = open_page(base(server))
    page.goto("/compare")
    page.evaluate(
        """([one, two]) => {
          const files = new DataTransfer();
          files.items.add(new File([one], "one.hl7"));
          files.items.add(new File([two], "two.hl7"));
          for (const kind of ["dragover", "drop"]) {
            document.getElementById("left").dispatchEvent(
              new DragEvent(kind, { dataTransfer: files, bubbles: true, cancelable: true }));
          }
        }""",
        [text_of(make_order("1")), text_of(make_order("2"))],
    )
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".facts")).to_contain_text("one.hl7")
    expect(page.locator(".facts")).to_contain_text("two.hl7")


def test_what_cannot_be_read_is_told_beside_its_side_and_nothing_typed_is_lost(
    server: Any, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = open_page(base(server))
    page.watch.expected.append("422")  # type: ignore[attr-defined]
    archive = tmp_path / "orders.hl7"
    archive.write_bytes(b"PK\x03\x04\x14\x00\x00\x00\x08\x00" + bytes(range(256)))
    page.goto("/compare")
    page.locator("#left-text").fill(text_of(make_order("1")))
    page.locator("#right-file").set_input_files(archive)
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("#right-error")).to_be_visible()
    expect(page.locator("#left-error")).to_have_count(0)
    expect(page.locator("#left-text")).to_have_value(text_of(make_order("1")))
    page.locator("#right-message").fill("999999")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("#right-error")).to_contain_text("There is no message 999999.")


def test_the_exported_file_stands_alone_and_is_harmless(
    server: Any, open_page: Callable[..., Page], files: tuple[Path, Path], tmp_path: Path
) -> None:
    page = open_page(base(server))
    page.goto("/compare")
    for side, file in zip(("left", "right"), files, strict=True):
        page.locator(f"#{side}-file").set_input_files(file)
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".sign").filter(has_text="U+202E").first).to_be_visible()
    with page.expect_download() as got:
        page.get_by_role("link", name="Export as HTML file").click()
    saved = tmp_path / got.value.suggested_filename
    got.value.save_as(saved)
    alone = open_page()
    alone.context.set_offline(True)
    alone.goto(saved.as_uri())
    expect(alone).to_have_title("HL7 messages compared")
    expect(alone.get_by_text("<script>").first).to_be_visible()
    assert alone.locator("script, img, link").count() == 0


def test_a_comparison_that_is_kept_no_more_says_so(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(base(server))
    page.watch.expected.append("404")  # type: ignore[attr-defined]
    page.goto("/compare/nonesuch")
    expect(page.get_by_text("This comparison is kept no more.")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", ["wide", "small"])
def test_nothing_is_in_the_way_of_anybody(
    server: Any, open_page: Callable[..., Page], find_barriers: Callable[[Page], str], theme: str, size: str
) -> None:
    page = open_page(base(server), theme=theme, size=size)
    page.goto("/compare?left=1&right=2")
    assert find_barriers(page) == ""
    page.get_by_role("button", name="Compare").click()
    expect(differences(page)).to_have_count(4)
    for query in ("", "?by=position&all=1"):
        page.goto(page.url.partition("?")[0] + query)
        assert find_barriers(page) == ""
        assert page.evaluate(
            "document.querySelector('main').scrollWidth <= document.querySelector('main').clientWidth"
        )
