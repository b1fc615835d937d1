"""What people change of a record, inside a transaction: with a change that says who did it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from openworklist.domain.edit import Edit, apply_edits
from openworklist.domain.errors import OrderError
from openworklist.domain.identity import identity_of
from openworklist.domain.record import Record, Status, Value
from openworklist.services.gathering import EDIT
from openworklist.services.status_change import ACTIONS
from openworklist.store.changes import insert_change
from openworklist.store.connection import Connection
from openworklist.store.edits import insert_edit
from openworklist.store.records import find_by_identity, update_record


def edit_record(
    connection: Connection,
    before: Record,
    values: Mapping[str, Value],
    actor: str,
    uid_root: str,
    now: int,
) -> Record:
    """Write values over those of a record; OrderError if it would be without patient or like another one."""
    after = apply_edits(before, values, uid_root=uid_root)
    identity = identity_of(after.values)
    if find_by_identity(connection, identity) not in (None, before.id):
        raise OrderError("Another record has these IDs.", where="patient_id", code="order.identity-conflict")
    stored = update_record(connection, before, after, identity, now)
    for name, value in values.items():
        insert_edit(connection, Edit(stored.id, name, value or None, now, actor))
    _note(connection, stored, EDIT, f"edited: {', '.join(sorted(values))}", actor, now)
    return stored


def change_status(connection: Connection, before: Record, status: Status, actor: str, now: int) -> Record:
    """Give a record another status; it stays until a message or a scanner says otherwise."""
    after = replace(before, status=status)
    stored = update_record(connection, before, after, identity_of(before.values), now)
    reason = f"status set by hand: {before.status} → {status}"
    _note(connection, stored, ACTIONS[status].value, reason, actor, now)
    return stored


def _note(connection: Connection, record: Record, action: str, reason: str, actor: str, now: int) -> None:
    insert_change(
        connection,
        at=now,
        record_id=record.id,
        version=record.version,
        action=action,
        actor=actor,
        reason=reason,
        message_id=None,
    )
