"""What other worklists answered last, entry by entry."""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import bindparam, delete, insert, select, update

from openworklist.store.connection import Connection, Statement
from openworklist.store.schema import worklist_entries as entries


class Known(NamedTuple):
    """An entry as it was last answered; see the table for what each means. Times are microseconds."""

    node: str
    key: str
    scope: str
    start_date: str
    digest: str
    document: str
    record_id: int
    version: int
    message_id: int
    seen_at: int
    missing: int


_NAMES: Final = Known._fields
_FIND: Final = Statement(
    select(*(entries.c[name] for name in _NAMES)).where(entries.c.node == bindparam("node_name"))
)
_IS_IT: Final = (entries.c.node == bindparam("node_name"), entries.c.key == bindparam("entry_key"))
_FORGET: Final = Statement(delete(entries).where(*_IS_IT))
_INSERT: Final = Statement(insert(entries).values({name: bindparam(name) for name in _NAMES}))
_SEE: Final = Statement(
    update(entries).where(*_IS_IT).values(seen_at=bindparam("at"), scope=bindparam("asked"), missing=0)
)
_MISS: Final = Statement(update(entries).where(*_IS_IT).values(missing=entries.c.missing + 1))
_END: Final = Statement(
    update(entries).where(*_IS_IT).values(digest="", version=bindparam("new_version"), missing=0)
)
_EXPIRE: Final = Statement(delete(entries).where(entries.c.seen_at < bindparam("cutoff")))


def find_entries(connection: Connection, node: str) -> dict[str, Known]:
    """The entries of a node by their keys."""
    rows = connection.run(_FIND, {"node_name": node})
    return {known.key: known for known in map(Known._make, rows)}


def save_entry(connection: Connection, known: Known) -> None:
    connection.run_count(_FORGET, {"node_name": known.node, "entry_key": known.key})
    connection.run_count(_INSERT, known._asdict())


def see_entry(connection: Connection, known: Known, scope: str, now: int) -> None:
    """Note that an entry was answered again as it was."""
    values = {"node_name": known.node, "entry_key": known.key, "asked": scope, "at": now}
    connection.run_count(_SEE, values)


def miss_entry(connection: Connection, known: Known) -> None:
    """Count a complete answer without it."""
    connection.run_count(_MISS, {"node_name": known.node, "entry_key": known.key})


def end_entry(connection: Connection, known: Known, version: int) -> None:
    """Note that it is gone; `version` is that of its record since."""
    values = {"node_name": known.node, "entry_key": known.key, "new_version": version}
    connection.run_count(_END, values)


def expire_entries(connection: Connection, cutoff: int) -> int:
    """Forget those that were not answered since; how many."""
    return connection.run_count(_EXPIRE, {"cutoff": cutoff})
