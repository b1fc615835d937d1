"""The doors on PostgreSQL: a few worker threads with a connection each, a transaction for every change."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final, TypeVar

from openworklist.domain.errors import OpenWorklistError, SettingsError, StoreError
from openworklist.store.connection import Connection
from openworklist.store.failures import translate
from openworklist.store.migrate import bring_up_to_date
from openworklist.store.writer import CLOSED, tell

try:
    import psycopg
except ImportError:  # the extra is not installed; said when somebody asks for it
    psycopg = None  # type: ignore[assignment]

T = TypeVar("T")
_WORKERS: Final = 8
_TRIES: Final = 4
# SQLSTATE of conflicts that another try may not meet again (PostgreSQL appendix A).
_CONFLICTS: Final = frozenset(("40001", "40P01", "23505", "55P03"))


class PostgresqlDatabase:
    """A database that several servers may share."""

    reads_inline = False

    def __init__(self, url: str, *, read_only: bool) -> None:
        if psycopg is None:
            raise SettingsError(
                "PostgreSQL needs the package psycopg.",
                where="database",
                hint="pip install 'openworklist[postgresql]'",
            )
        self._url = url.replace("postgres://", "postgresql://", 1)
        self._local = threading.local()
        self._drivers: list[psycopg.Connection[Any]] = []
        self._loop: asyncio.AbstractEventLoop | None = None
        self._outcomes: list[tuple[Callable[[Any], None], Any]] = []
        self._lock = threading.Lock()
        if not read_only:
            try:
                bring_up_to_date(self._url.replace("postgresql://", "postgresql+psycopg://", 1))
            except OpenWorklistError:
                raise
            except Exception as error:
                raise _unreachable(error) from error
        self._workers = ThreadPoolExecutor(_WORKERS, "openworklist-database")

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def read(self, function: Callable[[Connection], T]) -> T:
        return self._workers.submit(self._run, function).result()

    async def aread(self, function: Callable[[Connection], T]) -> T:
        return await asyncio.wrap_future(self._workers.submit(self._run, function))

    def write(self, function: Callable[[Connection], T]) -> T:
        return self.read(function)

    def submit(self, function: Callable[[Connection], Any], done: Callable[[Any], None]) -> None:
        try:
            future = self._workers.submit(self._run, function)
        except RuntimeError:
            done(StoreError(CLOSED, code="store.closed"))
            return
        future.add_done_callback(lambda finished: self._collect(done, finished))

    def find_problem(self) -> str:
        try:
            self.read(lambda connection: connection.execute_text("SELECT 1"))
        except StoreError as error:
            return error.sentence
        return ""

    def close(self) -> None:
        self._workers.shutdown()
        for driver in self._drivers:
            driver.close()

    def _run(self, function: Callable[[Connection], T]) -> T:
        for left in reversed(range(_TRIES)):
            try:
                driver = self._connect()
                with driver.transaction(), driver.cursor() as cursor:
                    return function(Connection(cursor, "postgresql"))
            except psycopg.Error as error:
                self._forget_if_broken()
                if not left or (error.sqlstate or "") not in _CONFLICTS:
                    raise translate(error) from error
        raise AssertionError("the last try returns or raises")

    def _connect(self) -> psycopg.Connection[Any]:
        driver: psycopg.Connection[Any] | None = getattr(self._local, "driver", None)
        if driver is None or driver.closed:
            try:
                driver = psycopg.connect(self._url, autocommit=True, connect_timeout=10)
            except psycopg.Error as error:
                raise _unreachable(error) from error
            self._local.driver = driver
            with self._lock:
                self._drivers.append(driver)
        return driver

    def _forget_if_broken(self) -> None:
        driver = getattr(self._local, "driver", None)
        if driver is not None and driver.broken:
            with contextlib.suppress(psycopg.Error):
                driver.close()
            with self._lock:
                self._drivers.remove(driver)
            self._local.driver = None

    def _collect(self, done: Callable[[Any], None], future: Future[Any]) -> None:
        """Tell the loop once of all that ended since it last heard."""
        result = future.exception() or future.result()
        loop = self._loop
        if loop is None:
            done(result)
            return
        with self._lock:
            self._outcomes.append((done, result))
            is_first = len(self._outcomes) == 1
        if is_first:
            # A loop that is closed has nobody left who waits.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        with self._lock:
            outcomes, self._outcomes = self._outcomes, []
        tell(outcomes)


def _unreachable(error: BaseException) -> StoreError:
    return StoreError(
        "The PostgreSQL database cannot be opened.",
        where="database",
        hint=f"check its URL and whether it runs: {type(error).__name__}",
        code="store.unreachable",
    )
