"""A user of every role, who ask a running server with the cookie of their session."""

from __future__ import annotations

from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from openworklist.domain.role import Role
from openworklist.services.people import People
from openworklist.store.database import Database

_PASSWORD = "correct horse battery"


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


def hire(database: Database) -> None:
    """Add a user of every role, who has its name."""
    for role in reversed(Role):  # the first is to be an administrator
        People(database).users.add(role.value, role, _PASSWORD, "test")


def ask(server: Any, path: str, cookie: str = "", **values: object) -> tuple[int, str]:
    """The status of a page, or of a form that is sent, and the cookie that is set; redirects are answers."""
    base = f"http://127.0.0.1:{server.web}"
    request = Request(f"{base}{path}", urlencode(values).encode() if values else None)
    request.add_header("Origin", base)
    if cookie:
        request.add_header("Cookie", cookie)
    try:
        with build_opener(_Stay).open(request) as answer:
            return answer.status, ""
    except HTTPError as error:
        with error:
            return error.code, str(error.headers.get("Set-Cookie", "")).partition(";")[0]


def log_in(server: Any) -> dict[str, str]:
    """The cookie of each."""
    return {role.value: ask(server, "/login", name=role.value, password=_PASSWORD)[1] for role in Role}


def to_browser(server: Any, cookie: str) -> list[dict[str, str]]:
    """A cookie as a browser's context takes it."""
    name, _, value = cookie.partition("=")
    return [{"name": name, "value": value, "url": f"http://127.0.0.1:{server.web}"}]
