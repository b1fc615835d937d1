"""Two HL7 messages side by side: by meaning or by position, as JSON or as a page of its own."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import Response

from openworklist.api.answers import gives, may
from openworklist.api.body import Body, Line, Prose
from openworklist.api.shapes import Document
from openworklist.domain.errors import MessageError
from openworklist.services.comparison import Comparison, Given, compare
from openworklist.services.comparison_json import grid_to_json, meaning_to_json
from openworklist.services.comparison_page import render
from openworklist.services.journal import Journal
from openworklist.web.desk import Desk, TheDesk
from openworklist.web.guarded import GuardedRoute
from openworklist.web.trail import TheTrail
from openworklist.web.visitors import Viewer

router = APIRouter(prefix="/compare", tags=["compare"], route_class=GuardedRoute)
HTML = "text/html"


class Side(Body):
    """One of the two: its text, or the number of a message in the journal."""

    name: Line = ""
    text: Prose = ""
    message: Annotated[int | None, Field(ge=1, le=2**53 - 1)] = None
    number: Annotated[
        int, Field(ge=0, le=1_000_000, description="which of several in the text; 0 the first")
    ] = 0


class Pair(Body):
    left: Side
    right: Side
    by: Literal["meaning", "position"] = "meaning"
    ignore_time: Annotated[bool, Field(description="leave out MSH-7 and MSH-10")] = False
    profile: Annotated[Line, Field(description="the mapping that says what a path feeds")] = "classic"


@router.post("", operation_id="compare_messages", response_model=Document, responses=may(404))
def compare_messages(desk: TheDesk, visitor: Viewer, trail: TheTrail, pair: Pair) -> Any:
    """What two messages have in common, and what not; docs/compare.md tells the form."""
    found = _compare(desk, pair)
    trail.note_list("message.compare", _find_numbers(pair))
    return grid_to_json(found) if pair.by == "position" else meaning_to_json(found)


@router.post(
    "/page",
    operation_id="export_comparison",
    response_class=Response,
    responses=gives(HTML, description="A page that needs nothing else.") | may(404),
)
def export_comparison(desk: TheDesk, visitor: Viewer, trail: TheTrail, pair: Pair) -> Response:
    """The comparison as an HTML file, to be kept or sent."""
    page = render(_compare(desk, pair), made=f"{datetime.now(desk.zone):%Y-%m-%d %H:%M}")
    trail.note_list("message.compare-export", _find_numbers(pair))
    headers = {"Content-Disposition": 'attachment; filename="comparison.html"'}
    return Response(page, media_type=HTML, headers=headers)


def _compare(desk: Desk, pair: Pair) -> Comparison:
    return compare(
        _read(desk, pair.left, "left"),
        _read(desk, pair.right, "right"),
        desk.configuration.get_profile(pair.profile),
        ignore_time=pair.ignore_time,
        default_charset="UNICODE UTF-8",
    )


def _find_numbers(pair: Pair) -> list[int]:
    """The messages of the journal that are looked at: a text is the visitor's own."""
    return [each.message for each in (pair.left, pair.right) if each.message is not None]


def _read(desk: Desk, side: Side, place: str) -> Given:
    if (side.message is None) == (not side.text):
        raise MessageError("A side is a text, or the number of a message.", where=place)
    if side.message is None:
        return Given(side.name or place, side.text.encode(), side.number)
    raw = Journal(desk.database).get(side.message).message.raw
    return Given(side.name or f"message {side.message}", raw, side.number)
