"""What becomes of a message: rows, with a reason for everything that changed nothing."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from openworklist.domain.conditions import Condition
from openworklist.domain.errors import OrderError
from openworklist.domain.filters import Effect, Filter, leave_out
from openworklist.domain.options import Options
from openworklist.domain.query import Single, WorklistQuery
from openworklist.domain.record import Status
from openworklist.domain.stations import StationGroup, StationRule, Stations, assign_stations
from openworklist.hl7.profile import preset
from openworklist.observe.metrics import Metrics
from openworklist.services.configuration import Configuration, using
from openworklist.services.intake import Intake
from openworklist.services.reading import Arrival, Reader, Source
from openworklist.services.settling import Settled, settle
from openworklist.store.database import Database
from openworklist.store.search import search
from players.auditor import read_changes, read_journal, read_records
from players.hospital import make_order

NOW = 1_773_500_000_000_000  # 2026-03-14 14:53:20 UTC, in microseconds
ANSWER = b"the acknowledgement"
NO_STATIONS = Stations()
Settle = Callable[..., Settled]


def read(raw: bytes, received_at: int = NOW) -> Arrival:
    return Reader(using(preset("classic"))).read(raw, Source("mllp", "192.0.2.1:4711"), received_at)


@pytest.fixture
def settle_message(database: Database) -> Settle:
    """Settles a message in a transaction of its own."""

    def run(
        raw: bytes,
        *,
        received_at: int = NOW,
        answer: bytes = ANSWER,
        uid_root: str = "2.25",
        filters: Sequence[Filter] = (),
        stations: Stations = NO_STATIONS,
    ) -> Settled:
        arrival = read(raw, received_at)
        about = arrival.message_type, f"{arrival.application}|{arrival.facility}"
        orders = (assign_stations(order, *about, stations) for order in arrival.orders)
        arrival = replace(arrival, orders=tuple(leave_out(order, *about, filters) for order in orders))
        return database.write(lambda connection: settle(connection, arrival, answer, uid_root))

    return run


def test_an_order_is_applied(database: Database, settle_message: Settle) -> None:
    assert settle_message(make_order("1")) == Settled("applied", ANSWER)
    (record,) = read_records(database)
    assert (record.version, record.created_at, record.updated_at) == (1, NOW, NOW)
    assert record.message_time == "20260314080000"


def test_a_repetition_gets_the_answer_that_was_given_and_changes_nothing(
    database: Database, settle_message: Settle
) -> None:
    settle_message(make_order("1"))
    before = read_records(database)
    again = settle_message(make_order("1"), received_at=NOW + 1, answer=b"another")
    assert again == Settled("repeated", ANSWER)
    assert read_records(database) == before
    assert [entry.repeats for entry in read_journal(database)] == [1]


def test_a_message_of_no_use_is_journalled_with_the_reason(
    database: Database, settle_message: Settle
) -> None:
    raw = make_order("1").replace(b"ORM^O01", b"ADT^A02")
    assert settle_message(raw).disposition == "ignored"
    (entry,) = read_journal(database)
    assert (entry.outcome, entry.reason) == (
        "ignored",
        "ADT^A02 is ignored: it tells where the patient is, which changes no exam.",
    )
    assert read_changes(database) == read_records(database) == []


@pytest.mark.parametrize(
    ("control", "time", "reason"),
    [
        ("NW", "20260314090000", "already as sent"),
        ("XO", "20260314070000", "older than what is stored"),
    ],
)
def test_an_order_that_changes_nothing_says_why_in_the_journal(
    database: Database, settle_message: Settle, control: str, time: str, reason: str
) -> None:
    settle_message(make_order("1", time="20260314080000"))
    assert settle_message(make_order("1", control=control, time=time)).disposition == "ignored"
    assert reason in read_journal(database)[1].reason
    assert [change.action for change in read_changes(database)] == ["create"]


def test_a_cancel_of_an_order_that_is_not_here_is_ignored_with_the_reason(
    database: Database, settle_message: Settle
) -> None:
    assert settle_message(make_order("1", control="CA")).disposition == "ignored"
    assert "not here" in read_journal(database)[0].reason
    assert read_records(database) == []


def test_a_message_with_several_orders_is_applied_if_one_of_them_changes_something(
    database: Database, settle_message: Settle
) -> None:
    settle_message(make_order("1"))
    header, _, order = make_order("1", time="20260314090000").partition(b"ORC")
    settle_message(header + b"ORC" + order + b"ORC|NW|A2\rOBR||||RP2^MR Head\r")
    entry = read_journal(database)[1]
    assert entry.outcome == "applied"
    assert {change.record_id for change in read_changes(database)} == {
        each.id for each in read_records(database)
    }
    assert [change.message_id for change in read_changes(database)] == [1, 2]


def test_a_cancel_without_step_reaches_every_step_of_the_order(
    database: Database, settle_message: Settle
) -> None:
    header, _, order = make_order("1").partition(b"ORC")
    other = order.replace(b"RP1^", b"RP2^")
    settle_message(header + b"ORC" + order + b"ORC" + other)
    assert len(read_records(database)) == 2
    message = make_order("1", control="CA", time="20260314090000").partition(b"OBR")[0]
    settle_message(message)
    assert {record.status for record in read_records(database)} == {Status.CANCELED}
    assert [change.action for change in read_changes(database)] == ["create", "create", "cancel", "cancel"]


def test_a_wrong_order_takes_everything_of_its_message_back(
    database: Database, settle_message: Settle
) -> None:
    with pytest.raises(OrderError, match="neither a number"):
        settle_message(make_order("1") + b"ORC|NW|\rOBR|2\r")
    assert read_journal(database) == read_records(database) == []


def test_what_was_odd_is_kept_on_the_record_and_in_the_journal(
    database: Database, settle_message: Settle
) -> None:
    settle_message(make_order("1", control="QQ", charset="KLINGON"))
    (entry,) = read_journal(database)
    (record,) = read_records(database)
    assert any("KLINGON" in warning for warning in entry.warnings)
    assert any("ORC-1" in warning for warning in entry.warnings)
    assert any("ORC-1" in warning for warning in record.warnings)


def test_uids_are_made_under_the_root_of_the_site(database: Database, settle_message: Settle) -> None:
    settle_message(make_order("1"), uid_root="1.2.826.0.1")
    (record,) = read_records(database)
    assert record.text("study_instance_uid").startswith("1.2.826.0.1.")


def test_a_nul_in_a_header_is_no_reason_to_lose_a_message(database: Database, settle_message: Settle) -> None:
    """PostgreSQL takes no NUL in a text; the bytes have it."""
    raw = make_order("1", control_id="M1").replace(b"|RIS|", b"|R\0IS|").replace(b"A1|", b"A\x001|")
    assert settle_message(raw).disposition == "applied"
    (entry,) = read_journal(database)
    assert (entry.control_id, entry.raw) == ("M1", raw)
    assert read_changes(database)[0].actor == "hl7:RIS|HOSPITAL"


NO_CT = (Filter("no CT", Effect.LEAVE, (Condition("modality", ("CT",)),)),)


def test_an_order_that_a_filter_leaves_out_is_ignored_with_the_reason(
    database: Database, settle_message: Settle
) -> None:
    settled = settle_message(make_order("1"), filters=NO_CT)
    reason = "left out by the filter 'no CT': Modality is CT"
    assert settled == Settled("ignored", ANSWER, reason)
    (entry,) = read_journal(database)
    assert (entry.outcome, entry.reason) == ("ignored", reason)
    assert read_records(database) == read_changes(database) == []


def test_an_order_that_was_left_out_is_taken_when_it_comes_again_without_the_filter(
    database: Database, settle_message: Settle
) -> None:
    settle_message(make_order("1"), filters=NO_CT)
    assert settle_message(make_order("1")).disposition == "applied"
    assert settle_message(make_order("1"), filters=NO_CT).disposition == "repeated"
    assert len(read_records(database)) == 1


def test_a_filter_keeps_no_cancel_from_a_record_that_is_there(
    database: Database, settle_message: Settle
) -> None:
    settle_message(make_order("1"))
    settle_message(make_order("1", control="CA", time="20260314090000"), filters=NO_CT)
    assert [record.status for record in read_records(database)] == [Status.CANCELED]


def test_a_record_is_found_by_each_station_of_its_rule(database: Database, settle_message: Settle) -> None:
    rule = StationRule("all CT", ("scanners",), (Condition("modality", ("CT",)),))
    stations = Stations((rule,), (StationGroup("scanners", ("CT1", "CT2", "CT3")),))
    settle_message(make_order("1").replace(b"|CT01", b"|"), stations=stations)
    settle_message(make_order("2").replace(b"|CT01", b"|CT2"), stations=stations)

    def find(station: str) -> list[int]:
        query = WorklistQuery((Single("scheduled_station_ae_title", station),))
        return [row.id for row in database.read(lambda connection: search(connection, query, None, 9)).rows]

    assert [find(station) for station in ("CT1", "CT2", "CT3", "CT01")] == [[1, 2], [1, 2], [1, 2], []]


@pytest.mark.parametrize(("option", "expected"), [("warn", "MSA|AA|"), ("refuse", "MSA|AE|")])
def test_a_cancel_of_an_order_that_is_not_here_is_warned_of_or_refused(
    database: Database, option: str, expected: str
) -> None:
    configuration = Configuration(options=Options(unknown_order=option))
    intake = Intake(database, Reader(lambda: configuration), Metrics())
    raw = make_order("1", control="CA")
    answer = intake.receive_message(raw, Source("file")).decode()
    assert expected in answer
    assert intake.receive_message(make_order("1"), Source("file")).decode().count("MSA|AA|") == 1
    # Sent again, it finds its order.
    assert "MSA|AA|" in intake.receive_message(raw, Source("file")).decode()
