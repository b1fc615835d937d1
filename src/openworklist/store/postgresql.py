"""The doors on PostgreSQL: worker threads with a connection each, a transaction for every change."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from openworklist.domain.errors import SettingsError, StoreError, StoreSlow
from openworklist.store.connection import Connection
from openworklist.store.failures import name, translate
from openworklist.store.folder import FolderLock, take_folder
from openworklist.store.migrate import bring_up_to_date
from openworklist.store.patience import LONGEST, MOMENT
from openworklist.store.writer import CLOSED, tell

try:
    import psycopg
    from psycopg.conninfo import conninfo_to_dict, make_conninfo
except ImportError:  # the extra is not installed; said when somebody asks for it
    psycopg = None  # type: ignore[assignment]

log = logging.getLogger(__name__)

T = TypeVar("T")
Change = tuple[Callable[[Connection], Any], Callable[[Any], None]]  # and who is told its result
_WRITERS: Final = 8
_READERS: Final = 4
_TRIES: Final = 4
_PATIENCE: Final = 0.1  # seconds that a question for readiness may hold up the loop
# SQLSTATE of conflicts that another try may not meet again (PostgreSQL appendix A).
_CONFLICTS: Final = frozenset(("40001", "40P01", "23505"))
_CANCELED: Final = "57014"  # a statement took longer than it may
# What a URL may say otherwise: seconds to connect, and to notice that the other machine is gone.
_DEFAULTS: Final = {
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "application_name": "openworklist",
}
# An acknowledged order survives the power going off; waits for a lock end before the sender's patience does.
_SET_UP: Final = (
    "SELECT set_config('synchronous_commit', 'on', false)"
    " WHERE current_setting('synchronous_commit') = 'off'",
    "SET lock_timeout = '10s'",
)
# A write sees what the one that held its lock before has stored: each statement looks anew.
_WRITE: Final = "BEGIN ISOLATION LEVEL READ COMMITTED"
_READ: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


class PostgresqlDatabase:
    """A database that several servers may share, each with a data folder of its own."""

    reads_inline = False
    is_shared = True

    def __init__(self, url: str, data: Path, *, read_only: bool, shared: bool = False) -> None:
        if psycopg is None:
            raise SettingsError(
                "PostgreSQL needs the package psycopg.",
                where="database",
                hint="pip install 'openworklist[postgresql]'",
            )
        self._settings = _read_url(url)
        self._is_read_only = read_only
        self._local = threading.local()
        self._drivers: set[psycopg.Connection[Any]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._outcomes: list[tuple[Callable[[Any], None], Any]] = []
        self._lanes: dict[str, deque[Change]] = {}  # what waits behind a change that is under way
        self._lock = threading.Lock()
        self._folder: FolderLock | None = None
        self._probe: Future[Any] | None = None
        self._writers = ThreadPoolExecutor(_WRITERS, "openworklist-write")
        self._readers = ThreadPoolExecutor(_READERS, "openworklist-read")
        self._long_reader = ThreadPoolExecutor(1, "openworklist-long-read")
        try:
            if not read_only and not shared:
                self._folder = take_folder(data)
            if not read_only:
                bring_up_to_date(URL.create("postgresql+psycopg", query=self._settings))
            self.read(_ask)
        except DBAPIError as error:
            self.close()
            raise _unreachable(error.orig or error) from error
        except BaseException:
            self.close()
            raise

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def read(self, function: Callable[[Connection], T]) -> T:
        return self._put(self._readers, function, _READ).result()

    def read_patiently(self, function: Callable[[Connection], T]) -> T:
        try:
            return self._put(self._readers, partial(_hurry, function, MOMENT), _READ).result()
        except StoreSlow:
            pass  # again, where it keeps no question of a scanner waiting
        future = self._put(self._long_reader, partial(_hurry, function, LONGEST), _READ)
        try:
            return future.result(LONGEST)
        except TimeoutError:
            future.cancel()
            raise StoreSlow("The database was asked for too much.", hint="ask for less") from None

    async def aread(self, function: Callable[[Connection], T]) -> T:
        return await asyncio.wrap_future(self._put(self._readers, function, _READ))

    def write(self, function: Callable[[Connection], T]) -> T:
        return self._put(self._writers, function, _WRITE).result()

    def submit(
        self, function: Callable[[Connection], Any], done: Callable[[Any], None], *, lane: str = ""
    ) -> None:
        if lane:
            with self._lock:
                waiting = self._lanes.get(lane)
                if waiting is not None:
                    waiting.append((function, done))
                    return
                self._lanes[lane] = deque()
        self._start((function, done), lane)

    def find_problem(self) -> str:
        """As in Database; a server that does not answer at all is noticed by the next call."""
        probe = self._probe
        if probe is not None and not probe.done():
            return "The PostgreSQL database does not answer."
        try:
            self._probe = probe = self._put(self._readers, _ask, _READ)
        except StoreError as error:
            return error.sentence
        wait([probe], _PATIENCE)
        failure = probe.exception() if probe.done() else None
        return failure.sentence if isinstance(failure, StoreError) else str(failure or "")

    def close(self) -> None:
        self._writers.shutdown()
        self._readers.shutdown()
        self._long_reader.shutdown()
        while self._drivers:
            self._drivers.pop().close()
        if self._folder is not None:
            self._folder.release()

    def _put(self, workers: ThreadPoolExecutor, function: Callable[[Connection], T], begin: str) -> Future[T]:
        if self._is_read_only and begin is _WRITE:
            raise StoreError("The database was opened for reading only.")
        try:
            return workers.submit(self._run, function, begin)
        except RuntimeError as error:
            raise StoreError(CLOSED, code="store.closed") from error

    def _start(self, change: Change | None, lane: str) -> None:
        """Begin a change; where it cannot be begun its caller is told, and the next one of its lane tried."""
        while change is not None:
            function, done = change
            try:
                future = self._put(self._writers, function, _WRITE)
            except StoreError as error:
                self._collect(done, error)
                change = self._take_next(lane)
            else:
                future.add_done_callback(partial(self._finish, done, lane))
                return

    def _finish(self, done: Callable[[Any], None], lane: str, future: Future[Any]) -> None:
        self._collect(done, future.exception() or future.result())
        self._start(self._take_next(lane), lane)

    def _take_next(self, lane: str) -> Change | None:
        """The change that has waited longest in a lane; a lane that is empty is forgotten."""
        if not lane:
            return None
        with self._lock:
            if self._lanes[lane]:
                return self._lanes[lane].popleft()
            del self._lanes[lane]
            return None

    def _run(self, function: Callable[[Connection], T], begin: str) -> T:
        for left in reversed(range(_TRIES)):
            driver = self._begin(begin)
            try:
                return _finish(driver, function)
            except psycopg.Error as error:
                if not left or error.sqlstate not in _CONFLICTS:
                    if error.sqlstate != _CANCELED:
                        log.error("the database refused", extra={"error": name(error)})
                    raise _lost() if driver.closed else translate(error) from None
            finally:
                self._settle(driver)
        raise AssertionError("the last try returns or raises")

    def _begin(self, begin: str) -> psycopg.Connection[Any]:
        """This thread's connection, in a transaction; a new one if the database was away in the meantime."""
        driver: psycopg.Connection[Any] | None = getattr(self._local, "driver", None)
        if driver is not None:
            try:
                driver.execute(begin, prepare=False)
            except psycopg.OperationalError:
                self._settle(driver)
            else:
                return driver
        try:
            driver = psycopg.connect(make_conninfo("", **self._settings), autocommit=True)
            self._drivers.add(driver)
            for text in (*_SET_UP, begin):
                driver.execute(text, prepare=False)
        except psycopg.Error as error:
            if driver is not None:
                self._forget(driver)
            raise _unreachable(error) from error
        self._local.driver = driver
        return driver

    def _settle(self, driver: psycopg.Connection[Any]) -> None:
        """End the transaction if it has not ended, and the connection if it is of no more use."""
        if not driver.closed and driver.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
            with contextlib.suppress(psycopg.Error):
                driver.execute("ROLLBACK", prepare=False)
        if driver.closed:
            self._forget(driver)

    def _forget(self, driver: psycopg.Connection[Any]) -> None:
        with contextlib.suppress(psycopg.Error):
            driver.close()
        self._drivers.discard(driver)
        self._local.driver = None

    def _collect(self, done: Callable[[Any], None], result: Any) -> None:
        """Tell the loop once of all that ended since it last heard."""
        loop = self._loop
        if loop is None:
            tell([(done, result)])
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


