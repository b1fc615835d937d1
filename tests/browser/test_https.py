"""A browser at a web port with TLS: by an old link, to the login, and on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from openworklist.domain.role import Role
from openworklist.services.people import People
from openworklist.store.database import open_database
from openworklist.web.session_cookie import SECURE_COOKIE

PASSWORD = "four words of mine"


@pytest.fixture(scope="module")
def server_flags(papers: Path) -> tuple[str, ...]:
    pair = ("--tls-certificate", str(papers / "server.pem"), "--tls-key", str(papers / "server.key"))
    return ("--web-tls", *pair)


@pytest.fixture(scope="module")
def data_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder: Path = tmp_path_factory.mktemp("https") / "data"
    database = open_database("", folder)
    People(database).users.add("ada", Role.ADMINISTRATOR, PASSWORD, "test")
    database.close()
    return folder


def test_who_comes_by_an_old_link_logs_in_over_https(server: Any, chromium: Browser) -> None:
    address = f"127.0.0.1:{server.web}"
    context = chromium.new_context(ignore_https_errors=True)
    context.set_default_timeout(60_000)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    with page.expect_event("request", lambda each: each.url.endswith("/events")):
        page.goto(f"http://{address}/login?next=/dashboard")
        assert page.url == f"https://{address}/login?next=/dashboard"
        page.get_by_label("Name").fill("ada")
        page.get_by_label("Password").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"https://{address}/dashboard")
    expect(page.get_by_text(f"{address} (TLS)").first).to_be_visible()
    (cookie,) = [each for each in context.cookies() if "session" in each["name"]]
    assert cookie["name"] == SECURE_COOKIE
    assert cookie["secure"]
    assert cookie["httpOnly"]
    page.reload()
    assert page.url == f"https://{address}/dashboard"
    assert said == []
    context.close()
