import json
from pathlib import Path
from typing import Any

import pytest

from openworklist.domain.attributes import BY_NAME
from openworklist.domain.errors import MappingError
from openworklist.domain.extra import read_attribute
from openworklist.hl7.path import parse_path
from openworklist.hl7.profile import Profile, Variant, make_profile, preset
from openworklist.hl7.profile_json import from_json, read_profile, to_json, write_profile
from openworklist.hl7.rule import Rule, Source, read_condition

ROOT = Path(__file__).parents[3]
EXAMPLES = sorted((ROOT / "examples/mappings").glob("*.json"))


def wrap(rules: Any, **more: Any) -> dict[str, Any]:
    return {"format": "openworklist-mapping", "version": 1, "name": "mine", "rules": rules, **more}


def test_a_rule_of_one_place_is_that_place() -> None:
    assert to_json(make_profile("mine", {"modality": ["OBR-18.1"]})) == wrap({"modality": "OBR-18.1"})


def test_a_rule_of_several_is_a_list_and_one_that_says_more_is_an_object() -> None:
    weight = read_condition("OBX-3.2", "Body Weight")
    rules = (
        Rule(BY_NAME["patient_weight"], (Source(parse_path("OBX-5"), where=weight),)),
        Rule(BY_NAME["modality"], (Source(parse_path("OBR-24.1"), "modality"), Source(parse_path("OBR-18")))),
        Rule(BY_NAME["patient_sex"], (Source(parse_path("PID-8")),), table={"1": "M"}, default="O"),
        Rule(BY_NAME["scheduled_station_ae_title"], constant="CT1"),
        Rule(read_attribute("step.ProtocolName"), (Source(parse_path("OBR-4.2")),), pattern="^[A-Z]+"),
        Rule(read_attribute("(0019,1001)", vr="LO", creator="ACME"), (Source(parse_path("ZXM-1")),)),
    )
    variant = Variant(
        ((read_condition("IPC"),), (read_condition("OBR-24", shape="modality"), read_condition("OBR-18.1"))),
        Profile("omi", rules[1:2]),
    )
    written = to_json(Profile("mine", rules, (variant,)))
    modality = [{"path": "OBR-24.1", "shape": "modality"}, "OBR-18"]
    assert written == wrap(
        {
            "patient_weight": [{"path": "OBX-5", "where": {"path": "OBX-3.2", "value": "Body Weight"}}],
            "modality": modality,
            "patient_sex": {"sources": ["PID-8"], "table": {"1": "M"}, "default": "O"},
            "scheduled_station_ae_title": {"constant": "CT1"},
            "step.ProtocolName": {"sources": ["OBR-4.2"], "pattern": "^[A-Z]+"},
            "(0019,1001)": {"sources": ["ZXM-1"], "vr": "LO", "creator": "ACME"},
        },
        variants=[
            {
                "name": "omi",
                "when": ["IPC", [{"path": "OBR-24", "shape": "modality"}, "OBR-18.1"]],
                "rules": {"modality": modality},
            }
        ],
    )
    again = from_json(written)
    assert again.rules == rules
    assert again.variants[0].when == variant.when
    assert again.variants[0].profile.rules == variant.profile.rules


@pytest.mark.parametrize("name", ["classic", "ihe", "ihe_omi"])
def test_presets_are_written_in_full_and_read_again(name: str) -> None:
    text = write_profile(preset(name))
    again = read_profile(text)
    assert again.rules == preset(name).rules
    assert write_profile(again) == text


def test_a_base_gives_the_rules_that_are_not_named() -> None:
    found = from_json(wrap({"modality": "OBR-21.1", "patient_sex": None}, base="classic"))
    rules = {rule.attribute.name: rule for rule in found.rules}
    assert str(rules["modality"].sources[0]) == "OBR-21.1"
    assert "patient_sex" not in rules
    assert len(rules) == len(preset("classic").rules) - 1
    assert to_json(from_json(to_json(found))) == to_json(found)


def test_a_base_has_its_variants_with_the_same_changes() -> None:
    found = from_json(wrap({"modality": {"constant": "CT"}}, base="ihe"))
    (variant,) = found.variants
    for plain in (found, variant.profile):
        assert {rule.attribute.name: rule.constant for rule in plain.rules}["modality"] == "CT"
    assert len(variant.profile.rules) == len(preset("ihe_omi").rules)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_are_read(path: Path) -> None:
    found = read_profile(path.read_text("utf-8"))
    assert to_json(from_json(to_json(found))) == to_json(found)


