"""What messages about a patient change: records in, changes out."""

from dataclasses import replace

import pytest

from openworklist.domain.control import Action
from openworklist.domain.errors import OrderError
from openworklist.domain.identity import identity_of
from openworklist.domain.news import decide_patient
from openworklist.domain.patient import Patient, PatientChange
from openworklist.domain.record import Record, Status, Value
from openworklist.domain.sent import Sent

DAY = 24 * 3600 * 1_000_000
NOW = 100 * DAY


def at(time: int, sender: str = "HIS|") -> Sent:
    return Sent(sender, time, time, NOW)


def record(id: int = 1, status: Status = Status.SCHEDULED, **values: Value) -> Record:
    named = {"patient_id": "P1", "patient_name": "Doe^Jane", "accession_number": f"A{id}", **values}
    return Record(named, {"study_instance_uid": f"2.25.{id}"}, status, id=id)


def news(
    *, event: str = "A08", former: tuple[Patient, ...] = (), time: int = NOW, **values: str
) -> PatientChange:
    said = {"patient_id": "P1", "patient_name": "Roe^Jane", **values}
    return PatientChange(event, said, former=former, sent=at(time))


def decide(change: PatientChange, *records: Record) -> list[tuple[Action, int, str]]:
    """Each change with the number of its record and the patient's name afterwards."""
    changes = decide_patient(change, records, uid_root="2.25")
    assert all(each.reason for each in changes)
    return [
        (each.action, each.before.id, (each.record or each.before).text("patient_name"))
        for each in changes
        if each.before is not None
    ]


@pytest.mark.parametrize("status", list(Status))
def test_an_open_record_gets_the_news_and_one_that_ended_does_not(status: Status) -> None:
    expected = [] if status.is_terminal else [(Action.UPDATE, 1, "Roe^Jane")]
    assert decide(news(), record(status=status)) == expected


def test_the_id_and_what_belongs_to_it_stay() -> None:
    before = record(issuer_of_patient_id="HOSP", type_of_patient_id="TEXT")
    change = news(issuer_of_patient_id="HOSP", type_of_patient_id="RFID", patient_sex="F")
    (made,) = decide_patient(change, [before], uid_root="2.25")
    assert made.record is not None
    assert made.record.text("type_of_patient_id") == "TEXT"
    assert made.identity == identity_of(before.values)


@pytest.mark.parametrize(
    ("meant", "issuers", "updated"),
    [
        ("", ("", ""), [1, 2]),
        ("", ("EAST", ""), [1, 2]),
        ("", ("EAST", "WEST"), []),
        ("EAST", ("EAST", ""), [1, 2]),
        ("EAST", ("EAST", "WEST"), [1]),
        ("EAST", ("", "WEST"), []),  # the first may as well be WEST's
        ("EAST", ("WEST", "WEST"), []),
    ],
)
def test_whose_records_are_not_clear_are_left(
    meant: str, issuers: tuple[str, str], updated: list[int]
) -> None:
    records = [record(number, issuer_of_patient_id=issuer) for number, issuer in enumerate(issuers, 1)]
    assert [number for _, number, _ in decide(news(issuer_of_patient_id=meant), *records)] == updated


def test_what_a_person_wrote_stands_until_it_is_changed() -> None:
    written = replace(record(patient_name="Doe^Janet"), edited={"patient_name": "Doe^Jane"})
    assert decide(news(patient_name="Doe^Jane", patient_sex="F"), written) == [
        (Action.UPDATE, 1, "Doe^Janet")
    ]
    (made,) = decide_patient(news(patient_name="Roe^Jane"), [written], uid_root="2.25")
    assert made.record is not None
    assert (made.record.text("patient_name"), made.record.edited) == ("Roe^Jane", {})


def test_a_station_that_a_rule_gave_stays() -> None:
    station = "scheduled_station_ae_title"
    given = record()
    given = replace(given, completed={**given.completed, station: "CT01"})
    (made,) = decide_patient(news(), [given], uid_root="2.25")
    assert made.record is not None
    assert made.record.text(station) == "CT01"


def test_a_message_without_patient_says_so() -> None:
    problem = OrderError("The message names no patient.")
    (change,) = decide_patient(PatientChange("A08", {}, problem=problem), [record()], uid_root="2.25")
    assert (change.action, change.problem) == (Action.IGNORE, problem)


def test_news_of_another_sender_are_older_only_beyond_a_day() -> None:
    known = record()
    heard = Record(known.values, known.completed, id=1, senders={"RIS|": NOW})
    assert decide(news(time=NOW - DAY // 2), heard)[0][0] is Action.UPDATE
    assert decide(news(time=NOW - 2 * DAY), heard)[0][0] is Action.IGNORE


def test_a_merged_record_has_the_patient_who_remains_and_keeps_its_study() -> None:
    change = news(event="A40", former=(Patient("P9"),), issuer_of_patient_id="HOSP")
    before = record(patient_id="P9", issuer_of_patient_id="OLD", type_of_patient_id="TEXT")
    (made,) = decide_patient(change, [before], uid_root="2.25")
    assert made.record is not None
    assert made.action is Action.MERGE
    assert made.record.values == {
        "patient_id": "P1",
        "issuer_of_patient_id": "HOSP",
        "patient_name": "Roe^Jane",
        "accession_number": "A1",
    }
    assert made.record.text("study_instance_uid") == "2.25.1"
    assert made.identity == identity_of(made.record.values)


@pytest.mark.parametrize(
    ("old", "remaining", "becomes"),
    [
        (Status.SCHEDULED, Status.SCHEDULED, Action.CANCEL),
        (Status.ON_HOLD, Status.STARTED, Action.CANCEL),
        (Status.SCHEDULED, Status.COMPLETED, Action.CANCEL),
        (Status.STARTED, Status.SCHEDULED, Action.IGNORE),
        (Status.SCHEDULED, Status.CANCELED, Action.IGNORE),
        (Status.SCHEDULED, Status.DISCONTINUED, Action.IGNORE),
    ],
)
def test_of_an_order_that_both_patients_have_no_exam_is_lost(
    old: Status, remaining: Status, becomes: Action
) -> None:
    one = record(1, old, patient_id="P9", accession_number="A5")
    other = record(2, remaining, accession_number="A5")
    change = news(event="A40", former=(Patient("P9"),))
    made = [each for each in decide_patient(change, [one, other], uid_root="2.25") if each.before == one]
    assert [each.action for each in made] == [becomes]
    assert bool(made[0].problem) is (becomes is Action.IGNORE)


def test_two_who_become_one_do_not_bring_one_order_twice() -> None:
    records = [record(number, patient_id=f"P{number}", accession_number="A5") for number in (7, 8)]
    change = news(event="A40", former=(Patient("P7"), Patient("P8")))
    assert [(action, number) for action, number, _ in decide(change, *records)] == [
        (Action.MERGE, 7),
        (Action.CANCEL, 8),
    ]
