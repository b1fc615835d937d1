"""The journal: every message that arrived, with its bytes, its answer and what became of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final, NamedTuple

from sqlalchemy import bindparam, insert, select, update

from openworklist.domain.outcome import Outcome as Outcome
from openworklist.store.connection import Connection, Statement
from openworklist.store.schema import messages


@dataclass(frozen=True, slots=True)
class Entry:
    """A message on its way into the journal. Times are microseconds since 1970, UTC.

    `repeat_key` tells a repetition: the hash of sender, control ID and content; none on a refused message,
    which may be tried anew.
    """

    received_at: int
    channel: str
    peer: str
    sending_application: str
    sending_facility: str
    control_id: str
    message_type: str
    repeat_key: bytes | None
    raw: bytes
    outcome: Outcome
    acknowledgement: bytes
    reason: str = ""
    place: str = ""
    warnings: tuple[str, ...] = ()


class Repeat(NamedTuple):
    """A message that was there before."""

    id: int
    acknowledgement: bytes


_NAMES: Final = tuple(column.name for column in messages.c if column.name != "id")
_INSERT: Final = Statement(
    insert(messages).values({name: bindparam(name) for name in _NAMES}).returning(messages.c.id)
)
_FIND_REPEAT: Final = Statement(
    select(messages.c.id, messages.c.acknowledgement).where(messages.c.repeat_key == bindparam("repeat_key"))
)
_COUNT_REPEAT: Final = Statement(
    update(messages)
    .where(messages.c.id == bindparam("message_id"))
    .values(repeats=messages.c.repeats + 1, last_repeat_at=bindparam("now"))
)
_ACCEPT: Final = Statement(
    update(messages)
    .where(messages.c.id == bindparam("message_id"))
    .values({name: bindparam(name) for name in ("outcome", "reason", "place", "warnings")})
)


def insert_message(connection: Connection, entry: Entry) -> int:
    """Journal a message; its number."""
    return connection.insert(
        _INSERT,
        {
            "received_at": entry.received_at,
            "channel": entry.channel,
            "peer": entry.peer,
            "sending_application": _clean(entry.sending_application),
            "sending_facility": _clean(entry.sending_facility),
            "control_id": _clean(entry.control_id),
            "message_type": _clean(entry.message_type),
            "repeat_key": entry.repeat_key,
            "raw": entry.raw,
            "outcome": entry.outcome.value,
            "reason": _clean(entry.reason),
            "place": entry.place,
            "warnings": _to_json(entry.warnings),
            "acknowledgement": entry.acknowledgement,
            "repeats": 0,
            "last_repeat_at": 0,
        },
    )


def find_repeat(connection: Connection, repeat_key: bytes) -> Repeat | None:
    rows = connection.run(_FIND_REPEAT, {"repeat_key": repeat_key})
    return Repeat(rows[0][0], bytes(rows[0][1])) if rows else None


def count_repeat(connection: Connection, number: int, now: int) -> None:
    connection.run_count(_COUNT_REPEAT, {"message_id": number, "now": now})


def note_applied(connection: Connection, number: int, reason: str, warnings: tuple[str, ...]) -> None:
    """Note that a message that changed nothing when it came was applied; its sender was told otherwise."""
    values = {"outcome": Outcome.APPLIED.value, "reason": _clean(reason), "place": ""}
    connection.run_count(_ACCEPT, {**values, "warnings": _to_json(warnings), "message_id": number})


def _to_json(warnings: tuple[str, ...]) -> str:
    return json.dumps(warnings, ensure_ascii=False) if warnings else ""


def _clean(text: str) -> str:
    """PostgreSQL takes no NUL in a text; the bytes are kept whole beside it."""
    return text.replace("\0", "") if "\0" in text else text
