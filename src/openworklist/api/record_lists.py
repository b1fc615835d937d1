"""Records that were deleted and can be brought back; several deleted at once."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from openworklist.api.answers import may
from openworklist.api.body import Body, Numbers
from openworklist.api.parameters import Count, Number
from openworklist.api.record_shapes import RecordAnswer, write_record
from openworklist.api.shapes import Answer, Moment, to_moment
from openworklist.web.desk import Desk, TheDesk
from openworklist.web.guarded import GuardedRoute
from openworklist.web.trail import TheTrail
from openworklist.web.visitors import Operator, Viewer

router = APIRouter(tags=["records"], route_class=GuardedRoute)


class DeletedRecord(Answer):
    deleted_at: Moment
    actor: str
    reason: str
    record: RecordAnswer


class Chosen(Body):
    numbers: Numbers


class DeletedNumbers(Answer):
    numbers: list[int]


@router.get("/deleted-records", operation_id="list_deleted_records", response_model=list[DeletedRecord])
def list_deleted(desk: TheDesk, visitor: Viewer, trail: TheTrail, limit: Count = 100) -> Any:
    """The records that were deleted last, the last one first."""
    found = desk.records.find_deleted(limit)
    trail.note_records(each.record for each in found)
    return [
        {
            "deleted_at": to_moment(each.at),
            "actor": each.actor,
            "reason": each.reason,
            "record": write_record(each.record),
        }
        for each in found
    ]


@router.post(
    "/deleted-records/{number:int}/restore",
    operation_id="restore_record",
    response_model=RecordAnswer,
    responses=may(409),
)
def restore_record(desk: TheDesk, visitor: Operator, number: Number) -> Any:
    """Bring a deleted record back as it was."""
    record = desk.records.restore(number, visitor.actor)
    desk.audit.note_record(visitor.actor, "record.restore", number)
    return write_record(record)


@router.post(
    "/records/delete", operation_id="delete_records", response_model=DeletedNumbers, responses=may(404)
)
def delete_records(desk: TheDesk, visitor: Operator, chosen: Chosen) -> Any:
    """Delete several records; if one of them does not exist, none is deleted."""
    return {"numbers": _delete(desk, visitor.actor, chosen.numbers)}


@router.delete("/records/{number:int}", operation_id="delete_record", status_code=204)
def delete_record(desk: TheDesk, visitor: Operator, number: Number) -> None:
    """Delete a record. It can be restored for a while."""
    _delete(desk, visitor.actor, [number])


def _delete(desk: Desk, actor: str, numbers: list[int]) -> list[int]:
    deleted = desk.records.delete(numbers, actor)
    for number in deleted:
        desk.audit.note_record(actor, "record.delete", number)
    return deleted
