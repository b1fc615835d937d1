"""What a dashboard shows: how the last day went and what is stored, found in a bounded time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from openworklist.domain.outcome import Outcome
from openworklist.domain.record import Status
from openworklist.observe.durations import Durations
from openworklist.observe.metrics import Metrics
from openworklist.services.clock import Clock, read_clock
from openworklist.services.doctor.network import find_addresses
from openworklist.store.connection import Connection
from openworklist.store.database import Database
from openworklist.store.node_states import NodeState, find_states
from openworklist.store.statistics import (
    HOUR,
    MOST,
    Arrivals,
    Asked,
    Exams,
    Refusals,
    Stored,
    count_arrivals,
    count_exams,
    count_questions,
    count_refusals,
    count_stored,
    find_size,
)

_SECOND: Final = 1_000_000
HOURS: Final = 24


@dataclass(frozen=True, slots=True)
class Hour:
    """Messages that came in an hour of the site's clock; `start` in microseconds since 1970."""

    start: int
    applied: int = 0
    ignored: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class Day:
    """Exams of a day: `other` are those on hold, cancelled and given up."""

    waiting: int = 0
    started: int = 0
    done: int = 0
    other: int = 0

    @property
    def total(self) -> int:
        return self.waiting + self.started + self.done + self.other


@dataclass(frozen=True, slots=True)
class Latency:
    """Of the last thousand, in seconds; None where there was nothing. `count` is since the start."""

    count: int
    p50: float | None
    p95: float | None


@dataclass(frozen=True, slots=True)
class Statistics:
    """All of one moment, `at` in microseconds since 1970.

    `hours` are the last 24 of the site's clock, the running one last; `refusals` and `scanners` are of the
    same time. `is_cut` says that so much came or is planned that only the newest was counted.
    """

    at: int
    hours: tuple[Hour, ...]
    today: Day
    modalities: tuple[tuple[str, Day], ...]
    refusals: tuple[Refusals, ...]
    scanners: tuple[Asked, ...]
    acknowledgements: Latency
    questions: Latency
    stored: Stored
    database_bytes: int
    nodes: tuple[NodeState, ...]
    addresses: tuple[str, ...]
    is_cut: bool


async def find_statistics(
    database: Database, metrics: Metrics, zone: tzinfo, *, clock: Clock = read_clock
) -> Statistics:
    """Look at the database on a thread, and at what was counted; StoreError if it cannot be read."""
    now = clock()
    latencies = _to_latency(metrics.acknowledgements), _to_latency(metrics.questions)
    return await database.aread(lambda connection: _find(connection, now, zone, *latencies))


def _find(
    connection: Connection, now: int, zone: tzinfo, acknowledgements: Latency, questions: Latency
) -> Statistics:
    moment = datetime.fromtimestamp(now / _SECOND, zone)
    start = _find_hour(now, moment) - (HOURS - 1) * HOUR
    arrivals = count_arrivals(connection, start)
    exams = count_exams(connection, f"{moment:%Y%m%d}")
    modalities = _to_days(exams)
    return Statistics(
        at=now,
        hours=_to_hours(arrivals, start),
        today=_add([day for _, day in modalities]),
        modalities=modalities,
        refusals=tuple(count_refusals(connection, start)),
        scanners=tuple(count_questions(connection, start)),
        acknowledgements=acknowledgements,
        questions=questions,
        stored=count_stored(connection),
        database_bytes=find_size(connection),
        nodes=tuple(state for _, state in sorted(find_states(connection).items())),
        addresses=find_addresses(),
        is_cut=MOST in (sum(each.total for each in arrivals), sum(each.total for each in exams)),
    )


def _find_hour(now: int, moment: datetime) -> int:
    """When the running hour of the site's clock began; some zones differ from UTC by half an hour."""
    offset = moment.utcoffset()
    shift = int(offset.total_seconds()) * _SECOND if offset else 0
    return (now + shift) // HOUR * HOUR - shift


def _to_hours(arrivals: list[Arrivals], start: int) -> tuple[Hour, ...]:
    counts = {(each.hour, each.outcome): each.total for each in arrivals}
    return tuple(
        Hour(start + number * HOUR, *(counts.get((number, outcome), 0) for outcome in Outcome))
        for number in range(HOURS)
    )


def _to_days(exams: list[Exams]) -> tuple[tuple[str, Day], ...]:
    """By modality, those with the most exams first."""
    found: defaultdict[str, list[Day]] = defaultdict(list)
    for each in exams:
        found[each.modality].append(_to_day(each))
    days = ((modality, _add(each)) for modality, each in found.items())
    return tuple(sorted(days, key=lambda pair: (-pair[1].total, pair[0])))


def _to_day(exams: Exams) -> Day:
    match exams.status:
        case Status.SCHEDULED:
            return Day(waiting=exams.total)
        case Status.STARTED:
            return Day(started=exams.total)
        case Status.COMPLETED:
            return Day(done=exams.total)
    return Day(other=exams.total)


def _add(days: list[Day]) -> Day:
    return Day(
        sum(day.waiting for day in days),
        sum(day.started for day in days),
        sum(day.done for day in days),
        sum(day.other for day in days),
    )


def _to_latency(durations: Durations) -> Latency:
    return Latency(durations.count, durations.find_percentile(50), durations.find_percentile(95))
