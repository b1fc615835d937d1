"""The journal for people: list, search, one message whole, what it did, and how long messages are kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from openworklist.domain.charset import CHARSETS
from openworklist.domain.errors import NotFound
from openworklist.services.configuration import Configuration
from openworklist.services.reading import Reader
from openworklist.services.reprocessing import Reprocessing, Result
from openworklist.store.changes import Noted, find_changes_by_message
from openworklist.store.connection import Connection
from openworklist.store.database import Database
from openworklist.store.journal import (
    Filter,
    Key,
    Listed,
    Page,
    Whole,
    delete_messages,
    find_message,
    find_messages,
)

DAY: Final = 86_400_000_000  # microseconds
_PAGE: Final = 1_000  # messages in memory at once where only their numbers are kept
BATCH: Final = 100  # messages deleted in one transaction: a few milliseconds


@dataclass(frozen=True, slots=True)
class Shown:
    """A message whole, and the changes that it asked for, those by processing again among them."""

    message: Whole
    changes: list[Noted]


class Journal:
    """Reads the journal; a number that does not exist is NotFound."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, asked: Filter, after: Key | None, size: int) -> Page:
        """The next page of a list, newest first; it may be short and not the last."""
        return self._database.read(lambda connection: find_messages(connection, asked, after, size))

    def find_all(self, asked: Filter, limit: int) -> Page:
        """The first `limit` messages of a list, however many must be looked at."""
        found: list[Listed] = []
        after: Key | None = None
        while True:
            page = self.find(asked, after, limit - len(found))
            found += page.messages
            after = page.after
            if after is None or len(found) >= limit:
                return Page(found, after)

    def find_numbers(self, asked: Filter, limit: int = 0) -> list[int]:
        """The numbers of the first `limit` messages of a list; 0 is all of them."""
        found: list[int] = []
        after: Key | None = None
        while True:
            page = self.find(asked, after, min(limit - len(found), _PAGE) if limit else _PAGE)
            found += [message.id for message in page.messages]
            after = page.after
            if after is None or (limit and len(found) >= limit):
                return found

    def get(self, number: int) -> Shown:
        def read(connection: Connection) -> Shown | None:
            message = find_message(connection, number)
            return Shown(message, find_changes_by_message(connection, number)) if message else None

        shown = self._database.read(read)
        if shown is None:
            raise NotFound(
                f"There is no message {number}.",
                hint="openworklist messages list shows what there is",
                code="message.not-found",
            )
        return shown


def spell(text: str) -> tuple[bytes, ...]:
    """The bytes of a text in every character set that has its letters."""
    spellings: dict[bytes, None] = {}
    for codec in ("utf_8", *(charset.python for charset in CHARSETS)):
        try:
            spellings[text.encode(codec)] = None
        except UnicodeEncodeError:
            continue
    return tuple(spellings)


def try_mapping(
    database: Database,
    reader: Reader,
    configuration: Configuration,
    count: int,
    asked: Filter = Filter(),  # noqa: B008 - it never changes
) -> Iterator[Result]:
    """What would become of the last `count` messages if that were set up; nothing is stored."""
    last = Journal(database).find_numbers(asked, count) if count else []
    trial = replace(reader, configuration=lambda: configuration)
    return Reprocessing(database, trial).preview(last)


def expire(database: Database, now: int, days: float, batch: int = BATCH) -> int:
    """Delete the messages that arrived longer ago, a batch in a transaction; how many.

    `now` is microseconds since 1970. Records stay as they are: what was made of messages that are gone is
    what the next processing begins with.
    """
    total = 0
    while True:
        deleted = expire_batch(database, now, days, batch)
        total += deleted
        if deleted < batch:
            return total


def expire_batch(database: Database, now: int, days: float, batch: int = BATCH) -> int:
    """One transaction of `expire`: fewer than `batch` are the last."""
    cutoff = now - int(days * DAY)
    return database.write(lambda connection: delete_messages(connection, cutoff, batch))
