from openworklist.hl7.profile import preset
from openworklist.hl7.profile_json import to_json
from openworklist.ui.mapping_difference import RuleDifference, find_rule_differences, write_rule


def document(**rules: object) -> dict[str, object]:
    return {"format": "openworklist-mapping", "version": 1, "name": "mine", "rules": rules}


def test_rules_that_differ_are_told_before_and_after() -> None:
    before = document(modality="OBR-18.1", patient_id="PID-3.1")
    after = document(modality=["OBR-21.1", "OBR-18.1"], patient_id="PID-3.1", accession_number="ORC-2.1")

    assert find_rule_differences(before, after) == (
        RuleDifference("", "Modality", "OBR-18.1", "OBR-21.1, then OBR-18.1"),
        RuleDifference("", "Accession number", "", "ORC-2.1"),
    )


def test_one_that_was_deleted_had_or_has_no_rule() -> None:
    found = find_rule_differences(document(modality="OBR-18.1"), None)

    assert found == (RuleDifference("", "Modality", "OBR-18.1", ""),)


def test_rules_of_variants_and_their_conditions_are_told_with_their_name() -> None:
    before, after = to_json(preset("classic")), to_json(preset("classic"))
    after["variants"][0]["when"] = ["ZDS"]
    found = find_rule_differences(before, after)

    assert found == (RuleDifference("ihe_omi", "(ihe_omi)", "default IPC", "default ZDS"),)


def test_a_rule_is_a_line() -> None:
    source = {"path": "OBX-5", "shape": "number", "where": {"path": "OBX-3.2", "value": "Weight"}}

    assert write_rule([source]) == 'OBX-5 as number where OBX-3.2 = "Weight"'
    assert write_rule({"sources": "OBR-4.1", "table": {"X": "CT"}, "default": "OT"}) == (
        "OBR-4.1; default OT; table X = CT"
    )
    assert write_rule({"constant": "CT"}) == "constant CT"
    assert write_rule(None) == ""
