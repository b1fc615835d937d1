"""What scanners ask, encoded by pynetdicom and read by us."""

from struct import pack

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydicom.config import disable_value_validation
from pydicom.dataset import Dataset
from pynetdicom.dsutils import encode

from openworklist.dicom.identifier import Extras, Question, to_question
from openworklist.dicom.sop_classes import EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN
from openworklist.domain.errors import IdentifierError
from openworklist.domain.extra import read_attribute
from openworklist.domain.query import (
    AnyOf,
    Condition,
    Interval,
    Nested,
    OneOf,
    PersonName,
    Range,
    Single,
    Wildcard,
)

SYNTAXES = (IMPLICIT_LITTLE_ENDIAN, EXPLICIT_LITTLE_ENDIAN)
DATE = "scheduled_procedure_step_start_date"
TIME = "scheduled_procedure_step_start_time"


def make(step: dict[str, str] | None = None, **keys: object) -> Dataset:
    """A question; keys may hold what values of records may not."""
    question = Dataset()
    with disable_value_validation():
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
    assert (one.conditions, one.has_unsupported) == (other.conditions, other.has_unsupported)
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
    "one minute on three days is an interval if the minute is a range": (
        {
            "ScheduledProcedureStepStartDate": "20260705-20260707",
            "ScheduledProcedureStepStartTime": "1000-1000",
        },
        [Interval("20260705", "100000", "20260707", "100059.999999")],
    ),
    "hours of one day": (
        {"ScheduledProcedureStepStartDate": "20260705", "ScheduledProcedureStepStartTime": "08-12"},
        [Range(DATE, "20260705", "20260705"), Range(TIME, "080000", "125959.999999")],
    ),
    "ends alone": (
        {"ScheduledProcedureStepStartDate": "20260705-", "ScheduledProcedureStepStartTime": "-1800"},
        [Interval("20260705", "", "", "180059.999999")],
    ),
    "as ACR-NEMA wrote them": (
        {"ScheduledProcedureStepStartDate": "2026.07.05", "ScheduledProcedureStepStartTime": "10:00"},
        [Range(DATE, "20260705", "20260705"), Range(TIME, "100000", "100059.999999")],
    ),
    "station": ({"ScheduledStationAETitle": "CT01 "}, [Single("scheduled_station_ae_title", "CT01")]),
    "modality": ({"Modality": "CT"}, [Single("modality", "CT")]),
    "stations": (
        {"ScheduledStationAETitle": "CT01\\CT02"},
        [OneOf("scheduled_station_ae_title", ("CT01", "CT02"))],
    ),
    "modality with a wildcard": ({"Modality": "C*"}, [Wildcard("modality", "C*")]),
    "modalities": ({"Modality": "CT\\MR"}, [OneOf("modality", ("CT", "MR"))]),
    "days": (
        {"ScheduledProcedureStepStartDate": "20260705\\20260712"},
        [AnyOf(DATE, (Range(DATE, "20260705", "20260705"), Range(DATE, "20260712", "20260712")))],
    ),
    "star": ({"ScheduledStationAETitle": "**", "ScheduledProcedureStepID": "*", "Modality": "CT\\*"}, []),
}  # fmt: skip


@pytest.mark.parametrize("asked", STEPS)
def test_keys_of_the_step(asked: str) -> None:
    step, expected = STEPS[asked]
    assert list(read(make(step)).conditions) == expected


KEYS: dict[str, tuple[dict[str, object], Condition]] = {
    "name": ({"PatientName": "DOE*"}, PersonName("patient_name", "DOE*")),
    "ID": ({"PatientID": "P1"}, Single("patient_id", "P1")),
    "names": (
        {"PatientName": "DOE*\\ROE*"},
        AnyOf("patient_name", (PersonName("patient_name", "DOE*"), PersonName("patient_name", "ROE*"))),
    ),
    "IDs": ({"PatientID": "P1\\P2"}, OneOf("patient_id", ("P1", "P2"))),
    "IDs, one with a wildcard": (
        {"PatientID": "P1\\Q*"},
        AnyOf("patient_id", (Single("patient_id", "P1"), Wildcard("patient_id", "Q*"))),
    ),
    "an ID with a wildcard": ({"PatientID": "123*"}, Wildcard("patient_id", "123*")),
    "text in which a backslash is a letter": (
        {"RequestedProcedureComments": "a\\b"},
        Single("requested_procedure_comments", "a\\b"),
    ),
    "a number of 16 bits": ({"PregnancyStatus": 3}, Single("pregnancy_status", "3")),
    "a weight, which has no wildcards": ({"PatientWeight": "70"}, Single("patient_weight", "70")),
    "wildcard": ({"AccessionNumber": "A?"}, Wildcard("accession_number", "A?")),
    "UID": ({"StudyInstanceUID": "1.2.3"}, Single("study_instance_uid", "1.2.3")),
    "UIDs": ({"StudyInstanceUID": ["1.2", "1.3"]}, OneOf("study_instance_uid", ("1.2", "1.3"))),
}


