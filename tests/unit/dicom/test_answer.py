"""Answers, decoded by pydicom, which knows nothing of our encoder and may not warn."""

import warnings
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset
from pynetdicom.dsutils import encode

from openworklist.dicom.answer import Encoder
from openworklist.dicom.identifier import STEPS, to_question
from openworklist.dicom.plan import Plan, Wanted
from openworklist.dicom.sop_classes import IMPLICIT_LITTLE_ENDIAN
from openworklist.domain.attributes import ATTRIBUTES, BY_NAME, Level, Match
from openworklist.domain.record import Record, Value

EVERYTHING: Plan = tuple(
    sorted(
        [Wanted(each.tag, each.vr, each) for each in ATTRIBUTES
         if each.tag and each.level is not Level.STEP and each.match is not Match.NONE]
        + [Wanted(STEPS, "SQ", None), Wanted(0x00102160, "SH", None, ())]
    , key=lambda wanted: wanted.tag)
)  # fmt: skip


def decode(data: bytes, *, is_explicit: bool) -> Dataset:
    """As pydicom reads it, every value looked at."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = read_dataset(BytesIO(data), not is_explicit, True)
        found.decode()
        str(found)
    return found


@pytest.fixture(params=[False, True], ids=["implicit", "explicit"])
def is_explicit(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def answer(values: dict[str, Value], is_explicit: bool, plan: Plan = EVERYTHING) -> Dataset:
    data = Encoder(plan, is_explicit=is_explicit).encode(Record(values=values))
    assert len(data) % 2 == 0
    return decode(data, is_explicit=is_explicit)


def test_steps_within_a_step_are_a_key_that_nobody_knows(is_explicit: bool) -> None:
    inner = Wanted(STEPS, "SQ" if is_explicit else "UN", None, ())
    plan = (Wanted(STEPS, "SQ", None, (Wanted(0x0008_0060, "CS", BY_NAME["modality"]), inner)),)
    (step,) = answer({"modality": "CT"}, is_explicit, plan).ScheduledProcedureStepSequence
    assert step.Modality == "CT"
    assert len(step.ScheduledProcedureStepSequence) == 0


FULL: dict[str, Value] = {
    "patient_name": "Doe^Jane",
    "patient_id": "P1",
    "patient_weight": "70.5",
    "pregnancy_status": "3",
    "allergies": "Nuts\\Latex",
    "study_instance_uid": "1.2.3",
    "requested_procedure_code_sequence": (
        {"code_value": "C1", "coding_scheme_designator": "L", "code_meaning": "Head"},
    ),
    "scheduled_station_ae_title": "CT01\\CT02",
    "scheduled_procedure_step_start_date": "20260314",
    "scheduled_procedure_step_start_time": "101500",
    "modality": "CT",
}


def test_an_answer_holds_what_was_asked_for(is_explicit: bool) -> None:
    found = answer(FULL, is_explicit)
    assert [element.tag for element in found] == [wanted.tag for wanted in EVERYTHING]
    assert (found.PatientName, found.PatientWeight, found.PregnancyStatus) == ("Doe^Jane", 70.5, 3)
    assert list(found.Allergies) == ["Nuts", "Latex"]
    assert found.RequestedProcedureCodeSequence[0].CodeMeaning == "Head"
    assert len(found.ReferencedStudySequence) == 0
    (step,) = found.ScheduledProcedureStepSequence
    assert list(step.ScheduledStationAETitle) == ["CT01", "CT02"]
    assert step.ScheduledProcedureStepStatus == "SCHEDULED"
    assert "PreMedication" not in step  # all that is known was asked for, and this is not


def test_only_the_keys_of_an_item_that_were_asked_for(is_explicit: bool) -> None:
    items = BY_NAME["requested_procedure_code_sequence"].items
    code = Wanted(items[0].tag, items[0].vr, items[0])
    wanted = Wanted(0x00321064, "SQ", BY_NAME["requested_procedure_code_sequence"], (code,))
    found = answer(FULL, is_explicit, (wanted,))
    assert [each.keyword for each in found.RequestedProcedureCodeSequence[0]] == ["CodeValue"]


def question(**keys: object) -> Plan:
    """The plan of a question that pynetdicom has encoded."""
    asked = Dataset()
    for keyword, value in keys.items():
        setattr(asked, keyword, value)
    data = encode(asked, True, True)
    assert data is not None
    return to_question(data, IMPLICIT_LITTLE_ENDIAN).plan


def item(**keys: object) -> Dataset:
    made = Dataset()
    for keyword, value in keys.items():
        setattr(made, keyword, value)
    return made


CODES: dict[str, Value] = {
    **FULL,
    "requested_procedure_code_sequence": (
        {"code_value": "C1", "coding_scheme_designator": "L", "code_meaning": "Head"},
        {"code_value": "C2", "coding_scheme_designator": "L", "code_meaning": "Neck"},
        {"code_value": "C2", "coding_scheme_designator": "M", "code_meaning": "Knee"},
    ),
}


@pytest.mark.parametrize(
    ("keys", "meanings"),
    [
        ({}, ["Head", "Neck", "Knee"]),
        ({"CodeValue": "C2"}, ["Neck", "Knee"]),
        ({"CodeValue": "C2", "CodingSchemeDesignator": "L"}, ["Neck"]),
        ({"CodeMeaning": "*e*"}, ["Head", "Neck", "Knee"]),
        ({"CodeMeaning": "N*"}, ["Neck"]),
    ],
)
def test_only_the_items_that_were_asked_for(
    keys: dict[str, str], meanings: list[str], is_explicit: bool
) -> None:
    plan = question(RequestedProcedureCodeSequence=[item(**{"CodeMeaning": "", **keys})])
    found = answer(CODES, is_explicit, plan)
    assert [each.CodeMeaning for each in found.RequestedProcedureCodeSequence] == meanings


def test_questions_with_other_conditions_have_other_plans() -> None:
    one, other = (question(RequestedProcedureCodeSequence=[item(CodeValue=code)]) for code in ("C1", "C2"))
    assert one != other


def test_items_within_items_are_asked_for_and_answered_too(is_explicit: bool) -> None:
    values: dict[str, Value] = {
        "scheduled_protocol_code_sequence": (
            {
                "code_value": "P1", "coding_scheme_designator": "L", "code_meaning": "Abdomen",
                "protocol_context_sequence": (
                    {
                        "value_type": "NUMERIC", "numeric_value": "1\\2.5",
                        "concept_name_code_sequence": (
                            {"code_value": "N1", "coding_scheme_designator": "L", "code_meaning": "Delay"},
                        ),
                    },
                    {"value_type": "TEXT", "text_value": "after water"},
                ),
            },
        ),
    }  # fmt: skip
    context = item(ValueType="NUMERIC", ConceptNameCodeSequence=[], NumericValue="")
    code = item(CodeValue="", ProtocolContextSequence=[context])
    plan = question(ScheduledProcedureStepSequence=[item(ScheduledProtocolCodeSequence=[code])])
    (step,) = answer(values, is_explicit, plan).ScheduledProcedureStepSequence
    (found,) = step.ScheduledProtocolCodeSequence
    assert found.CodeValue == "P1"
    (only,) = found.ProtocolContextSequence
    assert list(only.NumericValue) == [1, 2.5]
    assert only.ConceptNameCodeSequence[0].CodeMeaning == "Delay"
    assert "TextValue" not in only


@pytest.mark.parametrize(
    ("code", "keyword"),
    [
        ("C1", "CodeValue"),
        ("CT-HEAD-WITHOUT-AND-WITH-CONTRAST", "LongCodeValue"),
        ("urn:oid:2.16.840.1.113883", "URNCodeValue"),
    ],
)
def test_a_code_is_whole_in_the_place_for_its_form(code: str, keyword: str, is_explicit: bool) -> None:
    values: dict[str, Value] = {
        "requested_procedure_code_sequence": (
            {"code_value": code, "coding_scheme_designator": "L", "code_meaning": "Head"},
        )
    }
    every = item(CodeValue="", LongCodeValue="", URNCodeValue="", CodeMeaning="", CodingSchemeDesignator="")
    for sequence in ([], [every]):
        found = answer(values, is_explicit, question(RequestedProcedureCodeSequence=sequence))
        (coded,) = found.RequestedProcedureCodeSequence
        assert {each.keyword for each in coded} == {keyword, "CodingSchemeDesignator", "CodeMeaning"}
        assert coded[keyword].value == code


def test_who_asks_for_short_codes_alone_gets_no_piece_of_a_long_one(is_explicit: bool) -> None:
    values: dict[str, Value] = {"requested_procedure_code_sequence": ({"code_value": "C" * 17},)}
    plan = question(RequestedProcedureCodeSequence=[item(CodeValue="", CodeMeaning="")])
    (coded,) = answer(values, is_explicit, plan).RequestedProcedureCodeSequence
    assert [each.keyword for each in coded] == ["CodeMeaning"]


def test_specimens_and_barcode_stand_beside_the_step(is_explicit: bool) -> None:
    values: dict[str, Value] = {
        "barcode_value": "4711",
        "scheduled_specimen_sequence": ({"container_identifier": "B1"}, {"container_identifier": "B2"}),
    }
    plan = question(BarcodeValue="", ScheduledSpecimenSequence=[item(ContainerIdentifier="B2")])
    found = answer(values, is_explicit, plan)
    assert found.BarcodeValue == "4711"
    assert [each.ContainerIdentifier for each in found.ScheduledSpecimenSequence] == ["B2"]


def test_long_titles_and_container_ids_stay_two(is_explicit: bool) -> None:
    values: dict[str, Value] = {
        "scheduled_station_ae_title": "CT_DEPARTMENT_ROOM_1\\CT_DEPARTMENT_ROOM_2",
        "scheduled_specimen_sequence": tuple({"container_identifier": "B" * 70 + end} for end in "12"),
    }
    found = answer(values, is_explicit)
    (step,) = found.ScheduledProcedureStepSequence
    one, other = step.ScheduledStationAETitle
    assert one != other
    assert one.startswith("CT_DEPA~")
    assert len({each.ContainerIdentifier for each in found.ScheduledSpecimenSequence}) == 2


def test_more_allergies_than_a_length_can_say_are_cut_at_a_whole_one(is_explicit: bool) -> None:
    allergies = ["薬" * 59 + f"{number:04}" for number in range(400)]
    found = answer({**FULL, "allergies": "\\".join(allergies)}, is_explicit)
    kept = list(found.Allergies)
    assert kept == allergies[: len(kept)]
    # 182 bytes each with the backslash; the length has 16 bits in Explicit VR alone.
    assert len(kept) == (0xFFFF // 182 if is_explicit else 400)


def test_the_set_is_that_of_what_is_answered() -> None:
    values: dict[str, Value] = {"patient_name": "Müller", "requested_procedure_comments": "やまだ"}
    without, with_ = (
        answer(values, False, plan)
        for plan in (question(PatientName=""), question(PatientName="", RequestedProcedureComments=""))
    )
    assert without.SpecificCharacterSet == "ISO_IR 100"
    assert with_.SpecificCharacterSet == "ISO_IR 192"
    assert str(without.PatientName) == str(with_.PatientName) == "Müller"
    assert "SpecificCharacterSet" not in answer(values, False, question(PatientID=""))


def test_texts_are_cut_and_numbers_are_not_mixed_up(is_explicit: bool) -> None:
    long = {"accession_number": "A" * 30 + "1", "requested_procedure_description": "x" * 100}
    one = answer({**FULL, **long}, is_explicit)
    other = answer({**FULL, **long, "accession_number": "A" * 30 + "2"}, is_explicit)
    assert len(one.RequestedProcedureDescription) == 64
    assert len(one.AccessionNumber) == len(other.AccessionNumber) == 16
    assert one.AccessionNumber != other.AccessionNumber


@given(
    st.lists(st.sampled_from("aZ^= éŁşЖβעשדกあアｱ漢字한글东😀\u00a0"), max_size=30).map("".join),
    st.booleans(),
)
def test_every_text_comes_back_equal(text: str, is_explicit: bool) -> None:
    text = text.replace("=", "").replace("^", "").strip(" ")
    values = {**FULL, "requested_procedure_comments": text}
    found = answer(values, is_explicit)
    assert str(found.RequestedProcedureComments or "") == text
