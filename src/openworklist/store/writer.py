"""SQLite's one writer: it runs every change that waits, commits once, then lets each caller go on."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
import threading
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import Any, Final, NamedTuple

from openworklist.domain.errors import StoreError
from openworklist.store.connection import Connection
from openworklist.store.failures import translate

log = logging.getLogger(__name__)

Change = Callable[[Connection], Any]
Done = Callable[[Any], None]
CLOSED: Final = "The database is closed."


class Job(NamedTuple):
    """A change and who waits for it; `done` is called on the loop's thread if there is a loop."""

    change: Change
    done: Done
    loop: asyncio.AbstractEventLoop | None


class Writer:
    """Owns the connection that writes. A change is run a second time if its group could not be committed."""

    def __init__(self, driver: sqlite3.Connection, group: int) -> None:
        self._driver = driver
        self._cursor = driver.cursor()
        self._connection = Connection(self._cursor, "sqlite")
        self._group = group
        self._queue: SimpleQueue[Job | None] = SimpleQueue()
        self._is_closing = False
        self._lock = threading.Lock()
        self.problem = ""  # what the last group failed on, "" if it was committed
        self._thread = threading.Thread(target=self._run, name="openworklist-writer", daemon=True)
        self._thread.start()

    @property
    def is_running(self) -> bool:
        return self._thread.is_alive()

    def put(self, job: Job) -> None:
        """Queue a change. StoreError if the writer is closed."""
        with self._lock:
            if self._is_closing:
                raise StoreError(CLOSED, code="store.closed")
            self._queue.put(job)

    def close(self) -> None:
        """Do what is queued, then close the connection."""
        with self._lock:
            if self._is_closing:
                return
            self._is_closing = True
            self._queue.put(None)
        self._thread.join()
        self._driver.close()

    def _run(self) -> None:
        is_over = False
        while not is_over:
            jobs, is_over = self._take()
            if jobs:
                _deliver(jobs, self._work(jobs))

    def _take(self) -> tuple[list[Job], bool]:
        """Everything that waits, at most a group; and whether that was the end."""
        jobs: list[Job] = []
        job = self._queue.get()
        while job is not None:
            jobs.append(job)
            if len(jobs) >= self._group:
                return jobs, False
            try:
                job = self._queue.get_nowait()
            except Empty:
                return jobs, False
        return jobs, True

    def _work(self, jobs: Sequence[Job]) -> list[Any]:
        # Refusals are rare: a group is first run as if there were none, which spares it the savepoints.
        for run in (_run_plainly, self._run_in_savepoint) if len(jobs) > 1 else ():
            try:
                results = self._commit_group(jobs, run)
            except Exception as error:  # noqa: BLE001 - nothing of the group is on disk: it is tried again
                self._roll_back()
                log.debug("a group was rolled back", extra={"changes": len(jobs), "error": repr(error)})
            else:
                self.problem = ""
                return results
        return [self._commit_single(job) for job in jobs]

    def _commit_group(self, jobs: Sequence[Job], run: Callable[[Connection, Change], Any]) -> list[Any]:
        self._cursor.execute("BEGIN IMMEDIATE")
        results = [run(self._connection, job.change) for job in jobs]
        self._cursor.execute("COMMIT")
        return results

    def _run_in_savepoint(self, connection: Connection, change: Change) -> Any:
        try:
            with connection.savepoint():
                return change(connection)
        except Exception as error:
            if not self._driver.in_transaction:
                # A full disk rolls back everything, the changes before this one too.
                raise
            if isinstance(error, sqlite3.OperationalError):
                raise
            return _outcome(error)

    def _commit_single(self, job: Job) -> Any:
        try:
            self._cursor.execute("BEGIN IMMEDIATE")
            result = job.change(self._connection)
            self._cursor.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - it goes to the caller
            self._roll_back()
            outcome = _outcome(error)
            if isinstance(outcome, StoreError):
                self.problem = outcome.sentence
                log.error("a change was not stored", extra={"error": repr(outcome.__cause__ or outcome)})
            return outcome
        self.problem = ""
        return result

    def _roll_back(self) -> None:
        if self._driver.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                self._cursor.execute("ROLLBACK")


def _run_plainly(connection: Connection, change: Change) -> Any:
    return change(connection)


def _outcome(error: Exception) -> Exception:
    return translate(error) if isinstance(error, sqlite3.Error) else error


def _deliver(jobs: Sequence[Job], results: Sequence[Any]) -> None:
    """Wake each loop once for all that waits there; others are told from this thread."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[Done, Any]]] = {}
    for job, result in zip(jobs, results, strict=True):
        if job.loop is None:
            job.done(result)
        else:
            by_loop.setdefault(job.loop, []).append((job.done, result))
    for loop, outcomes in by_loop.items():
        # A loop that is closed has nobody left who waits.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(tell, outcomes)


def tell(outcomes: Sequence[tuple[Done, Any]]) -> None:
    """Give each caller its result; one that fails at it does not keep the others waiting."""
    for done, result in outcomes:
        try:
            done(result)
        except Exception:
            log.exception("a caller failed at the result of its change")
