"""What a rule makes of what its sources hold, in the order pattern, table, shape, value."""

from typing import Any

import pytest

from openworklist.domain.attributes import BY_NAME
from openworklist.domain.order import Order
from openworklist.hl7.mapping import apply
from openworklist.hl7.message import parse
from openworklist.hl7.path import parse_path
from openworklist.hl7.profile import Profile
from openworklist.hl7.rule import Rule, Source, read_condition

CODES = {"ct1": "CT", "71020": "CR", "MRI head": "MR"}


def order(rule: Rule, *lines: str) -> Order:
    text = "\r".join(("MSH|^~\\&|HIS", *lines))
    (found,) = apply(parse(text), Profile("mine", (rule,)))
    return found


def make(name: str, *paths: str, shape: str = "", **more: Any) -> Rule:
    return Rule(BY_NAME[name], tuple(Source(parse_path(path), shape) for path in paths), **more)


def value(rule: Rule, *lines: str) -> object:
    found = order(rule, *lines)
    (name,) = found.values or [""]
    return found.values.get(name, "")


def test_a_value_table_knows_a_text_in_any_case() -> None:
    rule = make("modality", "OBR-4.1", table=CODES)
    assert value(rule, "OBR|1|||CT1^CT BRAIN") == "CT"
    assert value(rule, "OBR|1|||mri  HEAD") == "MR"


def test_what_is_not_in_the_table_is_told_and_the_next_source_is_tried() -> None:
    found = order(make("modality", "OBR-24.1", "OBR-4.1", table=CODES), "OBR|1|||71020|" + "|" * 18 + "|XX")
    assert found.values == {"modality": "CR"}
    found = order(make("modality", "OBR-4.1", table=CODES), "OBR|1|||71021")
    assert (found.values, found.warnings) == ({}, ("OBR-4.1 is not in the value table: left out.",))


def test_a_star_is_any_other_text_and_as_a_word_the_text_itself() -> None:
    assert value(make("modality", "OBR-4.1", table={**CODES, "*": "OT"}), "OBR|1|||71021") == "OT"
    keep = make("modality", "OBR-24.1", table={"XR": "CR", "*": "*"})
    assert [value(keep, "OBR|1" + "|" * 23 + text) for text in ("xr", "mr")] == ["CR", "MR"]


def test_an_empty_word_is_no_value_and_no_warning() -> None:
    found = order(
        make("patient_state", "OBR-12.1", table={"NONE": "", "*": "*"}), "OBR|1" + "|" * 11 + "none"
    )
    assert (found.values, found.warnings) == ({}, ())


def test_a_pattern_takes_out_a_part_which_the_table_then_knows() -> None:
    rule = make("modality", "OBR-4.2", pattern=r"^(\w+)-", table=CODES)
    assert value(rule, "OBR|1|||9^CT1-BRAIN") == "CT"
    found = order(rule, "OBR|1|||9^BRAIN")
    assert found.warnings == ("OBR-4.2 does not have the form that the pattern asks for: left out.",)


def test_a_source_with_a_shape_is_taken_only_if_it_looks_so() -> None:
    rule = make("modality", "OBR-24.1", "OBR-18.1", shape="modality")
    found = order(rule, "OBR|1" + "|" * 17 + "MR" + "|" * 6 + "ROOM 1")
    assert (found.values, found.warnings) == ({"modality": "MR"}, ())


def test_the_shape_is_that_of_the_word() -> None:
    rule = make("modality", "OBR-4.1", shape="modality", table={"1": "CT", "2": "XYZ"})
    assert value(rule, "OBR|1|||1") == "CT"
    assert value(rule, "OBR|1|||2") == ""


@pytest.mark.parametrize(
    ("rule", "line", "expected"),
    [
        (make("scheduled_station_ae_title", "OBR-21", table={"A": "CT1\\CT2", "*": "*"}), "A", "CT1\\CT2"),
        (make("scheduled_station_ae_title", "OBR-21", table={"A": "CT1", "*": "*"}), "A~B", "CT1\\B"),
        (make("requesting_physician", "OBR-21.1", table={"77": "SMITH^ANN^^DR"}), "77^X", "SMITH^ANN^^DR"),
        (make("requesting_physician", "OBR-21", pattern=r"^(\w+)\^"), "DOE^JOHN^^JR^DR", "DOE"),
        (make("patient_birth_date", "OBR-21", pattern=r"\d{8}"), "born 19731215", "19731215"),
        (make("study_instance_uid", "OBR-21", pattern=r"[0-9.]+"), "UID=1.2.3^X", "1.2.3"),
        (make("requested_procedure_comments", "OBR-21", pattern=r"\w+"), "a b~c d", "a\r\nc"),
        (make("patient_sex", "OBR-21", table={"1": "M", "2": "F"}), "2", "F"),
        (make("accession_number", "OBR-21.1", pattern=r"^\w+\S*$"), "A\\S\\1\\T\\B", "A^1&B"),
    ],
)
def test_it_is_converted_to_the_form_of_its_attribute(rule: Rule, line: str, expected: str) -> None:
    assert value(rule, "OBR|1" + "|" * 20 + line) == expected


