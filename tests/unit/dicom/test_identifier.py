"""What scanners ask, encoded by pynetdicom and read by us."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pynetdicom.dsutils import encode

from openworklist.dicom.identifier import Question, to_question
from openworklist.dicom.sop_classes import EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN
from openworklist.domain.errors import IdentifierError
from openworklist.domain.query import Condition, Interval, Nested, OneOf, PersonName, Range, Single, Wildcard

SYNTAXES = (IMPLICIT_LITTLE_ENDIAN, EXPLICIT_LITTLE_ENDIAN)
DATE = "scheduled_procedure_step_start_date"
TIME = "scheduled_procedure_step_start_time"


def make(step: dict[str, str] | None = None, **keys: object) -> Dataset:
    question = Dataset()
    for keyword, value in keys.items():
        setattr(question, keyword, value)
    if step is not None:
        item = Dataset()
        for keyword, text in step.items():
            setattr(item, keyword, text)
        question.ScheduledProcedureStepSequence = [item]
    return question


def to_bytes(question: Dataset, syntax: str) -> bytes:
    data = encode(question, syntax == IMPLICIT_LITTLE_ENDIAN, True)
    assert data is not None
    return data


def read(question: Dataset) -> Question:
    one, other = (to_question(to_bytes(question, syntax), syntax) for syntax in SYNTAXES)
    assert (one.query, one.has_unsupported) == (other.query, other.has_unsupported)
    return one


STEPS = {
    "single date": ({"ScheduledProcedureStepStartDate": "20260314"}, [Range(DATE, "20260314", "20260314")]),
    "until": ({"ScheduledProcedureStepStartDate": "-20260314"}, [Range(DATE, "", "20260314")]),
    "since": ({"ScheduledProcedureStepStartDate": "20260314-"}, [Range(DATE, "20260314", "")]),
    "hours": ({"ScheduledProcedureStepStartTime": "10-1130"}, [Range(TIME, "100000", "113059.999999")]),
    "minute": ({"ScheduledProcedureStepStartTime": "1015"}, [Range(TIME, "101500", "101559.999999")]),
    "interval": (
        {
            "ScheduledProcedureStepStartDate": "20260705-20260707",
            "ScheduledProcedureStepStartTime": "1000-1800",
        },
        [Interval("20260705", "100000", "20260707", "180059.999999")],
    ),
    "days at one time": (
        {"ScheduledProcedureStepStartDate": "20260705-20260707", "ScheduledProcedureStepStartTime": "1000"},
        [Range(DATE, "20260705", "20260707"), Range(TIME, "100000", "100059.999999")],
    ),
    "station": ({"ScheduledStationAETitle": "CT01 "}, [Single("scheduled_station_ae_title", "CT01")]),
    "modality": ({"Modality": "CT"}, [Single("modality", "CT")]),
    "star": ({"ScheduledStationAETitle": "**", "ScheduledProcedureStepID": "*"}, []),
}  # fmt: skip


@pytest.mark.parametrize("asked", STEPS)
def test_keys_of_the_step(asked: str) -> None:
    step, expected = STEPS[asked]
    assert list(read(make(step)).query.conditions) == expected


KEYS: dict[str, tuple[dict[str, object], Condition]] = {
    "name": ({"PatientName": "DOE*"}, PersonName("patient_name", "DOE*")),
    "ID": ({"PatientID": "P1"}, Single("patient_id", "P1")),
    "wildcard": ({"AccessionNumber": "A?"}, Wildcard("accession_number", "A?")),
    "UID": ({"StudyInstanceUID": "1.2.3"}, Single("study_instance_uid", "1.2.3")),
    "UIDs": ({"StudyInstanceUID": ["1.2", "1.3"]}, OneOf("study_instance_uid", ("1.2", "1.3"))),
}


@pytest.mark.parametrize("asked", KEYS)
def test_keys_of_the_patient_and_the_request(asked: str) -> None:
    keys, expected = KEYS[asked]
    assert read(make(**keys)).query.conditions == (expected,)


def test_letters_are_read_in_the_questions_own_set() -> None:
    question = make(SpecificCharacterSet="ISO_IR 144", PatientName="Иван*")
    assert read(question).query.conditions == (PersonName("patient_name", "Иван*"),)


def test_a_code_is_matched_within_its_item() -> None:
    code = Dataset()
    code.CodeValue = "C1"
    question = make(RequestedProcedureCodeSequence=[code])
    expected = Nested("requested_procedure_code_sequence", (Single("code_value", "C1"),))
    assert read(question).query.conditions == (expected,)


def test_what_is_not_matched_on_is_owned_up_to() -> None:
    assert read(make(EthnicGroup="X")).has_unsupported
    assert not read(make(EthnicGroup="")).has_unsupported


def test_the_plan_is_what_was_asked_for_in_the_order_of_tags() -> None:
    plan = read(make({"Modality": ""}, PatientID="", AccessionNumber="", SpecificCharacterSet="")).plan
    assert [each.tag for each in plan] == [0x00080050, 0x00100020, 0x00400100]
    assert [each.tag for each in plan[-1].items or ()] == [0x00080060]
    assert read(make(ScheduledProcedureStepSequence=[])).plan[0].items is None


@pytest.mark.parametrize(
    ("question", "tag"),
    [
        (make({"ScheduledProcedureStepStartDate": ""}, PatientID="A\\B"), "(0010,0020)"),
        (make(ScheduledProcedureStepSequence=[Dataset(), Dataset()]), "(0040,0100)"),
        (make(QueryRetrieveLevel="STUDY"), "(0008,0052)"),
    ],
)
def test_what_cannot_be_understood_names_the_element(question: Dataset, tag: str) -> None:
    with pytest.raises(IdentifierError) as caught:
        read(question)
    assert caught.value.where == tag


def test_a_question_for_another_service_has_a_code_of_its_own() -> None:
    with pytest.raises(IdentifierError) as caught:
        read(make(QueryRetrieveLevel="STUDY"))
    assert caught.value.code == "identifier.sop-class-mismatch"


USUAL = make(
    {"Modality": "CT", "ScheduledProcedureStepStartDate": "20260314"},
    PatientName="DOE*",
    ReferencedStudySequence=[],
)


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_a_question_cut_anywhere_is_read_or_refused(syntax: str) -> None:
    data = to_bytes(USUAL, syntax)
    refused = 0
    for end in range(len(data)):
        try:
            to_question(data[:end], syntax)
        except IdentifierError:
            refused += 1
    assert refused > len(data) // 2


@settings(max_examples=500)
@given(st.sampled_from(SYNTAXES), st.binary(max_size=200), st.data())
def test_no_bytes_raise_anything_but_our_own_error(syntax: str, noise: bytes, data: st.DataObject) -> None:
    valid = to_bytes(USUAL, syntax)
    place = data.draw(st.integers(0, len(valid)))
    for bytes_ in (noise, valid[:place] + noise + valid[place:], valid[:place] + noise):
        try:
            to_question(bytes_, syntax)
        except IdentifierError:
            continue


def test_sequences_without_end_in_each_other_are_refused() -> None:
    opened = b"\x40\x00\x00\x01\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff"
    with pytest.raises(IdentifierError, match="deep"):
        to_question(opened * 1000, IMPLICIT_LITTLE_ENDIAN)
