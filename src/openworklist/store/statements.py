"""The statements of a search, made once for each shape of question.

Which index is used is settled here and told to SQLite by name, since it keeps no statistics of a table that
grows all day. PostgreSQL keeps them, and weighs for itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from functools import lru_cache
from itertools import count
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    Boolean,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    and_,
    bindparam,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from openworklist.store.connection import Statement
from openworklist.store.criteria import Form
from openworklist.store.records import ROW
from openworklist.store.schema import START_DATE, START_TIME, record_names, record_stations, records

_EMPTY: Final[ColumnElement[str]] = literal_column("''")
_ONE: Final = literal_column("1", Integer)
_BACKSLASH: Final[ColumnElement[str]] = literal_column("'\\'")
_BEHIND_BACKSLASH: Final[ColumnElement[str]] = literal_column("']'")


class Walk(Enum):
    """The index that has the records in the order of the answers."""

    STATION = "ix_record_stations_start"
    MODALITY = "ix_records_modality"
    OPEN = "ix_records_start"
    ALL = "ix_records_all"


class Shape(NamedTuple):
    """What questions with the same statements have in common.

    `driver` is the place of the test that the walked index knows. `leads` are forms, each with the number of
    its name if it is on one. `statuses` is how many are asked for, 0 where the walk knows or all are wanted.
    """

    walk: Walk
    driver: int | None
    tests: tuple[Form, ...]
    leads: tuple[tuple[Form, int | None], ...]
    statuses: int
    is_latest_first: bool


class Rows(NamedTuple):
    """The records between two keys, `size` at the most; and how many there are."""

    rows: Statement
    total: Statement


class Led(NamedTuple):
    """Records by way of an index that may know few of them: `probe` counts those, up to `enough`."""

    probe: Statement
    found: Rows


class Statements(NamedTuple):
    """`end` is the key of the record that is `distance` records away in the walked index."""

    walk: Rows
    end: Statement
    leads: tuple[Led, ...]


@lru_cache(maxsize=1024)
def make_statements(shape: Shape) -> Statements:
    """Parameters: the tests' values `t0_0`…, the leads' `l0_0`…, `s0`…, and the keys `low_…`, `high_…`."""
    is_station = shape.walk is Walk.STATION
    place = Place(record_stations.c if is_station else records.c)
    hint = f"INDEXED BY {shape.walk.value}"
    table = record_stations if is_station else records
    driving = [] if shape.walk is Walk.ALL else [place.columns.is_open == _ONE]
    rest = _statuses(shape)
    for number, form in enumerate(shape.tests):
        is_driver = number == shape.driver
        own = form[1] if is_driver and is_station else form
        (driving if is_driver else rest).append(to_sql(own, place, _binds(f"t{number}")))
    source = record_stations.join(records) if is_station else records
    end = _order(select(*place.order).with_hint(table, hint, "sqlite").where(*driving), place, shape)
    return Statements(
        _to_rows(source, table, hint, [*driving, *rest], place, shape),
        Statement(end.limit(1).offset(bindparam("distance", type_=Integer))),
        tuple(_lead(shape, number) for number in range(len(shape.leads))),
    )


def _lead(shape: Shape, number: int) -> Led:
    form, attribute = shape.leads[number]
    place = Place(records.c)
    clauses = [
        *_statuses(shape),
        *(to_sql(test, place, _binds(f"t{at}")) for at, test in enumerate(shape.tests)),
    ]
    if shape.walk is not Walk.ALL:
        clauses.append(records.c.is_open == _ONE)
    if attribute is None:
        hint = f"INDEXED BY ix_records_{form[1]}"
        clause = to_sql(form, place, _binds(f"l{number}"))
        known: Select[Any] = select(_ONE).with_hint(records, hint, "sqlite").where(clause)
    else:
        hint = "NOT INDEXED"  # but by its id
        known = select(record_names.c.record_id).with_hint(
            record_names, "INDEXED BY ix_record_names_folded", "sqlite"
        )
        known = known.where(
            record_names.c.attribute == literal_column(str(attribute)),
            to_sql(form, Place(record_names.c), _binds(f"l{number}")),
        )
        clause = records.c.id.in_(known)
    probe = select(func.count()).select_from(known.limit(bindparam("enough", type_=Integer)).subquery())
    return Led(Statement(probe), _to_rows(records, records, hint, [clause, *clauses], place, shape))


def _to_rows(
    source: FromClause,
    table: FromClause,
    hint: str,
    clauses: list[ColumnElement[bool]],
    place: Place,
    shape: Shape,
) -> Rows:
    def begin(*wanted: Any) -> Select[Any]:
        return select(*wanted).select_from(source).with_hint(table, hint, "sqlite").where(*clauses)

    rows = _order(begin(*ROW), place, shape).limit(bindparam("size", type_=Integer))
    return Rows(Statement(rows), Statement(_within(begin(func.count()), place)))


def _order(statement: Select[Any], place: Place, shape: Shape) -> Select[Any]:
    order = [column.desc() for column in place.order] if shape.is_latest_first else place.order
    return _within(statement, place).order_by(*order)


def _within(statement: Select[Any], place: Place) -> Select[Any]:
    """Between two keys of the order, both left out."""
    key = tuple_(*place.order)
    low, high = (
        tuple_(*(bindparam(f"{end}_{part}") for part in ("date", "time", "id"))) for end in ("low", "high")
    )
    return statement.where(key > low, key < high)


def _statuses(shape: Shape) -> list[ColumnElement[bool]]:
    if not shape.statuses:
        return []
    return [records.c.status.in_([bindparam(f"s{number}") for number in range(shape.statuses)])]


class Place:
    """Where a statement has its columns: those of a table, and else those of the records it is joined to."""

    def __init__(self, columns: Any) -> None:
        self.columns = columns

    @property
    def record_id(self) -> Any:
        return self.columns.id if "id" in self.columns else self.columns.record_id

    @property
    def order(self) -> tuple[Any, ...]:
        return self.columns[START_DATE], self.columns[START_TIME], self.record_id

    def column(self, name: str) -> Any:
        return self.columns[name] if name in self.columns else records.c[name]


Binds = Iterator[Any]


def _binds(name: str) -> Binds:
    return (bindparam(f"{name}_{number}") for number in count())


def to_sql(form: Form, place: Place, binds: Binds) -> ColumnElement[bool]:
    """A form as SQL, its values as `binds` gives them."""
    clause: ColumnElement[bool]
    match form:
        case ("equal", column):
            clause = place.column(column) == next(binds)
        case ("in", column, number):
            clause = place.column(column).in_([next(binds) for _ in range(number)])
        case ("begins", column):
            clause = and_(place.column(column) >= next(binds), place.column(column) < next(binds))
        case ("like", column):
            text = place.column(column)
            clause = and_(text > _EMPTY, Like(text, next(binds), next(binds)))
        case ("given", column):
            clause = place.column(column) > _EMPTY
        case ("between", column, has_low, has_high):
            text = place.column(column)
            low = text >= next(binds) if has_low else text > _EMPTY
            clause = and_(low, text <= next(binds)) if has_high else low
        case ("any", *forms):
            clause = or_(false(), *[to_sql(each, place, binds) for each in forms])
        case ("all", *forms):
            clause = and_(true(), *[to_sql(each, place, binds) for each in forms])
        case ("station", inner):
            also = record_stations.alias()
            clauses = [also.c.record_id == place.record_id, to_sql(inner, Place(also.c), binds)]
            if inner[0] != "equal":  # what stands for the station where there is none is no title
                clauses.append(or_(also.c.ae_title < _BACKSLASH, also.c.ae_title >= _BEHIND_BACKSLASH))
            clause = _exists(*clauses)
        case ("name", attribute, group, inner):
            names = record_names.c
            # The sum keeps SQLite from the index of names: those of one record are found by its id.
            of_name = names.attribute + 0 == literal_column(str(attribute))
            clauses = [names.record_id == place.record_id, of_name]
            if group is not None:
                clauses.append(names.component_group == literal_column(str(group)))
            clause = _exists(*clauses, to_sql(inner, Place(names), binds))
        case _:
            clause = false()
    return clause


def _exists(*clauses: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a record has such a row, looked up record by record.

    OFFSET 0 keeps PostgreSQL from making a join of it, for which it would read all the rows first.
    """
    return select(_ONE).where(*clauses).with_statement_hint("OFFSET 0", "postgresql").exists()


class Like(FunctionElement[bool]):
    """A column, and a pattern as SQLite and as PostgreSQL write it; both heed case."""

    inherit_cache = False
    type = Boolean()

    def self_group(self, against: Any = None) -> Like:
        return self  # it is true or false as it stands


@compiles(Like)
def _write_like(element: Like, compiler: Any, **options: Any) -> str:
    column, _, like = (compiler.process(each, **options) for each in element.clauses)
    return f"{column} LIKE {like} ESCAPE '\\'"


@compiles(Like, "sqlite")
def _write_glob(element: Like, compiler: Any, **options: Any) -> str:
    column, glob, _ = element.clauses
    return f"{compiler.process(column, **options)} GLOB {compiler.process(glob, **options)}"
