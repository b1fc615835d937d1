"""Records in the order of a column of the list, page by page, and how many there are.

First the records that have a value there, then those that have none. An index that knows few records of the
search leads; else the index of the column is walked; of columns that have none, a narrow table is read whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, select, tuple_

from openworklist.domain.query import Range
from openworklist.domain.record import Record
from openworklist.domain.record_order import SORTS, Held, Key, is_missing
from openworklist.domain.search_query import Clause, RecordQuery
from openworklist.store.connection import Connection, Statement
from openworklist.store.criteria import LAST
from openworklist.store.known import (
    FEW,
    Among,
    as_select,
    find_all_known,
    find_known,
    is_of_start,
    write_found,
)
from openworklist.store.record_tests import ListedTests, Tests, is_listed
from openworklist.store.records import ROW, Row
from openworklist.store.schema import record_texts, records
from openworklist.store.ways import SORTED_NAMES, Order, Part, Way, find_way, narrow_part

SLICE: Final = 20_000  # records that are walked before all indexes are asked what they know together
_SHORT: Final = 3_000  # where the narrow table knows everything, which is read as soon
_WALKED: Final = frozenset(Held) - {Held.STATUS, Held.DOCUMENT}
_LISTED: Final = (Held.START, Held.STATUS, Held.DOCUMENT)  # which the narrow table has
_NO_NUMBER: Final = 2**63 - 1

Known = (
    list[int] | RecordQuery | None
)  # records among which others are, by their numbers or as what finds them


class Place(NamedTuple):
    """Where a record stands in an order."""

    key: Key
    number: int


def find_numbers(
    connection: Connection, query: RecordQuery, order: Order, place: Place | None, size: int
) -> list[int]:
    """The numbers of the next `size` records behind a place, or the first ones."""
    return _find(connection, query, order, place, size, is_backward=False)


def find_numbers_before(
    connection: Connection, query: RecordQuery, order: Order, place: Place, size: int
) -> list[int]:
    """The numbers of the `size` records before a place, in the same order."""
    return _find(connection, query, order, place, size, is_backward=True)[::-1]


def read_records(connection: Connection, numbers: Sequence[int]) -> list[Record]:
    """Records by their numbers, in this order; those that are no more are left out."""
    if not numbers:
        return []
    binds: list[Any] = [bindparam(f"n{place}", number) for place, number in enumerate(numbers)]
    rows = map(Row._make, connection.run(Statement(select(*ROW).where(records.c.id.in_(binds)))))
    found = {row.id: row.record() for row in rows}
    return [found[number] for number in numbers if number in found]


def _find(
    connection: Connection,
    query: RecordQuery,
    order: Order,
    place: Place | None,
    size: int,
    *,
    is_backward: bool,
) -> list[int]:
    search = _Search(query, order, place, size, is_backward)
    if not query.clauses:
        return _read(connection, search, None)
    known = find_known(connection, query, order.sort, FEW)
    if known is not None:
        return _read(connection, search, known)
    knows_all = all(map(is_listed, query.clauses))
    if SORTS[order.sort][0] in _WALKED:
        found = _read(connection, search, None, _SHORT if knows_all else SLICE)
        if len(found) == size:
            return found
    if knows_all and SORTS[order.sort][0] in _LISTED:
        return _read(connection, search._replace(is_whole=True), None)
    # There are few of them, or they are far away in this order, or nothing has them in order.
    all_known = find_all_known(connection, query, FEW)
    return _read(connection, search._replace(query=RecordQuery()), query if all_known is None else all_known)


class _Search(NamedTuple):
    query: RecordQuery
    order: Order
    place: Place | None
    size: int
    is_backward: bool
    is_whole: bool = False  # the narrow table is read whole

    @property
    def parts(self) -> list[Part]:
        """What is read one after the other: the records that have a value, and those that have none."""
        held, _ = SORTS[self.order.sort]
        parts = [False] if held in (Held.NUMBER, Held.STATUS) else [False, True]
        if self.is_backward:
            parts.reverse()
        if self.place is not None:
            parts = parts[parts.index(is_missing(self.place.key)) :]
        is_falling = self.order.is_descending is not self.is_backward
        return [Part(self.order, each, is_falling) for each in parts]


def _read(connection: Connection, search: _Search, known: Known, most: int | None = None) -> list[int]:
    """The numbers of the next records: among those that are known, or among the next `most` of the walk."""
    found: list[int] = []
    for part in search.parts:
        statement = _write(connection, search, part, known, most).limit(search.size - len(found))
        found += [number for (number,) in connection.run(Statement(statement))]
        if len(found) == search.size:
            break
        if most is not None and known is None:
            break  # what comes before in the order may not have been reached
    return found


def _write(
    connection: Connection, search: _Search, part: Part, known: Known, most: int | None
) -> Select[Any]:
    way = find_way(search.query, part, known is not None or search.is_whole)
    tests = ListedTests() if way.source is record_texts else Tests()
    key = (*(() if part.is_without_value else way.columns), way.number)
    clauses = search.query.clauses
    if part.order.sort == "start" and way.is_walk and not part.is_without_value:
        narrow = list(_bound_start(tests, search, part, key))
        clauses = tuple(clause for clause in clauses if not _is_span(clause))
    else:
        narrow = [*narrow_part(part, way), *_bound(tests, search, part, key)]
    if isinstance(known, RecordQuery):
        narrow.append(way.number.in_(as_select(write_found(known, Tests(tests)))))
    elif known is not None:
        narrow.append(Among(way.number, tests, known))
    if way.is_open is not None:
        narrow.append(way.is_open)
    if most is not None and way.is_walk:
        narrow += _find_end(connection, tests, part, way, key, narrow, most)
    found = select(way.number).select_from(way.source).with_hint(way.hinted, way.hint, "sqlite")
    return found.where(*narrow, *map(tests.write, clauses)).order_by(*_order(part, key))


def _order(part: Part, key: tuple[ColumnElement[Any], ...]) -> list[ColumnElement[Any]]:
    return [column.desc() if part.is_falling else column for column in key]


def _bound(
    tests: Tests, search: _Search, part: Part, key: tuple[ColumnElement[Any], ...]
) -> Iterable[ColumnElement[bool]]:
    """What lies behind the place where a page begins, if that is in this part."""
    place = search.place
    if place is not None and is_missing(place.key) is part.is_without_value:
        values = () if part.is_without_value else place.key
        bound = tuple_(*map(tests.bind, (*values, place.number)))
        yield tuple_(*key) < bound if part.is_falling else tuple_(*key) > bound


def _bound_start(
    tests: Tests, search: _Search, part: Part, key: tuple[ColumnElement[Any], ...]
) -> Iterable[ColumnElement[bool]]:
    """The same, and the days that are asked for, as one bound at each end: SQLite takes the first it sees."""
    low, high = ("", LAST, _NO_NUMBER), (LAST, LAST, _NO_NUMBER)  # behind all without a day
    for clause in filter(_is_span, search.query.clauses):
        (span,) = clause.tests
        if isinstance(span, Range):
            low = max(low, (span.low, "", 0))
            high = min(high, (span.high or LAST, LAST, _NO_NUMBER))
    if search.place is not None and not is_missing(search.place.key):
        day, time = search.place.key
        at = (day, time, search.place.number)
        low, high = (low, min(high, at)) if part.is_falling else (max(low, at), high)
    yield tuple_(*key) > tuple_(*map(tests.bind, low))
    yield tuple_(*key) < tuple_(*map(tests.bind, high))


def _is_span(clause: Clause) -> bool:
    return is_of_start(clause) and not clause.is_without and len(clause.tests) == 1


def _find_end(
    connection: Connection,
    tests: Tests,
    part: Part,
    way: Way,
    key: tuple[ColumnElement[Any], ...],
    narrow: list[ColumnElement[bool]],
    most: int,
) -> Iterable[ColumnElement[bool]]:
    """The bound of what is walked: nothing where there are no more records than these."""
    source = SORTED_NAMES if way.source is not records else records
    end = select(*key).select_from(source).with_hint(way.hinted, way.hint, "sqlite").where(*narrow)
    end = end.order_by(*_order(part, key)).limit(1).offset(tests.bind(most))
    for row in connection.run(Statement(end)):
        bound = tuple_(*map(tests.bind, row))
        yield tuple_(*key) >= bound if part.is_falling else tuple_(*key) <= bound
