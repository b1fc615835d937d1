"""Who one is here, for a program that wants to know what it may."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from openworklist.api.shapes import derive, to_json
from openworklist.domain.visitor import Visitor
from openworklist.web.guarded import GuardedRoute
from openworklist.web.visitors import Viewer

router = APIRouter(prefix="/me", tags=["people"], route_class=GuardedRoute)

_HIDDEN = {"session_id"}
Me: Any = derive("Me", Visitor, without=_HIDDEN)


@router.get("", operation_id="get_me", response_model=Me)
def get_me(visitor: Viewer) -> Any:
    """Name, role, and by what one is known: a session, a key, or being at the machine."""
    return to_json(visitor, without=_HIDDEN)
