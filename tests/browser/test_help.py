"""The help read by keyboard and on a small screen, searched, and with nothing in the way of anybody."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

PAGES = (
    "/help",
    "/help?q=port",
    "/help?q=xyzzy",
    "/help/mapping",
    "/help/errors#order.unknown",
    "/help/benchmarks",
)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", ["wide", "small"])
def test_nothing_is_in_the_way_and_pages_are_no_wider_than_the_screen(
    server: Any, open_page: Callable[..., Page], find_barriers: Callable[[Page], str], size: str, theme: str
) -> None:
    page = open_page(f"http://127.0.0.1:{server.web}", size=size, theme=theme)
    for path in PAGES:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert find_barriers(page) == "", path
        assert page.evaluate("document.querySelector('main').scrollWidth <= innerWidth"), path


def test_help_on_a_page_is_opened_and_read_by_keyboard(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(f"http://127.0.0.1:{server.web}")
    page.goto("/mapping")
    page.get_by_role("link", name="Help on this page").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Mapping", exact=True)).to_be_visible()
    page.get_by_role("navigation", name="On this page").get_by_role("link", name="Shapes").press("Enter")
    expect(page.get_by_role("heading", name="Shapes")).to_be_in_viewport()
    expect(page.get_by_role("link", name="Help on this page")).to_have_count(0)


def test_back_leads_to_where_one_was(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(f"http://127.0.0.1:{server.web}")
    page.goto("/help/mapping")
    link = page.get_by_role("article").get_by_role("link", name="Attributes").last
    link.focus()
    page.wait_for_function("history.state?.place > 0")
    link.press("Enter")
    expect(page).to_have_title("Attributes – Help – OpenWorklist")
    page.go_back()
    expect(link).to_be_in_viewport()


def test_search_leads_to_the_row_that_was_found(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(f"http://127.0.0.1:{server.web}")
    page.goto("/worklist")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Help").press("Enter")
    page.get_by_label("Search the help").focus()
    page.keyboard.type("order.unknown")
    page.keyboard.press("Enter")
    expect(page.locator("mark").first).to_have_text("order.unknown")
    page.get_by_role("link", name="Error codes").first.press("Enter")
    expect(page.get_by_role("row").filter(has_text="order.unknown")).to_be_in_viewport()
    expect(page.get_by_label("Search the help")).to_have_value("")


def test_code_is_copied(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(f"http://127.0.0.1:{server.web}")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/help/mapping")
    page.get_by_role("button", name="Copy").first.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("article pre").first.inner_text().strip()


@pytest.mark.parametrize("javascript", [True, False])
def test_contents_are_folded_on_a_small_screen(
    server: Any, open_page: Callable[..., Page], javascript: bool
) -> None:
    page = open_page(f"http://127.0.0.1:{server.web}", size="small", javascript=javascript)
    page.goto("/help/users")
    contents = page.get_by_role("navigation", name="On this page")
    expect(contents).to_be_hidden()
    page.locator("summary", has_text="On this page").press("Enter")
    contents.get_by_role("link", name="Roles").press("Enter")
    expect(page.get_by_role("heading", name="Roles")).to_be_in_viewport()
    expect(page.get_by_role("button", name="Copy")).to_have_count(
        page.locator("article pre").count() * javascript
    )


def test_drawings_are_shown(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(f"http://127.0.0.1:{server.web}", theme="dark")
    page.goto("/help/benchmarks")
    page.wait_for_load_state("networkidle")
    widths = page.locator("article img").evaluate_all("all => all.map((each) => each.naturalWidth)")
    assert widths
    assert 0 not in widths
