"""From values in DICOM's form to what stands in a message: hl7.values, names and sequences backwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from openworklist.domain.attributes import BY_NAME, Attribute
from openworklist.domain.record import Value
from openworklist.hl7.names import XCN, XPN, kind_of
from openworklist.hl7.path import Path
from openworklist.hl7.plan import GATHERED
from openworklist.hl7.rule import Rule
from openworklist.hl7.sequences import is_coded, issuer_places
from openworklist.hl7.values import TABLES

Leaves = Mapping[Path, str]
_SCRIPTS: Final = "AIP"
_CODE: Final = ("code_value", "code_meaning", "coding_scheme_designator")
_ISSUER: Final = ("local_namespace_entity_id", "universal_entity_id", "universal_entity_id_type")


def to_leaves(rule: Rule, value: Value, path: Path, values: Mapping[str, Value]) -> Leaves | None:
    """The texts that give the value at a place of the rule; None if none does.

    `values` are those of the record: date and time share a place.
    """
    attribute = rule.attribute
    if not isinstance(value, str):
        return _from_sequence(attribute, value, path)
    text = _find_word(rule, value)
    if text is None:
        return None
    if attribute.vr == "PN":
        return _from_name(text, path)
    if attribute.vr == "TM":
        return _from_time(attribute, text, path, values)
    if attribute.vr == "DA":
        return {path: text + _find_time(attribute, values)}
    if path.segment in GATHERED and not path.occurrence:
        parts = text.split("\\") if attribute.multiple else text.split("\r\n")
        return {path._replace(occurrence=number): part for number, part in enumerate(parts, 1)}
    if attribute.multiple:
        parts = text.split("\\")
        if path.repetition:
            return {path: text} if len(parts) == 1 else None
        return {path._replace(repetition=number): part for number, part in enumerate(parts, 1)}
    return {path: text.replace("\r\n", "\n")}


def _find_word(rule: Rule, value: str) -> str | None:
    """What must stand in the message for that value to come of the tables."""
    if rule.table:
        return next((key for key, word in rule.table.items() if word == value and key != "*"), None)
    table = TABLES.get(rule.attribute.name)
    return next((key for key, word in table.items() if word == value), None) if table else value


def _find_time(attribute: Attribute, values: Mapping[str, Value]) -> str:
    twin = attribute.name.replace("_date", "_time")
    time = values.get(twin, "") if twin != attribute.name and twin in BY_NAME else ""
    return time if isinstance(time, str) else ""


def _from_time(attribute: Attribute, text: str, path: Path, values: Mapping[str, Value]) -> Leaves | None:
    """A time stands behind its date, never alone."""
    date = values.get(attribute.name.replace("_time", "_date"))
    return {path: date + text} if date and isinstance(date, str) else None


def _from_name(text: str, path: Path) -> Leaves | None:
    groups = text.split("=")
    if path.component:
        # A component alone is the family name.
        return {path: text} if len(groups) == 1 and "^" not in text else None
    kind = kind_of(path.segment, path.field)
    order = XPN if kind == "XPN" else XCN
    leaves: dict[Path, str] = {}
    repetition = path.repetition or 1
    for script, group in enumerate(groups):
        if not group:
            continue
        parts = [*group.split("^"), "", "", "", ""][:5]
        for place, part in zip(order[:5], parts, strict=True):
            if part:
                leaves[_name_part(path, kind, repetition, place)] = part
        if len(groups) > 1:
            leaves[_name_part(path, kind, repetition, order[6])] = _SCRIPTS[script]
        repetition += 1
    return leaves


def _name_part(path: Path, kind: str, repetition: int, place: int) -> Path:
    if kind == "NDL":
        return path._replace(repetition=repetition, component=1, subcomponent=place + 1)
    return path._replace(repetition=repetition, component=place + 1)


def _from_sequence(attribute: Attribute, value: Value, path: Path) -> Leaves | None:
    """A sequence of one item with nothing in it but a code or an issuer."""
    if len(value) != 1 or isinstance(value, str):
        return None
    item = value[0]
    names = _CODE if is_coded(attribute) else _ISSUER
    texts = {name: text for name, text in item.items() if isinstance(text, str)}
    if set(item) - set(names) or len(texts) != len(item):
        return None
    first = path.component or 1
    if is_coded(attribute):
        places = [path._replace(component=first + number) for number in range(3)]
    else:
        places = issuer_places(path)
    return {place: texts[name] for place, name in zip(places, names, strict=True) if texts.get(name)}
