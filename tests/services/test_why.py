"""Reasons that are not played over the wire: deleted, not readable, cancelled by the scanner itself."""

import json
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from pydicom.dataset import Dataset
from pynetdicom.dsutils import encode

from openworklist.dicom.sop_classes import EXPLICIT_LITTLE_ENDIAN
from openworklist.domain.errors import NotFound
from openworklist.domain.record import Record, Value
from openworklist.domain.scanner import Scanner
from openworklist.domain.study_uids import StudyUids
from openworklist.services.configuration import Configuration
from openworklist.services.deletion import delete_records
from openworklist.services.why import Explanation, Why
from openworklist.store.connection import Connection, Statement
from openworklist.store.database import Database
from openworklist.store.questions import Kept, keep_questions
from openworklist.store.records import insert_record
from openworklist.store.schema import records

NOON: Final = int(datetime(2026, 3, 14, 12, tzinfo=UTC).timestamp()) * 1_000_000
MINUTE: Final = 60_000_000


def make_question(day: str = "20260314", *, patient: str = "", **more: Any) -> bytes:
    question, step = Dataset(), Dataset()
    question.PatientID = patient
    question.PatientName = ""
    for keyword, value in more.items():
        setattr(question, keyword, value)
    step.ScheduledProcedureStepStartDate = day
    question.ScheduledProcedureStepSequence = [step]
    return encode(question, False, True) or b""


def kept(identifier: bytes, *, at: int = NOON, answers: int = 1, status: int = 0, name: bytes = b"1") -> Kept:
    return Kept(
        "CT01",
        name,
        identifier,
        EXPLICIT_LITTLE_ENDIAN,
        False,
        "",
        "",
        at,
        at,
        3,
        answers,
        status,
        "10.0.0.1:1",
    )


def fill(database: Database, *questions: Kept, count: int = 3) -> None:
    def write(connection: Connection) -> None:
        for number in range(1, count + 1):
            values: dict[str, Value] = {
                "patient_id": f"P{number}",
                "patient_name": "Doe^Jane",
                "accession_number": f"A{number}",
                "scheduled_procedure_step_start_date": "20260314",
                "scheduled_procedure_step_start_time": f"{number:06}",
            }
            insert_record(connection, Record(values), None, NOON - MINUTE)
        keep_questions(connection, questions)

    database.write(write)


def explain(database: Database, named: str = "2", title: str = "CT01", number: int = 1) -> Explanation:
    why = Why(database, Configuration(), zone=UTC, clock=lambda: NOON + MINUTE)
    return why.explain(named, title, number)


def test_a_record_that_was_deleted(database: Database) -> None:
    fill(database, kept(make_question()))
    delete_at = NOON - MINUTE // 2

    def delete(connection: Connection) -> None:
        delete_records(connection, [2], at=delete_at, actor="cli:ann", reason="deleted by hand")

    database.write(delete)
    found = explain(database)
    assert found.verdict == (
        "CT01 does not show record 2: the record was deleted 2026-03-14 11:59:30 by cli:ann: deleted by hand."
    )
    assert all(line.is_met for line in found.lines)


def test_a_record_that_cannot_be_answered(database: Database) -> None:
    fill(database, kept(make_question()))
    values = {
        "patient_id": "P2",
        "patient_name": [{"a": 1}, ["Doe"]],
        "scheduled_procedure_step_start_date": "20260314",
    }
    text = json.dumps({"values": values, "completed": {}, "warnings": []})
    change = Statement(records.update().where(records.c.patient_id == "P2").values(document=text))
    database.write(lambda connection: connection.run_count(change))
    found = explain(database)
    assert not found.is_shown
    assert "left out" in found.verdict
    why = Why(database, Configuration(), zone=UTC, clock=lambda: NOON)
    assert [record.text("patient_id") for record in why.see("CT01")] == ["P1", "P3"]


def test_a_scanner_that_cancels_itself(database: Database) -> None:
    fill(database, kept(make_question(), answers=1, status=0xFE00))
    assert "is shown record 1: it is answer 1" in explain(database, "1").verdict
    assert "answer 2, and the scanner itself cancelled after 1" in explain(database, "2").verdict


def test_who_could_ask_again_since_is_not_turned_away(database: Database) -> None:
    refused = kept(b"", at=NOON - MINUTE, name=b"2")._replace(refusal="congestion", called="OW")
    older = kept(make_question(patient="P2"), at=NOON - 2 * MINUTE, name=b"3")
    fill(database, kept(make_question()), refused, older)
    for number in (1, 2):
        assert explain(database, number=number).is_shown
    database.write(lambda connection: keep_questions(connection, [refused._replace(last_asked=NOON + 1)]))
    for number in (1, 2):
        assert "it was turned away" in explain(database, number=number).verdict


