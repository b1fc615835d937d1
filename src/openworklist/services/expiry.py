"""Keeps the journal, and what scanners performed, as long as the site wants it, beside a running server."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Final

from openworklist.domain.errors import StoreError
from openworklist.observe.metrics import Metrics
from openworklist.services.background import Background
from openworklist.services.clock import Clock, read_clock
from openworklist.services.journal import BATCH, DAY, expire_batch
from openworklist.services.steps import expire_steps_batch
from openworklist.store.database import Database
from openworklist.store.questions import expire_questions

log = logging.getLogger(__name__)

_HOUR: Final = 3600.0
_EXPIRED: Final = (
    ("messages", "old messages deleted", expire_batch),
    ("steps", "old performed steps deleted", expire_steps_batch),
)


class Expiry:
    """Deletes messages, performed steps and questions older than `days` at the start and every hour."""

    def __init__(
        self,
        database: Database,
        days: float,
        metrics: Metrics,
        *,
        clock: Clock = read_clock,
        interval: float = _HOUR,
        batch: int = BATCH,
    ) -> None:
        self._database = database
        self._days = days
        self._metrics = metrics
        self._clock = clock
        self._interval = interval
        self._batch = batch
        self._background = Background(self._run)

    def start(self) -> None:
        if self._days:
            self._background.start()

    async def stop(self) -> None:
        """Begin no further batch."""
        await self._background.stop()

    async def _run(self) -> None:
        while True:
            try:
                await self._expire()
            except StoreError as error:
                log.warning("old messages were not deleted", extra={"code": error.code})
            await asyncio.sleep(self._interval)

    async def _expire(self) -> None:
        for name, said, expire in _EXPIRED:
            deleted = await self._delete(expire)
            if deleted:
                self._metrics.count(f"{name}_expired", deleted)
                log.info(said, extra={name: deleted})
        loop = asyncio.get_running_loop()
        cutoff = self._clock() - int(self._days * DAY)
        await loop.run_in_executor(None, self._database.write, partial(expire_questions, cutoff=cutoff))

    async def _delete(self, expire: Callable[[Database, int, float, int], int]) -> int:
        """How many; each batch is a transaction of its own: orders that arrive meanwhile come in between."""
        loop = asyncio.get_running_loop()
        total, deleted = 0, self._batch
        while deleted == self._batch:
            now = self._clock()
            deleted = await loop.run_in_executor(None, expire, self._database, now, self._days, self._batch)
            total += deleted
        return total
