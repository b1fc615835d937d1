"""The oldest records: those without a start, then by their start."""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import bindparam, func, select, tuple_

from openworklist.domain.deletion import RESTORE
from openworklist.store.connection import Connection, Statement
from openworklist.store.prepared import Key
from openworklist.store.schema import START_DATE, START_TIME, changes, records

BEFORE_ALL: Final[Key] = ("", "", 0)
_PLACE: Final = (records.c[START_DATE], records.c[START_TIME], records.c.id)


class Aged(NamedTuple):
    """A record, as far as its age is concerned."""

    start_date: str
    start_time: str
    id: int
    created_at: int

    @property
    def key(self) -> Key:
        return self.start_date, self.start_time, self.id


FIND: Final = Statement(
    select(*_PLACE, records.c.created_at)
    .with_hint(records, "INDEXED BY ix_records_all", "sqlite")
    .where(
        tuple_(*_PLACE) > tuple_(*(bindparam(f"after_{part}") for part in ("date", "time", "id"))),
        records.c[START_DATE] < bindparam("day"),
    )
    .order_by(*_PLACE)
    .limit(bindparam("most", 0))
)
_RESTORED: Final = Statement(
    select(func.max(changes.c.at)).where(
        changes.c.record_id == bindparam("number"), changes.c.action == RESTORE
    )
)


def find_aged(connection: Connection, day: str, after: Key, most: int) -> list[Aged]:
    """The next `most` records behind a key that have no start date or start before a day."""
    date, time, number = after
    values = {"after_date": date, "after_time": time, "after_id": number, "day": day, "most": most}
    return [Aged._make(row) for row in connection.run(FIND, values)]


def find_restored(connection: Connection, number: int) -> int:
    """When a record was last restored, 0 if it never was."""
    return connection.run(_RESTORED, {"number": number})[0][0] or 0
