"""Counts for people who look at the whole: of the last hours, of a day, and of all that is stored."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any, Final, NamedTuple

from sqlalchemy import Column, Select, Subquery, bindparam, case, column, func, select, table

from openworklist.domain.outcome import Outcome
from openworklist.domain.outgoing import State
from openworklist.store.connection import Connection, Statement
from openworklist.store.schema import MODALITY, START_DATE, messages, outbound, questions, records

HOUR: Final = 3_600_000_000  # microseconds
MOST: Final = 100_000  # rows that a count looks at: some tenths of a second
_MOST_REASONS: Final = 20


class Arrivals(NamedTuple):
    """Messages with one outcome that came in an hour, which is counted from the first one asked for."""

    hour: int
    outcome: str
    total: int


class Exams(NamedTuple):
    """Records of a day with one modality and status."""

    modality: str
    status: str
    total: int


class Refusals(NamedTuple):
    reason: str
    total: int


class Asked(NamedTuple):
    """What is known of a scanner: `times` it asked since `since`, and how often it was turned away."""

    ae_title: str
    times: int
    refused: int
    since: int
    last_asked: int


def _recent(*wanted: Column[Any]) -> Subquery:
    """The newest messages since a moment."""
    return (
        select(messages.c.received_at, messages.c.outcome, *wanted)
        .where(messages.c.received_at >= bindparam("start"))
        .order_by(messages.c.received_at.desc())
        .limit(bindparam("most", MOST))
        .subquery()
    )


def _of_day() -> Subquery:
    return (
        select(records.c[MODALITY], records.c.status)
        .with_hint(records, "INDEXED BY ix_records_all", "sqlite")
        .where(records.c[START_DATE] == bindparam("day"))
        .limit(bindparam("most", MOST))
        .subquery()
    )


_MESSAGES: Final = _recent()
_REASONS: Final = _recent(messages.c.reason)
_HOUR: Final = ((_MESSAGES.c.received_at - bindparam("begin")) // bindparam("hour", HOUR)).label("number")
ARRIVALS: Final = Statement(
    select(_HOUR, _MESSAGES.c.outcome, func.count())
    .group_by("number", _MESSAGES.c.outcome)
    .order_by("number")
)
_COUNT: Final = func.count().label("number")
REFUSALS: Final = Statement(
    select(_REASONS.c.reason, _COUNT)
    .where(_REASONS.c.outcome == bindparam("refused", str(Outcome.REFUSED)))
    .group_by(_REASONS.c.reason)
    .order_by(_COUNT.desc(), _REASONS.c.reason)
    .limit(bindparam("reasons", _MOST_REASONS))
)
_DAY: Final = _of_day()
EXAMS: Final = Statement(
    select(_DAY.c[MODALITY], _DAY.c.status, func.count())
    .group_by(_DAY.c[MODALITY], _DAY.c.status)
    .order_by(_DAY.c[MODALITY], _DAY.c.status)
)
_IS_QUESTION: Final = questions.c.refusal == ""
_ASKED: Final = Statement(
    select(
        questions.c.ae_title,
        func.coalesce(func.sum(case((_IS_QUESTION, questions.c.times))), 0),
        func.coalesce(func.sum(case((~_IS_QUESTION, questions.c.times))), 0),
        func.min(questions.c.first_asked),
        func.max(questions.c.last_asked),
    )
    .where(questions.c.last_asked >= bindparam("start"))
    .group_by(questions.c.ae_title)
    .order_by(questions.c.ae_title)
)


def _count_state(state: State) -> Select[Any]:
    return (
        select(func.count()).select_from(outbound).where(outbound.c.state == bindparam("state", str(state)))
    )


_STORED: Final = (
    Statement(select(func.count()).select_from(records)),
    Statement(select(func.count()).select_from(messages)),
    Statement(_count_state(State.WAITING)),
    Statement(_count_state(State.DEAD)),
)
_PG_SIZE: Final = Statement(select(func.pg_database_size(func.current_database())))
_SQLITE_FILE: Final = Statement(
    select(column("file")).select_from(table("pragma_database_list")).where(column("name") == "main")
)


def count_arrivals(connection: Connection, start: int) -> list[Arrivals]:
    """The newest messages since a moment in microseconds, MOST at the most, by hour and outcome."""
    return [Arrivals._make(row) for row in connection.run(ARRIVALS, {"start": start, "begin": start})]


def count_refusals(connection: Connection, start: int) -> list[Refusals]:
    """Those of them that were refused, by reason, the most frequent first."""
    return [Refusals._make(row) for row in connection.run(REFUSALS, {"start": start})]


def count_exams(connection: Connection, day: str) -> list[Exams]:
    """The records that start on a day (YYYYMMDD), MOST at the most."""
    return [Exams._make(row) for row in connection.run(EXAMS, {"day": day})]


def count_questions(connection: Connection, start: int) -> list[Asked]:
    """The scanners that asked since a moment, by AE title."""
    return [
        Asked(title, int(times), int(refused), since, last)
        for title, times, refused, since, last in connection.run(_ASKED, {"start": start})
    ]


class Stored(NamedTuple):
    records: int
    messages: int
    outbound_waiting: int
    outbound_dead: int


def count_stored(connection: Connection) -> Stored:
    """All of them: a look at the smallest index of each."""
    return Stored._make(connection.run(statement)[0][0] for statement in _STORED)


def find_size(connection: Connection) -> int:
    """Bytes on disk; of SQLite with what waits in its log."""
    if connection.dialect == "postgresql":
        size: int = connection.run(_PG_SIZE)[0][0]
        return size
    path = str(connection.run(_SQLITE_FILE)[0][0])
    total = 0
    for name in (path, f"{path}-wal"):
        with contextlib.suppress(OSError):  # a log that was taken in meanwhile
            total += Path(name).stat().st_size
    return total
