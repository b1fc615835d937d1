"""The server itself: its version, whether it is well, and the names of what changes as it changes."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from openworklist import __version__
from openworklist.api.answers import gives, may
from openworklist.api.shapes import Answer
from openworklist.web.desk import TheDesk
from openworklist.web.guarded import GuardedRoute
from openworklist.web.streams import stream
from openworklist.web.visitors import Viewer

router = APIRouter(tags=["server"], route_class=GuardedRoute)
EVENTS = "text/event-stream"


class Version(Answer):
    version: str


class Health(Answer):
    is_ready: bool
    problems: dict[str, str]


@router.get("/version", operation_id="get_version", response_model=Version)
def get_version(visitor: Viewer) -> Any:
    """The version of the server."""
    return {"version": __version__}


@router.get("/health", operation_id="get_health", response_model=Health)
async def get_health(desk: TheDesk, visitor: Viewer) -> Any:
    """Whether the server is ready, and what is wrong."""
    problems = desk.problems()
    return {"is_ready": not problems, "problems": problems}


@router.get(
    "/events",
    operation_id="follow_events",
    response_class=Response,
    responses=gives(EVENTS, description="Server-sent events without data, until one of the two leaves.")
    | may(429),
)
async def follow_events(request: Request, desk: TheDesk, visitor: Viewer) -> Response:
    """The names of what changed (records, messages, settings …) as it changes: who hears one asks again."""
    return stream(request, desk.events, visitor)
