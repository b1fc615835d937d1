import pytest

from openworklist.domain.errors import MappingError
from openworklist.hl7.mapping import apply
from openworklist.hl7.message import parse
from openworklist.hl7.profile import Profile, Variant, make_profile, preset
from openworklist.hl7.rule import read_condition

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
    with pytest.raises(MappingError, match="no mapping preset 'modern'"):
        preset("modern")


def test_a_profile_is_made_from_names_and_paths() -> None:
    (rule,) = make_profile("mine", {"modality": ["OBR-21.1", "OBR-18"]}).rules
    assert [str(source) for source in rule.sources] == ["OBR-21.1", "OBR-18"]


def test_an_unknown_attribute_or_place_is_told() -> None:
    with pytest.raises(MappingError, match="no attribute 'colour'"):
        make_profile("mine", {"colour": ["OBR-1"]})
    with pytest.raises(MappingError, match="no place") as found:
        make_profile("mine", {"modality": ["OBR-18", "OBR18"]})
    assert found.value.where == "rules.modality.sources[1]"
    with pytest.raises(MappingError, match="delimiters"):
        make_profile("mine", {"modality": ["MSH-2"]})


FIRST = make_profile("first", {"accession_number": ["OBR-2"]})
SECOND = make_profile("second", {"accession_number": ["OBR-3"]})
MINE = Profile(
    "mine",
    make_profile("", {"accession_number": ["ORC-2"]}).rules,
    (
        Variant(((read_condition("IPC"),), (read_condition("MSH-9.1", "OMG"),)), FIRST),
        Variant(((read_condition("OBR-24", shape="modality"), read_condition("OBR-18")),), SECOND),
    ),
)


@pytest.mark.parametrize(
    ("kind", "obr", "more", "number", "reason"),
    [
        ("ORM", "", "", "orc", []),
        ("ORM", "", "\rIPC|1", "obr2", ["IPC"]),
        ("OMG", "", "", "obr2", ['MSH-9.1 = "OMG"']),
        ("ORM", "|" * 15 + "A" + "|" * 6 + "CT", "", "obr3", ["OBR-24 has the shape modality", "OBR-18"]),
        ("ORM", "|" * 15 + "|" * 6 + "CT", "", "orc", []),
    ],
)
def test_the_first_variant_that_fits_a_message_is_taken(
    kind: str, obr: str, more: str, number: str, reason: list[str]
) -> None:
    message = parse(f"MSH|^~\\&|HIS||||||{kind}\rORC|NW|orc\rOBR|1|obr2|obr3{obr}{more}")
    variant, why = MINE.find_variant(message)
    assert [str(each) for each in why] == reason
    assert MINE.choose(message) is (variant.profile if variant else MINE)
    (found,) = apply(message, MINE)
    assert found.values["accession_number"] == number


def test_ihe_reads_steps_in_ipc_where_there_are_some() -> None:
    assert preset("ihe").choose(parse("MSH|^~\\&|HIS\rOBR|1\rIPC|1")) is preset("ihe_omi")
    orders = preset("ihe").choose(parse("MSH|^~\\&|HIS\rOBR|1"))
    sources = {rule.attribute.name: str(rule.sources[0]) for rule in orders.rules}
    assert (sources["modality"], sources["accession_number"]) == ("OBR-24.1", "OBR-18.1")
