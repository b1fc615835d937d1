import pytest

from openworklist.domain.attributes import BY_NAME
from openworklist.domain.errors import MappingError
from openworklist.domain.record import Value
from openworklist.hl7.word import read_word


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("modality", "ct", "CT"),
        ("patient_name", "DOE^JOHN^Q^DR^JR=漢^字", "DOE^JOHN^Q^DR^JR=漢^字"),
        ("patient_birth_date", "19731215", "19731215"),
        ("scheduled_procedure_step_start_time", "202603140800", "080000"),
        ("scheduled_procedure_step_start_time", "101500", "101500"),
        ("scheduled_procedure_step_start_time", "1015", "1015"),
        ("scheduled_station_ae_title", "CT1\\ CT2\\", "CT1\\CT2"),
        ("requested_procedure_priority", "S", "STAT"),
        ("requested_procedure_comments", "a\\b\nc", "a\\b\r\nc"),
        ("patient_weight", "80,5", "80.5"),
        ("admission_id", "a^b&c~d", "a^b&c~d"),
        (
            "scheduled_protocol_code_sequence",
            "P1^Chest^99X",
            ({"code_value": "P1", "coding_scheme_designator": "99X", "code_meaning": "Chest"},),
        ),
    ],
)
def test_a_word_is_written_in_the_form_of_dicom(name: str, text: str, value: Value) -> None:
    assert read_word(BY_NAME[name], text) == value


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("modality", "C-T"),
        ("patient_birth_date", "soon"),
        ("study_instance_uid", "1.2.x"),
        ("study_instance_uid", "1.02"),
        ("patient_weight", "heavy"),
        ("patient_sex", "U"),
        ("accession_number", "a\\b"),
        ("scheduled_protocol_code_sequence", "P1^Chest"),
        ("patient_name", "^"),
    ],
)
def test_what_the_attribute_cannot_hold_is_refused(name: str, text: str) -> None:
    with pytest.raises(MappingError) as found:
        read_word(BY_NAME[name], text)
    assert found.value.code == "mapping.value-unfit"
    assert found.value.hint
