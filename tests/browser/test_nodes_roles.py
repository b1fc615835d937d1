"""Who may do what with nodes: a viewer looks, an operator asks, an administrator decides."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from openworklist.services.configurations import Configurations
from openworklist.services.scanners import change_scanner
from openworklist.store.database import open_database
from players.staff import ask, hire, log_in, to_browser

DECISIONS = (
    "/nodes/undo",
    "/nodes/systems/edit",
    "/nodes/systems/confirm",
    "/nodes/systems/delete",
    "/nodes/scanners/add",
    "/nodes/scanners/decide",
    "/nodes/scanners/one",
    "/nodes/scanners/delete",
    "/nodes/worklists/edit",
    "/nodes/worklists/draft",
    "/nodes/worklists/delete",
    "/nodes/told/edit",
    "/nodes/told/delete",
    "/nodes/rules/edit",
    "/nodes/rules/move",
    "/nodes/rules/delete",
)
QUESTIONS = ("/nodes/worklists/echo", "/query", "/query/echo", "/query/none/cancel", "/query/none/import")


@pytest.fixture(scope="module")
def server_flags() -> tuple[str, ...]:
    return ()


@pytest.fixture(scope="module")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("roles") / "data"
    database = open_database("", folder)
    try:
        hire(database)
        change_scanner(Configurations(database), "CT01", {}, "test")
    finally:
        database.close()
    return folder


@pytest.fixture(scope="module")
def cookies(server: Any) -> dict[str, str]:
    return log_in(server)


@pytest.mark.parametrize("path", DECISIONS)
def test_only_an_administrator_decides(server: Any, cookies: dict[str, str], path: str) -> None:
    assert ask(server, path, x="")[0] == 303  # to the login
    assert ask(server, path, cookies["viewer"], x="")[0] == 403
    assert ask(server, path, cookies["operator"], x="")[0] == 403
    assert ask(server, path, cookies["administrator"], shape="filter")[0] in (200, 303, 404, 422)


@pytest.mark.parametrize("path", QUESTIONS)
def test_an_operator_asks_and_a_viewer_does_not(server: Any, cookies: dict[str, str], path: str) -> None:
    assert ask(server, path, cookies["viewer"], x="")[0] == 403
    assert ask(server, path, cookies["operator"], x="")[0] in (200, 404, 422)


def test_viewer_sees_settings_that_cannot_be_changed(
    server: Any, cookies: dict[str, str], open_page: Callable[..., Page], find_barriers: Callable[[Page], str]
) -> None:
    page = open_page(f"http://127.0.0.1:{server.web}", cookies=to_browser(server, cookies["viewer"]))
    page.goto("/nodes/scanners/one?title=CT01")
    expect(page.get_by_text("Changing this needs the role of an administrator.")).to_be_visible()
    expect(page.get_by_label("Most answers")).to_be_disabled()
    assert find_barriers(page) == ""
    page.goto("/nodes/worklists")
    expect(page.get_by_role("link", name="Add a worklist")).to_have_count(0)
