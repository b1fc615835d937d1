"""The outbound queue as it is read beside the journal: newest first, narrowed, page by page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, func, select, tuple_

from openworklist.domain.outgoing import Outgoing, State
from openworklist.store.connection import Connection, Statement
from openworklist.store.outbound import COLUMNS, to_outgoing
from openworklist.store.schema import outbound

Key = tuple[int, int]  # created_at and number
HEAD: Final = 4096  # bytes that hold every header
_END: Final = 1 << 62
_MOST_READ: Final = 5_000  # messages whose bytes are looked into for a page
_CHUNK: Final = 200
_EQUAL: Final = ("state", "control_id", "record_id")
_PLACE: Final = tuple_(outbound.c.created_at, outbound.c.id)
_BEFORE: Final = tuple_(bindparam("before_at"), bindparam("before_id")) > _PLACE
_ORDER: Final = (outbound.c.created_at.desc(), outbound.c.id.desc())
_HEADS: Final = Statement(
    select(outbound.c.options, func.substr(outbound.c.content, 1, HEAD), outbound.c.created_at)
    .order_by(outbound.c.id.desc())
    .limit(bindparam("most", 0))
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the queue is asked for; times in microseconds since 1970, UTC, `until` not itself.

    `fits` is asked of the bytes of each, or of their head alone where that is enough.
    """

    since: int = 0
    until: int = 0  # 0: no end
    state: State | None = None
    control_id: str | None = None
    record_id: int | None = None
    fits: Callable[[bytes], bool] | None = None
    is_whole_read: bool = False


class Put(NamedTuple):
    """A message of the queue with the bytes of its header."""

    outgoing: Outgoing
    head: bytes


class Page(NamedTuple):
    """`after` is where the next page begins, None at the end; a page may be short and not the last."""

    messages: list[Put]
    after: Key | None


def find_page(connection: Connection, wanted: Wanted, after: Key | None, size: int) -> Page:
    """The next `size` messages after a key, newest first."""
    given = {name: value for name in _EQUAL if (value := getattr(wanted, name)) is not None}
    statement = _make(tuple(given), wanted.is_whole_read)
    at, number = after or (wanted.until or _END, 0)
    values: dict[str, Any] = {**given, "since": wanted.since}
    chunk = size if wanted.fits is None else _CHUNK
    found: list[Put] = []
    looked = 0
    while True:
        rows = connection.run(statement, {**values, "before_at": at, "before_id": number, "size": chunk})
        for row in rows:
            outgoing, content = to_outgoing(row[:-1]), bytes(row[-1])
            at, number = outgoing.created_at, outgoing.id
            if wanted.fits is None or wanted.fits(content):
                found.append(Put(outgoing, content[:HEAD]))
                if len(found) == size:
                    return Page(found, (at, number))
        looked += len(rows)
        if len(rows) < chunk:
            return Page(found, None)
        if looked >= _MOST_READ:
            return Page(found, (at, number))


def find_heads_sent(connection: Connection, most: int) -> list[tuple[str, bytes, int]]:
    """Destination, header and moment of the newest so many, whatever became of them."""
    return [(row[0], bytes(row[1]), row[2]) for row in connection.run(_HEADS, {"most": most})]


def _make(names: tuple[str, ...], is_whole_read: bool) -> Statement:
    content = outbound.c.content if is_whole_read else func.substr(outbound.c.content, 1, HEAD)
    clauses = [outbound.c[name] == bindparam(name) for name in names]
    return Statement(
        select(*COLUMNS, content)
        .where(_BEFORE, outbound.c.created_at >= bindparam("since"), *clauses)
        .order_by(*_ORDER)
        .limit(bindparam("size", 0))
    )
