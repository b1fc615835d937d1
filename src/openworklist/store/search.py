"""A worklist query put to the tables: page by page, each by an index and with an end in sight.

What columns can say is said in SQL, exactly; the rest of a question is left to domain.query.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import Final, NamedTuple

from openworklist.domain.query import Condition, Offered, WorklistQuery, is_match
from openworklist.store.connection import Connection, Statement
from openworklist.store.prepared import Key, Prepared, prepare
from openworklist.store.records import Row
from openworklist.store.statements import Rows

__all__ = ["Key", "Page", "count", "is_quick", "search"]

_CHUNK: Final = 200  # rows read at once where some of them will be left out
_FEW: Final = 1000  # records that may be sorted for each page of a question
# Records that are looked at for one page, slice after slice until it is full. In SQL a look at each takes
# some microseconds, in Python ten and more.
_SLICES: Final = (1000, 4000, 15_000)
_RESIDUAL_SLICES: Final = (500, 1500)


class Page(NamedTuple):
    """Rows in the order of start; `after` is where the next page begins, None at the end.

    A page may have fewer rows than asked for, even none, and not be the last.
    """

    rows: list[Row]
    after: Key | None


def search(connection: Connection, query: WorklistQuery, after: Key | None, size: int) -> Page:
    """The next `size` records of a query behind a key; the work for one page is bounded.

    Few records that an index knows are sorted. Else the index that has the records in order is walked, slice
    by slice where most of them may be left out: then a page ends with its slice.
    """
    parts = _split(query)
    if len(parts) == 1:
        return _search(connection, query, after, size)
    pages = [_search(connection, part, after, size) for part in parts]
    return _merge(pages, size, is_latest_first=query.is_latest_first)


@lru_cache(maxsize=1024)
def _split(query: WorklistQuery) -> tuple[WorklistQuery, ...]:
    """Queries that find the same together, each by an index of its own: of a station, and of none."""
    offered = next((each for each in query.conditions if isinstance(each, Offered)), None)
    if offered is None:
        return (query,)
    rest = tuple(each for each in query.conditions if each is not offered)
    return tuple(replace(query, conditions=(*rest, each)) for each in offered.alternatives)


def _merge(pages: Sequence[Page], size: int, *, is_latest_first: bool) -> Page:
    """Pages of queries that share no record as one, up to where the first of them ends."""
    rows = heapq.merge(*(page.rows for page in pages), key=_key, reverse=is_latest_first)
    ends = [page.after for page in pages if page.after is not None]
    if not ends:
        found = list(islice(rows, size + 1))
        return Page(found[:size], _key(found[size - 1]) if len(found) > size else None)
    end = max(ends) if is_latest_first else min(ends)
    known = [row for row in rows if (_key(row) >= end if is_latest_first else _key(row) <= end)]
    return Page(known[:size], _key(known[size - 1]) if len(known) > size else end)


def _search(connection: Connection, query: WorklistQuery, after: Key | None, size: int) -> Page:
    prepared = prepare(query)
    low, high = prepared.low, prepared.high
    if after is not None:
        low, high = _go_on(prepared, after, low, high)
    way = _choose(connection, prepared)
    if prepared.is_direct or way is not prepared.statements.walk:
        rows = _take(connection, prepared, way.rows, low, high, size)
        return Page(rows, _key(rows[-1]) if len(rows) == size else None)
    found: list[Row] = []
    end: Key | None = None
    for distance in _RESIDUAL_SLICES if prepared.residual else _SLICES:
        end = _find_end(connection, prepared, low, high, distance)
        first, last = (low, high) if end is None else _stop_behind(prepared, end, low, high)
        found += _take(connection, prepared, way.rows, first, last, size - len(found))
        if len(found) == size:
            return Page(found, _key(found[-1]))
        if end is None:
            break
        low, high = _go_on(prepared, end, low, high)
    return Page(found, end)


def _go_on(prepared: Prepared, after: Key, low: Key, high: Key) -> tuple[Key, Key]:
    """The bounds of what comes behind a key."""
    return (low, min(after, high)) if prepared.is_latest_first else (max(after, low), high)


def _stop_behind(prepared: Prepared, end: Key, low: Key, high: Key) -> tuple[Key, Key]:
    """The bounds of what comes up to a key, itself included."""
    date, time, number = end
    return ((date, time, number - 1), high) if prepared.is_latest_first else (low, (date, time, number + 1))


def count(connection: Connection, query: WorklistQuery) -> int:
    """How many records a query finds, whatever its limit."""
    parts = _split(query)
    if len(parts) > 1:
        return sum(count(connection, part) for part in parts)
    prepared = prepare(query)
    if not prepared.residual:
        statement = _choose(connection, prepared).total
        return _count(connection, statement, _between(prepared, prepared.low, prepared.high))
    number, after = 0, None
    while True:
        page = search(connection, query, after, _FEW)
        number += len(page.rows)
        after = page.after
        if after is None:
            return number


def is_quick(query: WorklistQuery) -> bool:
    """Whether a page takes no longer than its rows: an index has them in order, or knows few of them.

    Other questions may look at thousands of records for a page that stays empty.
    """
    return all(prepare(part).is_quick for part in _split(query))


def _choose(connection: Connection, prepared: Prepared) -> Rows:
    """The way to the records: by an index that knows few of them, if there is one, else the walk."""
    values = {**prepared.values, "enough": _FEW + 1}
    for lead in prepared.statements.leads:
        if _count(connection, lead.probe, values) <= _FEW:
            return lead.found
    return prepared.statements.walk


def _count(connection: Connection, statement: Statement, values: dict[str, object]) -> int:
    number: int = connection.run(statement, values)[0][0]
    return number


def _find_end(connection: Connection, prepared: Prepared, low: Key, high: Key, distance: int) -> Key | None:
    """The key of the last record of a slice; None if there are no more than these."""
    values = _between(prepared, low, high) | {"distance": distance - 1}
    for date, time, number in connection.run(prepared.statements.end, values):
        return date, time, number
    return None


def _take(
    connection: Connection, prepared: Prepared, statement: Statement, low: Key, high: Key, size: int
) -> list[Row]:
    residual = prepared.residual
    rows = _read(connection, prepared, statement, low, high, max(size, _CHUNK) if residual else size)
    if residual:
        rows = (row for row in rows if _fulfils(row, residual))
    return list(islice(rows, size))


def _fulfils(row: Row, conditions: tuple[Condition, ...]) -> bool:
    record = row.record()
    return all(is_match(each, record) for each in conditions)


def _read(
    connection: Connection, prepared: Prepared, statement: Statement, low: Key, high: Key, chunk: int
) -> Iterator[Row]:
    while low < high:
        values = _between(prepared, low, high) | {"size": chunk}
        rows = [Row._make(row) for row in connection.run(statement, values)]
        yield from rows
        if len(rows) < chunk:
            return
        if prepared.is_latest_first:
            high = _key(rows[-1])
        else:
            low = _key(rows[-1])


def _between(prepared: Prepared, low: Key, high: Key) -> dict[str, object]:
    return {
        **prepared.values,
        "low_date": low[0], "low_time": low[1], "low_id": low[2],
        "high_date": high[0], "high_time": high[1], "high_id": high[2],
    }  # fmt: skip


def _key(row: Row) -> Key:
    return row.start_date, row.start_time, row.id
