"""A record is given another status, inside a transaction: with a change that says who did it and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from openworklist.domain.control import Action
from openworklist.domain.record import Record, Status
from openworklist.store.changes import insert_change
from openworklist.store.connection import Connection
from openworklist.store.records import find_identity, update_record

# What processing again makes the same status of (services.gathering).
ACTIONS: Final[Mapping[Status, Action]] = {
    Status.SCHEDULED: Action.RELEASE,
    Status.STARTED: Action.START,
    Status.COMPLETED: Action.COMPLETE,
    Status.DISCONTINUED: Action.DISCONTINUE,
    Status.CANCELED: Action.CANCEL,
    Status.ON_HOLD: Action.HOLD,
}


def give_status(
    connection: Connection, before: Record, status: Status, *, at: int, actor: str, reason: str
) -> Record:
    """The record as it is stored with its new status; `at` is microseconds since 1970, UTC."""
    identity = find_identity(connection, before.id)
    record = update_record(connection, before, replace(before, status=status), identity, at)
    insert_change(
        connection,
        at=at,
        record_id=record.id,
        version=record.version,
        action=ACTIONS[status].value,
        actor=actor,
        reason=reason,
        message_id=None,
    )
    return record
