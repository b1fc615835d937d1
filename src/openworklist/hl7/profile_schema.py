"""The JSON Schema of a mapping profile, published as docs/mapping.schema.json for editors and programs.

It says what has which form. Whether a path, a pattern or a word can be used, hl7.profile_json says.
"""

from __future__ import annotations

import json
from typing import Any, Final

from openworklist.domain.attributes import ATTRIBUTES
from openworklist.hl7 import profile_json as members
from openworklist.hl7.pattern import LONGEST_PATTERN
from openworklist.hl7.profile import PRESETS
from openworklist.hl7.sequences import is_fillable
from openworklist.hl7.shapes import SHAPES

Schema = dict[str, Any]

_PATH: Final = r"[A-Z][A-Z0-9]{2}(\[[0-9]{1,4}\])?-[0-9]{1,4}(\([0-9]{1,4}\))?(\.[0-9]{1,4}(\.[0-9]{1,4})?)?"
_OTHER_ATTRIBUTE: Final = (
    r"^(step\.)?(\(?[0-9A-Fa-f]{4}, ?[0-9A-Fa-f]{4}\)|[0-9A-Fa-f]{8}|[A-Z][A-Za-z0-9]+)$"
)
_VRS: Final = (
    *("AE", "AS", "CS", "DA", "DS", "DT", "FD", "FL", "IS", "LO", "LT", "PN", "SH", "SL", "SS", "ST", "TM"),
    *("UC", "UI", "UL", "UR", "US", "UT"),
)


def make_schema() -> Schema:
    """The schema of version 1."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "OpenWorklist mapping profile",
        "description": "Where in an HL7 message each worklist attribute stands.",
        **_object(
            {
                "$schema": {"type": "string"},
                "format": {"const": members.FORMAT},
                "version": {"const": members.VERSION},
                "name": _name(),
                "base": {
                    "enum": sorted(PRESETS),
                    "description": "A preset: rules stand in place of its own, null leaves one of them out.",
                },
                "rules": {"$ref": "#/$defs/rules"},
                "variants": {"type": "array", "items": {"$ref": "#/$defs/variant"}},
                "order_control": {
                    "type": "object",
                    "additionalProperties": {"type": "string"},
                    "description": "What ORC-1, or ORC-1 and ORC-5, stands for: ZZ is CA, SC 9 is SC CM.",
                },
            },
            "format", "version", "name",
        ),
        "$defs": {
            "path": {"type": "string", "pattern": rf"^{_PATH}$", "description": "A place like OBR-4.2."},
            "shape": {"enum": sorted(SHAPES), "description": "What a value must look like to be taken."},
            "condition": _condition(),
            "source": _source(),
            "rule": _rule(),
            "rules": {
                "type": "object",
                "properties": {
                    each.name: {"$ref": "#/$defs/rule", "title": each.label}
                    for each in ATTRIBUTES
                    if is_fillable(each)
                },
                "patternProperties": {_OTHER_ATTRIBUTE: {"$ref": "#/$defs/rule"}},
                "additionalProperties": False,
            },
            "variant": _variant(),
        },
    }  # fmt: skip


def write_schema() -> str:
    """The text of the file, without the end of its last line."""
    return json.dumps(make_schema(), ensure_ascii=False, indent=2)


def _object(properties: Schema, *required: str) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _name() -> Schema:
    return {"type": "string", "minLength": 1, "maxLength": members.LONGEST_NAME}


def _condition() -> Schema:
    path = {"type": "string", "pattern": rf"^([A-Z][A-Z0-9]{{2}}|{_PATH})$"}
    value = {"type": "string", "description": "What the field holds, in any case."}
    return {
        "description": "That a segment is there, or that a field holds something.",
        "anyOf": [
            path,
            _object({"path": path, "value": value, "shape": {"$ref": "#/$defs/shape"}}, "path"),
        ],
    }


def _source() -> Schema:
    path = {"$ref": "#/$defs/path"}
    where = {"$ref": "#/$defs/condition"}
    return {
        "anyOf": [path, _object({"path": path, "shape": {"$ref": "#/$defs/shape"}, "where": where}, "path")]
    }


def _rule() -> Schema:
    sources = {"type": "array", "items": {"$ref": "#/$defs/source"}, "minItems": 1}
    text = {"type": "string"}
    return {
        "anyOf": [
            {"$ref": "#/$defs/path"},
            sources,
            _object(
                {
                    "sources": {"anyOf": [{"$ref": "#/$defs/path"}, sources]},
                    "pattern": {**text, "maxLength": LONGEST_PATTERN},
                    "table": {"type": "object", "additionalProperties": text},
                    "default": text,
                    "constant": text,
                    "vr": {"enum": list(_VRS)},
                    "creator": text,
                }
            ),
            {"type": "null", "description": "With a base: no rule."},
        ]
    }


def _variant() -> Schema:
    condition = {"$ref": "#/$defs/condition"}
    alternative = {"anyOf": [condition, {"type": "array", "items": condition, "minItems": 1}]}
    return _object(
        {
            "name": _name(),
            "when": {
                "type": "array",
                "items": alternative,
                "minItems": 1,
                "description": "Alternatives; in each all conditions must hold.",
            },
            "rules": {"$ref": "#/$defs/rules"},
        },
        *members.VARIANT,
    )
