"""What the dashboard shows is what happened: by hour, modality, reason and scanner."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from pathlib import Path

import pytest

from openworklist.domain.record import Record, Status
from openworklist.hl7.profile import preset
from openworklist.observe.metrics import Metrics
from openworklist.services.configuration import using
from openworklist.services.intake import Intake
from openworklist.services.reading import Reader, Source
from openworklist.services.statistics import Day, Hour, Statistics, find_statistics
from openworklist.store.connection import Connection
from openworklist.store.database import Database
from openworklist.store.node_states import NodeState, save_state
from openworklist.store.outbound import drop, insert_outgoing
from openworklist.store.questions import Kept, keep_questions
from openworklist.store.records import insert_record

HOUR = 3_600_000_000
NOW = int(datetime(2026, 3, 14, 12, 30, tzinfo=UTC).timestamp()) * 1_000_000
DATE = "scheduled_procedure_step_start_date"
SOURCE = Source("mllp", "192.0.2.1:4711")


def find(database: Database, zone: tzinfo = UTC, metrics: Metrics | None = None) -> Statistics:
    return asyncio.run(find_statistics(database, metrics or Metrics(), zone, clock=lambda: NOW))


def send(database: Database, at: int, *messages: bytes) -> None:
    intake = Intake(database, Reader(using(preset("classic"))), Metrics(), clock=lambda: at)
    for raw in messages:
        intake.receive_message(raw, SOURCE)


def make_order(number: str, kind: str = "ORM^O01") -> bytes:
    return (
        f"MSH|^~\\&|RIS|H|OW|RAD|20260314080000||{kind}|{number}|P|2.3.1\rPID|||P{number}||Doe^Jane\r"
        f"ORC|NW|A{number}\rOBR||||RP^CT||||||||||||||CT|||CT01\r"
    ).encode()


def test_messages_are_counted_in_the_hours_of_the_clock(database: Database) -> None:
    send(database, NOW - 24 * HOUR, make_order("1"))  # too long ago
    send(database, NOW - 23 * HOUR, make_order("2"), make_order("3", "ORM"), make_order("4"))
    send(database, NOW, make_order("5"), make_order("6", "ADT^A60"))
    hours = find(database).hours
    assert len(hours) == 24
    first = NOW - HOUR // 2 - 23 * HOUR
    assert [each.start for each in hours] == [first + number * HOUR for number in range(24)]
    assert (hours[0].applied, hours[-1].applied, hours[-1].ignored) == (3, 1, 1)
    assert all(each == Hour(each.start) for each in hours[1:-1])


def test_hours_begin_where_the_clock_of_the_site_says(database: Database) -> None:
    half = timezone(timedelta(hours=5, minutes=30))
    starts = [each.start for each in find(database, half).hours]
    assert starts[-1] == NOW  # 18:00 there
    assert starts[0] == NOW - 23 * HOUR


def test_refused_messages_are_counted_by_reason_the_most_frequent_first(database: Database) -> None:
    headless = b"MSH|^~\\&|RIS|H|OW|RAD|20260314080000||ORM^O01|"
    send(database, NOW, b"nonsense", headless + b"1|P|2.3.1\r", headless + b"2|P|2.3.1\r")
    send(database, NOW - 30 * HOUR, b"long ago")
    statistics = find(database)
    assert [each.total for each in statistics.refusals] == [2, 1]
    assert all(each.reason for each in statistics.refusals)
    assert statistics.hours[-1].refused == 3


@pytest.mark.parametrize(("zone", "expected"), [(UTC, 6), (timezone(timedelta(hours=12)), 1)])
def test_exams_of_today_are_counted_by_modality(database: Database, zone: tzinfo, expected: int) -> None:
    def fill(connection: Connection) -> None:
        for number, status in enumerate(Status):
            modality = "CT" if number < 4 else "MR"
            values = {"patient_id": f"P{number}", DATE: "20260314", "modality": modality}
            insert_record(connection, Record(values, status=status), None, 1)
        insert_record(connection, Record({"patient_id": "P9", DATE: "20260315", "modality": "US"}), None, 1)

    database.write(fill)
    statistics = find(database, zone)
    assert statistics.today.total == expected
    if expected == 6:
        assert statistics.modalities == (("CT", Day(1, 1, 1, 1)), ("MR", Day(other=2)))
        assert statistics.today == Day(1, 1, 1, 3)
    else:
        assert statistics.modalities == (("US", Day(waiting=1)),)
    assert statistics.stored.records == 7


def test_scanners_that_asked_are_counted_with_those_that_were_turned_away(database: Database) -> None:
    def keep(ae_title: str, refusal: str, times: int, last: int) -> Kept:
        digest = f"{ae_title}{refusal}".encode()
        return Kept(
            ae_title, digest, b"i", "1.2", False, refusal, "", last - 5, last, times, 3, 0, "192.0.2.8"
        )

    asked = [
        keep("CT01", "", 240, NOW - 7),
        keep("CT01", "stranger", 2, NOW - 9),
        keep("OLD", "", 9, NOW - 25 * HOUR),
    ]
    database.write(lambda connection: keep_questions(connection, asked))
    (scanner,) = find(database).scanners
    assert (scanner.ae_title, scanner.times, scanner.refused) == ("CT01", 240, 2)
    assert (scanner.since, scanner.last_asked) == (NOW - 14, NOW - 7)


def test_what_waits_to_be_sent_and_the_nodes_are_told(database: Database) -> None:
    def fill(connection: Connection) -> None:
        numbers = [
            insert_outgoing(
                connection,
                destination="192.0.2.7:3001",
                options="{}",
                content=make_order("1"),
                control_id="1",
                record_id=None,
                now=1,
                actor="test",
            )
            for _ in range(3)
        ]
        drop(connection, numbers[0], 5, "test")
        save_state(connection, NodeState("OTHER", failures=2, error_code="peer.unreachable"))

    database.write(fill)
    statistics = find(database)
    assert (statistics.stored.outbound_waiting, statistics.stored.outbound_dead) == (2, 0)
    assert [each.node for each in statistics.nodes] == ["OTHER"]


def test_an_empty_database_has_a_size_and_nothing_else(database: Database, tmp_path: Path) -> None:
    statistics = find(database)
    assert statistics.database_bytes > 10_000
    if database.reads_inline:
        files = [tmp_path / f"openworklist.sqlite3{end}" for end in ("", "-wal")]
        assert statistics.database_bytes == sum(path.stat().st_size for path in files if path.exists())
    assert sum(each.applied + each.ignored + each.refused for each in statistics.hours) == 0
    assert statistics.today == Day()
    assert statistics.acknowledgements.p50 is None
    assert not statistics.is_cut


def test_times_are_those_that_were_measured(database: Database) -> None:
    metrics = Metrics()
    for milliseconds in range(1, 101):
        metrics.acknowledgements.add(milliseconds / 1000)
    latency = find(database, metrics=metrics).acknowledgements
    assert (latency.count, latency.p50, latency.p95) == (100, 0.05, 0.095)