@pytest.mark.parametrize("asked", KEYS)
def test_keys_of_the_patient_and_the_request(asked: str) -> None:
    keys, expected = KEYS[asked]
    assert read(make(**keys)).conditions == (expected,)


def test_letters_are_read_in_the_questions_own_set() -> None:
    question = make(SpecificCharacterSet="ISO_IR 144", PatientName="Иван*")
    assert read(question).conditions == (PersonName("patient_name", "Иван*"),)


def test_a_code_is_matched_within_its_item() -> None:
    code = Dataset()
    code.CodeValue = "C1"
    question = make(RequestedProcedureCodeSequence=[code])
    expected = Nested("requested_procedure_code_sequence", (Single("code_value", "C1"),))
    assert read(question).conditions == (expected,)


@pytest.mark.parametrize("universal", ["*", "**", "* \\*"])
def test_a_lone_star_is_universal_in_every_key(universal: str) -> None:
    for tag in (0x00100010, 0x00100020, 0x00100030, 0x00101030, 0x00080030, 0x0020000D):
        data = encode_element(tag, universal.encode().ljust(len(universal) + len(universal) % 2))
        assert to_question(data, IMPLICIT_LITTLE_ENDIAN).conditions == (), hex(tag)


@pytest.mark.parametrize("sent", [b"\0\0P1\0", b"P1 \0", b"P1\0\0xyz", b"P1 \0P2"])
def test_a_value_ends_at_the_first_nul(sent: bytes) -> None:
    asked = to_question(encode_element(0x0010_0020, sent), IMPLICIT_LITTLE_ENDIAN)
    assert asked.conditions == (Single("patient_id", "P1"),)


def test_what_is_not_matched_on_is_owned_up_to() -> None:
    assert read(make(EthnicGroup="X")).has_unsupported
    assert not read(make(EthnicGroup="")).has_unsupported
    assert not read(make(EthnicGroup="*")).has_unsupported


def make_code(**keys: str) -> Dataset:
    code = Dataset()
    for keyword, text in keys.items():
        setattr(code, keyword, text)
    return code


@pytest.mark.parametrize("keyword", ["ProcedureCodeSequence", "PertinentDocumentsSequence"])
def test_a_sequence_that_is_not_matched_on_counts_by_what_its_items_hold(keyword: str) -> None:
    assert not read(make(**{keyword: []})).has_unsupported
    assert not read(make(**{keyword: [Dataset()]})).has_unsupported
    inner = "CodeValue" if keyword == "ProcedureCodeSequence" else "ReferencedSOPInstanceUID"
    assert not read(make(**{keyword: [make_code(**{inner: ""})]})).has_unsupported
    assert read(make(**{keyword: [make_code(**{inner: "1.2"})]})).has_unsupported


def test_private_elements_are_no_keys() -> None:
    question = make(PatientID="P1")
    block = question.private_block(0x0029, "A SCANNER", create=True)
    block.add_new(0x01, "LO", "something")
    block.add_new(0x02, "SQ", [make_code(CodeValue="1")])
    asked = read(question)
    assert not asked.has_unsupported
    assert [each.tag for each in asked.plan] == [0x00100020]


def test_the_plan_is_what_was_asked_for_in_the_order_of_tags() -> None:
    plan = read(make({"Modality": ""}, PatientID="", AccessionNumber="", SpecificCharacterSet="")).plan
    assert [each.tag for each in plan] == [0x00080050, 0x00100020, 0x00400100]
    assert [each.tag for each in plan[-1].items or ()] == [0x00080060]
    assert read(make(ScheduledProcedureStepSequence=[])).plan[0].items is None


@pytest.mark.parametrize(
    ("question", "tag"),
    [
        (make(StudyInstanceUID=["1.2"] * 1001), "(0020,000D)"),
        (make(ScheduledProcedureStepSequence=[Dataset(), Dataset()]), "(0040,0100)"),
    ],
)
def test_what_cannot_be_understood_names_the_element(question: Dataset, tag: str) -> None:
    with pytest.raises(IdentifierError) as caught:
        read(question)
    assert caught.value.where == tag


