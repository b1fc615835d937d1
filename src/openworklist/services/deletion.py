"""Records are deleted and brought back: inside a transaction, with a change that says who did it and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Final

from openworklist.domain.deletion import DELETE, RESTORE, Deleted
from openworklist.domain.errors import NotFound, OrderError
from openworklist.domain.identity import is_same_step, text_of
from openworklist.domain.record import Record
from openworklist.store.changes import insert_change
from openworklist.store.connection import Connection
from openworklist.store.deleted import find_deleted, forget_deleted, insert_deleted
from openworklist.store.edits import find_edits, insert_edit
from openworklist.store.records import (
    delete_record,
    find_by_identity,
    find_candidates,
    find_identity,
    find_record,
    restore_record,
)

BATCH: Final = 50  # records deleted in one transaction: some milliseconds


def delete_records(
    connection: Connection,
    numbers: Iterable[int],
    *,
    at: int,
    actor: str,
    reason: str,
    is_wanted: Callable[[Record], bool] = lambda record: True,
) -> list[int]:
    """Delete the records that are still there and wanted gone; their numbers. They are kept to be restored.

    Whatever an order changes about the same patient at that moment comes before or after it.
    """
    found = _lock(connection, tuple(numbers))
    deleted = [record for record in found if is_wanted(record)]
    for record in deleted:
        identity = find_identity(connection, record.id)
        edits = tuple(find_edits(connection, record.id))
        insert_deleted(connection, Deleted(record, identity, edits, at, actor, reason))
        delete_record(connection, record.id)
        _note(connection, record.id, record.version + 1, DELETE, at, actor, reason)
    return [record.id for record in deleted]


def restore_deleted(connection: Connection, number: int, *, at: int, actor: str) -> Record:
    """Bring a deleted record back under its number, with its edits; as it is stored.

    NotFound if there is none, OrderError if another record has its IDs: the order came again.
    """
    deleted = _get(connection, number)
    connection.lock(f"patient {text_of(deleted.record.values, 'patient_id')}")
    deleted = _get(connection, number)  # somebody else may have restored it meanwhile
    other = _find_successor(connection, deleted)
    if other is not None:
        raise OrderError(
            f"Record {other} has the IDs of record {number}: its order came again.",
            hint=f"delete record {other} first",
            code="order.identity-conflict",
        )
    # Its deletion was a version too: whoever knows it by number and version sees that it is another state.
    record = replace(deleted.record, version=deleted.record.version + 2, updated_at=at)
    restore_record(connection, record, deleted.identity)
    for edit in deleted.edits:
        insert_edit(connection, edit)
    forget_deleted(connection, number)
    _note(connection, number, record.version, RESTORE, at, actor, f"it was {deleted}")
    return record


def _lock(connection: Connection, numbers: tuple[int, ...]) -> list[Record]:
    """The records, once no other transaction works on their patients."""
    locked: set[str] = set()
    while True:
        found = [record for number in numbers if (record := find_record(connection, number)) is not None]
        patients = {text_of(record.values, "patient_id") for record in found} - locked
        if not patients:
            return found
        # In order, as orders are settled, so that two never wait for each other.
        for patient in sorted(patients):
            connection.lock(f"patient {patient}")
        locked |= patients


def _get(connection: Connection, number: int) -> Deleted:
    deleted = find_deleted(connection, number)
    if deleted is None:
        raise NotFound(
            f"There is no deleted record {number}.", hint="openworklist records deleted shows what there is"
        )
    return deleted


def _find_successor(connection: Connection, deleted: Deleted) -> int | None:
    """The record that is what the deleted one was."""
    values = deleted.record.values
    found = find_by_identity(connection, deleted.identity) if deleted.identity else None
    same = (each.id for each in find_candidates(connection, values) if is_same_step(values, each))
    return found if found is not None else next(same, None)


def _note(
    connection: Connection, number: int, version: int, action: str, at: int, actor: str, reason: str
) -> None:
    insert_change(
        connection,
        at=at,
        record_id=number,
        version=version,
        action=action,
        actor=actor,
        reason=reason,
        message_id=None,
    )