def test_a_number_that_another_record_is_called_by_is_told(database: Database) -> None:
    fill(database, kept(make_question()))
    other = Record({"patient_id": "2", "accession_number": "3"})
    database.write(lambda connection: insert_record(connection, other, None, NOON - MINUTE))
    note = "2 is also the accession number or Patient ID of another record: 4"
    assert explain(database, "2").notes[0] == note
    assert explain(database, "1").notes == ()


def test_a_question_that_cannot_be_understood(database: Database) -> None:
    fill(database, kept(b"garbage!!", status=0xC001))
    assert "its question cannot be understood: " in explain(database).verdict


def test_another_question_of_it_that_finds_the_record(database: Database) -> None:
    fill(
        database,
        kept(make_question(patient="P9"), at=NOON),
        kept(make_question("20260313"), at=NOON - MINUTE, name=b"2"),
        kept(make_question(), at=NOON - 2 * MINUTE, name=b"3"),
    )
    found = explain(database)
    assert [note for note in found.notes if "would find it" in note] == [
        "its question 3, asked 3 times, last 2026-03-14 11:58:00, would find it"
    ]
    assert explain(database, number=3).is_shown
    with pytest.raises(NotFound, match="no question 4"):
        explain(database, number=4)


def test_a_record_by_its_accession_number_or_patient(database: Database) -> None:
    fill(database, kept(make_question()))
    assert [explain(database, named).subject.number for named in ("2", "A2", "P2", " A2 ")] == [2, 2, 2, 2]

    def twin(connection: Connection) -> None:
        insert_record(connection, Record({"patient_id": "P2", "accession_number": "A8"}), None, NOON)

    database.write(twin)
    with pytest.raises(NotFound, match="2, 4") as caught:
        explain(database, "P2")
    assert caught.value.code == "record.ambiguous"
    for nobody in ("", "9", "P9", "99999999999999999999", "\0"):
        with pytest.raises(NotFound):
            explain(database, nobody)


def test_what_is_not_matched_on_is_told(database: Database) -> None:
    fill(database, kept(make_question(PatientComments="x"), status=0xA700))
    found = explain(database)
    assert found.is_shown
    assert any("not matched on" in note for note in found.notes)
    assert any("A700" in note for note in found.notes)


def test_another_spelling_of_a_scanner_that_asks(database: Database) -> None:
    fill(database, kept(make_question()))
    found = explain(database, title="ct01")
    assert found.question is None
    assert found.notes == ("CT01 has asked: upper and lower case of AE titles count",)
    assert found.verdict == "ct01 has never asked; for today's exams it would show record 2, as answer 2."


def test_letters_that_the_scanner_cannot_show_are_told(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    fill(database, kept(make_question()))

    def change(connection: Connection) -> None:
        values = {
            "patient_id": "P8",
            "patient_name": "Ελένη",
            "scheduled_procedure_step_start_date": "20260314",
        }
        insert_record(connection, Record(values), None, NOON - MINUTE)

    database.write(change)
    configuration = Configuration(
        scanners={"CT01": Scanner("CT01", answer_charset="ISO_IR 100", is_confirmed=True)}
    )
    why = Why(database, configuration, zone=UTC, clock=lambda: NOON)
    found = why.explain("P8", "CT01")
    assert found.is_shown
    assert found.notes == ("its character set lacks letters of PatientName: others stand for them",)
    seen = list(why.see("CT01"))
    assert len(seen) == 4
    assert {each.text("patient_name") for each in seen} == {"Doe^Jane", "Eleni"}
    assert caplog.text == ""


def test_what_a_scanner_sees_has_what_was_completed_and_is_no_longer_than_dicom_allows(
    database: Database,
) -> None:
    values: dict[str, Value] = {
        "patient_id": "P1",
        "accession_number": "RADIOLOGY-2026-0001",
        "requested_procedure_code_sequence": ({"code_value": "1", "code_meaning": "Kopf" * 20},),
        "pregnancy_status": "4",
        "scheduled_procedure_step_start_date": "20260314",
    }
    record = Record(values, completed={"study_instance_uid": "2.25.1"})
    database.write(lambda connection: insert_record(connection, record, None, NOON - MINUTE))
    for for_all, uid in ((True, "2.25.1"), (False, "")):
        configuration = Configuration(study_uids=StudyUids(is_for_all=for_all))
        (seen,) = Why(database, configuration, zone=UTC, clock=lambda: NOON).see("CT01")
        assert seen.values.get("study_instance_uid", "") == uid
        assert seen.values["accession_number"] == "RADIOLOGY~501222"
        code = {"code_value": "1", "code_meaning": "Kopf" * 16}
        assert seen.values["requested_procedure_code_sequence"] == (code,)
        assert seen.values["pregnancy_status"] == "4"
