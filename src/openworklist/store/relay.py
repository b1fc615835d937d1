"""Changes of one event loop: their statements run on its thread, their commit on the writer's."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Any, Final

from openworklist.domain.errors import StoreError
from openworklist.store.writer import Group, Job, Outcomes, Writer, tell

_SLICE: Final = 16  # changes after which the loop sees to other callers


class Relay:
    """Takes the changes of a loop and gives them to the writer as groups, one at a time.

    Two threads that both run Python cost each other more than the disk does. So the statements of a group run
    here, in slices, and while the writer's thread waits for the disk the loop reads what arrives: that is
    the next group. What does not go through at once (a change refused, the database held by another program)
    is left to the writer's thread altogether.
    """

    def __init__(self, writer: Writer, loop: asyncio.AbstractEventLoop, most: int) -> None:
        self._writer = writer
        self._loop = loop
        self._most = most
        self._waiting: deque[Job] = deque()
        self._jobs: list[Job] = []  # those whose statements have run in the transaction that is open
        self._results: list[Any] = []
        self._is_busy = False  # a turn is planned, or the writer has a group

    def add(self, job: Job) -> None:
        """Take a change, on the loop's thread; `job.done` is called there, never before this returns."""
        self._waiting.append(job)
        if not self._is_busy:
            self._is_busy = True
            self._loop.call_soon(self._run)

    def close(self) -> None:
        """Leave to the writer what is not with it yet; the loop has ended."""
        if self._jobs:
            self._writer.roll_back()
        for job in (*self._jobs, *self._waiting):
            self._writer.put(job)
        self._jobs = []
        self._waiting.clear()

    def _run(self) -> None:
        jobs = [self._waiting.popleft() for _ in range(min(_SLICE, len(self._waiting)))]
        try:
            if not self._jobs:
                self._writer.begin()
            self._results += [self._writer.run(job.change) for job in jobs]
        except Exception:  # noqa: BLE001 - the writer's thread finds out whose it is, and tells them
            self._writer.roll_back()
            self._give([*self._jobs, *jobs], None)
            return
        self._jobs += jobs
        if self._waiting and len(self._jobs) < self._most:
            self._loop.call_soon(self._run)
        else:
            self._give(self._jobs, self._results)

    def _give(self, jobs: Sequence[Job], results: Sequence[Any] | None) -> None:
        self._jobs, self._results = [], []
        try:
            self._writer.give(Group(jobs, results, self._wake))
        except StoreError as error:
            self._writer.roll_back()
            self._loop.call_soon(self._take_back, [(job.done, error) for job in jobs])

    def _wake(self, outcomes: Outcomes) -> None:
        """On the writer's thread: RuntimeError if the loop is closed, and then nobody waits."""
        self._loop.call_soon_threadsafe(self._take_back, outcomes)

    def _take_back(self, outcomes: Outcomes) -> None:
        tell(outcomes)
        self._is_busy = bool(self._waiting)
        if self._waiting:
            self._run()