def _finish(driver: psycopg.Connection[Any], function: Callable[[Connection], T]) -> T:
    with driver.cursor() as cursor:
        result = function(Connection(cursor, "postgresql"))
        cursor.execute("COMMIT", prepare=False)
        if cursor.statusmessage != "COMMIT":
            # After an error PostgreSQL answers a COMMIT with ROLLBACK, and calls that no error.
            raise StoreError("The database took a change back that an error inside it had spoilt.")
        return result


def _hurry(function: Callable[[Connection], T], seconds: float, connection: Connection) -> T:
    """Each of its statements ends after so long."""
    connection.execute_text(f"SET LOCAL statement_timeout = {int(seconds * 1000)}")
    return function(connection)


def _ask(connection: Connection) -> None:
    connection.execute_text("SELECT 1")


def _read_url(url: str) -> dict[str, str]:
    """The parts of a URL as PostgreSQL's own library reads it, several hosts and TLS included."""
    try:
        found = conninfo_to_dict(url)
    except psycopg.Error:
        # What the library says of it may show the password.
        raise SettingsError(
            "The database URL cannot be read.",
            where="database",
            hint="write postgresql://user:password@host/name, with %40 for an @ in the password",
        ) from None
    return _DEFAULTS | {key: str(value) for key, value in found.items() if value is not None}


def _unreachable(error: BaseException) -> StoreError:
    # What psycopg says of a connection names host, port and user, never the password or a patient.
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return StoreError(
        f"The PostgreSQL database cannot be opened: {lines[0].rstrip('.')}.",
        where="database",
        hint="check its URL and whether it runs",
        code="store.unreachable",
    )


def _lost() -> StoreError:
    return StoreError(
        "The connection to the PostgreSQL database was lost.",
        hint="check that it runs; the sender tries again",
        code="store.unreachable",
    )
