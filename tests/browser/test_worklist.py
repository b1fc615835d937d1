"""The worklist: searched, sorted, read, typed, deleted and brought back, by mouse and by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from openworklist.clients.mllp import send_message
from players.hospital import make_order

EVIL = "<script>document.title='x'</script>^\u202eEvil"


def base(server: Any) -> str:
    return f"http://127.0.0.1:{server.web}"


def send(server: Any, *contents: bytes) -> None:
    for content in contents:
        send_message("127.0.0.1", server.hl7, content)


@pytest.fixture(scope="module", autouse=True)
def orders(server: Any) -> None:
    send(
        server, *(make_order(str(n), f"{name}^Jane") for n, name in enumerate(("Adams", "Baker", "Clark"), 1))
    )


def row(page: Page, text: str) -> Any:
    return page.locator("table.worklist tbody tr").filter(has_text=text)


def open_list(server: Any, open_page: Callable[..., Page], **how: Any) -> Page:
    page = open_page(base(server), **how)
    page.goto("/worklist?text=")
    return page


def test_an_order_appears_in_the_open_page(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_list(server, open_page)
    expect(page.locator("#live")).to_have_attribute("data-state", "live")
    tick = row(page, "Baker").locator("input[type=checkbox]")
    tick.check()
    with page.expect_request(lambda request: "x-by-itself" in request.headers):
        send(server, make_order("70", "Newcomer^Nora"))
    expect(row(page, "Newcomer")).to_have_count(1)
    expect(row(page, "Baker").locator("input[type=checkbox]")).to_be_checked()


def test_who_pauses_sees_a_list_that_stands_still(server: Any, open_page: Callable[..., Page]) -> None:
    page, other = open_list(server, open_page), open_list(server, open_page)
    pill = page.locator("#live")
    expect(pill).to_have_attribute("data-state", "live")
    expect(other.locator("#live")).to_have_attribute("data-state", "live")
    pill.focus()
    page.keyboard.press("Enter")
    expect(pill).to_contain_text("Paused")
    send(server, make_order("71", "Patience^Paula"))
    expect(row(other, "Patience")).to_have_count(1)
    assert row(page, "Patience").count() == 0
    page.keyboard.press("Enter")
    expect(pill).to_contain_text("Live")
    expect(row(page, "Patience")).to_have_count(1)


def test_a_search_by_name_never_stands_in_the_address(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_list(server, open_page)
    page.fill("#by-patient_name", "clark")
    page.locator("#search-form").get_by_role("button", name="Search").click()
    expect(row(page, "Clark")).to_have_count(1)
    expect(row(page, "Adams")).to_have_count(0)
    assert "clark" not in page.url.lower()
    page.reload()
    expect(row(page, "Clark")).to_have_count(1)
    page.get_by_role("button", name="Search without this filter").first.click()
    expect(row(page, "Adams")).to_have_count(1)


def test_a_word_that_is_no_field_is_told_and_kept(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_list(server, open_page)
    page.watch.expected.append("422")  # type: ignore[attr-defined]
    page.fill("#quick", "colour:red")
    page.keyboard.press("Enter")
    expect(page.locator(".problem")).to_contain_text("colour")
    expect(page.locator("#quick")).to_have_value("colour:red")


def test_columns_are_sorted_up_and_down(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_list(server, open_page)
    names = page.locator("td.of-patient_name")
    page.get_by_role("link", name="Patient name").click()
    up = names.all_inner_texts()
    page.get_by_role("link", name="Patient name").click()
    expect(page.locator("th[aria-sort=descending]")).to_have_count(1)
    assert up == sorted(up)
    assert names.all_inner_texts() == up[::-1]


def test_the_keyboard_selects_ticks_and_opens(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_list(server, open_page)
    page.locator("body").press("j")
    expect(page.locator("tr[aria-current]")).to_have_count(1)
    expect(page.locator("#record h2").first).not_to_have_text("No exam selected")
    page.locator("body").press("x")
    expect(page.locator(".chosen-count")).to_have_text("1 ticked")
    page.locator("body").press("/")
    expect(page.locator("#quick")).to_be_focused()
    page.locator("#quick").press("Escape")
    page.locator("#main").focus()
    page.keyboard.press("?")
    expect(page.locator("dialog#keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="New record")).to_be_visible()


def test_a_record_is_typed_duplicated_and_deleted_with_undo(
    server: Any, open_page: Callable[..., Page]
) -> None:
    page = open_page(base(server))
    page.watch.expected.append("422")  # type: ignore[attr-defined]
    page.goto("/records/new")
    page.get_by_label("Family name").first.fill("Typed")
    page.get_by_role("button", name="Create record").click()
    expect(page.locator("#summary")).to_contain_text("Patient ID")
    expect(page.get_by_label("Family name").first).to_have_value("Typed")
    page.fill("#field-patient_id", "T1")
    page.fill("#field-requested_procedure_id", "RPT1")
    page.fill("#field-scheduled_procedure_step_start_date", "14.03.2026")
    page.get_by_role("button", name="Create record").click()
    expect(page.locator("#record h2").first).to_have_text("Typed")
    expect(page.locator("#record")).to_contain_text("14 Mar 2026")
    page.get_by_role("link", name="Duplicate record").click()
    expect(page.locator("#field-patient_id")).to_have_value("T1")
    page.get_by_role("link", name="Cancel").click()
    page.goto("/worklist?text=")
    row(page, "Typed").locator(".of-patient_id").click()
    page.get_by_role("button", name="Delete record").click()
    expect(row(page, "Typed")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(row(page, "Typed")).to_have_count(1)


def test_who_comes_second_sees_both_versions_and_loses_nothing(
    server: Any, open_page: Callable[..., Page]
) -> None:
    pages = [open_list(server, open_page) for _ in range(2)]
    for page in pages:
        page.watch.expected.append("409")  # type: ignore[attr-defined]
        row(page, "Adams").locator(".of-patient_id").click()
        page.get_by_role("link", name="Edit record").click()
    first, second = pages
    first.fill("#field-requested_procedure_description", "First words")
    first.get_by_role("button", name="Save").click()
    expect(first.locator("#record")).to_contain_text("First words")
    second.fill("#field-requested_procedure_description", "Second words")
    second.fill("#field-medical_alerts", "Latex")
    second.get_by_role("button", name="Save").click()
    expect(second.locator("#summary")).to_contain_text("Somebody else changed this record")
    expect(second.locator("#field-requested_procedure_description")).to_have_value("Second words")
    expect(second.locator("#field-requested_procedure_description-error")).to_contain_text("First words")
    expect(second.locator("#field-medical_alerts")).to_have_value("Latex")
    second.get_by_role("button", name="Save").click()
    expect(second.locator("#record")).to_contain_text("Second words")
    expect(second.locator("#record")).to_contain_text("Latex")


def test_a_hostile_name_is_text(server: Any, open_page: Callable[..., Page]) -> None:
    send(server, make_order("66", EVIL))
    page = open_list(server, open_page)
    expect(row(page, "<script>")).to_have_count(1)
    expect(page).to_have_title(re.compile("Worklist"))
    row(page, "<script>").locator(".of-patient_id").click()
    expect(page.locator("#record .sign").first).to_have_text("U+202E")


def test_a_file_is_imported(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(base(server))
    page.goto("/import")
    content = make_order("90", "Filed^Fay")
    page.set_input_files("#file", {"name": "order.hl7", "mimeType": "text/plain", "buffer": content})
    page.get_by_role("button", name="Import").first.click()
    expect(page.locator("#results")).to_contain_text("1 message is taken")
    page.goto("/worklist?text=")
    expect(row(page, "Filed")).to_have_count(1)


def test_the_hl7_port_moves_at_once(
    server: Any, open_page: Callable[..., Page], free_ports: Callable[[int], list[int]]
) -> None:
    page = open_page(base(server))
    page.watch.expected.append("422")  # type: ignore[attr-defined]
    page.goto("/settings")
    page.fill("#field-hl7_port", "seventy")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#field-hl7_port")).to_have_attribute("aria-invalid", "true")
    (port,) = free_ports(1)
    page.fill("#field-hl7_port", str(port))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_text(f"127.0.0.1:{port}")).to_be_visible()
    page.fill("#field-hl7_port", str(server.web))
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#machine .badge.bad")).to_be_visible()  # it is taken: the old one goes on
    assert b"AA" in send_message("127.0.0.1", port, make_order("91", "Moved^May"))
    page.fill("#field-hl7_port", "")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text(f"127.0.0.1:{server.hl7}")).to_be_visible()


def test_a_table_that_somebody_opened_stays_open_when_the_dashboard_comes_anew(
    server: Any, open_page: Callable[..., Page]
) -> None:
    page = open_page(base(server))
    page.goto("/dashboard")
    page.locator("#hours-more").click()
    page.evaluate("document.querySelector('.tiles').classList.add('old')")
    page.evaluate("document.body.dispatchEvent(new CustomEvent('ow:settings', { bubbles: true }))")
    expect(page.locator(".tiles.old")).to_have_count(0)
    expect(page.locator("#hours-more + table")).to_be_visible()


def test_a_day_without_exams_is_no_empty_server(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(base(server))
    page.goto("/worklist?text=date:1999-01-01")
    expect(page.get_by_role("heading", name="No exam is found.")).to_be_visible()
    expect(page.get_by_role("link", name="Show all exams")).to_be_visible()


def test_an_address_with_a_record_opens_it_on_a_small_screen(
    server: Any, open_page: Callable[..., Page]
) -> None:
    page = open_page(base(server), size="small")
    page.goto("/worklist?text=&record=1")
    expect(page.get_by_role("button", name="Record", exact=True)).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#record h2")).to_be_visible()
    page.get_by_role("button", name="List").click()
    expect(row(page, "Adams")).to_be_visible()
    expect(page.locator("#record h2")).to_be_hidden()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", ["wide", "small"])
def test_the_pages_have_no_barrier(
    server: Any, open_page: Callable[..., Page], find_barriers: Callable[[Page], str], size: str, theme: str
) -> None:
    page = open_page(base(server), size=size, theme=theme)
    for path in (
        "/worklist?text=",
        "/records/1",
        "/records/1/edit",
        "/import",
        "/dashboard",
        "/settings",
        "/begin",
    ):
        page.goto(path)
        assert find_barriers(page) == "", path


def test_the_first_administrator_is_made_by_the_link_that_was_printed(
    start_server: Callable[..., Any], open_page: Callable[..., Page], tmp_path: Any
) -> None:
    running = start_server(tmp_path / "data")
    link = running.process.stdout.readline().split()[-1]
    page = open_page(base(running))
    page.goto("/worklist")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    page.goto(link)
    page.fill("#password", "tulips and trains 9")
    page.fill("#again", "tulips and trains 9")
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("link", name="worklist").first.click()
    expect(page.get_by_role("heading", name="No order has come yet.")).to_be_visible()
    page.get_by_role("link", name="Connect a hospital system").click()
    page.get_by_role("button", name="Send a test order").click()
    expect(page.locator("ol[role=status] .badge.bad")).to_have_count(0)
    expect(page.locator("ol[role=status] li").first).to_be_visible()
    page.goto(link)
    expect(page.get_by_role("heading", name="Connect a hospital system and a scanner")).to_be_visible()
