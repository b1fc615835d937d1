"""The audit trail, for administrators: who saw, changed, sent or deleted what, page by page or as a table."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response, StreamingResponse

from openworklist.domain.audit import Deed, DeedFilter
from openworklist.domain.errors import SearchError
from openworklist.services.audit import Audit
from openworklist.ui.audit_csv import write_csv
from openworklist.ui.audit_state import NOBODY, AuditState, to_place
from openworklist.ui.deed_words import DEEDS, find_words
from openworklist.ui.render import render
from openworklist.web.desk import Desk, TheDesk
from openworklist.web.visitors import Administrator

router = APIRouter()
_SIZE: Final = 100
_PORTION: Final = 1000
MOST_EXPORTED: Final = 100_000


def read_state(
    actor: str = "", action: str = "", record: str = "", day: str = "", until: str = "", after: str = ""
) -> AuditState:
    """The state of an address."""
    return AuditState(actor.strip(), action.strip(), record.strip(), day, until, after)


TheState = Annotated[AuditState, Depends(read_state)]


@router.get("/audit")
def show_audit(request: Request, desk: TheDesk, visitor: Administrator, state: TheState) -> Response:
    """A page of it, the newest first."""
    problem = None
    deeds: list[Deed] = []
    try:
        deeds = desk.audit.find(state.to_filter(desk.zone), state.to_key(), _SIZE + 1)
    except SearchError as error:
        problem = error
    return render(
        request,
        "audit/page.html",
        status=422 if problem else 200,
        state=state,
        deeds=deeds[:_SIZE],
        after=to_place(deeds[_SIZE - 1]) if len(deeds) > _SIZE else "",
        problem=problem,
        kinds=DEEDS,
        find_words=find_words,
        actors=_find_actors(desk),
        most=MOST_EXPORTED,
    )


@router.get("/audit/export")
def export(desk: TheDesk, visitor: Administrator, state: TheState) -> Response:
    """All that the filters find as CSV, the newest first."""
    asked = state.to_filter(desk.zone)
    desk.audit.note(visitor.actor, "audit.export")
    lines = write_csv(islice(_walk(desk.audit, asked), MOST_EXPORTED), desk.zone)
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)


def _walk(audit: Audit, asked: DeedFilter) -> Iterator[Deed]:
    """All rows, portion by portion."""
    key = None
    while portion := audit.find(asked, key, _PORTION):
        yield from portion
        key = portion[-1].at, portion[-1].id


def _find_actors(desk: Desk) -> list[str]:
    """Who may have done something, to be chosen from."""
    users = [f"user:{user.name}" for user in desk.people.users.find_all()]
    keys = [f"key:{key.name}" for key in desk.people.keys.find_all()]
    return [*users, *dict.fromkeys(keys), *NOBODY]
