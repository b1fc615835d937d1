"""The doors on SQLite: reads on connections of their own, all writes through one writer."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Final, TypeVar

from openworklist.domain.errors import StoreError
from openworklist.store.connection import Connection
from openworklist.store.failures import translate
from openworklist.store.folder import FolderLock, take_folder
from openworklist.store.migrate import bring_up_to_date
from openworklist.store.writer import Job, Writer

T = TypeVar("T")
_FILE: Final = "openworklist.sqlite3"
_BUSY: Final = 10.0  # seconds to wait for a program that holds the database
_WRITER: Final = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",  # an acknowledged order survives the power going off
    "PRAGMA foreign_keys=ON",
    "PRAGMA cache_size=-32768",
)
_READER: Final = ("PRAGMA query_only=ON", "PRAGMA cache_size=-16384")


class SqliteDatabase:
    """One file in the data folder; the folder's lock keeps a second server away."""

    reads_inline = True

    def __init__(self, url: str, data: Path, *, commit_group: int, read_only: bool) -> None:
        self.path = _path(url, data)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._readers: list[sqlite3.Connection] = []
        self._is_read_only = read_only
        self._lock: FolderLock | None = None
        self._writer: Writer | None = None
        if read_only:
            if not self.path.exists():
                raise StoreError(
                    f"There is no database at {self.path}.", where="data", hint="name its folder with --data"
                )
            return
        self._lock = take_folder(self.path.parent)
        try:
            bring_up_to_date(f"sqlite:///{self.path}", backup=self.path)
            self._writer = Writer(self._open(_WRITER), commit_group)
        except BaseException as error:
            self._lock.release()
            if isinstance(error, sqlite3.Error):
                raise translate(error) from error
            raise

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def read(self, function: Callable[[Connection], T]) -> T:
        driver = None
        try:
            # list.pop is atomic: threads never get the same one.
            driver = self._readers.pop() if self._readers else self._open(_READER)
            cursor = driver.cursor()
            cursor.execute("BEGIN")
            result = function(Connection(cursor, "sqlite"))
            cursor.execute("COMMIT")
        except IndexError:
            return self.read(function)  # another thread took the last one in between
        except sqlite3.Error as error:
            if driver is not None:
                driver.close()
            raise translate(error) from error
        except BaseException:
            if driver is not None:
                driver.close()
            raise
        self._readers.append(driver)
        return result

    async def aread(self, function: Callable[[Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(None, self.read, function)

    def write(self, function: Callable[[Connection], T]) -> T:
        future: Future[T] = Future()

        def done(result: Any) -> None:
            if isinstance(result, Exception):
                future.set_exception(result)
            else:
                future.set_result(result)

        self._put(Job(function, done, None))
        return future.result()

    def submit(self, function: Callable[[Connection], Any], done: Callable[[Any], None]) -> None:
        try:
            self._put(Job(function, done, self._loop))
        except StoreError as error:
            done(error)

    def find_problem(self) -> str:
        if self._writer is not None and not self._writer.is_running:
            return "the writer has stopped"
        if self._writer is not None and self._writer.problem:
            return self._writer.problem
        try:
            self.read(lambda connection: connection.execute_text("SELECT count(*) FROM sqlite_schema"))
        except StoreError as error:
            return error.sentence
        return ""

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
        while self._readers:
            self._readers.pop().close()
        if self._lock is not None:
            self._lock.release()

    def _put(self, job: Job) -> None:
        if self._writer is None:
            raise StoreError("The database was opened for reading only.")
        self._writer.put(job)

    def _open(self, pragmas: tuple[str, ...]) -> sqlite3.Connection:
        mode = "?mode=ro" if self._is_read_only else ""
        driver = sqlite3.connect(
            f"{self.path.resolve().as_uri()}{mode}",
            uri=True,
            timeout=_BUSY,
            isolation_level=None,  # our own BEGIN: else the first SAVEPOINT would be the transaction
            check_same_thread=False,
        )
        for pragma in pragmas:
            driver.execute(pragma)
        return driver


def _path(url: str, data: Path) -> Path:
    # sqlite:///relative and sqlite:////absolute, as SQLAlchemy writes them.
    name = url.removeprefix("sqlite://").removeprefix("/")
    return Path(name) if name else data / _FILE
