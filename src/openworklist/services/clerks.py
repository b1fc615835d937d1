"""A few threads for what waits: for a disk, for an archive. What they cannot take is said at once."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import TypeVar

T = TypeVar("T")


class Clerks:
    """`count` threads, before which at most `most` pieces of work wait. All methods are for the loop.

    They are no pool of the interpreter's: an archive that is silent does not keep the process from ending.
    """

    def __init__(self, name: str, count: int, most: int) -> None:
        self._name = name
        self._count = count
        self._most = count + most
        self._taken = 0
        self._threads = 0
        self._queue: SimpleQueue[Callable[[], None] | None] = SimpleQueue()

    def submit(self, work: Callable[[], T], done: Callable[[T | BaseException], None]) -> bool:
        """Do it on a thread; `done` gets what it returns or raises, on the loop. False if too much waits."""
        if self._taken >= self._most:
            return False
        loop = asyncio.get_running_loop()

        def finish(result: T | BaseException) -> None:
            self._taken -= 1
            done(result)

        def run() -> None:
            result: T | BaseException
            try:
                result = work()
            except BaseException as error:  # noqa: BLE001 - whoever asked gets it
                result = error
            with contextlib.suppress(RuntimeError):  # the loop is closed
                loop.call_soon_threadsafe(finish, result)

        self._taken += 1
        self._queue.put(run)
        if self._threads < min(self._count, self._taken):
            self._threads += 1
            threading.Thread(target=self._work, name=self._name, daemon=True).start()
        return True

    def stop(self) -> None:
        """Let the threads end, each after what it does."""
        for _ in range(self._threads):
            self._queue.put(None)
        self._threads = 0

    def _work(self) -> None:
        while (run := self._queue.get()) is not None:
            run()
