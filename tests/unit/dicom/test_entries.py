"""Answers of other worklists as values: what is odd in them is told and never lost in silence."""

import struct
from io import BytesIO
from typing import Any

import pytest
from pydicom import config
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pynetdicom.dsutils import encode

from openworklist.dicom.entries import Entry, read_entries
from openworklist.dicom.sop_classes import EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN
from openworklist.domain.errors import IdentifierError

BOTH = pytest.mark.parametrize("syntax", [EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN])


def make_step(number: str = "S1", **values: Any) -> Dataset:
    step = Dataset()
    step.ScheduledProcedureStepID = number
    for keyword, value in values.items():
        setattr(step, keyword, value)
    return step


def make_answer(*steps: Dataset, charset: str = "", **values: Any) -> Dataset:
    answer = Dataset()
    if charset:
        answer.SpecificCharacterSet = charset
    answer.PatientID = "P1"
    for keyword, value in values.items():
        setattr(answer, keyword, value)
    answer.ScheduledProcedureStepSequence = list(steps)
    return answer


def read(
    answer: Dataset | bytes, syntax: str = EXPLICIT_LITTLE_ENDIAN, assumed: str = ""
) -> tuple[Entry, ...]:
    data = answer if isinstance(answer, bytes) else encode(answer, syntax == IMPLICIT_LITTLE_ENDIAN, True)
    assert data is not None
    return read_entries(data, syntax, assumed)


@BOTH
def test_an_answer_is_an_entry(syntax: str) -> None:
    code = Dataset()
    code.CodeValue, code.CodeMeaning = "C1", "Kopf"
    answer = make_answer(
        make_step(
            Modality="CT", ScheduledStationAETitle=["CT01", "CT02"], ScheduledProtocolCodeSequence=[code]
        ),
        charset="ISO_IR 100",
        PatientName="Müller^Jürgen",
        PregnancyStatus=3,
        Allergies=["Nüsse", "Latex"],
    )
    (entry,) = read(answer, syntax)
    assert entry == Entry(
        {
            "patient_name": "Müller^Jürgen",
            "patient_id": "P1",
            "pregnancy_status": "3",
            "allergies": "Nüsse\\Latex",
            "modality": "CT",
            "scheduled_station_ae_title": "CT01\\CT02",
            "scheduled_protocol_code_sequence": ({"code_value": "C1", "code_meaning": "Kopf"},),
            "scheduled_procedure_step_id": "S1",
        }
    )


@BOTH
def test_several_steps_in_one_answer_are_several_entries(syntax: str) -> None:
    one, other = read(make_answer(make_step("S1", Modality="CT"), make_step("S2", Modality="MR")), syntax)
    assert [each.values["scheduled_procedure_step_id"] for each in (one, other)] == ["S1", "S2"]
    assert [each.values["modality"] for each in (one, other)] == ["CT", "MR"]
    assert one.values["patient_id"] == other.values["patient_id"] == "P1"


def test_an_answer_without_a_step_is_told() -> None:
    (entry,) = read(make_answer())
    assert entry.values == {"patient_id": "P1"}
    assert entry.warnings == ("The answer has no scheduled step in (0040,0100).",)


def test_each_item_may_have_a_set_of_its_own() -> None:
    step = make_step(ScheduledProcedureStepDescription="Голова")
    step.SpecificCharacterSet = "ISO_IR 144"
    (entry,) = read(make_answer(step, charset="ISO_IR 100", PatientName="Müller"))
    assert entry.values["scheduled_procedure_step_description"] == "Голова"
    assert entry.values["patient_name"] == "Müller"


def put(answer: Dataset, tag: int, vr: str, raw: bytes) -> bytes:
    """The bytes of an answer with a value behind it as it is."""
    data = encode(answer, False, True)
    assert data is not None
    return data + struct.pack("<HH2sH", tag >> 16, tag & 0xFFFF, vr.encode(), len(raw)) + raw


def test_letters_whose_set_is_not_named_are_told() -> None:
    (entry,) = read(put(make_answer(make_step()), 0x0010_0010, "PN", b"M\xfcller"))
    assert entry.values["patient_name"] == "Müller"
    assert entry.warnings == ("Patient name: (0008,0005) does not name the set of its letters.",)
    assert not entry.lost


def test_lost_letters_of_a_name_are_told_those_of_an_identifier_are_lost() -> None:
    answer = put(make_answer(make_step(), charset="ISO_IR 192"), 0x0010_0010, "PN", b"M\xfcller")
    (entry,) = read(answer)
    assert (entry.values["patient_name"], entry.lost) == ("M\ufffdller", frozenset())
    assert entry.warnings == ("Patient name: bytes that are no letters of its character set.",)
    (entry,) = read(answer + put(Dataset(), 0x0010_0021, "LO", b"P\xff1 "))
    assert entry.lost == {"Issuer of Patient ID"}


def test_an_odd_vr_is_read_as_it_came() -> None:
    answer = make_answer(make_step())
    answer.add_new(0x0010_1030, "LO", "heavy")
    answer.add_new(0x0010_21C0, "SH", "3")
    answer.add(DataElement(0x0020_000D, "UI", "1.2.x", validation_mode=config.IGNORE))
    (entry,) = read(answer)
    names = ("patient_weight", "pregnancy_status", "study_instance_uid")
    assert [entry.values[name] for name in names] == ["heavy", "3", "1.2.x"]


def test_a_sequence_in_the_place_of_a_value_is_left_out() -> None:
    answer = make_answer(make_step())
    answer.add_new(0x0008_0050, "SQ", [make_step()])
    (entry,) = read(answer)
    assert "accession_number" not in entry.values
    assert "Accession number: a sequence" in entry.warnings[0]


@pytest.mark.parametrize("cut", [1, 5, 9, 20])
def test_lengths_that_do_not_fit_are_refused(cut: int) -> None:
    data = encode(make_answer(make_step()), False, True)
    assert data is not None
    with pytest.raises(IdentifierError):
        read_entries(BytesIO(data).read(len(data) - cut), EXPLICIT_LITTLE_ENDIAN)


def test_what_is_not_of_the_catalogue_is_left_out() -> None:
    (entry,) = read(make_answer(make_step(), PatientComments="x"))
    assert set(entry.values) == {"patient_id", "scheduled_procedure_step_id"}