def test_a_code_may_be_looked_up_as_a_whole() -> None:
    rule = make(
        "requested_procedure_code_sequence", "OBR-4.1", table={"71020": "36643-5^XR Chest 2V^LN", "*": "*"}
    )
    assert value(rule, "OBR|1|||71020^CHEST") == (
        {"code_value": "36643-5", "coding_scheme_designator": "LN", "code_meaning": "XR Chest 2V"},
    )
    assert value(rule, "OBR|1|||A^B^L") == (
        {"code_value": "A", "coding_scheme_designator": "L", "code_meaning": "B"},
    )


def test_two_quotes_delete_whatever_the_rule_makes_of_texts() -> None:
    for rule in (
        make("modality", "OBR-4.1", table=CODES),
        make("accession_number", "OBR-4", pattern="x"),
        make("requesting_physician", "OBR-4", shape="ae_title"),
    ):
        assert order(rule, 'OBR|1|||""').nullified == {rule.attribute.name}


def test_a_constant_stands_whatever_the_message_has() -> None:
    assert value(make("scheduled_station_ae_title", constant="CT1"), 'OBR|1|||""') == "CT1"
    assert value(make("issuer_of_admission_id_sequence", constant="HOSP^1.2.3^iso"), "OBR|1") == (
        {
            "local_namespace_entity_id": "HOSP",
            "universal_entity_id": "1.2.3",
            "universal_entity_id_type": "ISO",
        },
    )


def test_a_default_stands_where_no_source_has_anything_and_says_so() -> None:
    rule = make("modality", "OBR-18.1", default="OT")
    assert (order(rule, "OBR|1").values, order(rule, "OBR|1").defaults) == ({"modality": "OT"}, {"modality"})
    found = order(rule, "OBR|1" + "|" * 17 + "CT")
    assert (found.values, found.defaults) == ({"modality": "CT"}, frozenset())
    assert order(rule, "OBR|1" + "|" * 17 + '""').nullified == {"modality"}


WEIGHT = Rule(
    BY_NAME["patient_weight"],
    (
        Source(parse_path("OBX-5"), where=read_condition("OBX-3.2", "Body Weight")),
        Source(parse_path("OBX-5.1"), where=read_condition("OBX-3.1", "29463-7")),
    ),
)


@pytest.mark.parametrize(
    ("segments", "expected"),
    [
        (["OBX|1|NM|1^Body Height||180|cm", "OBX|2|NM|2^body  weight||80|kg"], "80"),
        (["OBX|1|NM|8302-2||180|cm", "OBX|2|NM|29463-7||81|kg"], "81"),
        (["OBX|1|NM|2^Body Weight||", "OBX|2|NM|2^Body Weight||82|kg"], "82"),
        (["OBX|1|NM|2^Body Weight||heavy", "OBX|2|NM|2^Body Weight||83"], "83"),
        (["OBX|1|NM|1^Body Height||180|cm"], ""),
        (["OBX|1|NM|2^Body Weight"], ""),
    ],
)
def test_where_says_in_which_segments_a_value_is_looked_for(segments: list[str], expected: str) -> None:
    assert value(WEIGHT, "ORC|NW", "OBR|1", *segments) == expected


def test_segments_that_steps_share_are_looked_at_for_each() -> None:
    text = "MSH|^~\\&|HIS\rORC|NW\rOBR|1\rOBX|1|NM|2^Body Weight||80\rIPC|a\rIPC|b\rORC|NW\rOBR|2"
    found = apply(parse(text), Profile("mine", (WEIGHT,)))
    assert [each.values.get("patient_weight") for each in found] == ["80", "80", None]


def test_where_may_ask_for_a_shape_or_for_anything() -> None:
    source = parse_path("OBX-3.2")
    for condition, expected in (("OBX-5", "a"), ("OBX-2", "b")):
        rule = Rule(
            BY_NAME["accession_number"],
            (Source(source, where=read_condition(condition, shape="uid" if condition == "OBX-5" else "")),),
        )
        assert value(rule, "OBR|1", "OBX|1||1^x||text", "OBX|2|NM|1^b", "OBX|3||1^a||1.2.3") == expected
