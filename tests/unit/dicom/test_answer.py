"""Answers, decoded by pydicom, which knows nothing of our encoder and may not warn."""

import warnings
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.filereader import read_dataset

from openworklist.dicom.answer import Encoder
from openworklist.dicom.identifier import STEPS
from openworklist.dicom.plan import Plan, Wanted
from openworklist.dicom.text import choose
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


def test_texts_are_cut_and_numbers_are_not_mixed_up(is_explicit: bool) -> None:
    long = {"accession_number": "A" * 30 + "1", "requested_procedure_description": "x" * 100}
    one = answer({**FULL, **long}, is_explicit)
    other = answer({**FULL, **long, "accession_number": "A" * 30 + "2"}, is_explicit)
    assert len(one.RequestedProcedureDescription) == 64
    assert len(one.AccessionNumber) == len(other.AccessionNumber) == 16
    assert one.AccessionNumber != other.AccessionNumber


# PS3.5 H.3.1, H.3.2 and I.2: the bytes as they are printed there.
EXAMPLES = {
    "H.3.1": (
        "Yamada^Tarou=山田^太郎=やまだ^たろう",
        "\\ISO 2022 IR 87",
        b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B",
    ),
    "H.3.2": (
        "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう",
        "ISO 2022 IR 13\\ISO 2022 IR 87",
        b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J=\x1b$B$d$^$@\x1b(J^\x1b$B$?$m$&\x1b(J",
    ),
    "I.2": (
        "Hong^Gildong=洪^吉洞=홍^길동",
        "\\ISO 2022 IR 149",
        b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf",
    ),
    "J.1": ("Wang^XiaoDong=王^小东", "ISO_IR 192", "Wang^XiaoDong=王^小东".encode()),
}  # fmt: skip


@pytest.mark.parametrize("example", EXAMPLES)
def test_the_standards_own_names_byte_for_byte(example: str, is_explicit: bool) -> None:
    name, terms, expected = EXAMPLES[example]
    encoding = choose([name])
    assert "\\".join(encoding.terms) == terms
    assert encoding.encode(name, "PN") == expected
    assert str(answer({**FULL, "patient_name": name}, is_explicit).PatientName) == name


@given(
    st.lists(st.sampled_from("aZ^= éŁşЖβעשדกあアｱ漢字한글东😀\u00a0"), max_size=30).map("".join),
    st.booleans(),
)
def test_every_text_comes_back_equal(text: str, is_explicit: bool) -> None:
    text = text.replace("=", "").replace("^", "").strip(" ")
    values = {**FULL, "requested_procedure_comments": text}
    found = answer(values, is_explicit)
    assert str(found.RequestedProcedureComments or "") == text
