"""Which records a search finds, by the indexes that know: the whole set of them, as long as they are few."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import BigInteger, CompoundSelect, Select, except_, func, intersect, select, union
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from openworklist.domain.query import START_DATE, Range
from openworklist.domain.search_query import Clause, RecordQuery
from openworklist.store.connection import Connection, Statement
from openworklist.store.record_tests import ListedTests, Tests, is_listed
from openworklist.store.schema import record_texts, records

FEW: Final = 10_000  # records that are sorted for each page
_ENOUGH: Final = 200  # so few that no other index needs to be looked at

Numbers = Select[Any] | CompoundSelect[Any]


def count_found(connection: Connection, query: RecordQuery) -> int:
    """How many records a query finds."""
    if query.clauses:
        found = select(func.count()).select_from(write_found(query, Tests()).subquery())
    else:
        found = select(func.count()).select_from(records)
    number: int = connection.run(Statement(found))[0][0]
    return number


def find_all_known(connection: Connection, query: RecordQuery, most: int) -> list[int] | None:
    """The numbers of all records that a query finds, in no order; None if they are more than so many."""
    rows = connection.run(Statement(write_found(query, Tests()).limit(most + 1)))
    return None if len(rows) > most else [number for (number,) in rows]


def find_known(connection: Connection, query: RecordQuery, sort: str, most: int) -> list[int] | None:
    """The numbers of the fewest records that one index knows; None if each knows more than so many."""
    best: list[int] | None = None
    for clause in query.clauses:
        if clause.is_without or (sort == "start" and is_of_start(clause)):
            continue  # the index that is walked knows the days
        if leads := Tests().find_leads(clause):
            found = _read(connection, leads, most if best is None else len(best))
            best = best if found is None else found
        if best is not None and len(best) <= _ENOUGH:
            break
    return best


def is_of_start(clause: Clause) -> bool:
    return all(isinstance(test, Range) and test.name == START_DATE for test in clause.tests)


def _read(connection: Connection, leads: Sequence[Select[Any]], most: int) -> list[int] | None:
    found: set[int] = set()
    for lead in leads:
        rows = connection.run(Statement(lead.limit(most + 1)))
        found.update(number for (number,) in rows)
        if len(found) > most or len(rows) > most:
            return None
    return list(found)


def write_found(query: RecordQuery, tests: Tests) -> Numbers:
    """The numbers of what a query finds: sets of indexes first, a table only for what they do not know."""
    if len(query.clauses) > 1 and all(map(is_listed, query.clauses)):
        return _read_through(tests, query.clauses)
    having: list[Numbers] = []
    without: list[Numbers] = []
    rest: list[Clause] = []
    for clause in query.clauses:
        leads = tests.find_leads(clause)
        if not leads:
            rest.append(clause)
        else:
            (without if clause.is_without else having).append(union(*leads))
    if not having:
        return _read_through(tests, query.clauses)  # nothing is known of what is wanted
    known: Numbers = having[0] if len(having) == 1 else intersect(*map(as_select, having))
    if without:
        known = except_(as_select(known), *map(as_select, without))
    if not rest:
        return known
    return _read_through(tests, rest, known)


def _read_through(tests: Tests, clauses: Sequence[Clause], known: Numbers | None = None) -> Select[Any]:
    """A table in its order, or what is known of it: the narrow one, where that knows enough."""
    on, table = (ListedTests(tests), record_texts) if all(map(is_listed, clauses)) else (tests, records)
    among = [] if known is None else [on.number.in_(as_select(known))]
    found = select(on.number).with_hint(table, "NOT INDEXED", "sqlite")
    return found.where(*among, *map(on.write, clauses))


def as_select(numbers: Numbers) -> Select[Any]:
    """Sets within sets: SQLite knows no brackets around them."""
    return select(numbers.subquery().columns[0])


class Among(FunctionElement[bool]):
    """Whether a number is one of a list: JSON for SQLite, an array for PostgreSQL."""

    inherit_cache = False

    def __init__(self, column: Any, tests: Tests, numbers: list[int]) -> None:
        array = tests.bind(numbers)
        array.type = ARRAY(BigInteger)
        super().__init__(column, tests.bind(json.dumps(numbers)), array)


@compiles(Among, "sqlite")
def _write_sqlite(element: Among, compiler: Any, **options: Any) -> str:
    column, numbers, _ = element.clauses
    listed = compiler.process(numbers, **options)
    return f"{compiler.process(column, **options)} IN (SELECT value FROM json_each({listed}))"


@compiles(Among, "postgresql")
def _write_postgresql(element: Among, compiler: Any, **options: Any) -> str:
    column, _, array = element.clauses
    return f"{compiler.process(column, **options)} = ANY({compiler.process(array, **options)})"
