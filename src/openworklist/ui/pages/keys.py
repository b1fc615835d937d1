"""Keys of programs, for administrators: made, shown this once, revoked."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from openworklist.domain.errors import UserError
from openworklist.domain.role import Role
from openworklist.services.clock import read_clock
from openworklist.ui.forms.page import go
from openworklist.ui.forms.role import read_role
from openworklist.ui.render import render
from openworklist.web.desk import Desk, TheDesk, get_peer
from openworklist.web.forms import TheForm, get_texts
from openworklist.web.problems import to_status
from openworklist.web.visitors import Administrator

router = APIRouter()
_LIST: Final = "/users/keys"
_MOST_DAYS: Final = 36_500


@router.get(_LIST)
def show_keys(request: Request, desk: TheDesk, visitor: Administrator, gone: str = "") -> Response:
    """The list, with the form for another one; `gone` is one that was just revoked."""
    return _show(request, desk, gone=gone)


@router.post(f"{_LIST}/new")
def add_key(request: Request, desk: TheDesk, visitor: Administrator, form: TheForm) -> Response:
    """Make a key, which is shown in this answer alone."""
    texts = get_texts(form)
    try:
        secret, key = desk.people.keys.add(
            texts.get("name", ""),
            read_role(texts.get("role", "")),
            visitor.actor,
            days=_to_days(texts.get("days", "")),
            peer=get_peer(request),
        )
    except UserError as error:
        return _show(request, desk, typed=texts, problem=error)
    return _show(request, desk, made=(key.name, secret))


@router.post(f"{_LIST}/revoke")
def revoke_key(request: Request, desk: TheDesk, visitor: Administrator, form: TheForm) -> Response:
    """End a key for good."""
    name = get_texts(form).get("name", "")
    desk.people.keys.revoke(name, visitor.actor, peer=get_peer(request))
    return go(_LIST, gone=name)


def _to_days(text: str) -> int:
    """Days that were typed; 0 for none, which is for ever."""
    text = text.strip()
    days = int(text) if text.isdecimal() and len(text) <= 5 else -bool(text)
    if not 0 <= days <= _MOST_DAYS:
        raise UserError(
            f"{text!r} is no number of days.", where="days", hint=f"0 to {_MOST_DAYS}; empty: it never ends"
        )
    return days


def _show(
    request: Request,
    desk: Desk,
    *,
    gone: str = "",
    made: tuple[str, str] | None = None,
    typed: dict[str, str] | None = None,
    problem: UserError | None = None,
) -> Response:
    given: dict[str, Any] = typed or {}
    keys = desk.people.keys.find_all()
    return render(
        request,
        "users/keys.html",
        status=to_status(problem) if problem else 200,
        used=[each for each in keys if not each.revoked_at],
        revoked=[each for each in keys if each.revoked_at],
        roles=tuple(Role),
        typed=given,
        made=made,
        gone=gone,
        problem=problem,
        now=read_clock(),
    )
