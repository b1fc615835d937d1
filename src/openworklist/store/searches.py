"""Searches that are kept under an id for the one who made them."""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import bindparam, delete, insert, select, update

from openworklist.store.connection import Connection, Statement
from openworklist.store.people_schema import searches


class Saved(NamedTuple):
    """A search as text, and how its records are sorted; `used_at` in microseconds since 1970, UTC."""

    id: str
    actor: str
    text: str
    sort: str
    is_descending: bool
    used_at: int


_INSERT: Final = Statement(insert(searches).values({name: bindparam(name) for name in Saved._fields}))
_FIND: Final = Statement(
    select(*(searches.c[name] for name in Saved._fields)).where(
        searches.c.id == bindparam("number"), searches.c.actor == bindparam("actor")
    )
)
_SAME: Final = Statement(
    select(searches.c.id).where(
        searches.c.actor == bindparam("actor"),
        searches.c.text == bindparam("text"),
        searches.c.sort == bindparam("sort"),
        searches.c.is_descending == bindparam("is_descending"),
    )
)
_USE: Final = Statement(
    update(searches).where(searches.c.id == bindparam("number")).values(used_at=bindparam("at"))
)
_EXPIRE: Final = Statement(delete(searches).where(searches.c.used_at < bindparam("cutoff")))


def insert_search(connection: Connection, saved: Saved) -> None:
    connection.run_count(_INSERT, {**saved._asdict(), "is_descending": int(saved.is_descending)})


def find_search(connection: Connection, number: str, actor: str) -> Saved | None:
    """The search of an id, if it is this user's."""
    rows = connection.run(_FIND, {"number": number, "actor": actor})
    if not rows:
        return None
    saved = Saved._make(rows[0])
    return saved._replace(is_descending=bool(saved.is_descending))


def find_same(connection: Connection, saved: Saved) -> str | None:
    """The id under which this user has the same search already."""
    rows = connection.run(_SAME, {**saved._asdict(), "is_descending": int(saved.is_descending)})
    return rows[0][0] if rows else None


def note_use(connection: Connection, number: str, at: int) -> None:
    connection.run_count(_USE, {"number": number, "at": at})


def expire_searches(connection: Connection, cutoff: int) -> int:
    """Delete those that were used last before a moment; how many."""
    return connection.run_count(_EXPIRE, {"cutoff": cutoff})
