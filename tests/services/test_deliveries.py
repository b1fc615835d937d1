"""Which scanners received a record: added up, bounded, and gone with the record."""

import asyncio
from dataclasses import dataclass
from functools import partial

import pytest

from openworklist.domain.record import Record
from openworklist.observe.metrics import Metrics
from openworklist.services.deletion import delete_records
from openworklist.services.deliveries import Deliveries
from openworklist.store.database import Database
from openworklist.store.deliveries import MOST_RECEIVERS, Delivery, find_deliveries
from openworklist.store.records import insert_record

BEGIN = 1_773_478_800_000_000


@dataclass
class Clock:
    now: int = BEGIN

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def numbers(database: Database) -> list[int]:
    """Three records."""
    record = Record(values={"patient_id": "P1", "patient_name": "DOE^JANE"}, completed={})
    return [
        database.write(lambda connection: insert_record(connection, record, None, 1)).id for _ in range(3)
    ]


def make(database: Database, clock: Clock | None = None, metrics: Metrics | None = None) -> Deliveries:
    return Deliveries(database, metrics or Metrics(), clock=clock or Clock())


def settle(database: Database, *deliveries: Deliveries) -> None:
    """Write what is pending."""

    async def run() -> None:
        for each in deliveries:
            each.flush()

    asyncio.run(run())
    done: list[object] = []
    database.submit(lambda connection: None, done.append, lane="deliveries")
    while not done:
        database.write(lambda connection: None)


def find(database: Database, number: int) -> list[Delivery]:
    return database.read(partial(find_deliveries, record_id=number))


def test_questions_of_a_scanner_add_up(database: Database, numbers: list[int]) -> None:
    one, other, third = numbers
    clock = Clock()
    deliveries = make(database, clock)
    deliveries.note("CT1", (one, other))
    clock.now += 10
    deliveries.note("CT1", (one, other))
    clock.now += 10
    deliveries.note("CT1", (one,))
    settle(database, deliveries)
    assert find(database, one) == [Delivery(one, "CT1", BEGIN, BEGIN + 20, 3)]
    assert find(database, other) == [Delivery(other, "CT1", BEGIN, BEGIN + 10, 2)]
    clock.now += 10
    deliveries.note("CT1", (one, third))
    deliveries.note("MR1", (one,))
    settle(database, deliveries)
    assert find(database, one) == [
        Delivery(one, "CT1", BEGIN, BEGIN + 30, 4),
        Delivery(one, "MR1", BEGIN + 30, BEGIN + 30, 1),
    ]
    assert [each.times for each in find(database, third)] == [1]


def test_two_servers_add_up(database: Database, numbers: list[int]) -> None:
    early, late = make(database, Clock(BEGIN)), make(database, Clock(BEGIN + 9))
    early.note("CT1", (numbers[0],))
    late.note("CT1", (numbers[0],))
    settle(database, late, early)
    (kept,) = find(database, numbers[0])
    assert (kept.times, kept.last_at) == (2, BEGIN + 9)


def test_a_record_that_is_deleted_takes_them_along(database: Database, numbers: list[int]) -> None:
    gone, stays = numbers[:2]
    deliveries = make(database)
    deliveries.note("CT1", (gone, stays))
    settle(database, deliveries)
    deliveries.note("CT1", (gone, stays))
    database.write(partial(delete_records, numbers=[gone], at=1, actor="test", reason="test"))
    settle(database, deliveries)
    assert find(database, gone) == []
    assert [each.times for each in find(database, stays)] == [2]


def test_of_a_record_the_last_scanners_are_kept(database: Database, numbers: list[int]) -> None:
    clock = Clock()
    deliveries = make(database, clock)
    for number in range(MOST_RECEIVERS + 10):
        clock.now += 1
        deliveries.note(f"CT{number}", (numbers[0],))
    settle(database, deliveries)
    kept = [each.ae_title for each in find(database, numbers[0])]
    assert kept == [f"CT{number}" for number in reversed(range(10, MOST_RECEIVERS + 10))]


def test_a_flood_does_not_fill_the_memory(database: Database, numbers: list[int]) -> None:
    metrics = Metrics()
    deliveries = make(database, metrics=metrics)
    deliveries.note("no\\title", (numbers[0],))
    deliveries.note("CT1", (numbers[0],))
    for number in range(60):
        deliveries.note(f"X{number}", tuple(range(1_000_000, 1_001_000)))
    assert metrics.get("deliveries_not_kept") == 11_000
    settle(database, deliveries)
    assert [each.ae_title for each in find(database, numbers[0])] == ["CT1"]
    deliveries.note("CT2", (numbers[0],))  # what was handed on made room
    assert metrics.get("deliveries_not_kept") == 11_000


def test_what_is_pending_is_written_at_the_end(database: Database, numbers: list[int]) -> None:
    async def run() -> None:
        deliveries = make(database)
        deliveries.start()
        for number in range(40):
            deliveries.note(f"X{number}", tuple(range(1_000_000, 1_000_100)))
        deliveries.note("CT1", (numbers[0],))
        await deliveries.stop()

    asyncio.run(run())
    settle(database)
    assert [each.ae_title for each in find(database, numbers[0])] == ["CT1"]
