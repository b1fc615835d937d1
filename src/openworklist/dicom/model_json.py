"""Values of a record as the DICOM JSON Model has them (PS3.18 annex F), and read again."""

from __future__ import annotations

from typing import Any, Final

from openworklist.domain.attributes import ATTRIBUTES, Attribute, Level
from openworklist.domain.record import Value

_STEPS: Final = "00400100"
_GROUPS: Final = ("Alphabetic", "Ideographic", "Phonetic")
_TOP: Final = tuple(each for each in ATTRIBUTES if each.tag and each.level is not Level.STEP)
_STEP: Final = tuple(each for each in ATTRIBUTES if each.tag and each.level is Level.STEP)

Values = dict[str, Value]


def to_json(values: Values) -> dict[str, Any]:
    """The dataset of one scheduled step."""
    return {**_to_dataset(values, _TOP), _STEPS: {"vr": "SQ", "Value": [_to_dataset(values, _STEP)]}}


def from_json(dataset: Any) -> Values:
    """What `to_json` was made of; what is no such dataset says nothing."""
    steps = _read_list(dataset, _STEPS)
    return {**_from_dataset(dataset, _TOP), **_from_dataset(steps[0] if steps else {}, _STEP)}


def _to_dataset(values: Any, catalogue: tuple[Attribute, ...]) -> dict[str, Any]:
    return {
        f"{each.tag:08X}": {"vr": each.vr, "Value": _to_list(each, values[each.name])}
        for each in sorted(catalogue, key=lambda each: each.tag)
        if values.get(each.name)
    }


def _to_list(attribute: Attribute, value: Value) -> list[Any]:
    if not isinstance(value, str):
        return [_to_dataset(item, attribute.items) for item in value]
    # A backslash within a text is a letter of it (PS3.5 6.2).
    texts = [value] if attribute.vr in ("LT", "ST", "UT", "UR") else value.split("\\")
    if attribute.vr == "PN":
        return [
            {name: group for name, group in zip(_GROUPS, text.split("="), strict=False) if group}
            for text in texts
        ]
    if attribute.vr == "US" and all(text.isascii() and text.isdigit() for text in texts):
        return [int(text) for text in texts]
    return [text or None for text in texts]


def _from_dataset(dataset: Any, catalogue: tuple[Attribute, ...]) -> Values:
    found: Values = {}
    for attribute in catalogue:
        values = _read_list(dataset, f"{attribute.tag:08X}")
        value = _from_list(attribute, values) if values else ""
        if value:
            found[attribute.name] = value
    return found


def _read_list(dataset: Any, tag: str) -> list[Any]:
    element = dataset.get(tag) if isinstance(dataset, dict) else None
    values = element.get("Value") if isinstance(element, dict) else None
    return values if isinstance(values, list) else []


def _from_list(attribute: Attribute, values: list[Any]) -> Value:
    if attribute.is_sequence:
        items = (_from_dataset(item, attribute.items) for item in values)
        return tuple(item for item in items if item)
    if attribute.vr == "PN":
        return "\\".join(_to_name(value) for value in values)
    return "\\".join("" if value is None else str(value) for value in values)


def _to_name(value: Any) -> str:
    if not isinstance(value, dict):
        return str(value or "")
    return "=".join(str(value.get(name, "")) for name in _GROUPS).rstrip("=")
