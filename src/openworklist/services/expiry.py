"""Keeps journal, audit trail and performed steps as long as the site wants, beside a running server."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial
from typing import Final

from openworklist.domain.errors import StoreError
from openworklist.observe.metrics import Metrics
from openworklist.services.audit import expire_deeds_batch
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


def _for_ever() -> float:
    return 0


class Expiry:
    """Deletes messages, performed steps and questions older than `days` at the start and every hour.

    And what is in the audit trail for longer than `find_audit_days` says then. 0 days are for ever.
    """

    def __init__(
        self,
        database: Database,
        days: float,
        metrics: Metrics,
        *,
        find_audit_days: Callable[[], float] = _for_ever,
        clock: Clock = read_clock,
        interval: float = _HOUR,
        batch: int = BATCH,
    ) -> None:
        self._database = database
        self._days = days
        self._find_audit_days = find_audit_days
        self._metrics = metrics
        self._clock = clock
        self._interval = interval
        self._batch = batch
        self._background = Background(self._run)

    def start(self) -> None:
        if self._days or self._find_audit_days is not _for_ever:
            self._background.start()

    async def stop(self) -> None:
        """Begin no further batch."""
        await self._background.stop()

    async def _run(self) -> None:
        while True:
            try:
                if self._days:
                    await self._expire()
                await self._expire_audit()
            except StoreError as error:
                log.warning("what is old was not deleted", extra={"code": error.code})
            await asyncio.sleep(self._interval)

    async def _expire(self) -> None:
        for name, said, expire in _EXPIRED:
            await self._delete(name, said, expire, self._days)
        loop = asyncio.get_running_loop()
        cutoff = self._clock() - int(self._days * DAY)
        await loop.run_in_executor(None, self._database.write, partial(expire_questions, cutoff=cutoff))

    async def _expire_audit(self) -> None:
        days = self._find_audit_days()
        if days:
            await self._delete("audit_rows", "old rows of the audit trail deleted", expire_deeds_batch, days)

    async def _delete(
        self, name: str, said: str, expire: Callable[[Database, int, float, int], int], days: float
    ) -> None:
        """Each batch is a transaction of its own: orders that arrive meanwhile come in between."""
        loop = asyncio.get_running_loop()
        total, deleted = 0, self._batch
        while deleted == self._batch:
            now = self._clock()
            deleted = await loop.run_in_executor(None, expire, self._database, now, days, self._batch)
            total += deleted
        if total:
            self._metrics.count(f"{name}_expired", total)
            log.info(said, extra={name: total})
