from typing import Any

import pytest
from hl7apy.parser import parse_message

from openworklist.domain.errors import CharsetError
from openworklist.domain.record import Value
from openworklist.hl7.charset import decode
from openworklist.hl7.compose import Composed, Outgoing, compose
from openworklist.hl7.mapping import apply
from openworklist.hl7.message import parse
from openworklist.hl7.profile import make_profile, preset
from openworklist.hl7.profile_json import from_json

HEADER = Outgoing("X1", "20260314080000", "OW", "RAD", "RIS", "HOSP")
RECORD: dict[str, Value] = {
    "patient_name": "Müller^Jörg^A^Dr.^Jr=山田^太郎=やまだ^たろう",
    "patient_id": "P|1^&~",
    "issuer_of_patient_id": "HOSP",
    "patient_birth_date": "19700131",
    "patient_sex": "M",
    "accession_number": "ACC1",
    "requesting_physician": "Welby^Marcus^^Dr",
    "issue_date_of_imaging_service_request": "20260313",
    "issue_time_of_imaging_service_request": "120000",
    "requested_procedure_id": "RP1",
    "requested_procedure_description": "CT head",
    "requested_procedure_priority": "HIGH",
    "requested_procedure_comments": "line one\r\nline two",
    "study_instance_uid": "1.2.3",
    "allergies": "nuts\\latex",
    "scheduled_procedure_step_id": "SPS1",
    "scheduled_procedure_step_start_date": "20260316",
    "scheduled_procedure_step_start_time": "101500",
    "modality": "CT",
    "scheduled_station_ae_title": "CT01\\CT02",
}


def left_out(composed: Composed) -> dict[str, str]:
    return {each.name: each.reason for each in composed.left_out}


def segments(composed: Composed) -> dict[str, str]:
    return {line[:3]: line for line in decode(composed.content).text.split("\r") if line}


def test_an_order_stands_in_the_places_of_the_mapping() -> None:
    found = segments(compose(RECORD, preset("ihe"), HEADER))
    assert found["MSH"].startswith("MSH|^~\\&|OW|RAD|RIS|HOSP|20260314080000||ORM^O01^ORM_O01|X1|P|2.5.1")
    assert found["PID"].split("|")[3] == "P\\F\\1\\S\\\\T\\\\R\\^^^HOSP"
    assert found["ORC"].split("|")[7] == "^^^20260316101500^^A"
    assert found["ZDS"] == "ZDS|1.2.3"


def test_a_step_of_omi_stands_in_ipc() -> None:
    composed = compose(RECORD, preset("ihe"), HEADER, kind="OMI")
    assert left_out(composed) == {}
    assert segments(composed)["IPC"] == "IPC|ACC1|RP1|1.2.3|SPS1|CT||||CT01~CT02"
    assert "OMI^O23^OMI_O23" in segments(composed)["MSH"]


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        ("ihe", {"scheduled_station_ae_title"}),
        (
            "classic",
            {
                "scheduled_procedure_step_id",
                "requesting_physician",
                "issue_date_of_imaging_service_request",
                "issue_time_of_imaging_service_request",
            },
        ),
        ("auto", set()),
    ],
)
def test_of_a_usual_record_this_is_all_that_is_left_out(profile: str, expected: set[str]) -> None:
    composed = compose(RECORD, preset(profile), HEADER)
    assert left_out(composed).keys() == expected
    decoded = decode(composed.content)
    (order,) = apply(parse(decoded.text), preset(profile), codec=decoded.codec)
    assert {name: order.values[name] for name in RECORD.keys() - expected} == {
        name: value for name, value in RECORD.items() if name not in expected
    }


def test_what_has_no_place_of_its_own_is_told_with_the_reason() -> None:
    told = left_out(compose(RECORD | {"patient_weight": "70"}, preset("classic"), HEADER))
    assert told["scheduled_procedure_step_id"] == "its place OBR-4.1 holds Requested procedure ID"
    assert told["requesting_physician"] == "the places of the mapping cannot hold it"
    assert told["patient_weight"] == "the mapping has no place for it"


def test_what_shares_a_place_is_told_as_added() -> None:
    composed = compose(RECORD, preset("classic"), HEADER)
    assert "placer_order_number_imaging_service_request" in composed.added


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Muller", ""),
        ("Müller", "8859/1"),
        ("Łukasz", "8859/2"),
        ("Пётр", "8859/5"),
        ("山田", "UNICODE UTF-8"),
    ],
)
def test_the_smallest_character_set_that_has_all_letters_is_chosen(value: str, expected: str) -> None:
    composed = compose({"patient_name": value, "patient_id": "1"}, preset("ihe"), HEADER)
    fields = segments(composed)["MSH"].split("|")
    assert (fields[17] if len(fields) > 17 else "") == expected


def test_a_letter_that_the_wished_set_lacks_is_never_replaced_in_silence() -> None:
    header = Outgoing("X1", "20260314080000", charset="8859/1")
    composed = compose({"patient_name": "山田", "patient_id": "1"}, preset("ihe"), header)
    assert left_out(composed).keys() == {"patient_name"}
    assert b"?" not in composed.content


def test_a_character_set_that_nobody_knows_is_an_error() -> None:
    with pytest.raises(CharsetError, match="KLINGON"):
        compose(RECORD, preset("ihe"), Outgoing("X1", "", charset="KLINGON"))


def test_a_value_table_is_read_backwards() -> None:
    rules = {"modality": {"sources": ["OBR-4.1"], "table": {"C1": "CT", "M1": "MR"}}, "patient_id": "PID-3.1"}
    document: Any = {"format": "openworklist-mapping", "version": 1, "name": "own", "rules": rules}
    composed = compose({"modality": "MR", "patient_id": "1"}, from_json(document), HEADER)
    assert left_out(composed) == {}
    assert segments(composed)["OBR"].split("|")[4] == "M1"


def test_a_place_that_another_attribute_has_leaves_the_next_place_of_the_rule() -> None:
    profile = make_profile(
        "own", {"patient_id": ["PID-3.1"], "requested_procedure_id": ["OBR-4.1"],
                "scheduled_procedure_step_id": ["OBR-20.1", "OBR-4.1"]}
    )  # fmt: skip
    values = {"patient_id": "1", "requested_procedure_id": "R", "scheduled_procedure_step_id": "S"}
    assert segments(compose(values, profile, HEADER))["OBR"].split("|")[20] == "S"


def test_another_parser_understands_it() -> None:
    text = decode(compose(RECORD, preset("ihe"), HEADER, kind="OMI").content).text
    message = parse_message(text, find_groups=False)
    assert message.msh.msh_9.msh_9_1.value == "OMI"
    assert message.pid.pid_5[0].pid_5_1.value == "Müller"
    assert message.ipc.ipc_5.ipc_5_1.value == "CT"
