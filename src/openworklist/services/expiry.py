"""Keeps the journal, and what scanners performed, as long as the site wants it, beside a running server."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from functools import partial
from typing import Final

from openworklist.domain.errors import StoreError
from openworklist.observe.metrics import Metrics
from openworklist.services.clock import Clock, read_clock
from openworklist.services.journal import BATCH, DAY, expire_batch
from openworklist.services.steps import expire_steps_batch
from openworklist.store.database import Database
from openworklist.store.questions import expire_questions

log = logging.getLogger(__name__)

_HOUR: Final = 3600.0


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
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        if self._days:
            self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Begin no further batch."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            try:
                await self._expire()
            except StoreError as error:
                log.warning("old messages were not deleted", extra={"code": error.code})
            await asyncio.sleep(self._interval)

    async def _expire(self) -> None:
        loop = asyncio.get_running_loop()
        total, deleted, now = 0, self._batch, 0
        while deleted == self._batch:
            # Each batch is a transaction of its own: orders that arrive meanwhile come in between.
            now = self._clock()
            deleted = await loop.run_in_executor(
                None, expire_batch, self._database, now, self._days, self._batch
            )
            total += deleted
        steps, deleted = 0, self._batch
        while deleted == self._batch:
            deleted = await loop.run_in_executor(
                None, expire_steps_batch, self._database, now, self._days, self._batch
            )
            steps += deleted
        if steps:
            self._metrics.count("steps_expired", steps)
            log.info("old performed steps deleted", extra={"steps": steps})
        if total:
            self._metrics.count("messages_expired", total)
            log.info("old messages deleted", extra={"messages": total})
        cutoff = self._clock() - int(self._days * DAY)
        await loop.run_in_executor(None, self._database.write, partial(expire_questions, cutoff=cutoff))
