"""What scanners ask, folded: a line a scanner, its questions below."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from openworklist.services.polls import find_polls
from openworklist.ui.render import render, wants_region
from openworklist.web.desk import TheDesk
from openworklist.web.visitors import Viewer

router = APIRouter()


@router.get("/messages/polls")
def show_polls(request: Request, desk: TheDesk, visitor: Viewer) -> Response:
    """The scanners that asked, the last one first."""
    polls = find_polls(desk.database, desk.configuration, desk.zone)
    template = "messages/_polls.html" if wants_region(request, "polls") else "messages/polls.html"
    return render(request, template, polls=polls)
