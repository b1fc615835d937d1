"""The life of orders on each database: what is stored, journalled and answered, message by message."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import column, func, select, table

from openworklist.domain.identity import identity_of
from openworklist.domain.record import Record, Status
from openworklist.store.connection import Connection, Statement
from openworklist.store.database import Database, open_database
from openworklist.store.records import insert_record
from players.desk import Desk


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


# Replacements.


def numbers(desk: Desk) -> list[tuple[str, str]]:
    return [(each.text("accession_number"), each.status.value) for each in desk.records()]


@pytest.mark.parametrize("control", ["RP", "RQ", "RU"])
def test_an_order_that_is_replaced_names_the_one_that_takes_its_place(desk: Desk, control: str) -> None:
    desk.send(*order("NW", number="A1"))
    desk.send(f"ORC|{control}|A1", *order("RO", number="A2"), time="20260314090000")
    assert numbers(desk) == [("A1", "CANCELED"), ("A2", "SCHEDULED")]
    assert desk.reasons()[1:] == ["the order was replaced by A2", "the order is new"]


def test_several_orders_are_replaced_by_those_that_name_them(desk: Desk) -> None:
    desk.send(*order("NW", number="A1"))
    desk.send(*order("NW", number="A2"))
    news = "ORC|RO|B1||||||A2^F2", "OBR||||CT1^Head", "ORC|RO|B2||||||A1&HIS^F1", "OBR||||CT1^Head"
    desk.send("ORC|RP|A1", "ORC|RP|A2", *news, time="20260314090000")
    assert [text for text in desk.reasons() if "replaced" in text] == [
        "the order was replaced by B2",
        "the order was replaced by B1",
    ]
    assert [each for each in numbers(desk) if each[1] == "SCHEDULED"] == [
        ("B1", "SCHEDULED"),
        ("B2", "SCHEDULED"),
    ]


def test_a_replacement_alone_ends_the_order_it_names(desk: Desk) -> None:
    desk.send(*order("NW", number="A1"))
    desk.send("ORC|RO|A2||||||A1", "OBR||||CT1^Head", time="20260314090000")
    assert numbers(desk) == [("A1", "CANCELED"), ("A2", "SCHEDULED")]
    assert desk.actions() == ["create", "create", "cancel"]
    assert desk.reasons()[-1] == "the order was replaced by A2"


def test_a_replacement_leaves_what_was_done_and_what_is_anothers(desk: Desk) -> None:
    desk.send(*order("NW", number="A1"))
    desk.send("ORC|XO|A1|||CM", time="20260314083000")
    desk.send(*order("NW", number="A1"), patient="PID|||P2||Poe^Ann")
    desk.send("ORC|RO|A2||||||A1", "OBR||||CT1^Head", time="20260314090000")
    assert numbers(desk) == [("A1", "COMPLETED"), ("A1", "SCHEDULED"), ("A2", "SCHEDULED")]


def test_an_order_keeps_its_number_where_the_filler_gives_a_new_one(desk: Desk) -> None:
    desk.send("ORC|NW|A1|F1", "OBR||||CT1^Head")
    desk.send("ORC|RU|A1|F1", "ORC|RO|A1|F2", "OBR||||CT1^Head", time="20260314090000")
    filler = "filler_order_number_imaging_service_request"
    assert [(each.text(filler), each.status) for each in desk.records()] == [
        ("F1", Status.CANCELED),
        ("F2", Status.SCHEDULED),
    ]


def test_a_parent_is_no_step_and_its_children_are(desk: Desk) -> None:
    desk.send("ORC|PA|A1", *order("CH", number="A1.1"), *order("CH", number="A1.2"))
    assert numbers(desk) == [("A1.1", "SCHEDULED"), ("A1.2", "SCHEDULED")]
    assert desk.journal()[0].warnings == []


def test_a_parent_that_is_listed_too_is_noted(desk: Desk) -> None:
    desk.send(*order("NW", number="A1"))
    desk.send("ORC|PA|A1", *order("CH", number="A1.1"), time="20260314090000")
    assert numbers(desk) == [("A1", "SCHEDULED"), ("A1.1", "SCHEDULED")]
    assert desk.journal()[1].warnings == [
        "ORC-1: the parent is listed as an exam too; cancel it if only its children are done"
    ]


# What a change may have meant.


def test_a_change_under_another_patient_is_told(desk: Desk) -> None:
    desk.send(*order("NW"))
    answer = desk.send(*order("XO"), patient="PID|||P2||Doe^Jane", time="20260314090000")
    assert "\rMSA|AA|" in answer
    assert "|0^Message accepted^HL70357|W|order.other-patient" in answer
    assert [each.text("patient_id") for each in desk.records()] == ["P1", "P2"]
    assert "record 1" in desk.journal()[1].warnings[0]


def test_a_new_order_of_another_patient_may_have_the_same_number(desk: Desk) -> None:
    desk.send(*order("NW"))
    assert "|W|" not in desk.send(*order("NW"), patient="PID|||P2||Doe^Jane")


def test_a_change_that_names_none_of_several_steps_is_told(desk: Desk) -> None:
    desk.send("ORC|NW|A1", "OBR|1|||CT1^Head", "OBR|2|||CT2^Chest")
    answer = desk.send(*order("XO", "CT9"), time="20260314090000")
    assert "\rERR||OBR^1^4^1|0^Message accepted^HL70357|W|order.step-added" in answer
    assert len(desk.records()) == 3


def test_a_change_means_the_step_that_has_its_station_and_time(desk: Desk) -> None:
    ct = "|".join(["OBR", "1", "", "", "CT1^Head", *[""] * 16, "CT01"])
    mr = "|".join(["OBR", "2", "", "", "MR1^Knee", *[""] * 16, "MR01"])
    start = "|" * 13 + "20260320101500"
    desk.send("ORC|NW|A1" + start, ct, mr)
    desk.send("ORC|XO|A1" + start, mr.replace("MR1^Knee", "MR2^Hip"), time="20260314090000")
    assert [each.text("requested_procedure_id") for each in desk.records()] == ["CT1", "MR2"]


def test_an_order_older_than_the_change_of_its_procedure_is_no_exam_more(desk: Desk) -> None:
    desk.send(*order("NW", "CT1"), time="20260314080000")
    desk.send(*order("XO", "CT2"), time="20260314100000")
    answer = desk.send(*order("NW", "CT1"), time="20260314090000")
    assert "|W|order.older" in answer
    assert [each.text("requested_procedure_id") for each in desk.records()] == ["CT2"]
    desk.send(*order("NW", "CT1"), time="20260314110000")
    assert [each.text("requested_procedure_id") for each in desk.records()] == ["CT2", "CT1"]
