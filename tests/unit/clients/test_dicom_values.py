"""Keys as people write them, encoded by pydicom without a warning, or refused with the place."""

import pytest
from pynetdicom.dsutils import encode

from openworklist.clients.dicom_values import to_identifier
from openworklist.dicom.identifier import to_question
from openworklist.dicom.sop_classes import IMPLICIT_LITTLE_ENDIAN
from openworklist.domain.attributes import ATTRIBUTES, Level
from openworklist.domain.errors import IdentifierError
from openworklist.domain.query import Condition, OneOf, PersonName, Range, Single, Wildcard

KEYS: dict[str, tuple[str, Condition]] = {
    "pregnancy_status": ("3", Single("pregnancy_status", "3")),
    "patient_weight": ("70.5", Single("patient_weight", "70.5")),
    "patient_name": ("山田*", PersonName("patient_name", "山田*")),
    "modality": ("C?", Wildcard("modality", "C?")),
    "accession_number": ("A1", Single("accession_number", "A1")),
    "study_instance_uid": ("1.2\\1.3", OneOf("study_instance_uid", ("1.2", "1.3"))),
    "patient_birth_date": ("19700101-", Range("patient_birth_date", "19700101", "")),
}


@pytest.mark.parametrize("name", KEYS)
def test_a_key_arrives_as_it_was_meant(name: str) -> None:
    text, condition = KEYS[name]
    data = encode(to_identifier({name: text}), True, True)
    assert data is not None
    assert to_question(data, IMPLICIT_LITTLE_ENDIAN).conditions == (condition,)


@pytest.mark.parametrize("keys", [{}, {"patient_id": ""}, {"study_instance_uid": "*"}])
def test_without_keys_all_is_asked_for_and_all_match(keys: dict[str, str]) -> None:
    data = encode(to_identifier(keys), True, True)
    assert data is not None
    question = to_question(data, IMPLICIT_LITTLE_ENDIAN)
    assert question.conditions == ()
    steps = next(wanted.items for wanted in question.plan if wanted.tag == 0x0040_0100)
    asked = {wanted.attribute.name for wanted in (*question.plan, *(steps or ())) if wanted.attribute}
    assert asked == {row.name for row in ATTRIBUTES if row.tag}
    assert {wanted.attribute.level for wanted in steps or () if wanted.attribute} == {Level.STEP}


@pytest.mark.parametrize(
    ("name", "text", "where"),
    [
        ("pregnancy_status", "yes", "(0010,21C0)"),
        ("pregnancy_status", "65536", "(0010,21C0)"),
        ("patient_weight", "heavy", "(0010,1030)"),
        ("scheduled_procedure_step_start_date", "14.03.2026", "(0040,0002)"),
        ("scheduled_procedure_step_start_time", "8 o'clock", "(0040,0003)"),
        ("study_instance_uid", "1.2.x", "(0020,000D)"),
        ("modality", "ct", "(0008,0060)"),
        ("accession_number", "A" * 17, "(0008,0050)"),
        ("patient_id", "A\\B", "(0010,0020)"),
        ("patient_id", "A\nB", "(0010,0020)"),
        ("patient_name", "x" * 65, "(0010,0010)"),
        ("patient_name", "a terminal's \udcfc", "(0010,0010)"),
    ],
)
def test_a_key_that_its_kind_of_value_cannot_hold(name: str, text: str, where: str) -> None:
    with pytest.raises(IdentifierError) as caught:
        to_identifier({name: text})
    assert (caught.value.code, caught.value.where) == ("identifier.key-invalid", where)
    assert caught.value.hint
    assert text not in str(caught.value)


@pytest.mark.parametrize("name", ["colour", "order_status", "requested_procedure_code_sequence"])
def test_what_cannot_be_asked_for(name: str) -> None:
    with pytest.raises(IdentifierError, match=f"{name} cannot be asked for"):
        to_identifier({name: "x"})
