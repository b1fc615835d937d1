"""The audit trail: rows are added, read newest first, and expire; none is ever changed."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from sqlalchemy import bindparam, delete, insert, select, tuple_

from openworklist.domain.audit import Deed, DeedFilter
from openworklist.store.connection import Connection, Statement
from openworklist.store.people_schema import audit

Key = tuple[int, int]  # at and number: the order of the list, newest first
_END: Final = 1 << 62
_NAMES: Final = ("at", "actor", "action", "subject", "subject_id", "record_id", "peer", "detail")
_TEXTS: Final = ("actor", "action", "subject", "subject_id", "peer", "detail")
_COLUMNS: Final = (*(audit.c[name] for name in _NAMES), audit.c.id)
_EQUAL: Final = ("actor", "action", "subject", "subject_id", "record_id", "peer")
_INSERT: Final = Statement(insert(audit).values({name: bindparam(name) for name in _NAMES}))
_EXPIRE: Final = Statement(
    delete(audit).where(
        audit.c.id.in_(
            select(audit.c.id)
            .where(audit.c.at < bindparam("cutoff"))
            .order_by(audit.c.at, audit.c.id)
            .limit(bindparam("most", 0))
        )
    )
)


def insert_deed(connection: Connection, deed: Deed) -> None:
    texts = {name: _clean(getattr(deed, name)) for name in _TEXTS}
    connection.run_count(_INSERT, {**texts, "at": deed.at, "record_id": deed.record_id})


def find_deeds(connection: Connection, asked: DeedFilter, after: Key | None, limit: int) -> list[Deed]:
    """The next `limit` rows behind a key, newest first."""
    wanted = tuple(name for name in _EQUAL if getattr(asked, name))
    starts = asked.action.endswith(".")
    values = {name: getattr(asked, name) for name in wanted}
    if starts:
        # "/" is the letter behind the dot: all that begin so stand between.
        values["action_end"] = asked.action[:-1] + "/"
    at, number = after or (asked.until or _END, 0)
    bounds = {"before_at": at, "before_id": number, "since": asked.since, "most": limit}
    return [Deed(*row) for row in connection.run(to_statement(wanted, starts), {**values, **bounds})]


def expire_deeds(connection: Connection, cutoff: int, most: int) -> int:
    """Delete at most so many rows of before a moment, the oldest first; how many."""
    return connection.run_count(_EXPIRE, {"cutoff": cutoff, "most": most})


@lru_cache(maxsize=128)
def to_statement(wanted: tuple[str, ...], starts: bool) -> Statement:
    """What finds rows by these columns; `starts` where only the beginning of the action counts."""
    conditions: list[Any] = [audit.c[name] == bindparam(name) for name in wanted]
    if starts:
        conditions = [each for name, each in zip(wanted, conditions, strict=True) if name != "action"]
        conditions += [audit.c.action >= bindparam("action"), audit.c.action < bindparam("action_end")]
    place = tuple_(audit.c.at, audit.c.id)
    return Statement(
        select(*_COLUMNS)
        .where(
            *conditions,
            tuple_(bindparam("before_at"), bindparam("before_id")) > place,
            audit.c.at >= bindparam("since"),
        )
        .order_by(audit.c.at.desc(), audit.c.id.desc())
        .limit(bindparam("most", 0))
    )


def _clean(text: str) -> str:
    """Without what no database takes."""
    return text.replace("\0", "").encode("utf_8", "replace").decode("utf_8")
