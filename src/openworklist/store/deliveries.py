"""Which scanners received which record: a row for the two, with the first and last time and a count."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter
from typing import Final, NamedTuple

from sqlalchemy import bindparam, case, delete, func, insert, select, update

from openworklist.store.connection import Connection, Statement
from openworklist.store.schema import deliveries, records

MOST_RECEIVERS: Final = 50  # of a record; hospitals have as many scanners that may show one

_OF_RECORD: Final = deliveries.c.record_id == bindparam("number")
_LATER: Final = case(
    (deliveries.c.last_at > bindparam("last_at"), deliveries.c.last_at), else_=bindparam("last_at")
)
_ADD: Final = Statement(
    update(deliveries)
    .where(_OF_RECORD, deliveries.c.ae_title == bindparam("receiver"))
    .values(last_at=_LATER, times=deliveries.c.times + bindparam("times"))
)
_INSERT: Final = Statement(
    insert(deliveries).values({column.name: bindparam(column.name) for column in deliveries.c})
)
# A record that is being deleted is passed over, not waited for: else each might wait for the other.
_HOLD: Final = Statement(
    select(records.c.id)
    .where(records.c.id == bindparam("number"))
    .with_for_update(read=True, key_share=True, skip_locked=True)
)
_FIND: Final = Statement(
    select(*deliveries.c).where(_OF_RECORD).order_by(deliveries.c.last_at.desc(), deliveries.c.ae_title)
)
_COUNT: Final = Statement(select(func.count()).select_from(deliveries).where(_OF_RECORD))
_TRIM: Final = Statement(
    delete(deliveries).where(
        _OF_RECORD,
        deliveries.c.ae_title.notin_(
            select(deliveries.c.ae_title)
            .where(_OF_RECORD)
            .order_by(deliveries.c.last_at.desc(), deliveries.c.ae_title)
            .limit(bindparam("most", MOST_RECEIVERS))
        ),
    )
)


class Delivery(NamedTuple):
    """A record in the answers to a scanner: in how many of its questions, first and last (microseconds)."""

    record_id: int
    ae_title: str
    first_at: int
    last_at: int
    times: int


def keep_deliveries(connection: Connection, delivered: Iterable[Delivery]) -> None:
    """Add to what is kept; nothing for records that are no more."""
    connection.lock("deliveries")
    by_record = groupby(sorted(delivered), attrgetter("record_id"))
    held = [(number, [*each]) for number, each in by_record if connection.run(_HOLD, {"number": number})]
    for number, received in held:
        if sum(_add(connection, delivery) for delivery in received):
            _make_room(connection, number)


def _add(connection: Connection, delivery: Delivery) -> bool:
    """Whether it is the first to this scanner."""
    values = delivery._asdict()
    known = {"number": delivery.record_id, "receiver": delivery.ae_title}
    if connection.run_count(_ADD, values | known):
        return False
    connection.run_count(_INSERT, values)
    return True


def _make_room(connection: Connection, number: int) -> None:
    if connection.run(_COUNT, {"number": number})[0][0] > MOST_RECEIVERS:
        connection.run_count(_TRIM, {"number": number})


def find_deliveries(connection: Connection, record_id: int) -> list[Delivery]:
    """The scanners that received a record, the one that did last first."""
    return [Delivery._make(row) for row in connection.run(_FIND, {"number": record_id})]
