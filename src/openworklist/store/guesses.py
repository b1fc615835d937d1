"""Wrong passwords by key, which stands for a name or an address; what is long past is forgotten."""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import bindparam, delete, insert, select

from openworklist.store.connection import Connection, Statement
from openworklist.store.people_schema import guesses


class Guesses(NamedTuple):
    """Before `free_at` no password is heard; times are microseconds since 1970."""

    key: str
    failures: int = 0
    last_at: int = 0
    free_at: int = 0


_COLUMNS: Final = tuple(guesses.c[name] for name in Guesses._fields)
_BY_KEY: Final = guesses.c.key == bindparam("guess_key")
_FIND: Final = Statement(select(*_COLUMNS).where(_BY_KEY))
_DELETE: Final = Statement(delete(guesses).where(_BY_KEY))
_INSERT: Final = Statement(insert(guesses).values({name: bindparam(name) for name in Guesses._fields}))
_EXPIRE: Final = Statement(delete(guesses).where(guesses.c.last_at < bindparam("cutoff")))


def find_guesses(connection: Connection, key: str) -> Guesses:
    """What is known of a key; none where nothing is."""
    rows = connection.run(_FIND, {"guess_key": key})
    return Guesses._make(rows[0]) if rows else Guesses(key)


def save_guesses(connection: Connection, found: Guesses) -> None:
    """Write it over what was known; without a failure it is forgotten."""
    connection.run_count(_DELETE, {"guess_key": found.key})
    if found.failures > 0:
        connection.run_count(_INSERT, found._asdict())


def expire_guesses(connection: Connection, cutoff: int) -> int:
    """Forget those of which the last is longer ago."""
    return connection.run_count(_EXPIRE, {"cutoff": cutoff})
