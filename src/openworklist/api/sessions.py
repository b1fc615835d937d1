"""The sessions of a user, which an administrator may end."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from openworklist.api.parameters import Name, Number
from openworklist.api.shapes import Answer, derive, to_json
from openworklist.domain.session import Session
from openworklist.web.desk import TheDesk, get_peer
from openworklist.web.guarded import GuardedRoute
from openworklist.web.visitors import Administrator

router = APIRouter(prefix="/users/{name}/sessions", tags=["people"], route_class=GuardedRoute)

SessionAnswer: Any = derive("Session", Session)


class Ended(Answer):
    ended: int


@router.get("", operation_id="list_sessions", response_model=list[SessionAnswer])
def list_sessions(desk: TheDesk, visitor: Administrator, name: Name) -> Any:
    """The sessions of a user, the one used last first."""
    desk.people.users.get(name)
    return to_json(desk.people.find_sessions(name))


@router.delete("", operation_id="end_sessions", response_model=Ended)
def end_sessions(request: Request, desk: TheDesk, visitor: Administrator, name: Name) -> Any:
    """End all sessions of a user."""
    return {"ended": desk.people.end_sessions(name, visitor.actor, get_peer(request))}


@router.delete("/{number:int}", operation_id="end_session", status_code=204)
def end_session(request: Request, desk: TheDesk, visitor: Administrator, name: Name, number: Number) -> None:
    """End one session of a user."""
    desk.people.end_session(name, str(number), visitor.actor, get_peer(request))
