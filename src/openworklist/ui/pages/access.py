"""Logging in and out, locking, the language of a browser."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from openworklist.domain.errors import AccessError, SessionLocked
from openworklist.domain.user import fold_name
from openworklist.ui.language import COOKIE as LANGUAGE_COOKIE
from openworklist.ui.language import LANGUAGES
from openworklist.ui.render import render
from openworklist.web.desk import Desk, TheDesk, get_peer
from openworklist.web.problems import to_status
from openworklist.web.session_cookie import give_session, read_session, take_session
from openworklist.web.visitors import find_visitor

router = APIRouter()
_YEAR = 365 * 86_400


@router.get("/login")
def show_login(request: Request, desk: TheDesk, next: str = "/worklist") -> Response:
    """The form for name and password; where somebody is logged in, the page they wanted."""
    try:
        visitor = find_visitor(request)
    except SessionLocked as error:
        return _show(request, next=next, name=error.visitor.name, locked=True)
    if visitor is not None:
        return RedirectResponse(to_own_path(next), 303)
    return _show(request, next=next)


@router.post("/login")
def login(
    request: Request,
    desk: TheDesk,
    name: Annotated[str, Form()],
    password: Annotated[str, Form()],
    next: Annotated[str, Form()] = "/worklist",
) -> Response:
    """Begin a session; a locked one of the same user goes on."""
    try:
        token = _begin_session(desk, read_session(request), name, password, get_peer(request))
    except AccessError as error:
        return _show(request, next=next, name=name, problem=error, status=to_status(error))
    answer = RedirectResponse(to_own_path(next), 303)
    give_session(request, answer, token)
    return answer


@router.post("/logout")
def logout(request: Request, desk: TheDesk) -> Response:
    """End the session, also one that is locked."""
    desk.people.logout(read_session(request), get_peer(request))
    answer = RedirectResponse("/login", 303)
    take_session(request, answer)
    return answer


@router.post("/lock")
def lock(request: Request, desk: TheDesk) -> Response:
    """Have the session wait for its password."""
    desk.people.lock(read_session(request))
    return RedirectResponse("/login", 303)


@router.post("/language")
def choose_language(code: Annotated[str, Form()], next: Annotated[str, Form()] = "/login") -> Response:
    """Remember the language of this browser."""
    answer = RedirectResponse(to_own_path(next), 303)
    if code in LANGUAGES:
        answer.set_cookie(LANGUAGE_COOKIE, code, max_age=_YEAR, samesite="lax", path="/")
    return answer


def _begin_session(desk: Desk, token: str, name: str, password: str, peer: str) -> str:
    try:
        desk.people.find_session(token)
    except SessionLocked as error:
        if error.visitor.name == fold_name(name):
            desk.people.unlock(token, password, peer)
            return token
    begun, _ = desk.people.login(name, password, peer)
    desk.people.logout(token, peer)  # nobody has its cookie any more
    return begun


def to_own_path(path: str) -> str:
    """A path of this server; that of the worklist for what leads elsewhere."""
    is_own = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_own else "/worklist"


def _show(
    request: Request,
    *,
    next: str,
    name: str = "",
    locked: bool = False,
    problem: AccessError | None = None,
    status: int = 200,
) -> Response:
    return render(
        request,
        "login.html",
        status=status,
        next=to_own_path(next),
        name=name,
        locked=locked,
        problem=problem,
    )
