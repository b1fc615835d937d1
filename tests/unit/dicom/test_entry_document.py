"""An entry in the journal is DICOM JSON as pydicom reads it, and comes back as the order that it was."""

import json

import pytest
from pydicom.dataset import Dataset

from openworklist.dicom.entries import Entry
from openworklist.dicom.entry_document import Document, read_document, to_order
from openworklist.dicom.entry_values import clean
from openworklist.domain.attributes import BY_NAME
from openworklist.domain.control import LISTED, LISTED_AGAIN
from openworklist.domain.errors import CharsetError, MessageError

VALUES = {
    "patient_name": "Müller^Jürgen=山田^太郎=やまだ^たろう",
    "patient_id": "P1",
    "pregnancy_status": "3",
    "allergies": "Nuts\\Latex",
    "requested_procedure_code_sequence": ({"code_value": "C1", "code_meaning": "Head"},),
    "requested_procedure_comments": "one\r\ntwo \\ three",
    "scheduled_station_ae_title": "CT01\\CT02",
    "scheduled_procedure_step_start_date": "20260314",
    "study_instance_uid": "1.2.3",
}


def make(**more: object) -> Document:
    return Document("ris", 1_000_000, Entry(dict(VALUES), ("odd",)), **more)  # type: ignore[arg-type]


def test_it_comes_back_as_it_was() -> None:
    document = make(settled=frozenset({"patient_id"}), removed=frozenset({"modality"}), is_again=True)
    assert read_document(document.encode()) == document


def test_pydicom_reads_the_answer() -> None:
    answer = Dataset.from_json(json.loads(make().encode())["answer"])
    assert str(answer.PatientName) == VALUES["patient_name"]
    assert (answer.PregnancyStatus, list(answer.Allergies)) == (3, ["Nuts", "Latex"])
    assert answer.RequestedProcedureComments == VALUES["requested_procedure_comments"]
    assert answer.RequestedProcedureCodeSequence[0].CodeMeaning == "Head"
    (step,) = answer.ScheduledProcedureStepSequence
    assert list(step.ScheduledStationAETitle) == ["CT01", "CT02"]


def test_it_is_an_order_of_its_node() -> None:
    order = to_order(make(settled=frozenset({"patient_id", "modality"})))
    assert (order.control, order.sent.sender, order.sent.first) == (LISTED, "worklist:ris", 1_000_000)
    assert order.values == VALUES
    assert (order.defaults, order.warnings) == ({"patient_id"}, ("odd",))
    assert to_order(make(is_again=True)).control == LISTED_AGAIN


@pytest.mark.parametrize(
    "raw", [b"", b"{}", b"[1]", b"MSH|", b'{"format": "openworklist worklist entry 1"}', b"\xff"]
)
def test_other_bytes_are_none(raw: bytes) -> None:
    with pytest.raises(MessageError, match="no entry of a worklist"):
        read_document(raw)


def test_an_identifier_with_lost_letters_makes_no_order() -> None:
    document = Document("ris", 1, Entry(dict(VALUES), (), frozenset({"Patient ID"})))
    with pytest.raises(CharsetError, match="Patient ID"):
        to_order(document)


@pytest.mark.parametrize(
    ("name", "sent", "taken", "warning"),
    [
        ("scheduled_procedure_step_start_date", "2026.03.14", "20260314", ""),
        ("scheduled_procedure_step_start_date", "20261399", "", "is no value of its kind (DA)"),
        ("scheduled_procedure_step_start_time", "10:15", "1015", ""),
        ("scheduled_procedure_step_start_time", "2561", "", "is no value of its kind (TM)"),
        ("study_instance_uid", "1.02", "", "is no value of its kind (UI)"),
        ("patient_weight", "heavy", "", "is no value of its kind (DS)"),
        ("pregnancy_status", "yes", "", "is no value of its kind (US)"),
        ("modality", "ct", "CT", ""),
        ("accession_number", "A" * 20, "A" * 20, ""),
        ("accession_number", "A\\B", "A", "several values"),
        ("patient_name", "A\x00B", "AB", "control characters"),
        ("scheduled_station_ae_title", "CT01\\CTÜ", "CT01", "is no value of its kind (AE)"),
        ("requested_procedure_comments", "one\r\ntwo", "one\r\ntwo", ""),
        ("scheduled_procedure_step_status", "READY", "", ""),
    ],
)
def test_a_record_takes_what_its_kind_can_hold(name: str, sent: str, taken: str, warning: str) -> None:
    values, warnings = clean({name: sent})
    assert values == ({name: taken} if taken else {})
    assert [text for text in warnings if text.startswith(BY_NAME[name].label) and warning in text] == list(
        warnings
    )
    assert bool(warnings) == bool(warning)
