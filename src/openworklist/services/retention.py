"""Auto delete: records go when they are older than the site wants them, beside a running server."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from datetime import tzinfo
from functools import partial
from typing import Final

from openworklist.domain.deletion import AUTO_DELETE
from openworklist.domain.errors import OpenWorklistError
from openworklist.domain.record import Record
from openworklist.domain.retention import Cutoff, find_cutoff
from openworklist.observe.metrics import Metrics
from openworklist.services.background import Background
from openworklist.services.clock import Clock, read_clock
from openworklist.services.deletion import BATCH, delete_records
from openworklist.store.ageing import BEFORE_ALL, Aged, find_aged, find_restored
from openworklist.store.connection import Connection
from openworklist.store.database import Database
from openworklist.store.deleted import expire_deleted
from openworklist.store.schema import START_DATE

log = logging.getLogger(__name__)

_HOUR: Final = 3600.0
_KEPT: Final = 30 * 86_400_000_000  # microseconds that a deleted record can be restored
_SLICE: Final = 1000  # records looked at in one read


def sweep(
    database: Database,
    age: str,
    now: int,
    zone: tzinfo | None,
    *,
    batch: int = BATCH,
    size: int = _SLICE,
) -> Iterator[int]:
    """Delete the records that are older than `age`, whatever their status; how many, after each short step.

    A step is one read or one transaction of at most `batch` records. What a person restored is as old as
    that. SettingsError if nobody knows the age.
    """
    cutoff = find_cutoff(age, now, zone)
    if cutoff is None:
        return
    after = BEFORE_ALL
    found: list[Aged] = []
    while True:
        found = database.read(partial(find_aged, day=cutoff.day, after=after, most=size))
        yield 0
        numbers = [each.id for each in found if cutoff.is_before(each.start_date, each.created_at)]
        for begin in range(0, len(numbers), batch):
            job = partial(
                _delete,
                numbers=numbers[begin : begin + batch],
                cutoff=cutoff,
                now=now,
                reason=f"older than {age}",
            )
            yield len(database.write(job))
        if len(found) < size:
            return
        after = found[-1].key


def forget(database: Database, now: int, *, batch: int = BATCH) -> Iterator[int]:
    """Forget the deleted records that were deleted too long ago to be restored; how many, after each step."""
    deleted = batch
    while deleted == batch:
        deleted = database.write(partial(expire_deleted, cutoff=now - _KEPT, most=batch))
        yield deleted


def _delete(connection: Connection, numbers: list[int], cutoff: Cutoff, now: int, reason: str) -> list[int]:
    def is_old(record: Record) -> bool:
        # It may have been put off since it was looked at.
        return (
            cutoff.is_before(record.text(START_DATE), record.created_at)
            and find_restored(connection, record.id) < cutoff.moment
        )

    return delete_records(connection, numbers, at=now, actor=AUTO_DELETE, reason=reason, is_wanted=is_old)


class Retention:
    """Deletes old records at the start and every hour, by the age that the site wants at that moment."""

    def __init__(
        self,
        database: Database,
        find_age: Callable[[], str],
        zone: tzinfo | None,
        metrics: Metrics,
        *,
        clock: Clock = read_clock,
        interval: float = _HOUR,
        batch: int = BATCH,
    ) -> None:
        self._database = database
        self._find_age = find_age
        self._zone = zone
        self._metrics = metrics
        self._clock = clock
        self._interval = interval
        self._batch = batch
        self._background = Background(self._run)

    def start(self) -> None:
        self._background.start()

    async def stop(self) -> None:
        """Begin no further batch."""
        await self._background.stop()

    async def _run(self) -> None:
        while True:
            try:
                await self._go_round()
            except OpenWorklistError as error:
                log.warning("old records were not deleted", extra={"code": error.code})
            await asyncio.sleep(self._interval)

    async def _go_round(self) -> None:
        now = self._clock()
        old = sweep(self._database, self._find_age(), now, self._zone, batch=self._batch)
        deleted = await _exhaust(old)
        if deleted:
            self._metrics.count("records_expired", deleted)
            log.info("old records deleted", extra={"records": deleted})
        await _exhaust(forget(self._database, now, batch=self._batch))


async def _exhaust(steps: Iterator[int]) -> int:
    """The sum of all steps, each on another thread: orders and questions come in between."""
    loop = asyncio.get_running_loop()
    total = 0
    while (deleted := await loop.run_in_executor(None, next, steps, None)) is not None:
        total += deleted
    return total
