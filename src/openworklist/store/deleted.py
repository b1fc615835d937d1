"""Deleted records, whole: to be restored, and to tell a sender's order that comes again."""

from __future__ import annotations

import json
from typing import Any, Final

from sqlalchemy import bindparam, delete, insert, select

from openworklist.domain.deletion import Deleted
from openworklist.domain.edit import Edit
from openworklist.domain.record import Record, Status, Value
from openworklist.store.connection import Connection, Statement
from openworklist.store.records import decode_value, encode
from openworklist.store.schema import deleted_records

_COLUMNS: Final = tuple(deleted_records.c)
# As they are in a record.
_KEPT: Final = ("version", "created_at", "updated_at", "message_time", "senders", "patient_senders")
_INSERT: Final = Statement(
    insert(deleted_records).values({column.name: bindparam(column.name) for column in _COLUMNS})
)
_FIND: Final = Statement(select(*_COLUMNS).where(deleted_records.c.record_id == bindparam("number")))
_LAST: Final = Statement(
    select(deleted_records.c.at, deleted_records.c.actor)
    .where(deleted_records.c.identity == bindparam("identity"))
    .order_by(deleted_records.c.at.desc())
    .limit(1)
)
_LIST: Final = Statement(
    select(*_COLUMNS)
    .order_by(deleted_records.c.at.desc(), deleted_records.c.record_id.desc())
    .limit(bindparam("most", 0))
)
_FORGET: Final = Statement(delete(deleted_records).where(deleted_records.c.record_id == bindparam("number")))
_EXPIRE: Final = Statement(
    delete(deleted_records).where(
        deleted_records.c.record_id.in_(
            select(deleted_records.c.record_id)
            .where(deleted_records.c.at < bindparam("cutoff"))
            .order_by(deleted_records.c.at)
            .limit(bindparam("most", 0))
        )
    )
)


def insert_deleted(connection: Connection, deleted: Deleted) -> None:
    """Keep a record; to delete it is the caller's part, in the same transaction."""
    connection.run_count(
        _INSERT,
        {
            "record_id": deleted.record.id,
            "identity": deleted.identity,
            "at": deleted.at,
            "actor": deleted.actor.replace("\0", ""),
            "reason": deleted.reason,
            "document": _to_document(deleted),
        },
    )


def find_deleted(connection: Connection, number: int) -> Deleted | None:
    """The deleted record of that number."""
    rows = connection.run(_FIND, {"number": number})
    return _to_deleted(rows[0]) if rows else None


def find_last_deletion(connection: Connection, identity: str | None) -> tuple[int, str] | None:
    """When a record with this identity was last deleted, and by whom."""
    rows = connection.run(_LAST, {"identity": identity}) if identity else []
    return (rows[0][0], rows[0][1]) if rows else None


def list_deleted(connection: Connection, most: int) -> list[Deleted]:
    """The records that were deleted last, the last one first."""
    return [_to_deleted(row) for row in connection.run(_LIST, {"most": most})]


def forget_deleted(connection: Connection, number: int) -> None:
    """Keep it no longer: it was restored."""
    connection.run_count(_FORGET, {"number": number})


def expire_deleted(connection: Connection, cutoff: int, most: int) -> int:
    """Forget at most so many that were deleted before a moment, the oldest first; how many."""
    return connection.run_count(_EXPIRE, {"cutoff": cutoff, "most": most})


def _to_document(deleted: Deleted) -> str:
    record = deleted.record
    return encode(
        {
            "values": record.values,
            "completed": record.completed,
            "status": record.status.value,
            "warnings": record.warnings,
            "edited": record.edited,
            "former": record.former,
            **{name: getattr(record, name) for name in _KEPT},
            "edits": [(edit.name, edit.value, edit.at, edit.actor) for edit in deleted.edits],
        }
    )


def _to_deleted(row: tuple[Any, ...]) -> Deleted:
    number, identity, at, actor, reason, text = row
    found: dict[str, Any] = json.loads(text)
    record = Record(
        values=_to_values(found["values"]),
        completed=_to_values(found["completed"]),
        status=Status(found["status"]),
        id=number,
        warnings=tuple(found["warnings"]),
        edited=_to_values(found["edited"]),
        former=tuple(found["former"]),
        **{name: found[name] for name in _KEPT},
    )
    edits = tuple(
        Edit(number, name, decode_value(value), edited_at, editor)
        for name, value, edited_at, editor in found["edits"]
    )
    return Deleted(record, identity, edits, at, actor, reason)


def _to_values(found: dict[str, Any]) -> dict[str, Value]:
    return {name: decode_value(value) for name, value in found.items()}
