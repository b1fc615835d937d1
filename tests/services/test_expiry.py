"""The journal's end beside a running server."""

import asyncio
from collections.abc import Callable

import pytest

from openworklist.observe.metrics import Metrics
from openworklist.services.expiry import Expiry
from openworklist.services.intake import Intake
from openworklist.services.reading import Source
from openworklist.store.database import Database
from players.auditor import read_journal
from players.hospital import make_order

DAY = 86_400_000_000
BEGIN = 1_773_478_800_000_000
Serve = Callable[[float], Metrics]


@pytest.fixture
def serve(database: Database, intake: Intake) -> Serve:
    """Runs on a loop, ten days later, until it has looked twice; five messages arrived before."""
    for number in range(5):
        intake.receive_message(make_order(str(number)), Source("mllp"))

    def run(days: float) -> Metrics:
        metrics = Metrics()

        async def main() -> None:
            looks = asyncio.Event()
            rest = iter(
                range(5)
            )  # batches of two: five messages take three; then questions, then the next look

            def read_clock() -> int:
                if next(rest, 4) == 4:
                    looks.set()
                return BEGIN + 10 * DAY

            database.attach(asyncio.get_running_loop())
            expiry = Expiry(database, days, metrics, clock=read_clock, interval=0.001, batch=2)
            expiry.start()
            async with asyncio.timeout(30):
                await looks.wait()
            await expiry.stop()

        asyncio.run(main())
        return metrics

    return run


def test_old_messages_are_deleted_batch_by_batch_and_counted(database: Database, serve: Serve) -> None:
    assert serve(7).get("messages_expired") == 5
    assert read_journal(database) == []


def test_messages_stay_as_long_as_the_site_wants(database: Database, serve: Serve) -> None:
    assert serve(11).get("messages_expired") == 0
    assert len(read_journal(database)) == 5


def test_with_no_days_messages_stay_for_ever(database: Database) -> None:
    async def main() -> set[object]:
        Expiry(database, 0, Metrics()).start()
        return {*asyncio.all_tasks()} - {asyncio.current_task()}

    assert asyncio.run(main()) == set()
