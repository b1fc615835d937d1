"""SQLite's one writer: it runs every change that waits, commits once, then lets each caller go on."""

from __future__ import annotations

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
from openworklist.store.failures import is_busy, is_general, name, translate

log = logging.getLogger(__name__)

Change = Callable[[Connection], Any]
Done = Callable[[Any], None]
Outcomes = Sequence[tuple[Done, Any]]
CLOSED: Final = "The database is closed."
_REMEMBERED: Final = 60.0  # seconds that a failure keeps the server from being called ready


class Job(NamedTuple):
    """A change, and who is told its result or its exception."""

    change: Change
    done: Done


class Group(NamedTuple):
    """Changes whose statements have run, or, without `results`, are yet to be run."""

    jobs: Sequence[Job]
    results: Sequence[Any] | None
    tell: Callable[[Outcomes], None]


class Writer:
    """Owns the connection that writes. A change is run again if its group could not be committed.

    A change lets the database's errors pass: one that hides a full disk would hide that all was taken back.
    A Relay may run the statements of a group itself, with `begin`, `run` and `roll_back`; it then gives the
    group here, and touches the connection no more until the group is done. `patience` is in seconds, for a
    program that holds the database; the driver's own time-out is to be 0.
    """

    def __init__(
        self,
        driver: sqlite3.Connection,
        group: int,
        *,
        patience: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._driver = driver
        self._cursor = driver.cursor()
        self._connection = Connection(self._cursor, "sqlite")
        self._most = group
        self._patience = patience
        self._clock = clock
        self._queue: SimpleQueue[Group | None] = SimpleQueue()
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
        self.give(Group((job,), None, tell))

    def give(self, group: Group) -> None:
        """Queue a group. StoreError if the writer is closed."""
        with self._lock:
            if not self._is_open:
                raise StoreError(CLOSED, code="store.closed")
            self._queue.put(group)

    def begin(self) -> None:
        """Begin a transaction at once; sqlite3.Error if another program holds the database."""
        self._cursor.execute("BEGIN IMMEDIATE")

    def run(self, change: Change) -> Any:
        """The result of a change in the transaction that is open."""
        result = change(self._connection)
        if not self._driver.in_transaction:
            raise StoreError("A change ended the transaction of its group.")
        return result

    def roll_back(self) -> None:
        if self._driver.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                self._cursor.execute("ROLLBACK")

    def close(self) -> None:
        """Do what is queued, then close the connection."""
        with self._lock:
            if self._is_open:
                self._is_open = False
                self._queue.put(None)
        self._thread.join()
        self._driver.close()

    def _run(self) -> None:
        groups: list[Group] = []
        try:
            while groups := self._take():
                jobs = [job for group in groups for job in group.jobs]
                _deliver(groups, self._finish(jobs, groups[0].results))
        except BaseException as error:  # noqa: BLE001 - whatever ends this thread, nobody is left waiting for it
            log.critical("the writer stopped", extra={"error": name(error)})
            self.roll_back()
            self._abandon(groups)

    def _take(self) -> list[Group]:
        """A group whose statements have run; else all that waits, at most a commit; none at the end."""
        groups: list[Group] = []
        size = 0
        group = self._queue.get()
        while group is not None:
            groups.append(group)
            size += len(group.jobs)
            if group.results is not None or size >= self._most:
                return groups
            try:
                group = self._queue.get_nowait()
            except Empty:
                return groups
        if groups:
            self._queue.put(None)
        return groups

    def _finish(self, jobs: Sequence[Job], results: Sequence[Any] | None) -> Sequence[Any]:
        if results is None:
            return self._work(jobs)
        try:
            self._cursor.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - nothing of the group is on disk: it is tried again
            self.roll_back()
            log.debug("a group was rolled back", extra={"changes": len(jobs), "error": name(error)})
            return self._work(jobs)
        self._failure = ""
        return results

    def _work(self, jobs: Sequence[Job]) -> list[Any]:
        # Refusals are rare: a group is first run as if there were none, which spares it the savepoints.
        for run in (self.run, self._run_in_savepoint) if len(jobs) > 1 else ():
            try:
                results = self._commit_group(jobs, run)
            except Exception as error:  # noqa: BLE001 - nothing of the group is on disk: it is tried again
                self.roll_back()
                log.debug("a group was rolled back", extra={"changes": len(jobs), "error": name(error)})
                if is_general(error):
                    break
            else:
                self._failure = ""
                return results
        return self._commit_singly(jobs)

    def _commit_group(self, jobs: Sequence[Job], run: Callable[[Change], Any]) -> list[Any]:
        self._begin_patiently()
        results = [run(job.change) for job in jobs]
        self._cursor.execute("COMMIT")
        return results

    def _begin_patiently(self) -> None:
        """Begin a transaction, once another program lets go of the database."""
        try:
            self.begin()
        except sqlite3.Error as error:
            if not self._patience or not is_busy(error):
                raise
            self._cursor.execute(f"PRAGMA busy_timeout={self._patience * 1000:.0f}")
            try:
                self.begin()
            finally:
                self._cursor.execute("PRAGMA busy_timeout=0")

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
                self._begin_patiently()
            except sqlite3.Error as error:
                # A program that holds the database would keep each of the others waiting as long.
                return results + [self._fail(error) for _ in jobs[len(results) :]]
            results.append(self._commit_single(job))
        return results

    def _commit_single(self, job: Job) -> Any:
        try:
            result = self.run(job.change)
            self._cursor.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - it goes to the caller
            self.roll_back()
            return self._fail(error) if is_general(error) else _outcome(error)
        self._failure = ""
        return result

    def _fail(self, error: Exception) -> StoreError:
        failure = translate(error)
        if not self._failure:
            log.error("changes cannot be stored", extra={"error": name(error)})
        self._failure, self._failed_at = failure.sentence, self._clock()
        return failure

    def _abandon(self, groups: list[Group]) -> None:
        with self._lock:
            self._is_open = False
        with contextlib.suppress(Empty):
            while True:
                group = self._queue.get_nowait()
                if group is not None:
                    groups.append(group)
        error = StoreError(CLOSED, code="store.closed")
        _deliver(groups, [error for group in groups for _ in group.jobs])


def _outcome(error: Exception) -> Exception:
    if not isinstance(error, sqlite3.Error):
        return error
    log.error("the database refused a change", extra={"error": name(error)})
    return translate(error)


def _deliver(groups: Sequence[Group], results: Sequence[Any]) -> None:
    outcomes = iter(results)
    for group in groups:
        # A loop that is closed has nobody left who waits.
        with contextlib.suppress(RuntimeError):
            group.tell([(job.done, next(outcomes)) for job in group.jobs])


def tell(outcomes: Outcomes) -> None:
    """Give each caller its result; one that fails at it does not keep the others waiting."""
    for done, result in outcomes:
        try:
            done(result)
        except Exception as error:
            log.error("a caller failed at the result of its change", extra={"error": name(error)})
            log.debug("the error", exc_info=error)
