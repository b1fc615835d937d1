"""The archive that the options name: whether it answers."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from openworklist.api.answers import may
from openworklist.api.shapes import Answer
from openworklist.web.desk import TheDesk
from openworklist.web.guarded import GuardedRoute
from openworklist.web.trail import TheTrail
from openworklist.web.visitors import Operator

router = APIRouter(prefix="/archive", tags=["archive"], route_class=GuardedRoute)


class ArchiveEcho(Answer):
    name: str
    seconds: float


@router.post("/echo", operation_id="echo_archive", response_model=ArchiveEcho, responses=may(404, 502))
def echo_archive(desk: TheDesk, visitor: Operator, trail: TheTrail) -> Any:
    """Ask the archive of the options for a study that nobody has (QIDO-RS): whether it answers."""
    trail.note("archive.echo", "archive", "")
    return {"name": desk.archive.name, "seconds": desk.archive.echo()}
