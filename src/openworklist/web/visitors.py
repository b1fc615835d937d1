"""Who asks: by the cookie of a session, by an API key, or anybody where nobody has to log in."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Final

from fastapi import Depends, Request

from openworklist.domain.errors import AccessError, SessionLocked
from openworklist.domain.role import Role
from openworklist.domain.user import THEMES
from openworklist.domain.visitor import LOCAL, Visitor
from openworklist.web.desk import Desk
from openworklist.web.session_cookie import read_session

THEME_COOKIE: Final = "openworklist_theme"
SHORTCUTS_COOKIE: Final = "openworklist_shortcuts"


def find_visitor(request: Request) -> Visitor | None:
    """Who asks, None for a stranger; AccessError `access.locked` if the session waits for its password.

    It is looked up once for a request.
    """
    if not hasattr(request.state, "visitor"):
        request.state.visitor = _find(request)
    visitor: Visitor | None = request.state.visitor
    return visitor


def is_still_welcome(request: Request) -> bool:
    """Whether who asked might ask again: the key or session has not ended, and is not locked."""
    try:
        return _look_up(request) is not None
    except SessionLocked:
        return False


def _find(request: Request) -> Visitor | None:
    visitor = _look_up(request)
    if visitor is not None and visitor.way == "session" and not is_by_itself(request):
        desk: Desk = request.app.state.desk
        desk.people.touch(read_session(request))
    return visitor


def _look_up(request: Request) -> Visitor | None:
    desk: Desk = request.app.state.desk
    if "authorization" in request.headers:
        # Whoever gives a key means it: a wrong one is not made up for by a cookie.
        scheme, _, key = request.headers["authorization"].partition(" ")
        return desk.people.find_key(key.strip()) if scheme.lower() == "bearer" else None
    token = read_session(request)
    if token and (visitor := desk.people.find_session(token)) is not None:
        return visitor
    return _to_local(request) if desk.is_open else None


def _to_local(request: Request) -> Visitor:
    """Whoever it is, who has the pages as the browser was told to keep them."""
    theme = request.cookies.get(THEME_COOKIE, "")
    shortcuts = request.cookies.get(SHORTCUTS_COOKIE, "") != "off"
    return replace(LOCAL, theme=theme if theme in THEMES else "", shortcuts=shortcuts)


def is_by_itself(request: Request) -> bool:
    """Whether an open page asks, without a person: what is live must not keep a session from being locked."""
    headers = request.headers
    return "x-by-itself" in headers or headers.get("accept", "").startswith("text/event-stream")


class Needs:
    """A dependency that gives the visitor, or AccessError unless their role covers `role`."""

    def __init__(self, role: Role) -> None:
        self.role = role

    def __call__(self, request: Request) -> Visitor:
        visitor = find_visitor(request)
        if visitor is None:
            raise AccessError(
                "Nobody is logged in.", hint="log in, or send an API key as bearer", code="access.unknown"
            )
        visitor.require(self.role)
        return visitor


Viewer = Annotated[Visitor, Depends(Needs(Role.VIEWER))]
Operator = Annotated[Visitor, Depends(Needs(Role.OPERATOR))]
Administrator = Annotated[Visitor, Depends(Needs(Role.ADMINISTRATOR))]
