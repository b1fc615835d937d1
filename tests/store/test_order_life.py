"""The life of orders on each database: what is stored, journalled and answered, message by message."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import column, func, select, table

from openworklist.domain.identity import identity_of
from openworklist.domain.record import Record, Status
from openworklist.hl7.profile import preset
from openworklist.observe.metrics import Metrics
from openworklist.services.configuration import using
from openworklist.services.intake import Intake
from openworklist.services.reading import Reader, Source
from openworklist.store.connection import Connection, Statement
from openworklist.store.database import Database, open_database
from openworklist.store.records import find_record, insert_record
from openworklist.store.schema import changes, messages, records

_JOURNAL = Statement(
    select(
        messages.c.outcome,
        messages.c.reason,
        messages.c.place,
        messages.c.warnings,
        messages.c.acknowledgement,
    ).order_by(messages.c.id)
)
_CHANGES = Statement(select(changes.c.action).order_by(changes.c.id))
_NUMBERS = Statement(select(records.c.id).order_by(records.c.id))


class Entry(NamedTuple):
    outcome: str
    reason: str
    place: str
    warnings: list[str]
    acknowledgement: bytes


class Desk:
    """A server's door for orders, a clock that tests set, and what is on disk."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self._numbers = count(1)
        self.now = datetime(2026, 3, 14, 12, 0, tzinfo=UTC)
        reader = Reader(using(preset("classic")), zone=UTC)
        self.intake = Intake(database, reader, Metrics(), clock=self._clock)

    def _clock(self) -> int:
        return int(self.now.timestamp() * 1_000_000)

    def send(self, *lines: str, time: str = "20260314080000", version: str = "2.5.1", **more: str) -> str:
        """An order message of these segments behind its patient; what is answered."""
        sender, patient = more.get("sender", "RIS"), more.get("patient", "PID|||P1||Doe^Jane")
        number = more.get("control_id") or f"M{next(self._numbers)}"
        head = f"MSH|^~\\&|{sender}||OW||{time}||{more.get('type', 'ORM^O01')}|{number}|P|{version}"
        raw = "\r".join((head, patient, *lines)) + "\r"
        return self.intake.receive_message(raw.encode(), Source("mllp")).decode()

    def records(self) -> list[Record]:
        def read(connection: Connection) -> list[Record]:
            found = [find_record(connection, row[0]) for row in connection.run(_NUMBERS)]
            return [record for record in found if record is not None]

        return self.database.read(read)

    def journal(self) -> list[Entry]:
        rows = self.database.read(lambda connection: connection.run(_JOURNAL))
        return [Entry(*row[:3], json.loads(row[3] or "[]"), bytes(row[4])) for row in rows]

    def actions(self) -> list[str]:
        return [row[0] for row in self.database.read(lambda it: it.run(_CHANGES))]


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def order(control: str, procedure: str = "CT1", number: str = "A1") -> tuple[str, str]:
    return f"ORC|{control}|{number}", f"OBR||||{procedure}^Head"


def test_a_change_of_the_procedure_leaves_one_exam(desk: Desk) -> None:
    desk.send(*order("NW", "CT1"))
    desk.send(*order("XO", "CT2"), time="20260314090000")
    (record,) = desk.records()
    assert record.text("requested_procedure_id") == record.text("scheduled_procedure_step_id") == "CT2"
    assert "OBR-4 names another procedure" in desk.journal()[1].warnings[0]
    desk.send(*order("CA", "CT3"), time="20260314100000")
    assert [each.status for each in desk.records()] == [Status.CANCELED]


def test_the_newest_message_is_remembered_and_scanners_are_not_bothered(desk: Desk) -> None:
    desk.send(*order("NW"), time="20260314080000")
    desk.send(*order("NW"), time="20260314100000")
    (record,) = desk.records()
    assert (record.version, record.message_time) == (1, "20260314100000")
    desk.send(*order("CA"), time="20260314090000")
    assert [each.status for each in desk.records()] == [Status.SCHEDULED]
    assert desk.actions() == ["create"]


