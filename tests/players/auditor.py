"""An auditor: reads what is on disk, past the server."""

from __future__ import annotations

import json
from typing import NamedTuple

from sqlalchemy import select

from openworklist.domain.query import WorklistQuery
from openworklist.domain.record import Record, Status
from openworklist.store.connection import Statement
from openworklist.store.database import Database
from openworklist.store.schema import changes, messages
from openworklist.store.search import search

_MESSAGES = Statement(
    select(
        messages.c.id,
        messages.c.control_id,
        messages.c.outcome,
        messages.c.reason,
        messages.c.place,
        messages.c.warnings,
        messages.c.raw,
        messages.c.acknowledgement,
        messages.c.channel,
        messages.c.peer,
        messages.c.repeats,
    ).order_by(messages.c.id)
)
_CHANGES = Statement(
    select(
        changes.c.record_id,
        changes.c.version,
        changes.c.action,
        changes.c.actor,
        changes.c.reason,
        changes.c.message_id,
    ).order_by(changes.c.id)
)


class Journalled(NamedTuple):
    id: int
    control_id: str
    outcome: str
    reason: str
    place: str
    warnings: tuple[str, ...]
    raw: bytes
    acknowledgement: bytes
    channel: str
    peer: str
    repeats: int


class Noted(NamedTuple):
    record_id: int
    version: int
    action: str
    actor: str
    reason: str
    message_id: int


def read_journal(database: Database) -> list[Journalled]:
    """Every message in the order it came."""
    rows = database.read(lambda connection: connection.run(_MESSAGES))
    return [
        Journalled(*row[:5], tuple(json.loads(row[5] or "[]")), bytes(row[6]), bytes(row[7]), *row[8:])
        for row in rows
    ]


def read_changes(database: Database) -> list[Noted]:
    rows = database.read(lambda connection: connection.run(_CHANGES))
    return [Noted._make(row) for row in rows]


def read_records(database: Database) -> list[Record]:
    """Every record, whatever its status, by its number."""
    everything = WorklistQuery(statuses=frozenset(Status))
    page = database.read(lambda connection: search(connection, everything, None, 1_000_000))
    return sorted((row.record() for row in page.rows), key=lambda record: record.id)
