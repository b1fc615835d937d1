"""A worklist query as SQL. What columns can say is said there exactly; the rest is left to domain.query."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, bindparam, or_, select, tuple_

from openworklist.domain.query import (
    OPEN,
    Condition,
    Interval,
    OneOf,
    PersonName,
    Range,
    Single,
    Wildcard,
    WorklistQuery,
    is_match,
    name_patterns,
)
from openworklist.store.connection import Connection, Statement
from openworklist.store.records import ROW, Row
from openworklist.store.schema import (
    COLUMNS,
    NAME,
    START_DATE,
    START_TIME,
    STATION,
    record_names,
    record_stations,
    records,
)

Key = tuple[str, str, int]  # start date, start time, id: the order of answers
_LAST: Final = "\U0010ffff"  # comes after every letter
_AT_LEAST: Final = 200  # rows read at once where some of them will be left out
_MOST: Final = 2000  # rows looked at for one page of them
_SELECTIVE: Final = frozenset(COLUMNS) - {START_DATE, START_TIME, "modality", "issuer_of_patient_id"}
# Some hospitals write the code of the procedure into its ID: thousands may share it.
_UNIQUE: Final = _SELECTIVE - {"requested_procedure_id"}


class Page(NamedTuple):
    """Rows in the order of start; `after` is where the next page begins, None at the end.

    A page may have fewer rows than asked for, even none, and not be the last.
    """

    rows: list[Row]
    after: Key | None


def search(connection: Connection, query: WorklistQuery, after: Key | None, size: int) -> Page:
    """The next `size` records of a query after a key."""
    prepared = _prepare(query)
    if not prepared.residual:
        rows = _read(connection, prepared, after, size)
        return Page(rows, _key(rows[-1]) if len(rows) == size else None)
    found: list[Row] = []
    chunk = max(size, _AT_LEAST)
    for _ in range(0, _MOST, chunk):
        rows = _read(connection, prepared, after, chunk)
        for row in rows:
            after = _key(row)
            record = row.record()
            if all(is_match(condition, record) for condition in prepared.residual):
                found.append(row)
                if len(found) == size:
                    return Page(found, after)
        if len(rows) < chunk:
            return Page(found, None)
    return Page(found, after)


def is_quick(query: WorklistQuery) -> bool:
    """Whether an index has the records in the order of the answers, or few of them.

    Not so with a name, whose records are sorted when all are found, with a time without a date, and where
    other values are compared: such a question may look at every record.
    """
    if any(isinstance(each, Single | OneOf) and each.name in _UNIQUE for each in query.conditions):
        return True
    return query.statuses == OPEN and all(
        (isinstance(each, Single) and each.name in (STATION, "modality")) or _has_date(each)
        for each in query.conditions
    )


def _has_date(condition: Condition) -> bool:
    if isinstance(condition, Interval):
        return bool(condition.low_date or condition.high_date)
    return isinstance(condition, Range) and condition.name == START_DATE


def to_statement(query: WorklistQuery, *, is_first: bool = True) -> tuple[Statement, dict[str, object]]:
    """The statement for a page of a query and the values of its parameters, but `size` and the key's."""
    prepared = _prepare(query)
    return (prepared.first if is_first else prepared.next), prepared.values


def _read(connection: Connection, prepared: Prepared, after: Key | None, size: int) -> list[Row]:
    values = {**prepared.values, "size": size}
    if after is None:
        return [Row._make(row) for row in connection.run(prepared.first, values)]
    values |= {"after_date": after[0], "after_time": after[1], "after_id": after[2]}
    return [Row._make(row) for row in connection.run(prepared.next, values)]


def _key(row: Row) -> Key:
    return row.start_date, row.start_time, row.id


class Prepared(NamedTuple):
    """Statements for the first page and for those after it; questions of one shape share them."""

    first: Statement
    next: Statement
    values: dict[str, object]
    residual: tuple[Condition, ...]


@lru_cache(maxsize=1024)
def _prepare(query: WorklistQuery) -> Prepared:
    builder = _Builder(query)
    key = str(builder.select(is_first=True))
    statements = _statements.get(key)
    if statements is None:
        if len(_statements) > 1024:
            _statements.clear()
        statements = Statement(builder.select(is_first=True)), Statement(builder.select(is_first=False))
        _statements[key] = statements
    return Prepared(*statements, builder.values, tuple(builder.residual))


_statements: dict[str, tuple[Statement, Statement]] = {}


