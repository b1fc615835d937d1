"""The two doors of the store, `read` and `write`, and how a database is opened."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

from openworklist.domain.errors import SettingsError
from openworklist.store.connection import Connection
from openworklist.store.folder import refuse_unfinished

T = TypeVar("T")


class Database(Protocol):
    """What services see of a database. A function given to a door gets the connection of one transaction.

    Functions may be run again after a conflict or a failed commit: they change nothing but the database.
    StoreError, StoreFull and StoreBusy come from the database; all other errors are the function's own.
    """

    @property
    def reads_inline(self) -> bool:
        """Whether `read` is quick enough for the loop's own thread."""

    @property
    def is_shared(self) -> bool:
        """Whether several servers may work on it at once."""

    def attach(self, loop: asyncio.AbstractEventLoop) -> None:
        """Call `done` of `submit` on this loop from now on."""

    def read(self, function: Callable[[Connection], T]) -> T:
        """Run a function that only reads, on one state of the database."""

    def read_patiently(self, function: Callable[[Connection], T]) -> T:
        """As `read`, for what may take long: then one at a time, and StoreSlow if it takes too long."""

    async def aread(self, function: Callable[[Connection], T]) -> T:
        """As `read`, on another thread."""

    def write(self, function: Callable[[Connection], T]) -> T:
        """Run a function that writes; returns once it is on disk."""

    def submit(
        self, function: Callable[[Connection], Any], done: Callable[[Any], None], *, lane: str = ""
    ) -> None:
        """As `write`, without waiting: `done` gets the result or the exception, once it is on disk.

        It is called on the attached loop's thread, never inside `submit`; without a loop on any thread.
        Changes of one lane are made one after the other, in the order in which they were submitted.
        """

    def find_problem(self) -> str:
        """Why the database cannot be used just now; "" if it can."""

    def close(self) -> None:
        """Finish what was submitted, then close."""


async def awrite(database: Database, function: Callable[[Connection], T], *, lane: str = "") -> T:
    """As `submit`, for whoever waits on the attached loop. It is made nevertheless if they wait no more."""
    future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
    database.submit(function, partial(conclude, future), lane=lane)
    return await future


def conclude(future: asyncio.Future[T], result: T | BaseException) -> None:
    """Give what was done, or why it was not, to who waits for it, if somebody does."""
    if future.done():
        return
    if isinstance(result, BaseException):
        future.set_exception(result)
    else:
        future.set_result(result)


def open_database(
    url: str, data: Path, *, commit_group: int = 512, read_only: bool = False, shared: bool = False
) -> Database:
    """Open the database of a URL, "" for SQLite in the data folder, with its tables brought up to date.

    `read_only` neither locks the data folder nor makes anything. `shared` writes beside a server that may be
    running on the folder. DataFolderInUse if another server has it and neither is given, SettingsError for a
    URL of another kind, StoreError if it cannot be opened.
    """
    if not read_only:
        refuse_unfinished(data)
    if not url or url.startswith("sqlite://"):
        from openworklist.store.sqlite import SqliteDatabase

        return SqliteDatabase(url, data, commit_group=commit_group, read_only=read_only, shared=shared)
    if url.startswith(("postgresql://", "postgres://")):
        from openworklist.store.postgresql import PostgresqlDatabase

        return PostgresqlDatabase(url, data, read_only=read_only, shared=shared)
    raise SettingsError(
        f"There is no database of the kind {url.partition(':')[0]!r}.",
        where="database",
        hint="leave it empty for SQLite, or write postgresql://user:password@host/name",
    )
