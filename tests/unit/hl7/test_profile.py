import pytest

from openworklist.domain.errors import MessageError, NotFound
from openworklist.hl7.profile import make_profile, preset

# The manual's default mapping: segment, position, component.
MANUAL = {
    "patient_id": "PID-3.1",
    "patient_name": "PID-5",
    "patient_birth_date": "PID-7.1",
    "patient_sex": "PID-8.1",
    "accession_number": "ORC-2.1",
    "requesting_physician": "OBR-16.1",
    "requested_procedure_description": "OBR-4.2",
    "modality": "OBR-18.1",
    "scheduled_procedure_step_start_date": "ORC-15.1",
    "scheduled_procedure_step_start_time": "ORC-15.1",
    "scheduled_performing_physician_name": "OBR-34.1",
    "scheduled_procedure_step_id": "OBR-4.1",
    "scheduled_station_ae_title": "OBR-21.1",
    "scheduled_station_name": "OBR-24.1",
    "requested_procedure_id": "OBR-4.1",
    "requested_procedure_priority": "OBR-27.1",
    "study_instance_uid": "ZDS-1",
}


def test_classic_is_the_manuals_default_mapping() -> None:
    rules = {rule.attribute.name: str(rule.sources[0]) for rule in preset("classic").rules}
    assert {name: rules.get(name) for name in MANUAL} == MANUAL


def test_a_preset_is_made_once() -> None:
    assert preset("classic") is preset("classic")


def test_an_unknown_preset_is_told() -> None:
    with pytest.raises(NotFound, match="no mapping preset 'modern'"):
        preset("modern")


def test_a_profile_is_made_from_names_and_paths() -> None:
    (rule,) = make_profile("mine", {"modality": ["OBR-21.1", "OBR-18"]}).rules
    assert [str(source) for source in rule.sources] == ["OBR-21.1", "OBR-18"]


def test_an_unknown_attribute_or_place_is_told() -> None:
    with pytest.raises(NotFound, match="no attribute 'colour'"):
        make_profile("mine", {"colour": ["OBR-1"]})
    with pytest.raises(MessageError, match="no place"):
        make_profile("mine", {"modality": ["OBR18"]})
    with pytest.raises(MessageError, match="delimiters"):
        make_profile("mine", {"modality": ["MSH-2"]})
