"""The clauses of a search as SQL, and the indexes that may know few of the records it finds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Text, and_, bindparam, func, literal_column, not_, or_, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from openworklist.domain.names import to_group_patterns
from openworklist.domain.query import OPEN, Condition, OneOf, PersonName, Range, Wildcard
from openworklist.domain.record import Status
from openworklist.domain.search_query import (
    Clause,
    Contains,
    Each,
    HasNumber,
    HasStatus,
    Test,
    lower_ascii,
)
from openworklist.domain.wildcards import has_wildcard
from openworklist.store.criteria import Criterion, to_criterion, to_leads
from openworklist.store.schema import (
    INDEXED,
    LISTED,
    MODALITY,
    NAMES,
    START_DATE,
    STATION,
    record_names,
    record_stations,
    record_texts,
    records,
)
from openworklist.store.statements import Like, Place, to_sql

_PLACE: Final = Place(records.c)


class Leaf(FunctionElement[str]):
    """The text of an attribute that has no column: out of the document, "" if there is none."""

    inherit_cache = False
    type = Text()

    def __init__(self, name: str) -> None:
        super().__init__(records.c.document)
        self.attribute = name  # of the catalogue: letters and underscores


@compiles(Leaf, "sqlite")
def _write_sqlite(element: Leaf, compiler: Any, **options: Any) -> str:
    (document,) = (compiler.process(each, **options) for each in element.clauses)
    sent, made = (f"json_extract({document}, '$.{part}.{element.attribute}')" for part in _PARTS)
    return f"coalesce(nullif({sent}, ''), {made}, '')"


@compiles(Leaf, "postgresql")
def _write_postgresql(element: Leaf, compiler: Any, **options: Any) -> str:
    (document,) = (compiler.process(each, **options) for each in element.clauses)
    sent, made = (f"({document}::json->'{part}'->>'{element.attribute}')" for part in _PARTS)
    return f"coalesce(nullif({sent}, ''), {made}, '') COLLATE \"C\""


_PARTS: Final = ("values", "completed")


class _Position(FunctionElement[int]):
    """Where a text has another in it, 0 for nowhere."""

    inherit_cache = False


@compiles(_Position, "sqlite")
def _write_instr(element: _Position, compiler: Any, **options: Any) -> str:
    return f"instr{compiler.process(element.clauses.self_group(), **options)}"


@compiles(_Position, "postgresql")
def _write_strpos(element: _Position, compiler: Any, **options: Any) -> str:
    return f"strpos{compiler.process(element.clauses.self_group(), **options)}"


class Tests:
    """Writes clauses as SQL on `records`; the values go with them."""

    status: ColumnElement[str] = records.c.status
    number: ColumnElement[int] = records.c.id

    def __init__(self, others: Tests | None = None) -> None:
        """`others` write for the same statement."""
        self._numbers: Iterator[int] = others._numbers if others else count()

    def leaf(self, name: str) -> ColumnElement[str]:
        return Leaf(name)

    def write(self, clause: Clause) -> ColumnElement[bool]:
        parts = [to_criterion(test) for test in clause.tests if isinstance(test, PersonName)]
        names = [part for part in parts if part is not None and _is_of_any_group(part)]
        if len(names) > 1 and len(names) == len(parts):
            # One look at the names of a record for all of them.
            name, attribute, group, _ = names[0].form[1]
            inner = ("any", *(part.form[1][3] for part in names))
            values = tuple(value for part in names for value in part.values)
            whole = Criterion((name, attribute, group, inner), values)
            others = [test for test in clause.tests if not isinstance(test, PersonName)]
            passed = or_(self._write_criterion(whole), *map(self._write, others))
        else:
            passed = or_(*map(self._write, clause.tests))
        return not_(passed) if clause.is_without else passed

    def find_leads(self, clause: Clause) -> tuple[Select[Any], ...]:
        """What gives the ids of the records that pass the tests of a clause, and of no others, by indexes.

        None where indexes do not know. A record may be given several times.
        """
        names = [test for test in clause.tests if isinstance(test, PersonName)]
        leads = [self._find_lead(test) for test in clause.tests if not isinstance(test, PersonName)]
        if names:
            leads.append(self._find_by_name(names))
        found = tuple(lead for lead in leads if lead is not None)
        return found if len(found) == len(leads) else ()

    def bind(self, value: object) -> Any:
        return bindparam(f"v{next(self._numbers)}", value)

    def _binds(self, values: Iterable[object]) -> Iterator[Any]:
        return (self.bind(value) for value in values)

    def _write(self, test: Test) -> ColumnElement[bool]:
        match test:
            case HasStatus(statuses=statuses):
                return self.status.in_([self.bind(each.value) for each in sorted(statuses)])
            case HasNumber(number=number):
                is_it: ColumnElement[bool] = self.number == self.bind(number)
                return is_it
            case Contains(name=name, text=text):
                return _Position(func.lower(self.leaf(name)), self.bind(lower_ascii(text))) > literal_column(
                    "0"
                )
            case Each(groups=groups):
                return and_(*(self.write(Clause(tests)) for tests in groups))
            case _:
                criterion = to_criterion(test)
                return self._write_leaf(test) if criterion is None else self._write_criterion(criterion)

    def _write_criterion(self, criterion: Criterion) -> ColumnElement[bool]:
        return to_sql(criterion.form, _PLACE, self._binds(criterion.values))

    def _write_leaf(self, condition: Condition) -> ColumnElement[bool]:
        """A condition on an attribute without a column."""
        name: str = condition.name  # type: ignore[union-attr]
        text = func.trim(self.leaf(name), literal_column("' '"))
        given = text > literal_column("''")
        match condition:
            case Range(low=low, high=high):
                ends = ([text >= self.bind(low)] if low else []) + ([text <= self.bind(high)] if high else [])
                return and_(given, *ends)
            case OneOf(values=values):
                return text.in_([self.bind(value) for value in values])
            case Wildcard(name=name):
                like = to_criterion(Wildcard(MODALITY, condition.pattern))  # any column's pattern
                assert like is not None
                return and_(given, Like(text, *self._binds(like.values)))
            case _:
                raise TypeError(condition)

    def _find_lead(self, test: Test) -> Select[Any] | None:
        match test:
            case HasNumber():
                return select(records.c.id).where(self._write(test))
            case HasStatus(statuses=statuses) if statuses in (OPEN, _CLOSED):
                return _by("ix_records_start").where(is_open(statuses))
            case OneOf(name=name, values=values) if name == STATION:
                table = record_stations
                found = select(table.c.record_id)
                found = found.with_hint(table, "INDEXED BY ix_record_stations_start", "sqlite")
                return found.where(table.c.ae_title.in_(list(self._binds(values))))
            case Range(name=name) if name == START_DATE:
                return _by("ix_records_all").where(self._write(test))
            case OneOf(name=name) if name == MODALITY:
                return _by("ix_records_modality").where(self._write(test))
            case OneOf(name=name) | Wildcard(name=name) if name in INDEXED:
                narrow = [to_sql(lead.form, _PLACE, self._binds(lead.values)) for lead in to_leads(test)]
                return _by(f"ix_records_{name}").where(*narrow, self._write(test))
            case _:
                return None

    def _find_by_name(self, names: list[PersonName]) -> Select[Any] | None:
        """One look through the names for all that a name may be; only a part of it if that is known."""
        patterns = [to_group_patterns(each.pattern) for each in names]
        if any(len(each) != 1 or each[0].group is not None for each in patterns):
            return None
        table = Place(record_names.c)
        folded = record_names.c.folded
        tests = [self._write_name(each.patterns, table) for (each,) in patterns]
        clauses = [record_names.c.attribute == literal_column(str(NAMES[names[0].name])), or_(*tests)]
        if len(names) == 1:
            narrow = next(iter(to_leads(names[0])))
            clauses.insert(1, to_sql(narrow.form, table, self._binds(narrow.values)))
        else:
            core = patterns[0][0].patterns[0].strip("*")
            if not has_wildcard(core) and all(
                core in each for (group,) in patterns for each in group.patterns
            ):
                # Told much sooner than a pattern.
                clauses.insert(1, _Position(folded, self.bind(core)) > literal_column("0"))
        found = select(record_names.c.record_id).where(*clauses)
        return found.with_hint(record_names, "INDEXED BY ix_record_names_folded", "sqlite")

    def _write_name(self, patterns: tuple[str, ...], table: Place) -> ColumnElement[bool]:
        likes = [to_criterion(Wildcard(MODALITY, each)) for each in patterns]
        return or_(*(Like(table.columns.folded, *self._binds(each.values)) for each in likes if each))


class ListedTests(Tests):
    """Writes clauses as SQL on `record_texts`: only such that `is_listed` says it of."""

    status = record_texts.c.status
    number = record_texts.c.record_id

    def leaf(self, name: str) -> ColumnElement[str]:
        column: ColumnElement[str] = record_texts.c[name]
        return column


def is_listed(clause: Clause) -> bool:
    """Whether `record_texts` knows all about a clause."""
    return all(map(_is_listed, clause.tests))


def _is_listed(test: Test) -> bool:
    match test:
        case HasStatus() | HasNumber():
            return True
        case Contains(name=name):
            return name in LISTED
        case Range(name=name) | OneOf(name=name) | Wildcard(name=name):
            return name in LISTED and to_criterion(test) is None
        case _:
            return False


def _is_of_any_group(name: Criterion) -> bool:
    """Whether one component group of a name has to match, whichever."""
    return len(name.form) == 2 and name.form[0] == "all" and name.form[1][2] is None


_CLOSED: Final = frozenset(Status) - OPEN


def is_open(statuses: frozenset[Status]) -> ColumnElement[bool]:
    """What the indexes know of statuses that are all open, or all closed."""
    return records.c.is_open == literal_column("1" if statuses <= OPEN else "0")


def _by(index: str) -> Select[Any]:
    return select(records.c.id).with_hint(records, f"INDEXED BY {index}", "sqlite")
