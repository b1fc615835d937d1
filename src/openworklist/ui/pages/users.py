"""Users, for administrators: who may log in, with which role, and where each is logged in."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from openworklist.domain.errors import OpenWorklistError, UserError
from openworklist.domain.role import Role
from openworklist.domain.visitor import Visitor
from openworklist.services.clock import read_clock
from openworklist.services.tokens import make_password
from openworklist.services.user_list import find_listed, get_listed
from openworklist.ui.forms.page import go
from openworklist.ui.forms.role import read_role
from openworklist.ui.language import mark
from openworklist.ui.render import render
from openworklist.web.desk import Desk, TheDesk, get_peer
from openworklist.web.forms import TheForm, get_texts
from openworklist.web.problems import to_status
from openworklist.web.visitors import Administrator

router = APIRouter()
_LIST: Final = "/users"
_ONE: Final = f"{_LIST}/one"
_MINUTE: Final = 60_000_000
_DONE: Final = {
    "role": mark("The role is changed."),
    "activate": mark("The user can log in again."),
    "deactivate": mark("The user cannot log in any more."),
    "password": mark("The new password counts from now on."),
    "sessions": mark("The sessions have ended."),
}


@router.get(_LIST)
def show_users(request: Request, desk: TheDesk, visitor: Administrator, gone: str = "") -> Response:
    """The list; `gone` is one that was just deleted."""
    now = read_clock()
    return render(request, "users/page.html", found=find_listed(desk.database, now), now=now, gone=gone)


@router.get(f"{_LIST}/new")
def begin_user(request: Request, desk: TheDesk, visitor: Administrator) -> Response:
    """The form for somebody new: a viewer, unless nobody is there yet who could set up the rest."""
    role = Role.VIEWER if desk.people.users.find_all() else Role.ADMINISTRATOR
    return _show_new(request, "", role.value)


@router.post(f"{_LIST}/new")
def add_user(request: Request, desk: TheDesk, visitor: Administrator, form: TheForm) -> Response:
    """Add a user; without a password one is made, and shown in this answer alone."""
    texts = get_texts(form)
    name, role, password = texts.get("name", ""), texts.get("role", ""), texts.get("password", "")
    made = "" if password else make_password()
    try:
        user = desk.people.users.add(
            name, read_role(role), password or made, visitor.actor, peer=get_peer(request)
        )
    except UserError as error:
        return _show_new(request, name, role, error)
    if made:
        return _show(request, desk, visitor, user.name, made=made)
    return go(_ONE, name=user.name)


@router.get(_ONE)
def show_user(
    request: Request, desk: TheDesk, visitor: Administrator, name: str = "", done: str = ""
) -> Response:
    """One user; `done` is what was just changed."""
    return _show(request, desk, visitor, name, done=_DONE.get(done, ""))


@router.post(f"{_LIST}/role")
def set_role(request: Request, desk: TheDesk, visitor: Administrator, form: TheForm) -> Response:
    """Give another role; one that the user has already changes nothing."""
    texts = get_texts(form)
    name, role = texts.get("name", ""), read_role(texts.get("role", ""))
    if desk.people.users.get(name).role is not role:
        desk.people.users.set_role(name, role, visitor.actor, peer=get_peer(request))
    return go(_ONE, name=name, done="role")


@router.post(f"{_LIST}/active")
def set_active(request: Request, desk: TheDesk, visitor: Administrator, form: TheForm) -> Response:
    """Let a user in no more, or in again."""
    texts = get_texts(form)
    name, is_active = texts.get("name", ""), texts.get("do") == "activate"
    desk.people.users.set_active(name, is_active, visitor.actor, peer=get_peer(request))
    return go(_ONE, name=name, done="activate" if is_active else "deactivate")


@router.post(f"{_LIST}/password")
def set_password(request: Request, desk: TheDesk, visitor: Administrator, form: TheForm) -> Response:
    """Give a new password; without one it is made, and shown in this answer alone."""
    texts = get_texts(form)
    name, password = texts.get("name", ""), texts.get("password", "")
    made = "" if password else make_password()
    try:
        desk.people.users.set_password(name, password or made, visitor.actor, peer=get_peer(request))
    except UserError as error:
        return _show(request, desk, visitor, name, problem=error)
    if made:
        return _show(request, desk, visitor, name, made=made)
    return go(_ONE, name=name, done="password")


@router.post(f"{_LIST}/sessions/end")
def end_sessions(request: Request, desk: TheDesk, visitor: Administrator, form: TheForm) -> Response:
    """End one session of a user, or all."""
    texts = get_texts(form)
    name, session = texts.get("name", ""), texts.get("session", "")
    if session:
        desk.people.end_session(name, session, visitor.actor, get_peer(request))
    else:
        # Who ends the own ones goes on in this one.
        desk.people.end_sessions(name, visitor.actor, get_peer(request), kept=visitor.session_id)
    return go(_ONE, name=name, done="sessions")


@router.post(f"{_LIST}/delete")
def delete_user(request: Request, desk: TheDesk, visitor: Administrator, form: TheForm) -> Response:
    """Delete a user for good."""
    name = get_texts(form).get("name", "")
    desk.people.users.delete(name, visitor.actor, peer=get_peer(request))
    return go(_LIST, gone=name)


def _show_new(request: Request, name: str, role: str, problem: OpenWorklistError | None = None) -> Response:
    status = to_status(problem) if problem else 200
    return render(
        request, "users/new.html", status=status, name=name, role=role, roles=tuple(Role), problem=problem
    )


def _show(
    request: Request,
    desk: Desk,
    visitor: Visitor,
    name: str,
    *,
    made: str = "",
    done: str = "",
    problem: OpenWorklistError | None = None,
) -> Response:
    now = read_clock()
    listed = get_listed(desk.database, name, now)
    return render(
        request,
        "users/one.html",
        status=to_status(problem) if problem else 200,
        listed=listed,
        user=listed.user,
        sessions=desk.people.find_sessions(listed.user.name),
        idle=desk.configuration.options.lock_after * _MINUTE,
        is_self=visitor.way == "session" and visitor.name == listed.user.name,
        roles=tuple(Role),
        made=made,
        done=done,
        problem=problem,
        now=now,
    )
