"""The audit trail: who saw, changed, sent, deleted what."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from openworklist.api.messages import At, to_micros
from openworklist.api.parameters import Count, Text, Wanted
from openworklist.api.shapes import Answer, derive, to_json
from openworklist.domain.audit import Deed, DeedFilter
from openworklist.web.desk import TheDesk
from openworklist.web.guarded import GuardedRoute
from openworklist.web.visitors import Administrator

router = APIRouter(prefix="/audit", tags=["people"], route_class=GuardedRoute)

DeedAnswer: Any = derive("Deed", Deed)


class DeedPage(Answer):
    deeds: list[DeedAnswer]
    next: str | None


@router.get("", operation_id="list_audit", response_model=DeedPage)
def list_audit(
    desk: TheDesk,
    visitor: Administrator,
    actor: Text = "",
    action: Annotated[Text, Query(description="`record.` stands for all that begin so")] = "",
    subject: Text = "",
    subject_id: Text = "",
    record: Wanted = None,
    peer: Text = "",
    since: At = None,
    until: At = None,
    after: Annotated[str, Query(pattern=r"^([0-9]{1,16}\.[0-9]{1,16})?$")] = "",
    limit: Count = 100,
) -> Any:
    """What was done, the newest first."""
    asked = DeedFilter(
        actor, action, subject, subject_id, record or 0, peer, to_micros(since), to_micros(until)
    )
    at, _, number = after.partition(".")
    found = desk.audit.find(asked, (int(at), int(number)) if after else None, limit)
    is_full = len(found) == limit
    return {"deeds": to_json(found), "next": f"{found[-1].at}.{found[-1].id}" if is_full else None}
