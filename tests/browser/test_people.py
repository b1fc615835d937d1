"""Users, keys, the audit trail and the account, by people who log in: with the mouse and with keys alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from openworklist.domain.role import Role
from openworklist.domain.user import User
from openworklist.services.people import People
from openworklist.store.database import open_database
from openworklist.store.users import insert_user
from players.staff import ask, hire, log_in, to_browser

PASSWORD = "four words of mine"
OTHER = "four other words"
HOSTILE = '<script>alert("name")</script>\u202egnp.exe'
PAGES = (
    "/users",
    "/users/new",
    "/users/one?name=administrator",
    "/users/one?name=guessed",
    "/users/keys",
    "/audit",
    "/audit?actor=user:nobody&action=record.&day=2026-03-14",
    "/account",
)


@pytest.fixture(scope="module")
def server_flags() -> tuple[str, ...]:
    return ()


@pytest.fixture(scope="module")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("people") / "data"
    database = open_database("", folder)
    try:
        hire(database)
        people = People(database)
        people.users.add("guessed", Role.OPERATOR, PASSWORD, "test")
        people.keys.add("<b>billing</b>", Role.VIEWER, "test", days=365)
        people.keys.add("old", Role.VIEWER, "test")
        people.keys.revoke("old", "test")
        database.write(lambda connection: insert_user(connection, User(HOSTILE, Role.VIEWER), ""))
    finally:
        database.close()
    return folder


@pytest.fixture(scope="module")
def cookies(server: Any) -> dict[str, str]:
    for _ in range(5):
        ask(server, "/login", name="guessed", password="wrong")
    return log_in(server)


@pytest.fixture
def open_as(server: Any, cookies: dict[str, str], open_page: Callable[..., Page]) -> Callable[..., Page]:
    """Opens a page as somebody of a role who is logged in."""

    def make(role: str = "administrator", **options: Any) -> Page:
        return open_page(base(server), cookies=to_browser(server, cookies[role]), **options)

    return make


def base(server: Any) -> str:
    return f"http://127.0.0.1:{server.web}"


def can_log_in(server: Any, name: str, password: str) -> bool:
    status, cookie = ask(server, "/login", name=name, password=password)
    return status == 303 and bool(cookie)


def add_user(server: Any, cookie: str, name: str, role: str = "operator") -> None:
    assert ask(server, "/users/new", cookie, name=name, role=role, password=PASSWORD)[0] == 303


def reach(page: Page, name: str, role: Any = "button") -> None:
    """Press Tab until something of that name has the focus."""
    wanted = page.get_by_role(role, name=name)
    for _ in range(80):
        page.keyboard.press("Tab")
        if wanted.evaluate("each => each === document.activeElement"):
            return
    pytest.fail(f"{name} is not reached by Tab")


@pytest.mark.parametrize("size", ["wide", "small"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_have_no_barriers_and_fit(
    open_as: Callable[..., Page], find_barriers: Callable[[Page], str], size: str, theme: str
) -> None:
    page = open_as(size=size, theme=theme)
    for path in PAGES:
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        for fold in page.locator("main details > summary").all():
            fold.click()
        assert find_barriers(page) == "", path
        assert page.evaluate(
            "() => { const m = document.querySelector('main'); return m.scrollWidth <= m.clientWidth }"
        ), path


def test_the_menu_leads_administrators_to_all_and_others_to_their_account(
    open_as: Callable[..., Page],
) -> None:
    page = open_as()
    page.goto("/worklist")
    for name in ("Users", "Audit trail", "Account"):
        page.locator(".top summary").click()
        page.locator(".top .menu").get_by_role("link", name=name).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.goto("/users")
    expect(
        page.get_by_role("navigation", name="Main").get_by_role("link", name="Settings")
    ).to_have_attribute("aria-current", "page")

    page = open_as("operator")
    page.goto("/worklist")
    page.locator(".top summary").click()
    expect(page.locator(".top .menu").get_by_role("link", name="Account")).to_be_visible()
    expect(page.locator(".top .menu").get_by_role("link", name="Users")).to_have_count(0)
    page.goto("/settings")
    expect(page.get_by_role("navigation", name="Settings")).to_have_count(0)


def test_a_user_is_added_changed_deactivated_and_deleted(server: Any, open_as: Callable[..., Page]) -> None:
    page = open_as()
    page.goto("/users")
    page.get_by_role("link", name="Add a user").click()
    page.get_by_label("Name").fill("Mary.Shelley")
    page.get_by_label("operator").check()
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", name="mary.shelley")).to_be_visible()
    assert can_log_in(server, "mary.shelley", PASSWORD)

    page.reload()
    expect(page.get_by_role("button", name="End all sessions")).to_be_visible()
    page.get_by_role("button", name="End the session from 127.0.0.1").click()
    expect(page.get_by_role("status").filter(has_text="The sessions have ended.")).to_be_visible()
    expect(page.get_by_text("Nowhere.")).to_be_visible()

    page.get_by_label("viewer").check()
    page.get_by_role("button", name="Save the role").click()
    expect(page.get_by_text("The role is changed.")).to_be_visible()
    expect(page.get_by_label("viewer")).to_be_checked()

    page.get_by_role("button", name="Set the password").click()
    made = page.locator("#secret").inner_text()
    assert can_log_in(server, "mary.shelley", made)

    page.get_by_role("button", name="Deactivate").click()
    expect(page.get_by_text("The user cannot log in any more.")).to_be_visible()
    assert not can_log_in(server, "mary.shelley", made)
    page.get_by_role("button", name="Let in again").click()
    expect(page.get_by_role("button", name="Deactivate")).to_be_visible()

    page.get_by_text("Delete…").click()
    page.get_by_role("button", name="Delete mary.shelley for good").click()
    expect(page.get_by_role("status").filter(has_text="Deleted: mary.shelley")).to_be_visible()
    expect(page.get_by_role("row", name="mary.shelley")).to_have_count(0)


def test_a_user_is_added_by_keyboard_alone(server: Any, open_as: Callable[..., Page]) -> None:
    page = open_as()
    page.goto("/users")
    page.keyboard.press("n")
    expect(page.get_by_role("heading", name="Add a user")).to_be_visible()
    reach(page, "Name", "textbox")
    page.keyboard.type("keys.only")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("operator")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="keys.only")).to_be_visible()
    reach(page, "Deactivate")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The user cannot log in any more.")).to_be_visible()
    assert not can_log_in(server, "keys.only", PASSWORD)


def test_what_cannot_be_is_said_beside_its_field(open_as: Callable[..., Page]) -> None:
    page = open_as()
    page.watch.expected.append("422")  # type: ignore[attr-defined]
    page.goto("/users/new")
    page.get_by_label("Name").fill("no spaces")
    page.get_by_label("administrator").check()
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_label("Name")).to_have_accessible_description(
        "Letters, digits and . _ - @; capitals do not matter. "
        "A user's name is made of letters, digits and . _ - @. it has 64 letters at most"
    )
    expect(page.get_by_label("Name")).to_have_value("no spaces")
    expect(page.get_by_label("administrator")).to_be_checked()


def test_the_last_administrator_cannot_be_removed_and_is_told_why(
    server: Any, cookies: dict[str, str], open_as: Callable[..., Page]
) -> None:
    page = open_as()
    page.goto("/users")
    page.get_by_role("link", name="administrator", exact=True).click()
    for name in ("Save the role", "Deactivate", "Delete…"):
        expect(page.get_by_role("button", name=name)).to_be_disabled()
    expect(page.get_by_label("viewer")).to_be_disabled()
    expect(page.get_by_text("make somebody else administrator first").first).to_be_visible()

    add_user(server, cookies["administrator"], "deputy", "administrator")
    page.reload()
    expect(page.get_by_role("button", name="Deactivate")).to_be_enabled()
    assert ask(server, "/users/delete", cookies["administrator"], name="deputy")[0] == 303


def test_guesses_are_told(open_as: Callable[..., Page]) -> None:
    page = open_as()
    page.goto("/users")
    expect(page.get_by_role("row", name="guessed")).to_contain_text("5 wrong passwords")
    page.get_by_role("link", name="guessed").click()
    expect(page.get_by_text("5 wrong passwords were given in the last hour.")).to_be_visible()


def test_a_hostile_name_does_no_harm(open_as: Callable[..., Page]) -> None:
    page = open_as()
    page.goto("/users")
    row = page.get_by_role("row").filter(has_text="<script>")
    expect(row.locator(".sign")).to_have_count(1)  # the override is a sign, and turns nothing round
    row.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text('<script>alert("name")</script>')
    page.get_by_role("link", name="What this user did").click()
    expect(page.locator(".chip")).to_contain_text("<script>")
    expect(page.get_by_text("Nothing of that kind was done.")).to_be_visible()


def test_a_key_is_made_copied_used_and_revoked(server: Any, open_as: Callable[..., Page]) -> None:
    page = open_as()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto("/users/keys")
    expect(page.get_by_role("row").filter(has_text="<b>billing</b>")).to_contain_text("viewer")
    page.get_by_label("Name").fill("robot")
    page.get_by_label("operator").check()
    page.get_by_label("Days until it ends").fill("30")
    page.get_by_role("button", name="Make a key").click()
    secret = page.locator("#secret").inner_text()
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("status").filter(has_text="Copied.")).to_be_visible()
    assert page.evaluate("() => navigator.clipboard.readText()") == secret
    me = page.request.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"})
    assert me.json()["role"] == "operator"

    page.goto("/users/keys")
    assert secret not in page.content()
    row = page.get_by_role("row", name="robot")
    row.get_by_text("Revoke…").click()
    row.get_by_role("button", name="Revoke the key robot").click()
    expect(page.get_by_role("status").filter(has_text="Revoked: robot")).to_be_visible()
    page.get_by_text("2 keys were revoked").click()
    expect(page.get_by_role("region", name="Keys that were revoked")).to_contain_text("robot")
    assert page.request.get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).status == 401


def test_a_key_is_made_by_keyboard_alone(open_as: Callable[..., Page]) -> None:
    page = open_as()
    page.goto("/users/keys")
    reach(page, "Name", "textbox")
    page.keyboard.type("typed")
    page.keyboard.press("Enter")
    expect(page.locator("#secret")).to_contain_text("ow_")
    reach(page, "Copy")


def test_the_audit_trail_is_searched_and_leads_on(
    server: Any, cookies: dict[str, str], open_as: Callable[..., Page]
) -> None:
    add_user(server, cookies["administrator"], "traced")
    page = open_as()
    page.goto("/audit")
    page.get_by_label("Who").fill("administrator")
    page.get_by_label("Did").select_option(label="added a user")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("row").filter(has_text="user traced")).to_contain_text("user.add")
    assert page.url.partition("?")[2] == "actor=administrator&action=user.add&record=&day=&until="
    expect(page.locator(".chip")).to_have_text(["who: administrator ", "did: added a user "])

    page.get_by_role("link", name="Search without this filter").first.click()
    expect(page.locator(".chip")).to_have_count(1)
    page.go_back()
    expect(page.get_by_label("Who")).to_have_value("administrator")
    page.get_by_label("Did").select_option(label="Users: anything")
    page.get_by_label("From day").fill("2026-01-01")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("row").filter(has_text="user traced")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Export as CSV").click()
    assert download.value.suggested_filename == "audit.csv"
    assert "user.add,user,traced" in Path(download.value.path()).read_text("utf-8-sig")


def test_the_audit_trail_is_searched_by_keyboard_alone(open_as: Callable[..., Page]) -> None:
    page = open_as()
    page.goto("/audit")
    reach(page, "Who", "combobox")
    page.keyboard.type("unknown")
    page.keyboard.press("Enter")
    expect(page.locator(".chip")).to_contain_text("who: unknown")
    expect(page.get_by_role("row").filter(has_text="user guessed").first).to_contain_text("login-failed")


def test_everybody_changes_their_password_and_ends_their_other_sessions(
    server: Any, cookies: dict[str, str], open_page: Callable[..., Page]
) -> None:
    add_user(server, cookies["administrator"], "own")
    mine, others = (ask(server, "/login", name="own", password=PASSWORD)[1] for _ in range(2))
    page = open_page(base(server), cookies=to_browser(server, mine))
    page.watch.expected += ["401", "422"]  # type: ignore[attr-defined]
    page.goto("/account")
    expect(page.get_by_role("row").filter(has_text="this one").get_by_role("button")).to_have_count(0)
    page.get_by_role("button", name="End all others").click()
    expect(page.get_by_text("The sessions have ended.")).to_be_visible()
    assert ask(server, "/account", others)[0] == 303
    assert ask(server, "/account", mine)[0] == 200

    def change(old: str, new: str, again: str) -> None:
        page.get_by_label("Password up to now").fill(old)
        page.get_by_label("New password").fill(new)
        page.get_by_label("The same again").fill(again)
        page.get_by_role("button", name="Change the password").click()

    change("not mine at all", OTHER, OTHER)
    expect(page.get_by_label("Password up to now")).to_have_accessible_description(
        "That is not your password. look at the keyboard's language and Caps Lock"
    )
    change(PASSWORD, OTHER, "another one")
    expect(page.get_by_label("The same again")).to_have_accessible_description("The two passwords differ.")
    change(PASSWORD, "short", "short")
    expect(page.get_by_label("New password")).to_have_attribute("aria-invalid", "true")
    change(PASSWORD, OTHER, OTHER)
    expect(page.get_by_text("Your new password counts from now on")).to_be_visible()
    assert can_log_in(server, "own", OTHER)
    assert not can_log_in(server, "own", PASSWORD)


def test_how_the_pages_look_is_the_users_own(
    server: Any, cookies: dict[str, str], open_page: Callable[..., Page]
) -> None:
    add_user(server, cookies["administrator"], "look")
    for number in range(2):  # what was chosen is there in another browser too
        cookie = ask(server, "/login", name="look", password=PASSWORD)[1]
        page = open_page(base(server), cookies=to_browser(server, cookie))
        page.goto("/account")
        if not number:
            page.get_by_role("main").get_by_label("Language").select_option(label="Deutsch")
            page.get_by_label("Theme").select_option("dark")
            page.get_by_label("Shortcuts by single keys").uncheck()
            page.get_by_role("button", name="Save").click()
        expect(page.locator("html")).to_have_attribute("lang", "de")
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        page.keyboard.press("/")
        expect(page.locator("#quick")).not_to_be_focused()


def test_pages_work_without_scripts(server: Any, open_as: Callable[..., Page]) -> None:
    page = open_as(javascript=False)
    page.goto("/users/new")
    page.get_by_label("Name").fill("plain")
    page.get_by_role("button", name="Add").click()
    assert can_log_in(server, "plain", page.locator("#secret").inner_text())
    page.get_by_text("Delete…").click()
    page.get_by_role("button", name="Delete plain for good").click()
    expect(page.get_by_text("Deleted: plain")).to_be_visible()
