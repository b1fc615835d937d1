"""Records: searched as on the page, looked at one by one, with what happened to each."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from openworklist.api.parameters import Count, Cursor, Number
from openworklist.api.record_shapes import RecordPage, WholeRecord, write_record, write_whole
from openworklist.api.searching import Direction, RecordSearch, Sort, read_search
from openworklist.api.shapes import Json, derive, to_json
from openworklist.api.versions import ETAG, to_etag
from openworklist.domain.search import Search
from openworklist.services.deliveries import find_receivers
from openworklist.services.history import Event, ValueChange
from openworklist.web.desk import Desk, TheDesk
from openworklist.web.guarded import GuardedRoute
from openworklist.web.trail import TheTrail, Trail
from openworklist.web.visitors import Viewer

router = APIRouter(prefix="/records", tags=["records"], route_class=GuardedRoute)

_Written: Any = derive("WrittenValue", ValueChange, before=Any, after=Any)
EventAnswer: Any = derive("RecordEvent", Event, values=list[_Written])


@router.get("", operation_id="list_records", response_model=RecordPage)
def list_records(
    desk: TheDesk,
    visitor: Viewer,
    trail: TheTrail,
    search: Annotated[Search, Depends(read_search)],
    sort: Annotated[Sort, Query()] = "start",
    direction: Annotated[Direction, Query()] = "ascending",
    after: Cursor = "",
    limit: Count = 50,
) -> Any:
    """Search records.

    What stands in the query is never logged; who wants it in no URL posts it to /records/search.
    """
    return _find(desk, trail, search, sort, direction, after, limit)


@router.post("/search", operation_id="search_records", response_model=RecordPage)
def search_records(desk: TheDesk, visitor: Viewer, trail: TheTrail, asked: RecordSearch) -> Any:
    """Search records, with nothing of patients in the URL."""
    given = asked.model_dump()
    paging = [given.pop(name) for name in ("sort", "direction", "after", "limit")]
    return _find(desk, trail, read_search(**given), *paging)


def _find(
    desk: Desk, trail: Trail, search: Search, sort: str, direction: str, after: str, limit: int
) -> Json:
    is_descending = direction == "descending"
    page = desk.browse.page(search, sort=sort, descending=is_descending, after=after, size=limit)
    trail.note_records(page.records)
    return {
        "records": [write_record(record) for record in page.records],
        "total": desk.browse.count(search) if page.total is None else page.total,
        "next": page.next or None,
        "previous": page.previous or None,
    }


@router.get(
    "/{number:int}",
    operation_id="get_record",
    response_model=WholeRecord,
    responses={200: {"headers": ETAG}},
)
def get_record(response: Response, desk: TheDesk, visitor: Viewer, number: Number) -> Any:
    """A record with its values, what should be known of it, and which scanners received it."""
    record = desk.records.get(number)
    desk.audit.note_view(visitor.actor, number)
    response.headers["ETag"] = to_etag(record.version)
    return write_whole(record, desk.configuration, find_receivers(desk.database, number))


@router.get("/{number:int}/history", operation_id="get_record_history", response_model=list[EventAnswer])
def get_history(desk: TheDesk, visitor: Viewer, number: Number) -> Any:
    """What happened to a record, the first event first; also to one that was deleted."""
    events = desk.history.find(number)
    desk.audit.note_view(visitor.actor, number)
    return to_json(events)
