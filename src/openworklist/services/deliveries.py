"""Which scanners received which record: counted in memory as answers leave, on disk every few seconds."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from typing import Final

from openworklist.domain.ae_title import is_ae_title
from openworklist.observe.metrics import Metrics
from openworklist.services.background import Background
from openworklist.services.clock import Clock, read_clock
from openworklist.services.rhythm import SECONDS, flush_regularly
from openworklist.store.database import Database
from openworklist.store.deliveries import Delivery, find_deliveries, keep_deliveries

log = logging.getLogger(__name__)

_MOST: Final = 50_000  # answers in memory, about 2 MB, until they are written
_AT_ONCE: Final = 2_000  # of them written every few seconds: some percent of a core at most
_BATCH: Final = 50  # in a transaction: some milliseconds

Key = tuple[str, tuple[int, ...]]  # AE title, records of a batch of answers


class _Entry:
    """How often the same records left for the same scanner since it was last written."""

    __slots__ = ("first", "last", "times")

    def __init__(self, now: int) -> None:
        self.first = now
        self.last = self.times = 0


class Deliveries:
    """Counts in how many of its questions a scanner received a record.

    A scanner that polls gets the same records again: a batch of answers is one entry, whatever its length.
    """

    def __init__(
        self,
        database: Database,
        metrics: Metrics,
        *,
        clock: Clock = read_clock,
        interval: float = SECONDS,
    ) -> None:
        self._database = database
        self._metrics = metrics
        self._clock = clock
        self._pending: dict[Key, _Entry] = {}  # the one that waits longest first
        self._size = 0
        self._background = Background(partial(flush_regularly, database, self.flush, interval))

    def note(self, calling: str, numbers: tuple[int, ...]) -> None:
        """These records, by their numbers, left for a scanner in a batch of answers; on the loop's thread."""
        key = (calling, numbers)
        now = self._clock()
        entry = self._pending.get(key)
        if entry is None:
            entry = self._begin(key, now)
            if entry is None:
                return
        entry.last = now
        entry.times += 1

    def start(self) -> None:
        self._background.start()

    async def stop(self) -> None:
        """Hand on what is left; the database writes it before it closes."""
        await self._background.stop()
        self._submit(self._take(self._size))

    def flush(self) -> None:
        """Hand on to the database what waits longest, without waiting for it."""
        self._submit(self._take(_AT_ONCE))

    def _begin(self, key: Key, now: int) -> _Entry | None:
        """A new entry, None if it cannot be kept."""
        calling, numbers = key
        if is_ae_title(calling):
            return None
        if self._size + len(numbers) > _MOST:
            self._metrics.count("deliveries_not_kept", len(numbers))
            return None
        self._size += len(numbers)
        entry = self._pending[key] = _Entry(now)
        return entry

    def _take(self, most: int) -> Iterable[Delivery]:
        """About so many of what waits longest, which then waits no more; of a scanner and record as one."""
        taken: dict[tuple[int, str], Delivery] = {}
        while self._pending and len(taken) < most:
            key = next(iter(self._pending))
            entry = self._pending.pop(key)
            calling, numbers = key
            self._size -= len(numbers)
            for number in numbers:
                new = Delivery(number, calling, entry.first, entry.last, entry.times)
                taken[number, calling] = _add(taken.get((number, calling)), new)
        return taken.values()

    def _submit(self, delivered: Iterable[Delivery]) -> None:
        for batch in _split(sorted(delivered)):
            self._database.submit(partial(keep_deliveries, delivered=batch), self._finish, lane="deliveries")

    def _finish(self, result: Exception | None) -> None:
        if isinstance(result, Exception):
            # They are for people who look at a record; the next ones come with the next polls.
            log.warning("deliveries were not kept", extra={"error": type(result).__name__})


def _add(known: Delivery | None, new: Delivery) -> Delivery:
    if known is None:
        return new
    first, last = min(known.first_at, new.first_at), max(known.last_at, new.last_at)
    return new._replace(first_at=first, last_at=last, times=known.times + new.times)


def _split(delivered: Iterable[Delivery]) -> Iterator[list[Delivery]]:
    each = iter(delivered)
    while batch := list(islice(each, _BATCH)):
        yield batch


def find_receivers(database: Database, number: int) -> list[Delivery]:
    """The scanners that received a record, the last one first."""
    return database.read(lambda connection: find_deliveries(connection, number))