def test_a_query_retrieve_level_is_a_key_that_is_not_matched_on() -> None:
    asked = read(make(QueryRetrieveLevel="STUDY", PatientID="P1"))
    assert asked.conditions == (Single("patient_id", "P1"),)
    assert asked.has_unsupported
    assert [(each.tag, each.vr) for each in asked.plan] == [(0x0008_0052, "CS"), (0x0010_0020, "LO")]
    assert not read(make(QueryRetrieveLevel="")).has_unsupported


def test_a_private_block_is_its_first_creators() -> None:
    extras = Extras((read_attribute("(0029,1001)", vr="LO", creator="A SCANNER"),))
    keys = [encode_element(0x0029_0010, b"A SCANNER"), encode_element(0x0029_1001, b"X*")]
    keys += [encode_element(0x0029_0010, b"ANOTHER"), *[encode_element(0x0029_1101, b"")] * 9_000]
    asked = to_question(b"".join(keys), IMPLICIT_LITTLE_ENDIAN, extras)
    assert [each.tag for each in asked.plan] == [0x0029_0010, 0x0029_1001]
    assert asked.plan[0].fixed == b"A SCANNER"


def encode_element(tag: int, value: bytes, vr: bytes = b"", length: int | None = None) -> bytes:
    """An element in Implicit VR, or in Explicit VR with a VR of the long form."""
    head = pack("<HH", tag >> 16, tag & 0xFFFF) + (vr + b"\0\0" if vr else b"")
    return head + pack("<I", len(value) if length is None else length) + value


ITEM = 0xFFFE_E000
CODE_VALUE = 0x0008_0100
PROCEDURE_CODES = 0x0032_1064  # in the catalogue
UNDEFINED = 0xFFFF_FFFF
CODE = encode_element(CODE_VALUE, b"C1")
END = encode_element(0xFFFE_E0DD, b"")
EXPECTED = Nested("requested_procedure_code_sequence", (Single("code_value", "C1"),))


@pytest.mark.parametrize("length", [None, UNDEFINED])
def test_what_is_within_an_unknown_vr_is_read_as_implicit(length: int | None) -> None:
    """PS3.5 6.2.2, of elements whose VR a gateway did not know."""
    content = encode_element(ITEM, CODE) + (END if length else b"")
    data = encode_element(PROCEDURE_CODES, content, b"UN", length)
    behind = encode_element(0x0040_1400, b"after", b"UT")
    asked = to_question(data + behind, EXPLICIT_LITTLE_ENDIAN)
    assert asked.conditions == (EXPECTED, Single("requested_procedure_comments", "after"))


def test_zeros_at_the_end_are_padding() -> None:
    for syntax in SYNTAXES:
        whole = to_bytes(USUAL, syntax)
        for zeros in (1, 2, 7, 8, 1000):
            assert to_question(whole + bytes(zeros), syntax) == to_question(whole, syntax)
        for cut in (whole[:-1], whole[:-3]):
            with pytest.raises(IdentifierError):
                to_question(cut + b"\0", syntax)


def test_an_item_may_name_its_own_character_set() -> None:
    question = make({"SpecificCharacterSet": "ISO_IR 144", "ScheduledPerformingPhysicianName": "Иван"})
    expected = PersonName("scheduled_performing_physician_name", "Иван")
    assert read(question).conditions == (expected,)
    assert read(make({"SpecificCharacterSet": "", "Modality": "CT"})).conditions
    outer = make({"ScheduledPerformingPhysicianName": "Иван"}, SpecificCharacterSet="ISO_IR 144")
    assert read(outer).conditions == (expected,)


@pytest.mark.parametrize("codec", ["utf_8", "latin_1"])
def test_letters_of_a_question_that_names_no_set_are_read_as_they_can_be(codec: str) -> None:
    question = to_question(encode_element(0x0010_0010, "Müller*".encode(codec)), IMPLICIT_LITTLE_ENDIAN)
    assert question.conditions == (PersonName("patient_name", "Müller*"),)


@pytest.mark.parametrize("tag", [0x0010_0010, 0x0010_0020])
def test_a_pattern_has_an_end(tag: int) -> None:
    assert to_question(encode_element(tag, b"a*" * 512), IMPLICIT_LITTLE_ENDIAN).conditions
    with pytest.raises(IdentifierError, match="1024 letters"):
        to_question(encode_element(tag, b"a*" * 513), IMPLICIT_LITTLE_ENDIAN)


def test_an_element_that_is_there_twice_is_refused() -> None:
    twice = encode_element(0x0010_0020, b"P1") + encode_element(0x0010_0020, b"P2")
    with pytest.raises(IdentifierError, match="twice"):
        to_question(twice, IMPLICIT_LITTLE_ENDIAN)


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
