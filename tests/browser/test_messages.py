"""Messages: the live list, filters and pages, one message, processing again, the outbound queue, polls."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, Route, expect

from openworklist.clients.mllp import send_message
from openworklist.domain.destination import Destination
from openworklist.services.outbound import Outbound
from openworklist.store.database import open_database
from players.hospital import make_order
from players.receiver import Receiver, closed_port
from players.scanner import ask_for_status, make_question

EVIL = "<script>document.title='x'</script>^\u202eEvil\x07"


def base(server: Any) -> str:
    return f"http://127.0.0.1:{server.web}"


def send(server: Any, *contents: bytes) -> list[bytes]:
    return [send_message("127.0.0.1", server.hl7, content) for content in contents]


def put(server: Any, port: int, *contents: bytes) -> list[int]:
    """Into the queue, by another process as it were."""
    database = open_database("", Path(server.data), shared=True)
    try:
        return Outbound(database).put(contents, Destination("127.0.0.1", port), actor="test")
    finally:
        database.close()


@pytest.fixture(scope="module", autouse=True)
def orders(server: Any) -> None:
    """Two pages of them."""
    send(server, *(make_order(str(n), f"Doe{n}^Jane", control_id=f"C{n:03}") for n in range(60)))


def row(page: Page, control_id: str) -> Any:
    return page.locator("table.messages tbody tr").filter(has_text=control_id)


def test_a_message_stands_in_the_open_page_within_a_second_of_its_answer(
    server: Any, open_page: Callable[..., Page]
) -> None:
    page = open_page(base(server))
    page.goto("/messages")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    tick = page.locator("tbody input[type=checkbox]").nth(2)
    number = tick.get_attribute("value")
    tick.check()
    tick.focus()
    send(server, make_order("700", "Live^One", control_id="LIVE1"))
    expect(row(page, "LIVE1")).to_be_visible()
    expect(row(page, "LIVE1")).to_have_class("fresh")
    # Who is at work in the list keeps the tick and the focus.
    kept = page.locator(f"#tick-i{number}")
    expect(kept).to_be_checked()
    expect(kept).to_be_focused()


def test_pages_go_on_and_tell_what_is_new(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(base(server))
    page.goto("/messages")
    first = page.locator(".row-link").first.get_attribute("href")
    page.get_by_role("link", name="Older").click()
    expect(page.locator("tbody tr").first).not_to_contain_text("LIVE")
    assert page.locator(f"a.row-link[href='{first}']").count() == 0
    send(server, *(make_order(f"71{n}", control_id=f"NEW{n}") for n in range(3)))
    show = page.get_by_role("link", name="3 new – show")
    expect(show).to_be_visible()
    show.click()
    expect(row(page, "NEW2")).to_be_visible()
    expect(page).to_have_url(f"{base(server)}/messages")


def test_filters_narrow_the_list_and_each_is_a_chip(server: Any, open_page: Callable[..., Page]) -> None:
    send(server, b"MSH|^~\\&|ODD|LAB|OW||20260314||ORU^R99|ODD1|P|2.5\rPID|||1\r")
    page = open_page(base(server))
    page.goto("/messages")
    page.get_by_text("More filters").click()
    page.get_by_label("Type").fill("ORU")
    page.get_by_label("System").fill("ODD|LAB")
    page.get_by_label("Control ID").fill("ODD1")
    page.get_by_label("Channel").select_option("mllp")
    page.get_by_label("Result").select_option("refused")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.locator("table.messages tbody tr")).to_have_count(1)
    expect(page.locator(".chip")).to_have_count(5)
    page.reload()
    expect(page.locator("table.messages tbody tr")).to_have_count(1)
    for left in (4, 3, 2, 1, 0):
        page.get_by_role("link", name="Search without this filter").first.click()
        expect(page.locator(".chip")).to_have_count(left)
    page.go_back()
    expect(page.locator(".chip")).to_have_count(1)


def test_text_of_messages_is_looked_for_and_never_stands_in_the_address(
    server: Any, open_page: Callable[..., Page]
) -> None:
    page = open_page(base(server))
    page.goto("/messages")
    page.keyboard.press("Tab")
    page.get_by_label("Text in the message").focus()
    page.keyboard.type("doe17")
    page.keyboard.press("Enter")
    expect(page.locator("table.messages tbody tr")).to_have_count(1)
    expect(row(page, "C017")).to_be_visible()
    assert "q=" in page.url
    assert "doe" not in page.url.lower()
    assert "doe" not in page.title().lower()
    page.reload()
    expect(row(page, "C017")).to_be_visible()
    expect(page.get_by_label("Text in the message")).to_have_value("doe17")


def test_nothing_that_is_found_says_what_to_do_and_a_wrong_day_is_told(
    server: Any, open_page: Callable[..., Page]
) -> None:
    page = open_page(base(server))
    page.goto("/messages?day=2031-01-01")
    expect(page.get_by_role("heading", name="No message is found.")).to_be_visible()
    page.get_by_role("link", name="Show all messages").click()
    expect(page.locator("table.messages tbody tr").first).to_be_visible()
    page.watch.expected.append("422")  # type: ignore[attr-defined]
    page.goto("/messages?day=soon")
    expect(page.get_by_role("alert").filter(has_text="is no day")).to_be_visible()
    expect(page.get_by_label("From day")).to_have_attribute("aria-invalid", "true")


def test_rows_are_walked_ticked_and_opened_by_keys(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(base(server))
    page.goto("/messages?direction=in")
    links = page.locator(".row-link")
    for _ in range(3):
        page.keyboard.press("j")
    page.keyboard.press("k")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator("tbody input[type=checkbox]").nth(1)).to_be_checked()
    address = links.nth(1).get_attribute("href")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{base(server)}{address}")


def test_a_message_is_shown_from_its_bytes_to_its_answer_and_downloaded(
    server: Any, open_page: Callable[..., Page]
) -> None:
    page = open_page(base(server))
    page.goto("/messages?control=C005")
    page.locator(".row-link").click()
    number = int(page.url.rpartition("/")[2])
    expect(page.get_by_text("the order is new").first).to_be_visible()
    mapped = page.locator("table.mapped tr").filter(has_text="Accession number")
    expect(mapped).to_contain_text("A5")
    expect(mapped).to_contain_text("ORC-2")
    expect(page.locator(".to-know li").first).to_have_text(re.compile(r"^[A-Z].+ is (empty|missing): "))
    expect(page.locator("#raw .hl7-raw .hl7-part.used").first).to_be_visible()
    expect(page.locator(".timeline li")).to_contain_text("create")
    expect(page.get_by_text("The sender was told: taken.")).to_be_visible()
    with page.expect_download() as got:
        page.get_by_role("link", name="Download").click()
    assert got.value.path().read_bytes() == make_order("5", "Doe5^Jane", control_id="C005")
    with urlopen(f"{base(server)}/messages/{number}/download") as answer:
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"].startswith("attachment")


def test_a_message_is_processed_again_after_a_look_at_what_would_change(
    server: Any, open_page: Callable[..., Page]
) -> None:
    page = open_page(base(server))
    page.goto("/messages?control=C006")
    page.locator(".row-link").click()
    page.get_by_role("button", name="Process again…").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing is stored yet.")).to_be_visible()
    expect(page.get_by_text("as before: 1")).to_be_visible()
    page.get_by_role("button", name="Process again now").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Done.")).to_be_visible()


def test_ticked_messages_are_processed_again_together(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(base(server))
    page.goto("/messages?type=ORM")
    for number in range(3):
        page.locator("tbody input[type=checkbox]").nth(number).check()
    page.get_by_role("button", name="Process ticked ones again…").click()
    expect(page.locator(".page-head")).to_contain_text("3 messages")
    page.get_by_role("link", name="Leave it").click()
    page.watch.expected.append("422")  # type: ignore[attr-defined]
    page.get_by_role("button", name="Process ticked ones again…").click()
    expect(page.get_by_text("Nothing was chosen.")).to_be_visible()


def test_the_queue_is_live_and_what_was_given_up_is_tried_again_or_dropped(
    server: Any, open_page: Callable[..., Page]
) -> None:
    page = open_page(base(server))
    page.goto("/messages/outbound")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    with closed_port() as port:
        number, other = put(
            server, port, make_order("800", control_id="QUEUED1"), make_order("801", control_id="QUEUED2")
        )
        expect(row(page, "QUEUED1")).to_contain_text("waiting")
        expect(row(page, "QUEUED1")).to_contain_text("cannot be reached")
        page.locator(f"#tick-{other}").check()
        page.get_by_role("button", name="Drop ticked ones").click()
        expect(page.get_by_role("status").filter(has_text="1 message dropped.")).to_be_visible()
        expect(row(page, "QUEUED2")).to_have_count(0)
        # While nobody is there: else the queue may have sent it by itself before.
        page.locator(f"#tick-{number}").focus()
        page.keyboard.press("Space")
        page.get_by_role("button", name="Try ticked ones again").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("status").filter(has_text="1 message is tried again.")).to_be_visible()
    with Receiver(port=port) as receiver:
        receiver.wait_for_id("QUEUED1")
        expect(row(page, "QUEUED1")).to_have_count(0)
        page.get_by_role("link", name="dropped", exact=True).click()
        row(page, "QUEUED2").locator(".row-link").click()
        page.get_by_role("button", name="Try again").click()
        receiver.wait_for_id("QUEUED2")
    page.goto(f"/messages/outbound/{number}")
    expect(page.get_by_text("The receiver took the message.")).to_be_visible()
    expect(page.get_by_role("button", name="Try again")).to_be_disabled()
    with page.expect_download() as got:
        page.get_by_role("link", name="Download").click()
    assert got.value.path().read_bytes() == make_order("800", control_id="QUEUED1")
    page.goto("/messages?direction=out")
    expect(row(page, "QUEUED1")).to_contain_text("sent")


def test_a_click_is_not_lost_while_the_queue_comes_anew(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(base(server))
    page.goto("/messages/outbound")
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    with closed_port() as port:
        (number,) = put(server, port, make_order("810", control_id="Q10"))
        page.locator(f"#tick-{number}").check()
        held: list[Route] = []
        page.route("**/messages/outbound?state=", lambda route: held.append(route))
        with page.expect_request("**/messages/outbound?state="):
            page.evaluate("document.body.dispatchEvent(new CustomEvent('ow:outbound', {bubbles: true}))")
        page.get_by_role("button", name="Drop ticked ones").click()
        expect(page.get_by_role("status").filter(has_text="1 message dropped.")).to_be_visible()
        expect(row(page, "Q10")).to_have_count(0)
        for route in held:
            route.continue_()


def test_what_scanners_ask_is_one_line_however_often(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(base(server))
    page.goto("/messages/polls")
    for _ in range(3):
        ask_for_status(server.dicom, make_question(Modality="CT"), calling="CT1")
    panel = page.locator("#polls section").filter(has=page.get_by_role("heading", name="CT1"))
    expect(panel.locator("header")).to_contain_text("asked 3 times")
    expect(panel.locator("tbody tr")).to_have_count(1)
    expect(panel.locator("tbody tr")).to_contain_text("Modality")


def test_hostile_messages_are_shown_harmlessly(server: Any, open_page: Callable[..., Page]) -> None:
    big = make_order("901", "Big^" + "x" * 7_000_000, control_id="BIG")
    hostile = make_order("900", EVIL, control_id="<i>E</i>", charset="UNICODE UTF-8")
    over = make_order("902", "Over^" + "x" * 10_000_000, control_id="OVER")  # the limit is 8 MB
    send(server, over, hostile, b"no message at all", b"PK\x03\x04\x14\x00zipped \x00\x01", big)
    page = open_page(base(server))
    page.goto("/messages")
    expect(page.locator("table.messages tbody tr").nth(3)).to_contain_text("<i>E</i>")
    expect(row(page, "OVER")).to_contain_text("refused")
    addresses = [page.locator(".row-link").nth(n).get_attribute("href") for n in range(5)]
    for address in addresses:
        page.goto(str(address))
        expect(page.get_by_role("heading", name="As it came")).to_be_visible()
        assert page.title().startswith("Message ")
    page.goto(str(addresses[3]))
    expect(page.locator("#raw .sign").filter(has_text="U+202E").first).to_be_visible()
    page.goto(str(addresses[0]))
    expect(page.get_by_text("It is too long for a page and was cut.").first).to_be_visible()
    assert len(page.content()) < 1_000_000


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", ["wide", "small"])
def test_nothing_is_in_the_way_of_anybody(
    server: Any, open_page: Callable[..., Page], find_barriers: Callable[[Page], str], theme: str, size: str
) -> None:
    page = open_page(base(server), theme=theme, size=size)
    (number,) = put(server, 1, make_order("850", control_id=f"AXE-{theme}-{size}"))
    for address in (
        "/messages",
        "/messages/1",
        "/messages/outbound",
        f"/messages/outbound/{number}",
        "/messages/polls",
    ):
        page.goto(address)
        assert find_barriers(page) == ""
        assert page.evaluate(
            "document.querySelector('main').scrollWidth <= document.querySelector('main').clientWidth"
        )


def test_the_list_works_without_scripts(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(base(server), javascript=False)
    page.goto("/messages")
    page.get_by_label("Text in the message").fill("doe18")
    page.get_by_role("button", name="Search", exact=True).click()
    expect(page.locator("table.messages tbody tr")).to_have_count(1)
    page.locator("tbody input[type=checkbox]").check()
    page.get_by_role("button", name="Process ticked ones again…").click()
    expect(page.get_by_text("Nothing is stored yet.")).to_be_visible()
