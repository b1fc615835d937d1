"""Who changed which record when: for people who ask, and for processes that follow."""

from __future__ import annotations

from typing import Final

from sqlalchemy import bindparam, insert

from openworklist.store.connection import Connection, Statement
from openworklist.store.schema import changes

_NAMES: Final = tuple(column.name for column in changes.c if column.name != "id")
_INSERT: Final = Statement(insert(changes).values({name: bindparam(name) for name in _NAMES}))


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
