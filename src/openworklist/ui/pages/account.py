"""The own account, for everybody: name and role, password, how the pages look, where one is logged in."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from openworklist.domain.errors import AccessError, LoginFailed, OpenWorklistError, UserError
from openworklist.domain.user import check_preferences
from openworklist.domain.visitor import Visitor
from openworklist.services.clock import read_clock
from openworklist.ui.forms.account import PREFERENCES, write_preferences
from openworklist.ui.forms.page import Form, go, show_form
from openworklist.ui.language import COOKIE as LANGUAGE_COOKIE
from openworklist.ui.language import LANGUAGES, mark
from openworklist.web.desk import Desk, TheDesk, get_peer
from openworklist.web.forms import TheForm, get_texts
from openworklist.web.problems import to_status
from openworklist.web.session_cookie import read_session
from openworklist.web.visitors import SHORTCUTS_COOKIE, THEME_COOKIE, Viewer

router = APIRouter()
_PAGE: Final = "/account"
_YEAR: Final = 365 * 86_400
_MINUTE: Final = 60_000_000
_DONE: Final = {
    "preferences": mark("Saved."),
    "password": mark("Your new password counts from now on; your other sessions have ended."),
    "sessions": mark("The sessions have ended."),
}


@router.get(_PAGE)
def show_account(request: Request, desk: TheDesk, visitor: Viewer, done: str = "") -> Response:
    """All of it; `done` is what was just changed."""
    return _show(request, desk, visitor, done=_DONE.get(done, ""))


@router.post(f"{_PAGE}/preferences")
def set_preferences(desk: TheDesk, visitor: Viewer, form: TheForm) -> Response:
    """Language, theme and shortcuts: of a user everywhere; without login, of this browser."""
    texts = get_texts(form)
    language, theme = texts.get("language", ""), texts.get("theme", "")
    shortcuts = texts.get("shortcuts") == "yes"
    if language and language not in LANGUAGES:
        raise UserError(f"There are no pages in the language {language!r}.", where="language")
    check_preferences(language, theme)
    answer = go(_PAGE, done="preferences")
    if visitor.way == "session":
        desk.people.users.set_preferences(visitor.name, language=language, theme=theme, shortcuts=shortcuts)
        return answer
    kept = {
        LANGUAGE_COOKIE: language,
        THEME_COOKIE: theme,
        SHORTCUTS_COOKIE: "" if shortcuts else "off",
    }
    for name, value in kept.items():
        answer.set_cookie(name, value, max_age=_YEAR if value else 0, samesite="lax", path="/")
    return answer


@router.post(f"{_PAGE}/password")
def change_password(request: Request, desk: TheDesk, visitor: Viewer, form: TheForm) -> Response:
    """Take another password, for who knows the one up to now."""
    _require_session(visitor)
    texts = get_texts(form)
    new = texts.get("password", "")
    try:
        if new != texts.get("again", ""):
            raise UserError("The two passwords differ.", where="again", code="user.invalid")
        token = read_session(request)
        desk.people.change_password(token, texts.get("old", ""), new, get_peer(request))
    except LoginFailed as error:
        wrong = AccessError("That is not your password.", where="old", hint=error.hint, code=error.code)
        return _show(request, desk, visitor, problem=wrong)
    except (AccessError, UserError) as error:
        return _show(request, desk, visitor, problem=error)
    return go(_PAGE, done="password")


@router.post(f"{_PAGE}/sessions/end")
def end_sessions(request: Request, desk: TheDesk, visitor: Viewer, form: TheForm) -> Response:
    """End one of one's sessions, or all but this one."""
    _require_session(visitor)
    name, actor, peer = visitor.name, visitor.actor, get_peer(request)
    if session := get_texts(form).get("session", ""):
        desk.people.end_session(name, session, actor, peer)
    else:
        desk.people.end_sessions(name, actor, peer, kept=visitor.session_id)
    return go(_PAGE, done="sessions")


def _require_session(visitor: Visitor) -> None:
    if visitor.way != "session":
        raise AccessError("Nobody is logged in here who could change this.", hint="log in as a user")


def _show(
    request: Request,
    desk: Desk,
    visitor: Visitor,
    *,
    done: str = "",
    problem: OpenWorklistError | None = None,
) -> Response:
    values = write_preferences(visitor, request.cookies.get(LANGUAGE_COOKIE, ""))
    answer = show_form(
        request,
        Form(mark("Account"), _PAGE, f"{_PAGE}/preferences", PREFERENCES, values),
        "account/page.html",
        sessions=desk.people.find_sessions(visitor.name) if visitor.way == "session" else [],
        now=read_clock(),
        idle=desk.configuration.options.lock_after * _MINUTE,
        done=done,
        problem=problem,
    )
    if problem:
        answer.status_code = to_status(problem)
    return answer
