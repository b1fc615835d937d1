"""What a condition asks of an order, and when it fits."""

import pytest

from openworklist.domain.conditions import Condition, check_names, fit_all, from_document, to_document
from openworklist.domain.errors import SettingsError
from openworklist.domain.order import Order

CODE = {"code_value": "CTHEAD", "coding_scheme_designator": "L", "code_meaning": "CT of the head"}
ORDER = Order(
    "NW",
    "SC",
    {
        "modality": "CT",
        "allergies": "LATEX\\IODINE",
        "requested_procedure_code_sequence": (CODE,),
        "issuer_of_accession_number_sequence": ({"local_namespace_entity_id": "RIS"},),
    },
)


def fits(name: str, *patterns: str) -> bool:
    return Condition(name, patterns).fits(ORDER, "ORM^O01^ORM_O01", "RIS|NORTH")


@pytest.mark.parametrize("pattern", ["CT", "ct", "C?", "*", "c*", "?*"])
def test_a_value_fits_a_pattern_in_any_case_of_letters(pattern: str) -> None:
    assert fits("modality", pattern)


@pytest.mark.parametrize("pattern", ["MR", "C", "CT?", "", "?", "[C]T", "C.", "CT|MR"])
def test_a_pattern_means_the_whole_value_and_only_stars_and_question_marks_are_special(pattern: str) -> None:
    assert not fits("modality", pattern)


def test_one_of_several_patterns_is_enough() -> None:
    assert fits("modality", "MR", "CT")
    assert not fits("modality", "MR", "US")


@pytest.mark.parametrize(
    ("pattern", "expected"), [("", True), ("*", True), ("?*", False), ("CT", False)]
)  # fmt: skip
def test_no_value_fits_an_empty_pattern(pattern: str, expected: bool) -> None:
    assert fits("current_patient_location", pattern) is expected
    assert fits("scheduled_protocol_code_sequence", pattern) is expected


def test_of_several_values_one_is_enough() -> None:
    assert fits("allergies", "iodine")
    assert not fits("allergies", "LATEX*IODINE")


def test_of_a_sequence_of_codes_the_code_is_meant_or_the_part_that_is_named() -> None:
    assert fits("requested_procedure_code_sequence", "CTH*")
    assert not fits("requested_procedure_code_sequence", "CT of*")
    assert fits("requested_procedure_code_sequence.code_meaning", "CT of*")
    assert fits("issuer_of_accession_number_sequence.local_namespace_entity_id", "RIS")


@pytest.mark.parametrize("pattern", ["ORM", "orm^o01", "ORM^*", "ORM^O01^ORM_O01", "OR?^O01"])
def test_a_message_type_fits_by_its_code_with_its_trigger_or_whole(pattern: str) -> None:
    assert fits("message_type", pattern)
    assert not fits("message_type", "OMI", "ORM^O02")


@pytest.mark.parametrize("pattern", ["RIS", "RIS|NORTH", "R*|N*", "*|NORTH"])
def test_a_sender_fits_by_its_application_or_with_its_facility(pattern: str) -> None:
    assert fits("sender", pattern)
    assert not fits("sender", "RIS|SOUTH", "NORTH")


def test_the_order_control_can_be_asked_for() -> None:
    assert fits("order_control", "NW")


def test_all_conditions_must_fit() -> None:
    ct, mr = Condition("modality", ("CT",)), Condition("modality", ("MR",))
    assert fit_all([ct], ORDER, "ORM", "RIS|")
    assert fit_all([], ORDER, "ORM", "RIS|")
    assert not fit_all([ct, mr], ORDER, "ORM", "RIS|")


def test_a_condition_reads_as_people_say_it() -> None:
    assert str(Condition("modality", ("CT", ""))) == "Modality is CT or (none)"
    assert str(Condition("sender", ("RIS",))) == "Sender is RIS"
    name = "requested_procedure_code_sequence.coding_scheme_designator"
    assert str(Condition(name, ("L",))) == "Requested procedure code, coding scheme is L"


@pytest.mark.parametrize(
    ("name", "patterns"),
    [
        ("modalty", ("CT",)),
        ("modality", ()),
        ("modality.code_value", ("CT",)),
        ("requested_procedure_code_sequence.modality", ("CT",)),
        ("issuer_of_accession_number_sequence", ("RIS",)),
    ],
)
def test_a_condition_that_nothing_could_fit_is_refused(name: str, patterns: tuple[str, ...]) -> None:
    with pytest.raises(SettingsError) as caught:
        Condition(name, patterns)
    assert caught.value.code == "rule.invalid"


def test_a_name_has_one_condition() -> None:
    with pytest.raises(SettingsError, match="two conditions on modality"):
        check_names([Condition("modality", ("CT",)), Condition("modality", ("MR",))], "filter 'a'")


def test_conditions_come_back_from_their_document() -> None:
    document = {"modality": ["CT", "M?"], "sender": ["RIS|*"]}
    conditions = from_document(document, "when")
    assert conditions == (Condition("modality", ("CT", "M?")), Condition("sender", ("RIS|*",)))
    assert to_document(conditions) == document


@pytest.mark.parametrize(
    ("document", "where"),
    [
        (["modality"], "when"),
        ({"modality": [1]}, "when.modality[0]"),
        ({"modality": []}, "when.modality"),
        ({"modalty": "CT"}, "when.modalty"),
    ],
)
def test_what_is_wrong_in_a_document_is_told_with_its_place(document: object, where: str) -> None:
    with pytest.raises(SettingsError) as caught:
        from_document(document, "when")
    assert caught.value.where == where
