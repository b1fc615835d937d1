"""The journal as it is read: newest first, narrowed, one message whole, and what is kept no longer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, delete, select, tuple_

from openworklist.domain.outcome import Outcome
from openworklist.store.connection import Connection, Statement
from openworklist.store.schema import TEXT, changes, messages

Key = tuple[int, int]  # received_at and number: the order of the list, newest first
_END: Final = 1 << 62
_MOST: Final = 20_000  # messages looked at for one page of them
_MOST_READ: Final = 5_000  # where their bytes are looked into
_CHUNK: Final = 200  # whose bytes are in memory at once


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the journal is asked for; times in microseconds since 1970, UTC, `until` not itself.

    `message_type` may be a code without its trigger, like ORM. `texts` are spellings of one text, of which a
    message's bytes must hold one; letters of ASCII match in any case.
    """

    since: int = 0
    until: int = 0  # 0: no end
    outcome: Outcome | None = None
    channel: str | None = None
    sending_application: str | None = None
    sending_facility: str | None = None
    control_id: str | None = None
    message_type: str | None = None
    record_id: int | None = None  # that it changed
    texts: tuple[bytes, ...] = ()


class Listed(NamedTuple):
    """A message in the list."""

    id: int
    received_at: int
    channel: str
    peer: str
    sending_application: str
    sending_facility: str
    control_id: str
    message_type: str
    outcome: Outcome
    reason: str
    place: str
    repeats: int


class Whole(NamedTuple):
    """A message with all that is kept of it."""

    listed: Listed
    raw: bytes
    acknowledgement: bytes
    warnings: tuple[str, ...]
    last_repeat_at: int


class Page(NamedTuple):
    """Messages, newest first; `after` is where the next page begins, None at the end.

    A page may have fewer messages than asked for, even none, and not be the last.
    """

    messages: list[Listed]
    after: Key | None


_LISTED: Final = tuple(messages.c[name] for name in Listed._fields)
_EQUAL: Final = ("outcome", "channel", "sending_application", "sending_facility", "control_id")
_TYPE: Final = "message_type"
_ORDER: Final = (messages.c.received_at.desc(), messages.c.id.desc())
_PLACE: Final = tuple_(messages.c.received_at, messages.c.id)
_BEFORE: Final = tuple_(bindparam("before_at"), bindparam("before_id")) > _PLACE
_FROM: Final = tuple_(bindparam("from_at"), bindparam("from_id")) <= _PLACE

_FIND_FLOOR: Final = Statement(
    select(messages.c.received_at, messages.c.id)
    .where(_BEFORE, messages.c.received_at >= bindparam("since"))
    .order_by(*_ORDER)
    .limit(1)
    .offset(bindparam("most", 0))
)
_FIND: Final = Statement(
    select(
        *_LISTED,
        messages.c.raw,
        messages.c.acknowledgement,
        messages.c.warnings,
        messages.c.last_repeat_at,
    ).where(messages.c.id == bindparam("number"))
)
_OF_RECORD: Final = select(changes.c.message_id).where(changes.c.record_id == bindparam("record_id"))
_DELETE: Final = Statement(
    delete(messages).where(
        messages.c.id.in_(
            select(messages.c.id)
            .where(messages.c.received_at < bindparam("cutoff"))
            .order_by(messages.c.received_at)
            .limit(bindparam("most", 0))
        )
    )
)


def find_messages(
    connection: Connection, asked: Filter, after: Key | None, size: int, *, most: int = 0
) -> Page:
    """The next `size` messages after a key, among `most` that are looked at; 0 is as many as is quick."""
    at, number = after or (asked.until or _END, 0)
    most = most or (_MOST_READ if asked.texts else _MOST)
    floor = None
    if asked.record_id is None:  # a record has few messages, and they are found by its number
        edge = {"before_at": at, "before_id": number, "since": asked.since, "most": most - 1}
        floors = connection.run(_FIND_FLOOR, edge)
        floor = (int(floors[0][0]), int(floors[0][1])) if floors else None
    statement, values = to_statement(asked)
    values["from_at"], values["from_id"] = floor or (asked.since, 0)
    chunk = _CHUNK if asked.texts else size
    found: list[Listed] = []
    while True:
        rows = connection.run(statement, {**values, "before_at": at, "before_id": number, "size": chunk})
        for row in rows:
            listed = _to_listed(row)
            at, number = listed.received_at, listed.id
            if not asked.texts or _holds(bytes(row[-1]), asked.texts):
                found.append(listed)
                if len(found) == size:
                    return Page(found, (at, number))
        if len(rows) < chunk:
            return Page(found, floor)


def to_statement(asked: Filter) -> tuple[Statement, dict[str, Any]]:
    """The statement for a part of the list, and the values of its parameters but the bounds and `size`."""
    names = (*_EQUAL, _TYPE, "record_id")
    given = {name: value for name in names if (value := getattr(asked, name)) is not None}
    if asked.outcome is not None:
        given["outcome"] = asked.outcome.value
    return _prepare(tuple(given), bool(asked.texts)), given


@lru_cache(maxsize=256)
def _prepare(names: tuple[str, ...], is_read: bool) -> Statement:
    clauses = [messages.c[name] == bindparam(name) for name in names if name in _EQUAL]
    if _TYPE in names:
        kind, wanted = messages.c[_TYPE], bindparam(_TYPE, type_=TEXT)
        # From "ORM^" up to what follows every "ORM^…": "_" is the letter after "^".
        clauses.append((kind == wanted) | ((kind >= wanted.concat("^")) & (kind < wanted.concat("_"))))
    if "record_id" in names:
        clauses.append(messages.c.id.in_(_OF_RECORD))
    columns = (*_LISTED, messages.c.raw) if is_read else _LISTED
    return Statement(
        select(*columns).where(_BEFORE, _FROM, *clauses).order_by(*_ORDER).limit(bindparam("size", 0))
    )


def find_message(connection: Connection, number: int) -> Whole | None:
    rows = connection.run(_FIND, {"number": number})
    if not rows:
        return None
    raw, acknowledgement, warnings, last_repeat_at = rows[0][len(_LISTED) :]
    return Whole(
        _to_listed(rows[0]),
        bytes(raw),
        bytes(acknowledgement),
        tuple(json.loads(warnings or "[]")),
        last_repeat_at,
    )


def delete_messages(connection: Connection, cutoff: int, most: int) -> int:
    """Delete at most so many messages that arrived before a moment, the oldest first; how many."""
    return connection.run_count(_DELETE, {"cutoff": cutoff, "most": most})


def _to_listed(row: tuple[Any, ...]) -> Listed:
    listed = Listed._make(row[: len(_LISTED)])
    return listed._replace(outcome=Outcome(listed.outcome))


def _holds(raw: bytes, texts: tuple[bytes, ...]) -> bool:
    folded = raw.upper()
    return any(text.upper() in folded for text in texts)
