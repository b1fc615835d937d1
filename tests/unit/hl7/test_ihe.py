"""Orders in the places of IHE give the records of IHE RAD TF-2 appendix B, attribute by attribute."""

from pathlib import Path

import pytest

from openworklist.domain.record import Value
from openworklist.hl7.charset import decode
from openworklist.hl7.mapping import apply
from openworklist.hl7.message import parse
from openworklist.hl7.profile import preset

DATA = Path(__file__).parents[2] / "data/hl7/ihe"
EXPECTED: dict[tuple[str, int], dict[str, Value]] = {
    ("orm_zds", 0): {
        "accession_number": "A100",
        "admission_id": "VN1",
        "admitting_date": "20260313",
        "admitting_time": "100000",
        "allergies": "Latex",
        "confidentiality_constraint_on_patient_data_description": "VIP",
        "current_patient_location": "WARD1",
        "filler_order_number_imaging_service_request": "F100",
        "institution_code_sequence": (
            {"code_meaning": "Institute", "code_value": "I1", "coding_scheme_designator": "99X"},
        ),
        "institution_name": "Institute",
        "institutional_department_name": "Surgery",
        "issue_date_of_imaging_service_request": "20260313",
        "issue_time_of_imaging_service_request": "120000",
        "issuer_of_admission_id_sequence": (
            {
                "local_namespace_entity_id": "ADT1",
                "universal_entity_id": "1.2.3",
                "universal_entity_id_type": "ISO",
            },
        ),
        "issuer_of_patient_id": "ADT1",
        "issuer_of_patient_id_qualifiers_sequence": (
            {"universal_entity_id": "1.2.3", "universal_entity_id_type": "ISO"},
        ),
        "medical_alerts": "ALERTS",
        "modality": "CT",
        "order_callback_phone_number": "555-1",
        "order_entered_by": "Enter^Eva",
        "order_enterer_location": "W1",
        "order_filler_identifier_sequence": (
            {
                "local_namespace_entity_id": "OF",
                "universal_entity_id": "1.2.5",
                "universal_entity_id_type": "ISO",
            },
        ),
        "order_placer_identifier_sequence": (
            {
                "local_namespace_entity_id": "OP",
                "universal_entity_id": "1.2.4",
                "universal_entity_id_type": "ISO",
            },
        ),
        "order_status": "SC",
        "other_patient_ids_sequence": (
            {"issuer_of_patient_id": "OLD", "patient_id": "99", "type_of_patient_id": "TEXT"},
        ),
        "patient_address": "Hauptstr. 1",
        "patient_birth_date": "19700131",
        "patient_id": "4711",
        "patient_mother_birth_name": "Schmidt^Anna",
        "patient_name": "Müller^Jörg^A^Dr^Jr",
        "patient_primary_language_code_sequence": (
            {"code_meaning": "German", "code_value": "DE", "coding_scheme_designator": "ISO639"},
        ),
        "patient_sex": "M",
        "patient_size": "1.82",
        "patient_state": "PSTATE",
        "patient_telephone_numbers": "030-1",
        "patient_transport_arrangements": "WALK",
        "patient_weight": "70.5",
        "placer_order_number_imaging_service_request": "P100",
        "pregnancy_status": "3",
        "reason_for_requested_procedure_code_sequence": (
            {"code_meaning": "Headache", "code_value": "R1", "coding_scheme_designator": "I10"},
        ),
        "reason_for_the_requested_procedure": "Headache",
        "referring_physician_identification_sequence": (
            {
                "person_identification_code_sequence": (
                    {"code_meaning": "Anton Ref", "code_value": "88", "coding_scheme_designator": "L"},
                )
            },
        ),
        "referring_physician_name": "Ref^Anton^B^Dr^Sen",
        "requested_procedure_code_sequence": (
            {"code_meaning": "CT head", "code_value": "C1", "coding_scheme_designator": "L"},
        ),
        "requested_procedure_comments": "first\r\nsecond",
        "requested_procedure_description": "CT head",
        "requested_procedure_id": "RP100",
        "requested_procedure_priority": "STAT",
        "requested_timing": "20260316101500",
        "requesting_physician": "Order^Otto^^Dr",
        "route_of_admissions": "I",
        "scheduled_performing_physician_name": "Tech^Tina",
        "scheduled_procedure_step_description": "Head native",
        "scheduled_procedure_step_id": "SPS100",
        "scheduled_procedure_step_start_date": "20260316",
        "scheduled_procedure_step_start_time": "101500",
        "scheduled_protocol_code_sequence": (
            {"code_meaning": "Head native", "code_value": "PR1", "coding_scheme_designator": "DSS"},
        ),
        "special_needs": "A0",
        "study_instance_uid": "1.2.826.0.1.100",
    },
    ("omi_two_steps", 0): {
        "accession_number": "A200",
        "filler_order_number_imaging_service_request": "F200",
        "institution_name": "HOSP",
        "issuer_of_accession_number_sequence": (
            {
                "local_namespace_entity_id": "RIS",
                "universal_entity_id": "1.2.9",
                "universal_entity_id_type": "ISO",
            },
        ),
        "issuer_of_patient_id": "ADT1",
        "issuer_of_patient_id_qualifiers_sequence": (
            {"universal_entity_id": "1.2.3", "universal_entity_id_type": "ISO"},
        ),
        "modality": "CT",
        "order_filler_identifier_sequence": ({"local_namespace_entity_id": "OF"},),
        "order_placer_identifier_sequence": ({"local_namespace_entity_id": "OP"},),
        "order_status": "SC",
        "patient_birth_date": "19700131",
        "patient_id": "4711",
        "patient_name": "Müller^Jörg",
        "patient_sex": "F",
        "placer_order_number_imaging_service_request": "P200",
        "requested_procedure_code_sequence": (
            {"code_meaning": "Chest and abdomen", "code_value": "C9", "coding_scheme_designator": "L"},
        ),
        "requested_procedure_description": "Chest and abdomen",
        "requested_procedure_id": "RP200",
        "requested_procedure_priority": "HIGH",
        "requested_timing": "20260316101500",
        "requesting_physician": "Order^Otto",
        "route_of_admissions": "O",
        "scheduled_procedure_step_description": "Chest",
        "scheduled_procedure_step_id": "SPS201",
        "scheduled_procedure_step_location": "Room 4",
        "scheduled_procedure_step_start_date": "20260316",
        "scheduled_procedure_step_start_time": "101500",
        "scheduled_protocol_code_sequence": (
            {"code_meaning": "Chest", "code_value": "PR1", "coding_scheme_designator": "DSS"},
        ),
        "scheduled_station_ae_title": "CT1\\CT2",
        "scheduled_station_name": "Scanner 1",
        "study_instance_uid": "1.2.826.0.1.200",
    },
    ("omi_two_steps", 1): {
        "accession_number": "A200",
        "filler_order_number_imaging_service_request": "F200",
        "institution_name": "HOSP",
        "issuer_of_accession_number_sequence": (
            {
                "local_namespace_entity_id": "RIS",
                "universal_entity_id": "1.2.9",
                "universal_entity_id_type": "ISO",
            },
        ),
        "issuer_of_patient_id": "ADT1",
        "issuer_of_patient_id_qualifiers_sequence": (
            {"universal_entity_id": "1.2.3", "universal_entity_id_type": "ISO"},
        ),
        "modality": "MR",
        "order_filler_identifier_sequence": ({"local_namespace_entity_id": "OF"},),
        "order_placer_identifier_sequence": ({"local_namespace_entity_id": "OP"},),
        "order_status": "SC",
        "patient_birth_date": "19700131",
        "patient_id": "4711",
        "patient_name": "Müller^Jörg",
        "patient_sex": "F",
        "placer_order_number_imaging_service_request": "P200",
        "requested_procedure_code_sequence": (
            {"code_meaning": "Chest and abdomen", "code_value": "C9", "coding_scheme_designator": "L"},
        ),
        "requested_procedure_description": "Chest and abdomen",
        "requested_procedure_id": "RP200",
        "requested_procedure_priority": "HIGH",
        "requested_timing": "20260316101500",
        "requesting_physician": "Order^Otto",
        "route_of_admissions": "O",
        "scheduled_procedure_step_description": "Abdomen",
        "scheduled_procedure_step_id": "SPS202",
        "scheduled_procedure_step_location": "Room 5",
        "scheduled_procedure_step_start_date": "20260316",
        "scheduled_procedure_step_start_time": "101500",
        "scheduled_protocol_code_sequence": (
            {"code_meaning": "Abdomen", "code_value": "PR2", "coding_scheme_designator": "DSS"},
        ),
        "scheduled_station_ae_title": "MR1",
        "scheduled_station_name": "Magnet",
        "study_instance_uid": "1.2.826.0.1.200",
    },
    ("omg", 0): {
        "accession_number": "A300",
        "filler_order_number_imaging_service_request": "F300",
        "institution_name": "HOSP",
        "issuer_of_patient_id": "ADT1",
        "issuer_of_patient_id_qualifiers_sequence": (
            {"universal_entity_id": "1.2.3", "universal_entity_id_type": "ISO"},
        ),
        "modality": "DX",
        "order_filler_identifier_sequence": ({"local_namespace_entity_id": "OF"},),
        "order_placer_identifier_sequence": ({"local_namespace_entity_id": "OP"},),
        "order_status": "SC",
        "patient_birth_date": "19700131",
        "patient_id": "4711",
        "patient_name": "Müller^Jörg",
        "patient_sex": "F",
        "placer_order_number_imaging_service_request": "P300",
        "requested_procedure_code_sequence": (
            {"code_meaning": "Knee", "code_value": "C3", "coding_scheme_designator": "L"},
        ),
        "requested_procedure_description": "Knee",
        "requested_procedure_id": "RP300",
        "requested_procedure_priority": "ROUTINE",
        "requested_timing": "20260316111500",
        "requesting_physician": "Order^Otto",
        "route_of_admissions": "O",
        "scheduled_procedure_step_description": "Knee lateral",
        "scheduled_procedure_step_id": "SPS300",
        "scheduled_procedure_step_start_date": "20260316",
        "scheduled_procedure_step_start_time": "111500",
        "scheduled_protocol_code_sequence": (
            {"code_meaning": "Knee lateral", "code_value": "PR3", "coding_scheme_designator": "DSS"},
        ),
        "study_instance_uid": "1.2.826.0.1.300",
    },
}
CASES = [(file, step, name) for (file, step), values in EXPECTED.items() for name in values]


def read(file: str, step: int, profile: str) -> dict[str, Value]:
    decoded = decode((DATA / f"{file}.hl7").read_bytes())
    order = apply(parse(decoded.text), preset(profile), codec=decoded.codec)[step]
    assert order.warnings == ()
    return dict(order.values)


@pytest.mark.parametrize("profile", ["ihe", "auto"])
@pytest.mark.parametrize(("file", "step", "name"), CASES)
def test_each_attribute_is_where_ihe_has_it(profile: str, file: str, step: int, name: str) -> None:
    assert read(file, step, profile)[name] == EXPECTED[file, step][name]


@pytest.mark.parametrize(("file", "step"), EXPECTED)
def test_nothing_else_is_read(file: str, step: int) -> None:
    assert read(file, step, "ihe").keys() == EXPECTED[file, step].keys()


def test_each_step_in_ipc_is_an_order_of_its_own() -> None:
    message = parse(decode((DATA / "omi_two_steps.hl7").read_bytes()).text)
    assert len(apply(message, preset("ihe"))) == 2
