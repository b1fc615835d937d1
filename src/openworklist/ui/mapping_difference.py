"""What differs between two versions of a mapping, rule by rule, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from openworklist.domain.errors import MappingError
from openworklist.domain.extra import read_attribute
from openworklist.hl7.profile_json import from_json, to_json


class RuleDifference(NamedTuple):
    """A rule before and after, "" where there is none; `set` names the variant, "" the profile's own."""

    set: str
    label: str
    before: str
    after: str


def find_rule_differences(before: Any, after: Any) -> tuple[RuleDifference, ...]:
    """Between two documents of mappings, None for one that was deleted; those of the profile itself first."""
    old, new = _read_sets(before), _read_sets(after)
    found = []
    for name in dict.fromkeys((*old, *new)):
        own, other = old.get(name, {}), new.get(name, {})
        for attribute in dict.fromkeys((*own, *other)):
            was, is_now = write_rule(own.get(attribute)), write_rule(other.get(attribute))
            if was != is_now:
                found.append(RuleDifference(name, _find_label(attribute), was, is_now))
    return tuple(found)


def write_rule(document: Any) -> str:
    """A rule in a line, as `OBR-4.2, then OBR-4.1; default CT`; "" for none."""
    if document is None:
        return ""
    members = document if isinstance(document, dict) and "path" not in document else {"sources": document}
    sources = members.get("sources", [])
    listed = sources if isinstance(sources, list) else [sources]
    parts = [", then ".join(map(_write_source, listed))]
    parts += [f"{name} {members[name]}" for name in ("pattern", "default", "constant") if name in members]
    if table := members.get("table"):
        parts.append("table " + ", ".join(f"{key} = {word}" for key, word in table.items()))
    return "; ".join(filter(None, parts))


def _write_source(source: Any) -> str:
    if isinstance(source, str):
        return source
    text = str(source["path"]) + (f" as {source['shape']}" if "shape" in source else "")
    return text + (f" where {_write_condition(source['where'])}" if "where" in source else "")


def _write_condition(condition: Any) -> str:
    if isinstance(condition, str):
        return condition
    value = f' = "{condition["value"]}"' if "value" in condition else ""
    return f"{condition['path']}{value}" + (f" as {condition['shape']}" if "shape" in condition else "")


def _read_sets(document: Any) -> dict[str, Mapping[str, Any]]:
    if document is None:
        return {}
    try:
        written = to_json(from_json(document))
    except MappingError:
        return {}
    sets = {"": written["rules"]}
    for each in written.get("variants", []):
        name = each["name"]
        while name in sets:
            name += "'"
        # The conditions stand beside the rules, as one more of them.
        when = {f"({name})": {"default": _write_when(each["when"])}}
        sets[name] = {**when, **each["rules"]}
    if controls := written.get("order_control"):
        sets["ORC-1"] = {code: {"default": word} for code, word in controls.items()}
    return sets


def _write_when(when: Any) -> str:
    alternatives = (each if isinstance(each, list) else [each] for each in when)
    return " or ".join(" and ".join(map(_write_condition, each)) for each in alternatives)


def _find_label(attribute: str) -> str:
    try:
        return read_attribute(attribute).label
    except MappingError:
        return attribute
