"""Which way records are read in the order of a column: from which table, by which index of SQLite."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, FromClause, func, literal_column, select

from openworklist.domain.query import OPEN, START_DATE, START_TIME
from openworklist.domain.record_order import SORTS, Held
from openworklist.domain.search_query import Clause, HasStatus, RecordQuery
from openworklist.store.record_tests import Leaf, is_listed, is_open
from openworklist.store.schema import NAMES, record_names, record_texts, records

SORTED_NAMES: Final = record_names.alias("sorted")
_EMPTY: Final[ColumnElement[str]] = literal_column("''")


class Order(NamedTuple):
    """A sort of SORTS, and which way."""

    sort: str
    is_descending: bool = False


class Part(NamedTuple):
    """The records that have a value in a column, or those that have none; `is_falling` as they are read."""

    order: Order
    is_without_value: bool
    is_falling: bool


class Way(NamedTuple):
    """What is read, the number and the key in it, and which index SQLite takes.

    `is_walk`: it has the records in order. `is_open` is what narrows it to open or closed records.
    """

    source: FromClause
    number: ColumnElement[int]
    columns: tuple[ColumnElement[Any], ...]
    hint: str
    is_walk: bool = False
    is_open: ColumnElement[bool] | None = None

    @property
    def hinted(self) -> FromClause:
        return self.source if self.source in (records, record_texts) else SORTED_NAMES


def find_way(query: RecordQuery, part: Part, is_known: bool) -> Way:
    held, name = SORTS[part.order.sort]
    if held is Held.NAME and not is_known and not part.is_without_value:
        return _walk_names(query)
    if (listed := _find_listed(held, name, is_known)) and all(map(is_listed, query.clauses)):
        return Way(record_texts, record_texts.c.record_id, listed, "NOT INDEXED")
    columns: tuple[ColumnElement[Any], ...] = ()
    hint, is_open = "", None
    match held:
        case Held.NUMBER:
            hint = "NOT INDEXED"
        case Held.START:
            columns = (records.c[START_DATE], records.c[START_TIME])
            is_open = next(filter(None, map(_find_openness, query.clauses)), None)
            hint = f"INDEXED BY {'ix_records_all' if is_open is None else 'ix_records_start'}"
        case Held.STATUS:
            columns = (records.c.status,)
        case Held.COLUMN:
            columns = (records.c[name],)
            hint = f"INDEXED BY ix_records_{name}"
        case Held.DOCUMENT:
            columns = (func.lower(Leaf(name)),)
        case Held.NAME:
            columns = (_first_name(name),)
    if is_known or not hint:
        return Way(records, records.c.id, columns, "NOT INDEXED")
    return Way(records, records.c.id, columns, hint, True, is_open)


def _find_listed(held: Held, name: str, is_known: bool) -> tuple[ColumnElement[Any], ...]:
    """What the narrow table has of a column; of the start only where no index is walked."""
    match held:
        case Held.STATUS:
            return (record_texts.c.status,)
        case Held.DOCUMENT:
            return (func.lower(record_texts.c[name]),)
        case Held.START if is_known:
            return (record_texts.c[START_DATE], record_texts.c[START_TIME])
        case _:
            return ()


def _find_openness(clause: Clause) -> ColumnElement[bool] | None:
    """What the index of the start knows of a clause about the status."""
    (test, *others) = clause.tests
    if clause.is_without or others or not isinstance(test, HasStatus):
        return None
    is_told = test.statuses <= OPEN or not test.statuses & OPEN
    return is_open(test.statuses) if is_told else None


def _walk_names(query: RecordQuery) -> Way:
    number = SORTED_NAMES.c.record_id
    joined = SORTED_NAMES.join(records, records.c.id == number) if query.clauses else SORTED_NAMES
    hint = "INDEXED BY ix_record_names_folded"
    return Way(joined, number, (SORTED_NAMES.c.folded,), hint, is_walk=True)


def _first_name(name: str) -> ColumnElement[str]:
    """The first component group of a name that is not empty, folded; "" if there is none."""
    names = record_names.alias()
    first = (
        select(names.c.folded)
        .where(names.c.record_id == records.c.id, names.c.attribute == literal_column(str(NAMES[name])))
        .order_by(names.c.component_group)
        .limit(literal_column("1"))
        .scalar_subquery()
    )
    return func.coalesce(first, _EMPTY)


def narrow_part(part: Part, way: Way) -> Iterable[ColumnElement[bool]]:
    """The part of the records that have a value, or that have none."""
    held, name = SORTS[part.order.sort]
    if held in (Held.NUMBER, Held.STATUS):
        return
    if way.source in (records, record_texts):
        yield way.columns[0] == _EMPTY if part.is_without_value else way.columns[0] > _EMPTY
        return
    attribute: ColumnElement[int] = literal_column(str(NAMES[name]))
    yield SORTED_NAMES.c.attribute == attribute
    others = record_names.alias()
    first = select(func.min(others.c.component_group)).where(
        others.c.record_id == SORTED_NAMES.c.record_id, others.c.attribute == attribute
    )
    yield SORTED_NAMES.c.component_group == first.scalar_subquery()
