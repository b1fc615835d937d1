"""What messages about patients do to their exams, on each database: updates, merges, and what comes late."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from openworklist.domain.record import Status
from openworklist.services.reading import Source
from openworklist.store.database import Database, open_database
from players.desk import Desk

SAMPLES = Path(__file__).parents[1] / "data/hl7"
JANE = "PID|||P1||Doe^Jane||19700101|F"
UPDATES = ["A01", "A04", "A05", "A08", "A31"]
MERGES = ["A40", "A47"]


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def order(control: str = "NW", number: str = "A1", procedure: str = "CT1") -> tuple[str, str]:
    return f"ORC|{control}|{number}", f"OBR||||{procedure}^Head"


def patients(desk: Desk) -> list[tuple[str, str]]:
    return [(each.text("patient_id"), each.text("patient_name")) for each in desk.records()]


# Updates.


@pytest.mark.parametrize("event", UPDATES)
def test_an_update_reaches_every_open_exam_of_the_patient(desk: Desk, event: str) -> None:
    desk.send(*order(number="A1"))
    desk.send(*order(number="A2"))
    desk.send("ORC|HD|A2", time="20260314083000")
    desk.send(*order(number="A3"), patient="PID|||P2||Poe^Ann")
    answer = desk.send_patient(event, "PID|||P1||Roe^Jane||19710101|F")
    assert "\rMSA|AA|" in answer
    assert "ERR" not in answer
    assert patients(desk) == [("P1", "Roe^Jane"), ("P1", "Roe^Jane"), ("P2", "Poe^Ann")]
    one, two, _ = desk.records()
    assert (one.text("patient_birth_date"), one.text("patient_sex")) == ("19710101", "F")
    assert (one.status, two.status, one.version) == (Status.SCHEDULED, Status.ON_HOLD, 2)
    assert desk.actions()[-2:] == ["update"] * 2
    assert desk.reasons()[-1] == f"the patient's data were updated ({event})"
    assert desk.journal()[-1].outcome == "applied"


def test_an_update_without_an_exam_is_ignored_with_the_reason(desk: Desk) -> None:
    answer = desk.send_patient("A08", JANE)
    assert answer.split("\r")[1].startswith("MSA|AA|")
    assert "ERR" not in answer
    (entry,) = desk.journal()
    assert (entry.outcome, entry.reason, entry.warnings) == (
        "ignored",
        "no exam of this patient is open here",
        [],
    )
    assert desk.records() == []


@pytest.mark.parametrize("control", ["CA", "DC", "XO|A1|||CM"])
def test_what_ended_keeps_the_name_it_had(desk: Desk, control: str) -> None:
    desk.send(*order())
    desk.send(f"ORC|{control}" if "|" in control else f"ORC|{control}|A1", time="20260314083000")
    before = desk.record()
    desk.send_patient("A08", "PID|||P1||Roe^Jane")
    assert desk.record() == before
    assert desk.journal()[-1].outcome == "ignored"


def test_empty_leaves_quotes_delete_and_neither_id_nor_name_goes(desk: Desk) -> None:
    patient = "PID|||P1^^^HOSP||Doe^Jane||19700101|F"
    desk.send(*order(), patient=patient)
    desk.send_patient("A08", 'PID|||P1^^^HOSP||""||""|')
    record = desk.record()
    assert (record.text("patient_name"), record.text("patient_sex")) == ("Doe^Jane", "F")
    assert "patient_birth_date" not in record.values
    assert (record.text("patient_id"), record.text("issuer_of_patient_id")) == ("P1", "HOSP")
    assert 'Patient name: "" does not delete it, no record is without' in record.warnings


def test_the_visit_and_the_allergies_are_brought_up_to_date(desk: Desk) -> None:
    desk.send(*order())
    desk.send_patient("A08", JANE, "PV1||I|WARD7^2||||||||||||B6|VIP|||V77", "AL1|1||^Latex")
    record = desk.record()
    assert record.text("current_patient_location") == "WARD7"
    assert record.text("admission_id") == "V77"
    assert record.text("allergies") == "Latex"


@pytest.mark.parametrize(
    ("event", "visit", "location"),
    [
        ("A08", "PV1||I|WARD7||||||||||||||||V2", "WARD1"),  # another stay than that of the exam
        ("A08", "PV1||I|WARD7||||||||||||||||V1", "WARD7"),
        ("A08", "PV1||I|WARD7", "WARD7"),
        ("A08", "PV1||N|WARD7", "WARD1"),  # no visit
        ("A31", "PV1||I|WARD7", "WARD1"),  # about the person alone
    ],
)
def test_only_the_visit_of_the_exam_moves_its_patient(
    desk: Desk, event: str, visit: str, location: str
) -> None:
    desk.send("PV1||I|WARD1||||||||||||||||V1", *order())
    desk.send_patient(event, "PID|||P1||Roe^Jane", visit)
    record = desk.record()
    assert record.text("patient_name") == "Roe^Jane"
    assert (record.text("current_patient_location"), record.text("admission_id")) == (location, "V1")


def test_the_referring_physician_is_the_orders(desk: Desk) -> None:
    desk.send("PV1||I||||||1^House^Gregory", *order())
    desk.send_patient("A08", JANE, "PV1||I||||||2^Wilson^James")
    assert "House" in desk.record().text("referring_physician_name")


def test_an_older_update_undoes_nothing_and_its_sender_is_told(desk: Desk) -> None:
    desk.send(*order())
    desk.send_patient("A08", "PID|||P1||Roe^Jane", time="20260314100000")
    answer = desk.send_patient("A08", "PID|||P1||Poe^Jane", time="20260314093000")
    assert patients(desk) == [("P1", "Roe^Jane")]
    assert "|0^Message accepted^HL70357|W|" in answer
    assert "older than what is stored of the patient, which was sent 2026-03-14 10:00:00 UTC" in answer
    assert (desk.journal()[-1].outcome, desk.journal()[-1].place) == ("ignored", "MSH-7")


def test_an_update_older_than_the_order_of_the_same_sender_undoes_nothing(desk: Desk) -> None:
    desk.send(*order(), time="20260314080000")
    desk.send_patient("A08", "PID|||P1||Poe^Jane", time="20260314070000")
    assert patients(desk) == [("P1", "Doe^Jane")]


def test_an_update_older_than_a_cancel_of_another_step_is_news_all_the_same(desk: Desk) -> None:
    """What changes the status says nothing of the patient."""
    desk.send(*order(), time="20260314080000")
    desk.send("ORC|HD|A1", time="20260314100000")
    desk.send_patient("A08", "PID|||P1||Roe^Jane", time="20260314090000")
    assert patients(desk) == [("P1", "Roe^Jane")]
    desk.send_patient("A08", "PID|||P1||Poe^Jane", time="20260314083000")
    assert patients(desk) == [("P1", "Roe^Jane")]


def test_an_order_older_than_an_update_leaves_the_patient(desk: Desk) -> None:
    desk.send(*order(), time="20260314080000")
    desk.send_patient("A08", "PID|||P1||Roe^Jane", time="20260314100000")
    desk.send("ORC|XO|A1", "OBR||||CT1^Neck", time="20260314090000")
    record = desk.record()
    assert record.text("patient_name") == "Roe^Jane"
    assert record.text("requested_procedure_description") == "Neck"
    assert any("older than what is stored" in warning for warning in record.warnings)
    desk.send("ORC|XO|A1", "OBR||||CT1^Neck", time="20260314110000")
    assert patients(desk) == [("P1", "Doe^Jane")]


def test_an_update_is_not_taken_for_news_of_the_order(desk: Desk) -> None:
    desk.send(*order(), time="20260314080000")
    desk.send_patient("A08", "PID|||P1||Roe^Jane", time="20260314100000")
    assert "|W|" not in desk.send("ORC|CA|A1", time="20260314090000")
    assert desk.record().status is Status.CANCELED


@pytest.mark.parametrize(
    ("stored", "sent", "is_updated"),
    [
        ("P1^^^EAST", "P1^^^EAST", True),
        ("P1^^^EAST", "P1", True),
        ("P1", "P1^^^EAST", True),
        ("P1^^^EAST", "P1^^^WEST", False),
    ],
)
def test_the_issuer_has_to_agree_where_both_have_one(
    desk: Desk, stored: str, sent: str, is_updated: bool
) -> None:
    desk.send(*order(), patient=f"PID|||{stored}||Doe^Jane")
    before = desk.record()
    desk.send_patient("A08", f"PID|||{sent}||Roe^Jane")
    after = desk.record()
    assert after.text("patient_name") == ("Roe^Jane" if is_updated else "Doe^Jane")
    assert after.text("issuer_of_patient_id") == before.text("issuer_of_patient_id")
    assert "|W|" not in desk.send(*order("CA"), patient=f"PID|||{stored}||Doe^Jane", time="20260314100000")
    assert desk.record().status is Status.CANCELED


def test_two_patients_with_one_id_are_not_taken_for_each_other(desk: Desk) -> None:
    desk.send(*order(number="A1"), patient="PID|||P1^^^EAST||Doe^Jane")
    desk.send(*order(number="A2"), patient="PID|||P1^^^WEST||Poe^Ann")
    answer = desk.send_patient("A08", "PID|||P1||Roe^Jim")
    assert "|204^Unknown key identifier^HL70357|W|" in answer
    assert patients(desk) == [("P1", "Doe^Jane"), ("P1", "Poe^Ann")]
    desk.send_patient("A08", "PID|||P1^^^WEST||Poe^Anna", time="20260314100000")
    assert patients(desk) == [("P1", "Doe^Jane"), ("P1", "Poe^Anna")]


@pytest.mark.parametrize("event", [*UPDATES, *MERGES])
def test_a_message_without_patient_is_accepted_with_a_warning(desk: Desk, event: str) -> None:
    desk.send(*order())
    answer = desk.send_patient(event, "EVN|A08", "PV1||I")
    assert "\rMSA|AA|" in answer
    assert "\rERR||PID^1^3^1|101^Required field missing^HL70357|W|" in answer
    assert desk.journal()[-1].outcome == "ignored"
    assert patients(desk) == [("P1", "Doe^Jane")]


def test_the_same_update_again_is_told_the_same_and_changes_nothing(desk: Desk) -> None:
    desk.send(*order())
    first = desk.send_patient("A08", "PID|||P1||Roe^Jane", control_id="X1")
    assert desk.send_patient("A08", "PID|||P1||Roe^Jane", control_id="X1") == first
    desk.send_patient("A08", "PID|||P1||Roe^Jane", time="20260314100000")
    assert desk.actions() == ["create", "update"]
    assert desk.journal()[-1].reason == "the record is already as sent"


# Merges.


@pytest.mark.parametrize("event", MERGES)
def test_open_exams_of_the_old_patient_become_those_of_the_one_who_remains(desk: Desk, event: str) -> None:
    desk.send(*order(number="A1"), patient="PID|||P9^^^OLD||Doe^Jane||19700101|F")
    desk.send(*order(number="A2"), patient="PID|||P1^^^HOSP||Roe^Jane||19710101|F")
    uid = desk.records()[0].text("study_instance_uid")
    answer = desk.send_patient(event, "PID|||P1^^^HOSP||Roe^Jane||19710101|F", "MRG|P9^^^OLD")
    assert "\rMSA|AA|" in answer
    assert "ERR" not in answer
    assert patients(desk) == [("P1", "Roe^Jane")] * 2
    moved = desk.records()[0]
    assert (moved.text("issuer_of_patient_id"), moved.text("patient_birth_date")) == ("HOSP", "19710101")
    assert moved.text("study_instance_uid") == uid
    assert desk.actions() == ["create", "create", "merge"]
    assert desk.reasons()[-1] == f"the patient was merged into another ({event})"
    assert desk.journal()[-1].outcome == "applied"


def test_a_merge_that_names_nothing_but_ids_gives_what_is_known_of_who_remains(desk: Desk) -> None:
    desk.send("AL1|1||^Penicillin", *order(number="A1"), patient="PID|||P9||Doe^Jane||19700101|F")
    desk.send("AL1|1||^Latex", *order(number="A2"), patient="PID|||P1||Roe^Jane||19710101|F")
    desk.send_patient("A40", "PID|||P1", "MRG|P9")
    moved, other = desk.records()
    assert (moved.text("patient_name"), moved.text("patient_birth_date")) == ("Roe^Jane", "19710101")
    assert moved.text("allergies") == "Penicillin\\Latex"
    assert other.text("patient_name") == "Roe^Jane"


def test_several_patients_are_merged_by_one_message(desk: Desk) -> None:
    for number, old in enumerate(("MR2", "MR4", "MR5"), 1):
        desk.send(*order(number=f"A{number}"), patient=f"PID|||{old}^^^XYZ||Doe^Jane")
    desk.send_patient(
        "A40", "PID|||MR1^^^XYZ||New^One", "MRG|MR2^^^XYZ", "PID|||MR3^^^XYZ||New^Two", "MRG|MR4^^^XYZ"
    )
    assert patients(desk) == [("MR1", "New^One"), ("MR3", "New^Two"), ("MR5", "Doe^Jane")]


def test_what_ended_stays_with_the_old_patient(desk: Desk) -> None:
    desk.send(*order(), patient="PID|||P9||Doe^Jane")
    desk.send("ORC|CA|A1", patient="PID|||P9", time="20260314083000")
    desk.send_patient("A40", "PID|||P1||Roe^Jane", "MRG|P9")
    assert patients(desk) == [("P9", "Doe^Jane")]
    assert desk.journal()[-1].reason == (
        "no exam of the old patient or of this one is open here: the merge is remembered"
    )


def test_an_order_that_both_have_is_one_exam_afterwards(desk: Desk) -> None:
    desk.send(*order(), patient="PID|||P9||Doe^Jane")
    desk.send(*order(), patient="PID|||P1||Roe^Jane")
    answer = desk.send_patient("A40", "PID|||P1||Roe^Jane", "MRG|P9")
    assert "\rMSA|AA|" in answer
    assert [(each.text("patient_id"), each.status) for each in desk.records()] == [
        ("P9", Status.CANCELED),
        ("P1", Status.SCHEDULED),
    ]
    assert desk.reasons()[-1] == "the patient was merged into another (A40), who has this order as record 2"


def test_an_exam_is_not_given_up_for_one_that_was_cancelled(desk: Desk) -> None:
    desk.send(*order(), patient="PID|||P9||Doe^Jane")
    desk.send(*order(), patient="PID|||P1||Roe^Jane")
    desk.send("ORC|CA|A1", patient="PID|||P1", time="20260314083000")
    answer = desk.send_patient("A40", "PID|||P1||Roe^Jane", "MRG|P9")
    assert "\rMSA|AA|" in answer
    assert "\rERR||MRG^1^1^1|205^Duplicate key identifier^HL70357|W|" in answer
    assert [(each.text("patient_id"), each.status) for each in desk.records()] == [
        ("P9", Status.SCHEDULED),
        ("P1", Status.CANCELED),
    ]


@pytest.mark.parametrize("merge", ["", "MRG|", "MRG|^^^OLD"])
def test_a_merge_that_does_not_say_who_is_an_update_with_a_warning(desk: Desk, merge: str) -> None:
    desk.send(*order())
    answer = desk.send_patient("A40", "PID|||P1||Roe^Jane", merge)
    assert "\rMSA|AA|" in answer
    assert "\rERR||MRG^1^1^1|101^Required field missing^HL70357|W|" in answer
    assert patients(desk) == [("P1", "Roe^Jane")]


def test_a_merge_into_itself_is_an_update(desk: Desk) -> None:
    desk.send(*order(), patient="PID|||P1^^^HOSP||Doe^Jane")
    answer = desk.send_patient("A40", "PID|||P1^^^HOSP||Roe^Jane", "MRG|P1^^^HOSP")
    assert "ERR" not in answer
    assert patients(desk) == [("P1", "Roe^Jane")]
    desk.send(*order("XO", procedure="CT2"), patient="PID|||P1^^^HOSP||Roe^Jane", time="20260314100000")
    assert len(desk.records()) == 1


def test_an_id_gets_its_issuer_by_a_change_of_identifiers(desk: Desk) -> None:
    desk.send(*order(), patient="PID|||P1||Doe^Jane")
    desk.send_patient("A47", "PID|||P1^^^HOSP||Doe^Jane", "MRG|P1")
    assert desk.record().text("issuer_of_patient_id") == "HOSP"
    desk.send("ORC|CA|A1", patient="PID|||P1^^^HOSP", time="20260314100000")
    assert desk.record().status is Status.CANCELED


def test_of_several_old_ids_that_of_the_same_issuer_counts(desk: Desk) -> None:
    desk.send(*order(number="A1"), patient="PID|||7^^^EAST||Doe^Jane")
    desk.send(*order(number="A2"), patient="PID|||8^^^WEST||Poe^Ann")
    desk.send_patient("A40", "PID|||1^^^EAST||Roe^Jane", "MRG|99^^^NORTH~7^^^EAST~8^^^WEST")
    assert patients(desk) == [("1", "Roe^Jane"), ("8", "Poe^Ann")]


@pytest.mark.parametrize("sample", sorted(SAMPLES.glob("adt/*.hl7")), ids=lambda path: path.name[:3])
def test_a_sample_is_accepted_whatever_it_is(desk: Desk, sample: Path) -> None:
    # By a file: some samples ask for no answer over a line.
    answer = desk.intake.receive_message(sample.read_bytes(), Source("file")).decode()
    assert "\rMSA|AA" in answer
    (entry,) = desk.journal()
    assert entry.outcome == "ignored"
    assert entry.reason


# What comes under an ID that was given up.


def merge(desk: Desk) -> None:
    desk.send(*order(), patient="PID|||P9||Doe^Jane||19700101")
    desk.send_patient("A40", "PID|||P1||Roe^Jane||19710101", "MRG|P9")


def test_an_order_sent_again_under_the_old_id_is_no_second_exam(desk: Desk) -> None:
    merge(desk)
    answer = desk.send(
        "ORC|NW|A1", "OBR||||CT1^Neck", patient="PID|||P9||Doe^Jane||19700101", time="20260314100000"
    )
    assert "\rMSA|AA|" in answer
    record = desk.record()
    assert (record.text("patient_id"), record.text("patient_name")) == ("P1", "Roe^Jane")
    assert record.text("requested_procedure_description") == "Neck"
    assert "PID-3 is an ID that was merged into another: taken for the patient who remains" in record.warnings
    assert desk.send("ORC|CA|A1", patient="PID|||P9", time="20260314110000").count("|W|") == 0
    assert desk.record().status is Status.CANCELED


def test_a_new_order_under_the_old_id_is_for_the_patient_who_remains(desk: Desk) -> None:
    merge(desk)
    desk.send(*order(number="A2"), patient="PID|||P9||Doe^Jane||19710101", time="20260314100000")
    assert patients(desk) == [("P1", "Roe^Jane")] * 2


def test_a_new_order_of_somebody_else_under_the_old_id_is_taken_as_it_came(desk: Desk) -> None:
    merge(desk)
    desk.send(*order(number="A2"), patient="PID|||P9||Poe^Ann||19990909", time="20260314100000")
    assert patients(desk) == [("P1", "Roe^Jane"), ("P9", "Poe^Ann")]
    assert any("not that patient's birth date" in warning for warning in desk.records()[1].warnings)


def test_an_id_that_the_same_sender_uses_again_lives_again(desk: Desk) -> None:
    merge(desk)
    desk.send_patient("A04", "PID|||P9||Poe^Ann", time="20260314100000")
    desk.send(*order(number="A2"), patient="PID|||P9||Poe^Ann", time="20260314110000")
    assert patients(desk) == [("P1", "Roe^Jane"), ("P9", "Poe^Ann")]


def test_an_id_that_another_sender_still_uses_does_not(desk: Desk) -> None:
    merge(desk)
    desk.send_patient("A08", "PID|||P9||Doe^Jane", time="20260314100000", sender="OTHER")
    desk.send(*order(number="A2"), patient="PID|||P9||Doe^Jane", time="20260314110000")
    assert patients(desk) == [("P1", "Roe^Jane")] * 2


def test_a_merge_the_other_way_round_is_the_one_that_counts(desk: Desk) -> None:
    merge(desk)
    desk.send_patient("A40", "PID|||P9||Doe^Jane", "MRG|P1", time="20260314100000")
    desk.send(*order(number="A2"), patient="PID|||P1||Roe^Jane", time="20260314110000")
    assert patients(desk) == [("P9", "Doe^Jane")] * 2


def test_merges_are_followed_one_after_the_other(desk: Desk) -> None:
    merge(desk)
    desk.send_patient("A40", "PID|||P0||Zoe^Jane||19710101", "MRG|P1", time="20260314100000")
    desk.send(*order("XO"), patient="PID|||P9||Doe^Jane", time="20260314110000")
    assert patients(desk) == [("P0", "Zoe^Jane")]


def test_a_step_that_ended_before_the_merge_is_still_that_step(desk: Desk) -> None:
    desk.send("ORC|NW|A1", "OBR|1|||CT1^Head", "OBR|2|||CT2^Chest", patient="PID|||P9||Doe^Jane")
    desk.send("ORC|XO|A1|||CM", "OBR|1|||CT1^Head", patient="PID|||P9||Doe^Jane", time="20260314083000")
    desk.send_patient("A40", "PID|||P1||Roe^Jane", "MRG|P9")
    answer = desk.send(
        "ORC|NW|A1",
        "OBR|1|||CT1^Head",
        "OBR|2|||CT2^Chest",
        patient="PID|||P9||Doe^Jane",
        time="20260314100000",
    )
    assert "The step is COMPLETED; NW does not bring it back." in answer
    assert [(each.text("patient_id"), each.status) for each in desk.records()] == [
        ("P9", Status.COMPLETED),
        ("P1", Status.SCHEDULED),
    ]


def test_a_cancelled_exam_that_is_ordered_again_under_the_old_id_has_the_new_one(desk: Desk) -> None:
    desk.send(*order(), patient="PID|||P9||Doe^Jane")
    desk.send("ORC|CA|A1", patient="PID|||P9", time="20260314083000")
    desk.send_patient("A40", "PID|||P1||Roe^Jane", "MRG|P9")
    desk.send(*order(), patient="PID|||P9||Doe^Jane", time="20260314100000")
    record = desk.record()
    assert (record.text("patient_id"), record.status) == ("P1", Status.SCHEDULED)


def test_a_cancel_under_the_old_id_reaches_the_exam_that_stayed_there_too(desk: Desk) -> None:
    """It stayed since the same order was cancelled under the ID that remains."""
    desk.send(*order(), patient="PID|||P9||Doe^Jane")
    desk.send(*order(), patient="PID|||P1||Roe^Jane")
    desk.send("ORC|CA|A1", patient="PID|||P1", time="20260314083000")
    desk.send_patient("A40", "PID|||P1||Roe^Jane", "MRG|P9")
    desk.send("ORC|CA|A1", patient="PID|||P9", time="20260314100000")
    assert [(each.text("patient_id"), each.status) for each in desk.records()] == [
        ("P9", Status.CANCELED),
        ("P1", Status.CANCELED),
    ]


def test_what_another_server_merged_is_known(database: Database) -> None:
    one, other = Desk(database), Desk(database)
    one.send(*order(), patient="PID|||P9||Doe^Jane")
    other.send_patient("A40", "PID|||P1||Roe^Jane", "MRG|P9")
    one.now = other.now.replace(hour=13)
    one.send(*order("XO"), patient="PID|||P9||Doe^Jane", time="20260314100000")
    assert patients(one) == [("P1", "Roe^Jane")]


@pytest.fixture
def two_servers(make_postgresql: Any, tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    url = make_postgresql()
    servers = open_database(url, tmp_path / "one"), open_database(url, tmp_path / "two")
    yield Desk(servers[0]), Desk(servers[1])
    for server in servers:
        server.close()


def test_orders_and_merges_that_meet_leave_one_exam_each(two_servers: tuple[Desk, Desk]) -> None:
    """Whatever comes first, an order is for the patient who remains, and merges do not block each other."""
    orders, merges = two_servers
    start = threading.Barrier(2)

    def send_orders() -> None:
        start.wait(30)
        for number in range(30):
            orders.send(
                *order(number=f"A{number}"), patient=f"PID|||{'PQ'[number % 2]}{number % 3}||Doe^Jane"
            )

    def send_merges() -> None:
        start.wait(30)
        for number in range(30):
            old, new = ("PQ", "QP")[number % 2]
            merges.send_patient("A40", f"PID|||{new}{number % 3}||Doe^Jane", f"MRG|{old}{number % 3}")

    with ThreadPoolExecutor() as threads:
        for each in [threads.submit(send_orders), threads.submit(send_merges)]:
            each.result()
    assert {entry.outcome for entry in orders.journal()} <= {"applied", "ignored"}
    assert sorted(each.text("accession_number") for each in orders.records()) == sorted(
        f"A{number}" for number in range(30)
    )
