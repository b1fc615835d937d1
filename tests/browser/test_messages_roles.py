"""Who may do what with messages: a viewer looks and compares, an operator sends, processes again, drops."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from openworklist.clients.mllp import send_message
from openworklist.domain.audit import DeedFilter
from openworklist.services.audit import Audit
from openworklist.store.database import open_database
from players.hospital import make_order
from players.receiver import Receiver
from players.staff import ask, hire, log_in, to_browser

SEEN = (
    "/messages",
    "/messages/1",
    "/messages/1/download",
    "/messages/outbound",
    "/messages/polls",
    "/compare",
)
CHANGES = (
    "/messages/reprocess",
    "/messages/outbound/change",
    "/compose/send",
    "/compose/load",
    "/compose/check",
)


@pytest.fixture(scope="module")
def server_flags() -> tuple[str, ...]:
    return ()


@pytest.fixture(scope="module")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("message-roles") / "data"
    database = open_database("", folder)
    try:
        hire(database)
    finally:
        database.close()
    return folder


@pytest.fixture(scope="module")
def cookies(server: Any) -> dict[str, str]:
    send_message("127.0.0.1", server.hl7, make_order("1"))
    return log_in(server)


@pytest.mark.parametrize("path", SEEN)
def test_a_viewer_sees_and_a_stranger_does_not(server: Any, cookies: dict[str, str], path: str) -> None:
    assert ask(server, path, cookies["viewer"])[0] == 200
    assert ask(server, path)[0] == 303  # to the login


@pytest.mark.parametrize("path", CHANGES)
def test_an_operator_changes_and_a_viewer_does_not(server: Any, cookies: dict[str, str], path: str) -> None:
    assert ask(server, path, cookies["viewer"], x="")[0] == 403
    assert ask(server, path, cookies["operator"], x="")[0] in (200, 422)
    assert ask(server, path, x="")[0] == 303


def test_what_a_viewer_cannot_do_is_disabled_and_says_why(
    server: Any, cookies: dict[str, str], open_page: Callable[..., Page], find_barriers: Callable[[Page], str]
) -> None:
    page = open_page(f"http://127.0.0.1:{server.web}", cookies=to_browser(server, cookies["viewer"]))
    page.goto("/messages")
    expect(page.get_by_role("button", name="Process ticked ones again…")).to_be_disabled()
    expect(page.get_by_text("Viewers cannot process messages again.")).to_be_visible()
    assert find_barriers(page) == ""
    page.goto("/messages/1")
    expect(page.get_by_role("button", name="Process again…")).to_be_disabled()
    expect(page.get_by_role("link", name="Send on…")).to_have_count(0)


def test_what_was_seen_and_sent_stands_in_the_audit_trail(server: Any, cookies: dict[str, str]) -> None:
    with Receiver() as receiver:
        form = {"host": "127.0.0.1", "port": receiver.port, "record": 1}
        assert ask(server, "/compose/send", cookies["operator"], **form)[0] == 200
    ask(server, "/messages/1", cookies["viewer"])
    ask(server, "/messages/reprocess", cookies["operator"], id=1, do="yes")
    expected = {
        ("user:operator", "message.send", "1"),
        ("user:viewer", "message.view", "1"),
        ("user:operator", "message.reprocess", "1"),
    }
    database = open_database("", Path(server.data), read_only=True)
    end = time.monotonic() + 30  # nobody waits until a deed is on disk
    try:
        while not expected <= {
            (deed.actor, deed.action, deed.subject_id) for deed in Audit(database).find(DeedFilter())
        }:
            assert time.monotonic() < end
    finally:
        database.close()
