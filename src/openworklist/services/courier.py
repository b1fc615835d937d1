"""Carries the outbound queue beside a running server: a thread for each destination with something due."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import threading
import uuid
from collections.abc import Callable
from typing import Final

from openworklist.domain.errors import StoreError
from openworklist.domain.retry import Retry
from openworklist.observe.metrics import Metrics
from openworklist.services.clock import Clock, read_clock
from openworklist.services.delivery import Delivery, Terms
from openworklist.services.outbound import BATCH, expire_batch
from openworklist.store import outbound as store
from openworklist.store.database import Database

log = logging.getLogger(__name__)

_SECOND: Final = 1_000_000
_HOUR: Final = 3600 * _SECOND


class Courier:
    """Sends what is due at once when it is woken, else when it becomes due.

    What another process put is found within `interval` seconds. What was sent is forgotten after `days`, with
    0 never.
    """

    def __init__(
        self,
        database: Database,
        metrics: Metrics,
        *,
        retry: Retry = Retry(),  # noqa: B008 - a value
        timeout: float = 30,
        connect_timeout: float = 10,
        days: float = 0,
        interval: float = 2,
        clock: Clock = read_clock,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._database = database
        self._metrics = metrics
        self._terms = Terms(uuid.uuid4().hex, retry, timeout, connect_timeout, clock, jitter)
        self._days = days
        self._interval = interval
        self._expires_at = 0
        self._woken = asyncio.Event()
        self._deliveries: dict[str, Delivery] = {}
        self._busy: dict[str, asyncio.Future[None]] = {}
        self._task: asyncio.Task[None] | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.create_task(self._run())

    async def stop(self, drain_seconds: float = 5) -> None:
        """Take up nothing more. What is not answered in time is sent again after the next start."""
        if self._task is None:
            return
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        for delivery in self._deliveries.values():
            delivery.stop()
        if self._busy:
            await asyncio.wait(self._busy.values(), timeout=drain_seconds)
        for destination in self._busy:
            self._deliveries[destination].abort()
        if self._busy:
            await asyncio.wait(self._busy.values(), timeout=1)

    def wake(self) -> None:
        """Look at once; from any thread. To be called after the commit."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # a loop that is closed has nothing more to send
                self._loop.call_soon_threadsafe(self._woken.set)

    async def _run(self) -> None:
        if not self._database.is_shared:
            # What a server that was killed was about to send is ours to send again.
            await self._patiently(lambda: self._database.write(store.release_all))
        while True:
            self._woken.clear()
            pause = await self._patiently(self._look) or self._interval
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), pause)

    async def _patiently(self, step: Callable[[], object]) -> float:
        """Run a step on another thread; what the database refuses is tried again with the next look."""
        try:
            result = await asyncio.get_running_loop().run_in_executor(None, step)
        except StoreError as error:
            log.warning("the outbound queue cannot be read", extra={"code": error.code})
            return 0
        return self._begin(result) if isinstance(result, list) else 0

    def _look(self) -> list[store.Head]:
        self._expire()
        return self._database.read(store.find_heads)

    def _begin(self, heads: list[store.Head]) -> float:
        """Begin to send what is due; the seconds until the next look."""
        now = self._terms.clock()
        pause = self._interval
        for head in heads:
            wait = (head.when(self._terms.owner, now) - now) / _SECOND
            if head.destination in self._busy:
                continue
            if wait <= 0:
                self._deliver(head.destination)
            else:
                pause = min(pause, wait)
        return pause

    def _deliver(self, destination: str) -> None:
        delivery = self._deliveries.get(destination)
        if delivery is None:
            delivery = Delivery(self._database, destination, self._terms, self._count)
            self._deliveries[destination] = delivery
        loop = asyncio.get_running_loop()
        done = self._busy[destination] = loop.create_future()

        def finish(is_well: bool) -> None:
            self._busy.pop(destination, None)
            if not done.done():
                done.set_result(None)
            if is_well:
                self._woken.set()

        def work() -> None:
            is_well = self._run_delivery(delivery, destination)
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(finish, is_well)

        # Not of a pool: whoever waits for a receiver that is silent keeps no other waiting, nor the process.
        threading.Thread(target=work, name=f"openworklist-send-{destination}", daemon=True).start()

    def _run_delivery(self, delivery: Delivery, destination: str) -> bool:
        """Whether it went on to the end; else a pause is due before the next run."""
        try:
            delivery.run()
        except StoreError as error:
            log.warning("the outbound queue stands", extra={"to": destination, "code": error.code})
            return False
        except Exception as error:
            log.error("a delivery failed", extra={"to": destination, "error": type(error).__name__})
            log.debug("the error", exc_info=error)
            self._count("outbound_failures")
            return False
        return True

    def _count(self, name: str) -> None:
        """Only the loop's thread counts."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._metrics.count, name)

    def _expire(self) -> None:
        now = self._terms.clock()
        if not self._days or now < self._expires_at:
            return
        while expire_batch(self._database, now, self._days) >= BATCH:
            pass
        self._expires_at = now + _HOUR
