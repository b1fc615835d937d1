"""A few threads for what waits: for a disk, for an archive. What they cannot take is said at once."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import threading
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue
from typing import TypeVar

from openworklist.store.database import conclude

T = TypeVar("T")


class Clerks:
    """`count` threads, before which at most `most` pieces of work wait. All methods are for the loop.

    They are no pool of the interpreter's: an archive that is silent does not keep the process from ending,
    and no future is shared by two threads, which costs as much as writing a small file.
    """

    def __init__(self, name: str, count: int, most: int = sys.maxsize) -> None:
        self._name = name
        self._count = count
        self._most = count + most
        self._taken = 0
        self._threads: list[threading.Thread] = []
        self._queue: SimpleQueue[Callable[[], None] | None] = SimpleQueue()

    def submit(self, work: Callable[[], T], done: Callable[[T | BaseException], None]) -> bool:
        """Do it on a thread; `done` gets what it returns or raises, on the loop. False if too much waits."""
        if self._taken >= self._most:
            return False
        loop = asyncio.get_running_loop()

        def finish(result: T | BaseException) -> None:
            self._taken -= 1
            done(result)

        self._taken += 1
        self._queue.put(partial(report, loop, work, finish))
        if len(self._threads) < min(self._count, self._taken):
            self._threads.append(threading.Thread(target=self._work, name=self._name, daemon=True))
            self._threads[-1].start()
        return True

    async def do(self, work: Callable[[], T]) -> T:
        """What it returns; it is done nevertheless if nobody waits any more."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self.submit(work, partial(conclude, future))
        return await future

    def stop(self) -> list[threading.Thread]:
        """Let the threads end, each after what it does; these are they."""
        threads, self._threads = self._threads, []
        for _ in threads:
            self._queue.put(None)
        return threads

    async def end(self) -> None:
        """Do what waits, then stop."""
        for each in self.stop():
            await asyncio.to_thread(each.join)

    def _work(self) -> None:
        while (run := self._queue.get()) is not None:
            run()


def report(
    loop: asyncio.AbstractEventLoop, work: Callable[[], T], done: Callable[[T | BaseException], None]
) -> None:
    """On a thread: do it, and have `done` called on the loop with what it returned or raised."""
    result: T | BaseException
    try:
        result = work()
    except BaseException as error:  # noqa: BLE001 - whoever asked gets it
        result = error
    with contextlib.suppress(RuntimeError):  # the loop is closed
        loop.call_soon_threadsafe(done, result)
