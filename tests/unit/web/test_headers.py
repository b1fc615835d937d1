import asyncio
from typing import Any

import pytest

from openworklist.web.headers import OwnOrigin, SecurityHeaders


async def _greet(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"hello"})


def _ask(
    app: Any, method: str = "GET", path: str = "/worklist", scheme: str = "http", **headers: str
) -> tuple[int, dict[str, str]]:
    pairs = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": "http",
        "scheme": scheme,
        "method": method,
        "path": path,
        "headers": pairs,
        "query_string": b"",
    }
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], {key.decode(): value.decode() for key, value in sent[0]["headers"]}


def test_a_page_is_kept_in_no_cache_and_loads_from_nowhere_else() -> None:
    _, headers = _ask(SecurityHeaders(_greet))
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"].startswith("default-src 'self';")
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


def test_files_of_ours_may_be_kept_and_are_asked_about() -> None:
    _, headers = _ask(SecurityHeaders(_greet), path="/static/js/page.js")
    assert headers["cache-control"] == "no-cache"


def test_browsers_are_told_of_https_over_https_alone_and_if_it_is_wished() -> None:
    def ask(days: int, scheme: str) -> str | None:
        app = SecurityHeaders(_greet, hsts_days=days)
        return _ask(app, scheme=scheme)[1].get("strict-transport-security")

    assert ask(2, "https") == "max-age=172800"
    assert ask(2, "http") is None
    assert ask(0, "https") is None


@pytest.mark.parametrize(
    ("status", "scheme", "origin"),
    [
        (200, "https", "https://ow:3000"),
        (403, "https", "http://ow:3000"),
        (200, "http", "https://ow:3000"),  # behind a proxy that is not named in web_proxies
        (200, "http", "http://ow:3000"),
    ],
)
def test_what_came_in_plain_is_foreign_to_https(status: int, scheme: str, origin: str) -> None:
    assert _ask(OwnOrigin(_greet), "POST", scheme=scheme, host="ow:3000", origin=origin)[0] == status


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        (200, {"host": "ow:3000", "origin": "http://ow:3000", "cookie": "a=b"}),
        (403, {"host": "ow:3000", "origin": "http://evil.example", "cookie": "a=b"}),
        (403, {"host": "ow:3000", "origin": "null", "cookie": "a=b"}),
        (403, {"host": "ow:3000", "origin": "http://evil.example"}),
        (403, {"host": "ow:3000", "cookie": "a=b"}),
        (403, {"host": "ow:3000", "cookie": "a=b", "sec_fetch_site": "cross-site"}),
        (200, {"host": "ow:3000", "cookie": "a=b", "sec_fetch_site": "same-origin"}),
        (200, {"host": "ow:3000"}),
        (403, {"host": "ow:3000", "sec_fetch_site": "cross-site"}),
        (403, {"host": "ow:3000", "origin": "http://ow:3000", "sec_fetch_site": "cross-site"}),
        (403, {"host": "ow:3000", "referer": "http://evil.example/page"}),
        (200, {"host": "ow:3000", "referer": "http://ow:3000/page", "cookie": "a=b"}),
        (403, {"host": "", "origin": "null", "cookie": "a=b"}),
        (403, {"host": "ow:3000", "origin": "http://[", "cookie": "a=b"}),
        (200, {"host": "ow:3000", "origin": "http://other", "authorization": "Bearer ow_x"}),
    ],
)
def test_what_changes_something_comes_from_our_own_pages(status: int, headers: dict[str, str]) -> None:
    assert _ask(OwnOrigin(_greet), "POST", **headers)[0] == status
    assert _ask(OwnOrigin(_greet), "GET", **headers)[0] == 200


@pytest.mark.parametrize(
    ("status", "host"),
    [
        (200, "127.0.0.1:3000"),
        (200, "localhost:3000"),
        (200, "[::1]:3000"),
        (403, "evil.example"),
        (403, ""),
        (403, "127.0.0.1#.evil.example"),
        (403, "evil.example@127.0.0.1"),
        (403, "["),
    ],
)
def test_without_login_the_server_answers_to_names_of_its_machine(status: int, host: str) -> None:
    assert _ask(OwnOrigin(_greet, is_local=True), "GET", host=host)[0] == status
