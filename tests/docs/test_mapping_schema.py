"""docs/mapping.schema.json is the one that the code makes, and takes what the importer takes."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from openworklist.domain.errors import MappingError
from openworklist.hl7.profile import PRESETS, preset
from openworklist.hl7.profile_json import from_json, to_json
from openworklist.hl7.profile_schema import make_schema

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs/mapping.schema.json").read_text("utf-8"))
EXAMPLES = sorted((ROOT / "examples/mappings").glob("*.json"))
TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict, "array": list, "string": str, "null": type(None),
}  # fmt: skip
WORDS = {
    "$defs", "$ref", "$schema", "additionalProperties", "anyOf", "const", "description", "enum", "items",
    "maxLength", "minItems", "minLength", "pattern", "patternProperties", "properties", "required", "title",
    "type",
}  # fmt: skip


def is_valid(data: Any, schema: Any) -> bool:
    """As JSON Schema has it, of the words that the schema uses."""
    if isinstance(schema, bool):
        return schema
    assert schema.keys() <= WORDS
    if "$ref" in schema:
        return is_valid(data, SCHEMA["$defs"][schema["$ref"].removeprefix("#/$defs/")])
    if "anyOf" in schema and not any(is_valid(data, each) for each in schema["anyOf"]):
        return False
    if "type" in schema and not isinstance(data, TYPES[schema["type"]]):
        return False
    if ("const" in schema and data != schema["const"]) or ("enum" in schema and data not in schema["enum"]):
        return False
    if isinstance(data, str):
        fits = schema.get("minLength", 0) <= len(data) <= schema.get("maxLength", len(data))
        return fits and re.search(schema.get("pattern", ""), data) is not None
    if isinstance(data, list):
        return len(data) >= schema.get("minItems", 0) and all(
            is_valid(each, schema.get("items", True)) for each in data
        )
    return not isinstance(data, dict) or is_valid_object(data, schema)


def is_valid_object(data: dict[str, Any], schema: dict[str, Any]) -> bool:
    if not set(schema.get("required", ())) <= data.keys():
        return False
    for name, value in data.items():
        known = [schema["properties"][name]] if name in schema.get("properties", {}) else []
        known += [each for form, each in schema.get("patternProperties", {}).items() if re.search(form, name)]
        if not all(is_valid(value, each) for each in known or [schema.get("additionalProperties", True)]):
            return False
    return True


def test_the_page_is_what_the_code_makes() -> None:
    assert json.loads(json.dumps(make_schema())) == SCHEMA


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_it_takes_every_preset(name: str) -> None:
    assert is_valid(to_json(preset(name)), SCHEMA)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_it_takes_the_examples_as_they_are_and_written_in_full(path: Path) -> None:
    data = json.loads(path.read_text("utf-8"))
    assert is_valid(data, SCHEMA)
    assert is_valid(to_json(from_json(data)), SCHEMA)
    assert (path.parent / data["$schema"]).resolve() == ROOT / "docs/mapping.schema.json"


def wrap(rules: Any, **more: Any) -> dict[str, Any]:
    return {"format": "openworklist-mapping", "version": 1, "name": "mine", "rules": rules, **more}


@pytest.mark.parametrize(
    "data",
    [
        [],
        {},
        wrap([]),
        wrap({}, format="x"),
        wrap({}, version=2),
        wrap({}, name=""),
        wrap({}, colour="blue"),
        wrap({}, base="modern"),
        wrap({"colour": "OBR-1"}),
        wrap({"modality": "OBR18"}),
        wrap({"modality": []}),
        wrap({"modality": {"source": "OBR-1"}}),
        wrap({"modality": [{"path": "OBR-1", "shape": "blue"}]}),
        wrap({"modality": [{"shape": "uid"}]}),
        wrap({"modality": {"sources": "OBR-1", "table": {"1": 7}}}),
        wrap({"modality": {"sources": "OBR-1", "pattern": "x" * 201}}),
        wrap({"(0019,1001)": {"sources": "OBR-1", "vr": "SQ", "creator": "A"}}),
        wrap({}, variants=[{"name": "a", "rules": {}}]),
        wrap({}, variants=[{"name": "a", "when": [], "rules": {}}]),
        wrap({}, variants=[{"name": "a", "when": [{"path": "OB"}], "rules": {}}]),
    ],
)
def test_what_it_refuses_is_refused(data: Any) -> None:
    assert not is_valid(data, SCHEMA)
    with pytest.raises(MappingError):
        from_json(data)


@pytest.mark.parametrize(
    "data",
    [
        wrap({}),
        wrap(
            {"modality": {"constant": "CT"}, "(0018,1030)": "OBR-4.2", "step.ProtocolName": ["OBR[2]-4(1).2"]}
        ),
        wrap({"modality": None}, base="ihe"),
        wrap({}, variants=[{"name": "a", "when": ["IPC", ["OBR-4", {"path": "OBR-3"}]], "rules": {}}]),
    ],
)
def test_what_it_takes_is_taken(data: Any) -> None:
    assert is_valid(data, SCHEMA)
    from_json(data)