def test_an_older_message_is_told_to_its_sender(desk: Desk) -> None:
    desk.send(*order("NW"), time="20260314080000")
    answer = desk.send(*order("CA"), time="20260314070000")
    sentence = "The message is older than what is stored, which was sent 2026-03-14 08:00:00 UTC."
    assert "\rERR||MSH^1^7^1|0^Message accepted^HL70357|W|" in answer
    assert answer.endswith(f"|{sentence}\r")
    assert answer.split("\r")[1].startswith("MSA|AA|")
    assert answer.split("\r")[1].endswith(f"|{sentence}")
    entry = desk.journal()[1]
    assert (entry.outcome, entry.place, entry.warnings) == ("ignored", "MSH-7", [sentence])
    assert entry.acknowledgement == answer.encode()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("20990101000000", "20260314080100"),  # a clock that is ahead by years
        ("20260314080000", "20260314"),  # a day without time
        ("202603140800", "20260314080000"),  # minutes, then seconds
        ("20260314080000", "202603140800"),
        ("20260314080000", ""),
    ],
)
def test_a_cancel_is_lost_only_if_it_is_older_beyond_doubt(desk: Desk, first: str, second: str) -> None:
    desk.now = datetime(2026, 3, 14, 8, 0, 30, tzinfo=UTC)
    desk.send(*order("NW"), time=first)
    desk.now = datetime(2026, 3, 14, 8, 1, 30, tzinfo=UTC)
    assert "|W|" not in desk.send(*order("CA"), time=second)
    assert [each.status for each in desk.records()] == [Status.CANCELED]


def test_a_cancel_of_an_order_that_is_not_here_is_accepted_with_a_warning(desk: Desk) -> None:
    answer = desk.send(*order("CA"))
    assert "\rMSA|AA|" in answer
    assert "\rERR||ORC^1^2^1|204^Unknown key identifier^HL70357|W|" in answer
    (entry,) = desk.journal()
    assert (entry.outcome, entry.place) == ("ignored", "ORC-2")
    assert "not here" in entry.reason
    assert "not here" in entry.warnings[0]
    assert desk.records() == []


def test_a_receiver_of_old_gets_a_warning_as_text(desk: Desk) -> None:
    answer = desk.send(*order("CA"), version="2.3.1")
    assert "not here" in answer.split("\r")[1]
    assert "ERR" not in answer


def test_a_cancelled_order_that_is_ordered_again_is_listed_again(desk: Desk) -> None:
    desk.send(*order("NW"), time="20260314080000")
    desk.send(*order("CA"), time="20260314090000")
    desk.send(*order("NW"), time="20260314100000")
    assert [each.status for each in desk.records()] == [Status.SCHEDULED]
    assert desk.actions() == ["create", "cancel", "reopen"]
    assert desk.journal()[2].reason == "NW brings back what was CANCELED"


def test_a_cancel_and_a_new_order_in_one_message_are_taken_in_turn(desk: Desk) -> None:
    desk.send(*order("NW"))
    desk.send(*order("CA"), *order("NW", "CT1"), time="20260314090000")
    assert desk.actions() == ["create", "cancel", "reopen"]


def test_an_order_is_replaced_by_another_in_one_message(desk: Desk) -> None:
    desk.send(*order("NW", number="A1"))
    desk.send("ORC|RP|A1", *order("RO", number="A2"), time="20260314090000")
    assert [(each.text("accession_number"), each.status) for each in desk.records()] == [
        ("A1", Status.CANCELED),
        ("A2", Status.SCHEDULED),
    ]


def test_each_obr_is_an_exam_of_its_own(desk: Desk) -> None:
    desk.send("ORC|NW|A1", "OBR|1|||CT1^Head", "OBR|2|||CT2^Chest", "OBR|3|||CT3^Knee")
    assert [each.text("requested_procedure_id") for each in desk.records()] == ["CT1", "CT2", "CT3"]
    desk.send("ORC|CA|A1", time="20260314090000")
    assert {each.status for each in desk.records()} == {Status.CANCELED}


def test_two_obrs_that_nothing_tells_apart_are_one_record_and_the_sender_is_told(desk: Desk) -> None:
    answer = desk.send("ORC|NW|A1", "OBR|1|||XR1^Left hand", "OBR|2|||XR1^Right hand")
    assert "\rERR||OBR^2^4^1|205^Duplicate key identifier^HL70357|W|" in answer
    assert len(desk.records()) == 1
    assert desk.journal()[0].outcome == "applied"


def test_one_bad_order_among_good_ones_is_named_and_nothing_is_stored(desk: Desk) -> None:
    desk.send("ORC|NW|A1", "OBR|1|||CT1^Head", "OBR|2|||CT2^Chest")
    answer = desk.send("ORC|NW|A9", "OBR|1|||CT9^Foot", "ORC|CA|A1", "OBR|2|||CT7^Hip", time="20260314090000")
    assert "\rMSA|AE|" in answer
    assert "\rERR||OBR^2^4^1|205^Duplicate key identifier^HL70357|E|" in answer
    assert {each.text("accession_number") for each in desk.records()} == {"A1"}
    entry = desk.journal()[1]
    assert (entry.outcome, entry.place) == ("refused", "OBR[2]-4")