class _Builder:
    """Collects the clauses of one query.

    Which index leads is settled here, since SQLite keeps no statistics of a table that grows all day: an
    order number, a Patient ID or a UID; else a station; else a range of dates or the name; else modality.
    Adding 0 keeps an index from being chosen.
    """

    def __init__(self, query: WorklistQuery) -> None:
        self.values: dict[str, object] = {}
        self.residual: list[Condition] = []
        self._clauses: list[ColumnElement[bool]] = []
        conditions = query.conditions
        self._is_selective = any(
            isinstance(each, Single | OneOf) and each.name in _SELECTIVE for each in conditions
        )
        self._has_dates = any(
            (isinstance(each, Range) and each.name == START_DATE and each.low and each.high)
            or (isinstance(each, Interval) and each.low_date and each.high_date)
            for each in conditions
        )
        stations = [each for each in conditions if isinstance(each, Single) and each.name == STATION]
        self._station = stations[0] if stations and not self._is_selective else None
        names = [each for each in conditions if isinstance(each, PersonName) and each.name == NAME]
        self._leads_by_name = bool(names) and not self._has_dates and not self._station
        source: Any = record_stations.c if self._station else records.c
        self._date, self._time = source[START_DATE], source[START_TIME]
        self._id = record_stations.c.record_id if self._station else records.c.id
        self._add_statuses(query, source.is_open)
        for condition in conditions:
            self._add(condition)

    def select(self, *, is_first: bool) -> Select[Any]:
        order = (self._date, self._time, self._id)
        statement = select(*ROW).where(*self._clauses).order_by(*order).limit(bindparam("size", 0))
        if self._station:
            statement = statement.join_from(record_stations, records)
        if not is_first:
            names = ("after_date", "after_time", "after_id")
            statement = statement.where(tuple_(*order) > tuple_(*map(bindparam, names)))
        return statement

    def _bind(self, value: object) -> Any:
        name = f"p{len(self.values)}"
        self.values[name] = value
        return bindparam(name)

    def _add_statuses(self, query: WorklistQuery, is_open: Any) -> None:
        if query.statuses == OPEN:
            leads = self._is_selective or self._leads_by_name
            self._clauses.append((is_open + 0 if leads else is_open) == self._bind(1))
        else:
            wanted = [self._bind(status.value) for status in sorted(query.statuses)]
            self._clauses.append(records.c.status.in_(wanted))

    def _add(self, condition: Condition) -> None:
        match condition:
            case Single(name=name, value=value) if name == STATION:
                self._add_station(condition is self._station, value.strip(" "))
            case Single(name=name, value=value) if name in COLUMNS and "_time" not in name:
                self._clauses.append(records.c[name] == self._bind(value.strip(" ")))
                if not value.strip(" "):
                    self.residual.append(condition)
            case OneOf(name=name, values=values) if name in COLUMNS:
                self._clauses.append(records.c[name].in_([self._bind(value) for value in values]))
            case Wildcard(name=name, pattern=pattern) if name in COLUMNS:
                self._add_prefix(records.c[name], pattern.strip(" "))
                self.residual.append(condition)
            case Range(name=name, low=low, high=high) if name in (START_DATE, START_TIME):
                self._add_range(self._date if name == START_DATE else self._time, low, high)
            case Interval():
                self._add_interval(condition)
            case PersonName(name=name, pattern=pattern) if name == NAME:
                self._add_name(pattern)
            case _:
                self.residual.append(condition)

    def _add_station(self, leads: bool, title: str) -> None:
        if leads:
            self._clauses.append(record_stations.c.ae_title == self._bind(title))
            return
        also = record_stations.alias()
        wanted = and_(also.c.record_id == self._id, also.c.ae_title == self._bind(title))
        self._clauses.append(select(also.c.record_id).where(wanted).exists())

    def _add_range(self, column: Any, low: str, high: str) -> None:
        self._clauses.append(column >= self._bind(low) if low else column > self._bind(""))
        if high:
            self._clauses.append(column <= self._bind(high))

    def _add_interval(self, asked: Interval) -> None:
        date, time = self._date, self._time
        self._add_range(date, asked.low_date, asked.high_date)
        self._clauses.append(time > self._bind(""))
        if asked.low_date:
            later = or_(date > self._bind(asked.low_date), time >= self._bind(asked.low_time))
            self._clauses.append(later)
        if asked.high_date:
            end = self._bind(asked.high_time or "~")
            self._clauses.append(or_(date < self._bind(asked.high_date), time <= end))

    def _add_prefix(self, column: Any, pattern: str) -> None:
        """The records that begin as a pattern does, before its first wildcard."""
        prefix = _prefix(pattern)
        if prefix:
            self._clauses.append(and_(column >= self._bind(prefix), column < self._bind(prefix + _LAST)))

    def _add_name(self, pattern: str) -> None:
        groups = name_patterns(pattern)
        for number, folded in enumerate(groups):
            if not folded:
                continue
            clauses = [self._to_name_clause(folded)]
            if len(groups) > 1:
                clauses.append(record_names.c.component_group == self._bind(number))
            if self._leads_by_name:
                found = select(record_names.c.record_id).where(*clauses)
                self._clauses.append(records.c.id.in_(found))
            else:
                owns = record_names.c.record_id == self._id
                self._clauses.append(select(record_names.c.record_id).where(owns, *clauses).exists())
        if not any(groups):
            self.residual.append(PersonName(NAME, pattern))

    def _to_name_clause(self, pattern: str) -> ColumnElement[bool]:
        column: ColumnElement[str] = record_names.c.folded
        prefix = _prefix(pattern)
        if prefix == pattern:
            return and_(column == self._bind(pattern))
        clauses = []
        if prefix:
            clauses += [column >= self._bind(prefix), column < self._bind(prefix + _LAST)]
        if not prefix or pattern.rstrip("*") != prefix:
            clauses.append(column.like(self._bind(_to_like(pattern)), escape="\\"))
        return and_(*clauses)


def _prefix(pattern: str) -> str:
    places = [place for place in (pattern.find("*"), pattern.find("?")) if place >= 0]
    return pattern[: min(places)] if places else pattern


def _to_like(pattern: str) -> str:
    letters = {"*": "%", "?": "_", "%": "\\%", "_": "\\_", "\\": "\\\\"}
    return "".join(letters.get(letter, letter) for letter in pattern)
