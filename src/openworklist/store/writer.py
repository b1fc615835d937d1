"""SQLite's one writer: it runs every change that waits, commits once, then lets each caller go on."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import Any, Final, NamedTuple

from openworklist.domain.errors import StoreError
from openworklist.store.connection import Connection
from openworklist.store.failures import is_general, name, translate

log = logging.getLogger(__name__)

Change = Callable[[Connection], Any]
Done = Callable[[Any], None]
CLOSED: Final = "The database is closed."
_REMEMBERED: Final = 60.0  # seconds that a failure keeps the server from being called ready


class Job(NamedTuple):
    """A change and who waits for it; `done` is called on the loop's thread if there is a loop."""

    change: Change
    done: Done
    loop: asyncio.AbstractEventLoop | None


class Writer:
    """Owns the connection that writes. A change is run again if its group could not be committed.

    A change lets the database's errors pass: one that hides a full disk would hide that all was taken back.
    """

    def __init__(
        self, driver: sqlite3.Connection, group: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._driver = driver
        self._cursor = driver.cursor()
        self._connection = Connection(self._cursor, "sqlite")
        self._group = group
        self._clock = clock
        self._queue: SimpleQueue[Job | None] = SimpleQueue()
        self._is_open = True
        self._lock = threading.Lock()
        self._failure = ""
        self._failed_at = 0.0
        self._thread = threading.Thread(target=self._run, name="openworklist-writer", daemon=True)
        self._thread.start()

    @property
    def problem(self) -> str:
        """Why nothing can be written, as far as the last minute tells; "" if it can."""
        if not self._thread.is_alive():
            return "The writer of the database has stopped."
        is_recent = self._clock() - self._failed_at < _REMEMBERED
        return self._failure if is_recent else ""

    def put(self, job: Job) -> None:
        """Queue a change. StoreError if the writer is closed."""
        with self._lock:
            if not self._is_open:
                raise StoreError(CLOSED, code="store.closed")
            self._queue.put(job)

    def close(self) -> None:
        """Do what is queued, then close the connection."""
        with self._lock:
            if self._is_open:
                self._is_open = False
                self._queue.put(None)
        self._thread.join()
        self._driver.close()

    def _run(self) -> None:
        jobs: list[Job] = []
        is_over = False
        try:
            while not is_over:
                jobs, is_over = self._take()
                results = self._work(jobs) if jobs else []
                _deliver(jobs, results)
        except BaseException as error:  # noqa: BLE001 - whatever ends this thread, nobody is left waiting for it
            log.critical("the writer stopped", extra={"error": name(error)})
            self._roll_back()
            self._abandon(jobs)

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
        for run in (self._run_plainly, self._run_in_savepoint) if len(jobs) > 1 else ():
            try:
                results = self._commit_group(jobs, run)
            except Exception as error:  # noqa: BLE001 - nothing of the group is on disk: it is tried again
                self._roll_back()
                log.debug("a group was rolled back", extra={"changes": len(jobs), "error": name(error)})
                if is_general(error):
                    break
            else:
                self._failure = ""
                return results
        return self._commit_singly(jobs)

    def _commit_group(self, jobs: Sequence[Job], run: Callable[[Change], Any]) -> list[Any]:
        self._cursor.execute("BEGIN IMMEDIATE")
        results = [run(job.change) for job in jobs]
        self._cursor.execute("COMMIT")
        return results

    def _run_plainly(self, change: Change) -> Any:
        result = change(self._connection)
        if not self._driver.in_transaction:
            raise StoreError("A change ended the transaction of its group.")
        return result

    def _run_in_savepoint(self, change: Change) -> Any:
        try:
            with self._connection.savepoint():
                return change(self._connection)
        except Exception as error:
            # A full disk rolls back everything, the changes before this one too.
            if is_general(error) or not self._driver.in_transaction:
                raise
            return _outcome(error)

    def _commit_singly(self, jobs: Sequence[Job]) -> list[Any]:
        """Each in a transaction of its own, so that what fits on the disk is stored."""
        results: list[Any] = []
        for job in jobs:
            try:
                self._cursor.execute("BEGIN IMMEDIATE")
            except sqlite3.Error as error:
                # A program that holds the database would keep each of the others waiting as long.
                return results + [self._fail(error) for _ in jobs[len(results) :]]
            results.append(self._commit_single(job))
        return results

    def _commit_single(self, job: Job) -> Any:
        try:
            result = self._run_plainly(job.change)
            self._cursor.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - it goes to the caller
            self._roll_back()
            return self._fail(error) if is_general(error) else _outcome(error)
        self._failure = ""
        return result

    def _fail(self, error: Exception) -> StoreError:
        failure = translate(error)
        if not self._failure:
            log.error("changes cannot be stored", extra={"error": name(error)})
        self._failure, self._failed_at = failure.sentence, self._clock()
        return failure

    def _roll_back(self) -> None:
        if self._driver.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                self._cursor.execute("ROLLBACK")

    def _abandon(self, jobs: list[Job]) -> None:
        with self._lock:
            self._is_open = False
        with contextlib.suppress(Empty):
            while True:
                job = self._queue.get_nowait()
                if job is not None:
                    jobs.append(job)
        _deliver(jobs, [StoreError(CLOSED, code="store.closed") for _ in jobs])


def _outcome(error: Exception) -> Exception:
    if not isinstance(error, sqlite3.Error):
        return error
    log.error("the database refused a change", extra={"error": name(error)})
    return translate(error)


def _deliver(jobs: Sequence[Job], results: Sequence[Any]) -> None:
    """Wake each loop once for all that waits there; others are told from this thread."""
    by_loop: dict[asyncio.AbstractEventLoop | None, list[tuple[Done, Any]]] = {}
    for job, result in zip(jobs, results, strict=True):
        by_loop.setdefault(job.loop, []).append((job.done, result))
    for loop, outcomes in by_loop.items():
        if loop is None:
            tell(outcomes)
            continue
        # A loop that is closed has nobody left who waits.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(tell, outcomes)


def tell(outcomes: Sequence[tuple[Done, Any]]) -> None:
    """Give each caller its result; one that fails at it does not keep the others waiting."""
    for done, result in outcomes:
        try:
            done(result)
        except Exception as error:
            log.error("a caller failed at the result of its change", extra={"error": name(error)})
            log.debug("the error", exc_info=error)
