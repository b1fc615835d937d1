"""The doors on SQLite: reads on connections of their own, all writes through one writer."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Final, TypeVar

from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from openworklist.domain.errors import DataFolderInUse, StoreError
from openworklist.store.connection import Connection
from openworklist.store.failures import translate
from openworklist.store.folder import FolderLock, take_folder
from openworklist.store.migrate import bring_up_to_date
from openworklist.store.patience import LONGEST, MOMENT, Turn
from openworklist.store.relay import Relay
from openworklist.store.writer import CLOSED, Job, Writer

T = TypeVar("T")
_STEPS: Final = 50_000  # of SQLite's machine between two looks at the time: some milliseconds
_FILE: Final = "openworklist.sqlite3"
_BUSY: Final = 10.0  # seconds to wait for a program that holds the database
_WRITER: Final = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # an acknowledged order survives the power going off
    "PRAGMA fullfsync=ON",  # on macOS, where a plain fsync does not reach the disk
    # In pages: a page that many orders change is then copied back once, not for each few of them.
    "PRAGMA wal_autocheckpoint=8000",
    "PRAGMA journal_size_limit=67108864",  # a burst leaves no large file behind
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-32768",
)
_READER: Final = ("PRAGMA query_only=ON", "PRAGMA cache_size=-16384")


class SqliteDatabase:
    """One file in the data folder; the folder's lock keeps a second server away."""

    reads_inline = True
    is_shared = False

    def __init__(
        self, url: str, data: Path, *, commit_group: int, read_only: bool, shared: bool = False
    ) -> None:
        self.path = find_path(url, data)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = 0  # the loop's
        self._commit_group = commit_group
        self._relay: Relay | None = None
        self._readers: list[sqlite3.Connection] = []
        self._long_reads = threading.Semaphore(1)
        self._is_read_only = read_only
        self._is_closed = False
        self._locks: list[FolderLock] = []
        self._writer: Writer | None = None
        if read_only:
            if not self.path.exists():
                raise StoreError(
                    f"There is no database at {self.path}.", where="data", hint="name its folder with --data"
                )
            return
        try:
            self._prepare(data, shared)
            self._writer = Writer(self._open(_WRITER, patience=0), commit_group, patience=_BUSY)
        except (sqlite3.Error, DBAPIError) as error:
            self.close()
            raise _unopenable(self.path, error) from error
        except BaseException:
            self.close()
            raise

    def _prepare(self, data: Path, shared: bool) -> None:
        """Lock the folders and bring the tables up to date; where a server has them, it has done that."""
        try:
            for folder in dict.fromkeys((data.resolve(), self.path.resolve().parent)):
                self._locks.append(take_folder(folder))
            bring_up_to_date(URL.create("sqlite", database=str(self.path)), backup=self.path)
        except DataFolderInUse:
            if not shared:
                raise
        if shared:
            self._release_locks()

    def _release_locks(self) -> None:
        while self._locks:
            self._locks.pop().release()

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._writer is not None:
            self._loop, self._thread = loop, threading.get_ident()
            self._relay = Relay(self._writer, loop, self._commit_group)

    def read(self, function: Callable[[Connection], T]) -> T:
        return self._read(function, None)

    def read_patiently(self, function: Callable[[Connection], T]) -> T:
        turn = Turn(self._long_reads, MOMENT, LONGEST)
        try:
            return self._read(function, turn)
        finally:
            turn.end()

    def _read(self, function: Callable[[Connection], T], turn: Turn | None) -> T:
        try:
            driver = self._take_reader()
            try:
                if turn is not None:
                    driver.set_progress_handler(turn.must_end, _STEPS)
                driver.execute("BEGIN")
                return function(Connection(driver.cursor(), "sqlite"))
            finally:
                if turn is not None:
                    driver.set_progress_handler(None, 0)
                self._give_back(driver)
        except sqlite3.Error as error:
            raise translate(error) from error

    async def aread(self, function: Callable[[Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(None, self.read, function)

    def write(self, function: Callable[[Connection], T]) -> T:
        future: Future[T] = Future()

        def done(result: Any) -> None:
            if isinstance(result, Exception):
                future.set_exception(result)
            else:
                future.set_result(result)

        if self._is_on_loop:
            raise RuntimeError("The loop would wait for itself: use submit.")
        self._submit(Job(function, done))
        return future.result()

    def submit(
        self, function: Callable[[Connection], Any], done: Callable[[Any], None], *, lane: str = ""
    ) -> None:
        # There is one writer: whatever their lane, changes are made in order.
        try:
            self._submit(Job(function, done))
        except StoreError as error:
            if self._loop is None:
                done(error)
            elif not self._loop.is_closed():
                self._loop.call_soon_threadsafe(done, error)

    def find_problem(self) -> str:
        if self._writer is not None and not self._is_closed and self._writer.problem:
            return self._writer.problem
        try:
            self.read(lambda connection: connection.execute_text("SELECT count(*) FROM sqlite_schema"))
        except StoreError as error:
            return error.sentence
        return ""

    def close(self) -> None:
        if self._writer is not None:
            if self._relay is not None:
                self._relay.close()
            self._writer.close()
        self._is_closed = True
        while self._readers:
            self._readers.pop().close()
        self._release_locks()

    @property
    def _is_on_loop(self) -> bool:
        is_running = self._loop is not None and self._loop.is_running()
        return is_running and threading.get_ident() == self._thread

    def _submit(self, job: Job) -> None:
        """Hand a change on. StoreError if nothing is written any more."""
        if self._writer is None:
            raise StoreError("The database was opened for reading only.")
        if self._relay is None or self._loop is None:
            self._writer.put(job)
        elif self._is_closed:
            raise StoreError(CLOSED, code="store.closed")
        elif self._is_on_loop:
            self._relay.add(job)
        else:
            self._loop.call_soon_threadsafe(self._relay.add, job)

    def _take_reader(self) -> sqlite3.Connection:
        if self._is_closed:
            raise StoreError(CLOSED, code="store.closed")
        try:
            return self._readers.pop()  # it is atomic: threads never get the same one
        except IndexError:
            return self._open(_READER)

    def _give_back(self, driver: sqlite3.Connection) -> None:
        try:
            driver.rollback()  # ends the read, whatever came of it
        except sqlite3.Error:
            driver.close()
            raise
        if self._is_closed:
            driver.close()
        else:
            self._readers.append(driver)

    def _open(self, pragmas: tuple[str, ...], patience: float = _BUSY) -> sqlite3.Connection:
        mode = "?mode=ro" if self._is_read_only else ""
        driver = sqlite3.connect(
            f"{self.path.resolve().as_uri()}{mode}",
            uri=True,
            timeout=patience,
            isolation_level=None,  # our own BEGIN: else the first SAVEPOINT would be the transaction
            check_same_thread=False,
        )
        try:
            for pragma in pragmas:
                driver.execute(pragma)
        except BaseException:
            driver.close()
            raise
        return driver


def _unopenable(path: Path, error: sqlite3.Error | DBAPIError) -> StoreError:
    cause = error.orig if isinstance(error, DBAPIError) else error
    return StoreError(f"The database {path} cannot be opened: {cause}.", where="database")


def find_path(url: str, data: Path) -> Path:
    """The file of a database, which need not be there yet."""
    # sqlite:///relative and sqlite:////absolute, as SQLAlchemy writes them.
    name = url.removeprefix("sqlite://").removeprefix("/")
    return Path(name) if name else data / _FILE
