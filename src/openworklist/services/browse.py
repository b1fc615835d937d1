"""The list of records as people page through it: searched, sorted by any column, forwards and backwards."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Final, TypeVar

from openworklist.domain.errors import SearchError, SearchTooSlow, StoreSlow
from openworklist.domain.record import Record
from openworklist.domain.record_order import SORTS, to_key
from openworklist.domain.search import Search
from openworklist.domain.search_query import to_query
from openworklist.services.clock import Clock, read_clock
from openworklist.services.cursor import match_cursor
from openworklist.store.browse import (
    Place,
    find_numbers,
    find_numbers_before,
    read_records,
)
from openworklist.store.connection import Connection
from openworklist.store.database import Database
from openworklist.store.deleted import find_deleted
from openworklist.store.known import count_found
from openworklist.store.records import find_record
from openworklist.store.ways import Order

T = TypeVar("T")
LARGEST: Final = 1000  # records of a page
_CURSOR: Final = re.compile(r"([ab])([1-9]\d{0,17})", re.ASCII)
_SECOND: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Page:
    """Records, and the cursors of the pages behind and before; "" where there is none.

    `total` is known where the page has all that is found; else `Browse.count` tells it.
    """

    records: tuple[Record, ...]
    next: str
    previous: str
    total: int | None


class Browse:
    """Finds pages of records. A cursor is the number of a record and tells nothing else: URLs may have it.

    What takes long runs one at a time, and ends with SearchTooSlow if it takes too long.
    """

    def __init__(self, database: Database, zone: tzinfo | None, *, clock: Clock = read_clock) -> None:
        self._database = database
        self._zone = zone
        self._clock = clock

    def today(self) -> date:
        """The day at the site."""
        return datetime.fromtimestamp(self._clock() / _SECOND, self._zone).date()

    def page(
        self,
        search: Search,
        *,
        sort: str = "start",
        descending: bool = False,
        after: str | None = None,
        size: int = 50,
    ) -> Page:
        """A page of what is found: the first one, or that which a cursor (`next`, `previous`) names.

        Those without a value in the column come last, whichever way it is sorted. Where the record of a
        cursor is gone without a trace, the first page is given. SearchError for what is no sort or cursor.
        """
        if sort not in SORTS:
            raise SearchError(
                f"Records cannot be sorted by {sort!r}.",
                where="sort",
                hint=f"there are: {', '.join(SORTS)}",
                code="search.unknown-sort",
            )
        cursor = _read_cursor(after)
        query, order = to_query(search, self.today()), Order(sort, descending)
        size = max(1, min(size, LARGEST))

        def read(connection: Connection) -> Page:
            place = _find_place(connection, cursor[1], sort) if cursor else None
            if place is None or cursor is None:
                numbers = find_numbers(connection, query, order, None, size + 1)
                return _to_page(connection, numbers[:size], len(numbers) > size, False)
            if cursor[0] == "a":
                numbers = find_numbers(connection, query, order, place, size + 1)
                if not numbers:  # what came behind is gone: back leads to what is before
                    return Page((), "", f"b{cursor[1]}", None)
                return _to_page(connection, numbers[:size], len(numbers) > size, True)
            numbers = find_numbers_before(connection, query, order, place, size + 1)
            if len(numbers) < size:  # what came in since fills it: the first page is whole
                numbers = find_numbers(connection, query, order, None, size + 1)
                return _to_page(connection, numbers[:size], len(numbers) > size, False)
            return _to_page(connection, numbers[-size:], True, len(numbers) > size)

        return self._read(read)

    def count(self, search: Search) -> int:
        """How many records a search finds."""
        query = to_query(search, self.today())
        return self._read(lambda connection: count_found(connection, query))

    def _read(self, function: Callable[[Connection], T]) -> T:
        try:
            return self._database.read_patiently(function)
        except StoreSlow as error:
            raise SearchTooSlow(
                "This search takes too long.",
                hint="narrow it, by dates for example, or sort by another column",
            ) from error


def _read_cursor(text: str | None) -> tuple[str, int] | None:
    found = match_cursor(_CURSOR, text)
    return (found[1], int(found[2])) if found else None


def _find_place(connection: Connection, number: int, sort: str) -> Place | None:
    record = find_record(connection, number)
    if record is None:
        deleted = find_deleted(connection, number)
        record = deleted.record if deleted else None
    return None if record is None else Place(to_key(record, sort), number)


def _to_page(connection: Connection, numbers: list[int], has_more: bool, has_before: bool) -> Page:
    found = tuple(read_records(connection, numbers))
    return Page(
        found,
        f"a{numbers[-1]}" if has_more else "",
        f"b{numbers[0]}" if has_before else "",
        None if has_more or has_before else len(found),
    )
