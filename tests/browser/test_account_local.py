"""The account where nobody logs in: it says why there is little, and the browser keeps what can be kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect


def test_the_browser_keeps_how_the_pages_look(
    server: Any, open_page: Callable[..., Page], find_barriers: Callable[[Page], str]
) -> None:
    page = open_page(f"http://127.0.0.1:{server.web}")
    page.goto("/account")
    expect(page.get_by_text("nobody has a password or sessions here")).to_be_visible()
    expect(page.get_by_label("Password", exact=False)).to_have_count(0)
    assert find_barriers(page) == ""
    page.get_by_label("Theme").select_option("dark")
    page.get_by_role("main").get_by_label("Language").select_option(label="Deutsch")
    page.get_by_label("Shortcuts by single keys").uncheck()
    page.get_by_role("button", name="Save").click()
    page.goto("/dashboard")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator("body")).to_have_attribute("data-shortcuts", "off")

    page.goto("/account")
    expect(page.locator("#field-language")).to_have_value("de")
    page.locator("#field-language").select_option("")
    page.locator("#field-theme").select_option("")
    page.locator("#field-shortcuts").check()
    page.locator("main form button.primary").click()
    expect(page.get_by_role("heading", name="Account")).to_be_visible()
    expect(page.locator("html")).not_to_have_attribute("data-theme", "dark")
    expect(page.locator("body")).to_have_attribute("data-shortcuts", "on")


def test_users_are_made_beforehand_where_nobody_logs_in(server: Any, open_page: Callable[..., Page]) -> None:
    page = open_page(f"http://127.0.0.1:{server.web}")
    page.goto("/users")
    expect(page.get_by_text("The server was started with --no-login")).to_be_visible()
    expect(page.get_by_role("heading", name="There is no user yet")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Add a user").last.click()
    expect(page.get_by_label("administrator")).to_be_checked()
    page.watch.expected.append("422")  # type: ignore[attr-defined]
    page.get_by_label("Name").fill("first")
    page.get_by_label("viewer").check()
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_text("The first user must be an administrator.")).to_be_visible()
