"""How a database is: its tables' revision, its sizes, its soundness. Reads, and changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from sqlalchemy import bindparam, func, select, text

from openworklist.store.connection import Connection, Statement
from openworklist.store.messages import Outcome
from openworklist.store.schema import messages, records

_HEAD: Final = 2048  # bytes of a message: its MSH

_TABLES: Final = {
    "sqlite": Statement(text("SELECT count(*) FROM sqlite_schema WHERE name = 'alembic_version'")),
    "postgresql": Statement(text("SELECT count(to_regclass('alembic_version'))")),
}
_REVISION: Final = Statement(text("SELECT version_num FROM alembic_version"))
_COUNTS: Final = Statement(
    select(
        select(func.count()).select_from(records).scalar_subquery(),
        select(func.count()).select_from(messages).scalar_subquery(),
    )
)
_ABOUT: Final = {
    "sqlite": Statement(text("SELECT sqlite_version(), '', ''")),
    "postgresql": Statement(
        text(
            "SELECT current_setting('server_version'), current_setting('synchronous_commit'), datcollate"
            " FROM pg_database WHERE datname = current_database()"
        )
    ),
}
_SIZE: Final = {
    "sqlite": Statement(text("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")),
    "postgresql": Statement(text("SELECT pg_database_size(current_database())")),
}
_QUICK_CHECK: Final = Statement(text("PRAGMA quick_check(3)"))
_NEWEST: Final = Statement(
    select(
        messages.c.received_at,
        messages.c.sending_application,
        messages.c.sending_facility,
        func.substr(messages.c.raw, 1, _HEAD),
    )
    .where(messages.c.outcome != Outcome.REFUSED.value)
    .order_by(messages.c.id.desc())
    .limit(bindparam("count"))
)


@dataclass(frozen=True, slots=True)
class Condition:
    """`revision` is "" where there are no tables; sizes in bytes. The last two are PostgreSQL's."""

    revision: str
    records: int
    messages: int
    size: int
    version: str
    synchronous_commit: str = ""
    collation: str = ""


class Arrived(NamedTuple):
    """When a message came, in microseconds since 1970, UTC; from whom; and the beginning of its bytes."""

    received_at: int
    application: str
    facility: str
    head: bytes


def read_condition(connection: Connection) -> Condition:
    dialect = connection.dialect
    version, synchronous_commit, collation = connection.run(_ABOUT[dialect])[0]
    size = int(connection.run(_SIZE[dialect])[0][0])
    if not connection.run(_TABLES[dialect])[0][0]:
        return Condition("", 0, 0, size, version, synchronous_commit, collation)
    revision = str(connection.run(_REVISION)[0][0])
    count_of_records, count_of_messages = connection.run(_COUNTS)[0]
    return Condition(
        revision, count_of_records, count_of_messages, size, version, synchronous_commit, collation
    )


def find_damage(connection: Connection) -> str:
    """What SQLite finds wrong in its own file, "" if nothing: it reads all of it."""
    found = [str(row[0]) for row in connection.run(_QUICK_CHECK)]
    return "" if found == ["ok"] else "; ".join(found)


def find_newest_messages(connection: Connection, count: int) -> list[Arrived]:
    """The messages that came last, the newest first, without those that were refused; none without tables."""
    if not connection.run(_TABLES[connection.dialect])[0][0]:
        return []
    return [
        Arrived(received_at, application, facility, bytes(head))
        for received_at, application, facility, head in connection.run(_NEWEST, {"count": count})
    ]