@pytest.mark.parametrize(
    "lines",
    [
        ("ORC|OP|1000|9999999", "RXO|50111032701^hydrALAZINE HCl 25 MG Oral Tablet^NDC"),
        ("ORC|NW|A1", "RXO|1^Aspirin"),
        ("ORC|NW|A1", "ODS|D||soup"),
        ("ORC|NW|A1",),
    ],
)
def test_what_orders_no_imaging_makes_no_record(desk: Desk, lines: tuple[str, ...]) -> None:
    answer = desk.send(*lines)
    assert "\rMSA|AA|" in answer
    assert desk.records() == []
    assert desk.journal()[0].reason.startswith("ignored because ")


@pytest.mark.parametrize("control", ["PA", "UC", "NA", "UA"])
def test_what_tells_of_other_things_changes_nothing_and_is_answered_plainly(desk: Desk, control: str) -> None:
    desk.send(*order("NW"))
    answer = desk.send(*order(control), time="20260314090000")
    assert answer.split("\r")[1].count("|") == 2
    assert "ERR" not in answer
    assert [each.status for each in desk.records()] == [Status.SCHEDULED]
    assert f"({control})" in desk.journal()[1].reason


def test_quotes_for_the_name_leave_it(desk: Desk) -> None:
    desk.send(*order("NW"))
    desk.send(*order("XO"), patient='PID|||P1||""||19700101', time="20260314090000")
    (record,) = desk.records()
    assert (record.text("patient_name"), record.text("patient_birth_date")) == ("Doe^Jane", "19700101")
    assert any("does not delete it" in warning for warning in record.warnings)


def test_an_acknowledgement_is_journalled_and_not_answered(desk: Desk) -> None:
    assert desk.send("MSA|AA|1", type="ACK^O01", control_id="K1") == ""
    assert desk.send("MSA|AA|1", type="ACK^O01", control_id="K1") == ""
    (entry,) = desk.journal()
    assert (entry.outcome, entry.acknowledgement) == ("ignored", b"")


def test_an_acknowledgement_is_not_answered_if_it_cannot_be_stored(database: Database) -> None:
    desk = Desk(database)
    database.close()
    assert desk.send("MSA|AA|1", type="ACK^O01") == ""
    assert "\rMSA|AR|" in desk.send(*order("NW"))


@pytest.fixture
def two_servers(make_postgresql: Any, tmp_path: Path) -> Iterator[tuple[Database, Database]]:
    url = make_postgresql()
    servers = open_database(url, tmp_path / "one"), open_database(url, tmp_path / "two")
    yield servers
    for server in servers:
        server.close()


_WAITING = Statement(
    select(func.count())
    .select_from(table("pg_stat_activity", column("wait_event_type"), column("datname")))
    .where(column("wait_event_type") == "Lock", column("datname") == func.current_database())
)


def test_an_order_that_meets_its_own_record_half_stored_is_decided_anew(
    two_servers: tuple[Database, Database],
) -> None:
    """Another program stores the record, and commits while the order waits for it."""
    values = {
        "patient_id": "P1",
        "patient_name": "Doe^Jane",
        "accession_number": "A1",
        "placer_order_number_imaging_service_request": "A1",
        "requested_procedure_id": "CT1",
        "scheduled_procedure_step_id": "CT1",
    }
    desk, other = Desk(two_servers[0]), two_servers[1]
    is_stored, may_commit = threading.Event(), threading.Event()

    def store(connection: Connection) -> None:
        insert_record(connection, Record(values), identity_of(values), 1)
        is_stored.set()
        may_commit.wait(30)

    with ThreadPoolExecutor() as threads:
        storing = threads.submit(other.write, store)
        is_stored.wait(30)
        sending = threads.submit(desk.send, *order("NW"))
        while not sending.done() and not other.read(lambda connection: connection.run(_WAITING))[0][0]:
            pass
        may_commit.set()
        storing.result()
        assert "\rMSA|AA|" in sending.result()
    (record,) = desk.records()
    assert (record.version, record.text("requested_procedure_description")) == (2, "Head")
    assert desk.actions() == ["update"]
