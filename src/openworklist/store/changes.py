"""Who changed which record when: for people who ask, and for processes that follow."""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import bindparam, insert, select

from openworklist.store.connection import Connection, Statement
from openworklist.store.schema import changes

_NAMES: Final = tuple(column.name for column in changes.c if column.name != "id")
_INSERT: Final = Statement(insert(changes).values({name: bindparam(name) for name in _NAMES}))
_ROW: Final = [changes.c[name] for name in _NAMES]
_OF_RECORD: Final = Statement(
    select(*_ROW).where(changes.c.record_id == bindparam("number")).order_by(changes.c.id)
)
_OF_MESSAGE: Final = Statement(
    select(*_ROW).where(changes.c.message_id == bindparam("number")).order_by(changes.c.id)
)


class Noted(NamedTuple):
    """A change as it was noted: `message_id` is None where no message asked for it."""

    at: int
    record_id: int
    version: int
    action: str
    actor: str
    reason: str
    message_id: int | None


def find_changes_of_record(connection: Connection, number: int) -> list[Noted]:
    """The changes of a record, the first one first."""
    return [Noted._make(row) for row in connection.run(_OF_RECORD, {"number": number})]


def find_changes_by_message(connection: Connection, number: int) -> list[Noted]:
    """The changes that a message asked for."""
    return [Noted._make(row) for row in connection.run(_OF_MESSAGE, {"number": number})]


def insert_change(
    connection: Connection,
    *,
    at: int,
    record_id: int,
    version: int,
    action: str,
    actor: str,
    reason: str,
    message_id: int | None,
) -> None:
    """Note a change; `at` in microseconds since 1970, `message_id` of the message that asked for it."""
    connection.run_count(
        _INSERT,
        {
            "at": at,
            "record_id": record_id,
            "version": version,
            "action": action,
            "actor": actor.replace("\0", ""),
            "reason": reason,
            "message_id": message_id,
        },
    )