@pytest.mark.parametrize(
    ("data", "where", "code", "sentence"),
    [
        ([], "", "invalid", "an object"),
        ({"format": "x"}, "format", "invalid", "openworklist-mapping"),
        (wrap({}, version=2), "version", "version-unknown", "Version 2"),
        (wrap({}, name=""), "name", "invalid", "1 to 64 letters"),
        (wrap({}, name=7), "name", "invalid", "a text"),
        (wrap({}, colour=7), "colour", "invalid", "Nobody knows 'colour'"),
        (wrap([]), "rules", "invalid", "an object"),
        (wrap({"colour": "OBR-1"}), "rules.colour", "attribute-unknown", "no attribute 'colour'"),
        (wrap({"modality": "OBR18"}), "rules.modality.sources", "path-unreadable", "'OBR18'"),
        (wrap({"modality": ["OBR-24", "OBR18"]}), "rules.modality.sources[1]", "path-unreadable", "'OBR18'"),
        (wrap({"modality": ["OBR-24", 7]}), "rules.modality.sources[1]", "invalid", "an object"),
        (wrap({"modality": []}), "rules.modality.sources", "invalid", "no source"),
        (wrap({"modality": None}), "rules.modality.sources", "invalid", "an object"),
        (
            wrap({"modality": [{"path": "OBR-24", "shape": "blue"}]}),
            "rules.modality.sources[0].shape",
            "shape-unknown",
            "'blue'",
        ),
        (
            wrap({"modality": [{"path": "OBR-24", "where": {"path": "OBX.3"}}]}),
            "rules.modality.sources[0].where.path",
            "path-unreadable",
            "'OBX.3'",
        ),
        (wrap({"modality": [{"shape": "uid"}]}), "rules.modality.sources[0].path", "invalid", "a text"),
        (
            wrap({"modality": {"sources": "OBR-4", "table": {"1": 7}}}),
            "rules.modality.table.1",
            "invalid",
            "a text",
        ),
        (
            wrap({"modality": {"sources": "OBR-4", "table": {"1": "c/t"}}}),
            "rules.modality.table.1",
            "value-unfit",
            "no value",
        ),
        (
            wrap({"modality": {"sources": "OBR-4", "pattern": "("}}),
            "rules.modality.pattern",
            "pattern-refused",
            "cannot be read",
        ),
        (wrap({"modality": {"source": "OBR-4"}}), "rules.modality.source", "invalid", "known are sources"),
        (
            wrap({"(0019,1001)": {"sources": "OBR-4", "vr": "LO"}}),
            "rules.(0019,1001).creator",
            "attribute-unknown",
            "creator",
        ),
        (
            wrap({"modality": "OBR-4", "(0008,0060)": "OBR-5"}),
            "rules.(0008,0060)",
            "invalid",
            "has two rules",
        ),
        (wrap({}, base="modern"), "base", "preset-unknown", "'modern'"),
        (wrap({"colour": None}, base="classic"), "rules.colour", "attribute-unknown", "'colour'"),
        (wrap({}, base="classic", variants=[]), "variants", "invalid", "has its variants"),
        (wrap({}, variants={}), "variants", "invalid", "a list"),
        (wrap({}, variants=[{"name": "a", "rules": {}}]), "variants[0].when", "invalid", "a list"),
        (
            wrap({}, variants=[{"name": "a", "when": [], "rules": {}}]),
            "variants[0].when",
            "invalid",
            "no cond",
        ),
        (
            wrap({}, variants=[{"name": "a", "when": [[]], "rules": {}}]),
            "variants[0].when[0]",
            "invalid",
            "no condition",
        ),
        (
            wrap({}, variants=[{"name": "a", "when": ["IPC", ["OBR", {"path": "X"}]], "rules": {}}]),
            "variants[0].when[1][1].path",
            "path-unreadable",
            "'X'",
        ),
        (
            wrap({}, variants=[{"name": "a", "when": ["IPC"], "rules": {"modality": ["O"]}}]),
            "variants[0].rules.modality.sources[0]",
            "path-unreadable",
            "'O'",
        ),
    ],
)
def test_what_is_wrong_is_told_with_its_place(data: Any, where: str, code: str, sentence: str) -> None:
    with pytest.raises(MappingError) as found:
        from_json(data)
    assert (found.value.where, found.value.code) == (where, f"mapping.{code}")
    assert sentence in f"{found.value.sentence} {found.value.hint}"


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", "line 1, column 1"),
        ('{\n  "format": ', "line 2, column 13"),
        ("[" * 100_000, ""),
        ('{"rules": {"modality": "OBR-1", "modality": "OBR-2"}}', "modality"),
        (" " * 1_000_001, ""),
    ],
)
def test_what_is_no_json_is_told_with_its_line(text: str, where: str) -> None:
    with pytest.raises(MappingError) as found:
        read_profile(text)
    assert found.value.where == where


def test_a_byte_order_mark_is_no_letter() -> None:
    assert read_profile("\ufeff" + json.dumps(wrap({"modality": "OBR-4"}))).name == "mine"
