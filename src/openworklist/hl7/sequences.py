"""Sequences that a rule can fill: a code from its triple, an issuer from its authority."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from openworklist.domain.attributes import Attribute
from openworklist.domain.record import Item, Value
from openworklist.hl7.leaf import NULL, Leaf, Reading, leaf_reader
from openworklist.hl7.path import Path

# A finder takes a field as it came, not empty; for what it returns see hl7.values.Converter.
Finder = Callable[[Reading, str], Value | None]


def make_sequence_finder(attribute: Attribute, path: Path) -> Finder | None:
    """What makes such a sequence of a field in which it stands at `path`; None if no rule can fill it."""
    kind = _find_kind(attribute)
    return _FINDERS[kind](path) if kind else None


def is_fillable(attribute: Attribute) -> bool:
    """Whether a rule can fill the attribute: any that is no sequence, and some sequences."""
    return not attribute.is_sequence or bool(_find_kind(attribute))


def is_coded(attribute: Attribute) -> bool:
    """Whether it is a sequence of codes."""
    return _find_kind(attribute) == "code_value"


def read_sequence(attribute: Attribute, text: str) -> Value | None:
    """The sequence of a text as a field of HL7 has it: `CODE^Meaning^SCHEME`, `NAMESPACE^UNIVERSAL^TYPE`."""
    parts = [part.strip() for part in f"{text}^^".split("^")[:3]]
    kind = _find_kind(attribute)
    return _MAKERS[kind](*parts) if kind else None


def _find_kind(attribute: Attribute) -> str:
    names = {item.name for item in attribute.items}
    return next((kind for kind in _MAKERS if kind in names), "")


def _find_code(path: Path) -> Finder:
    """A code sequence: value, meaning and scheme follow each other from the component that the path names."""
    first = path.component or 1
    readers = [leaf_reader(path._replace(component=first + offset, subcomponent=0)) for offset in range(3)]
    return lambda reading, field: _make_code(*[_component(reading, field, read) for read in readers])


def _find_issuer(path: Path) -> Finder:
    """An assigning authority (HD): its namespace, universal ID and the type of that are subcomponents."""
    readers = [leaf_reader(path._replace(component=path.component or 1, subcomponent=n)) for n in (1, 2, 3)]
    return lambda reading, field: _make_issuer(*[_component(reading, field, read) for read in readers])


def _make_code(code: str, meaning: str, scheme: str) -> Value | None:
    if not code or not scheme:
        # PS3.3 table 8.8-1: a code without its scheme is none; the text has attributes of its own.
        return None
    return ({"code_value": code, "coding_scheme_designator": scheme, "code_meaning": meaning or code},)


def _make_issuer(namespace: str, universal: str, kind: str) -> Value | None:
    item = {
        "local_namespace_entity_id": namespace,
        "universal_entity_id": universal,
        "universal_entity_id_type": kind.upper() if universal else "",
    }
    kept: Item = {name: text for name, text in item.items() if text}
    return (kept,) if kept else None


def _component(reading: Reading, field: str, read: Leaf) -> str:
    text = read(reading, field)
    if text == NULL:
        return ""
    return text if text.isprintable() and "\\" not in text else " ".join(text.replace("\\", "/").split())


_FINDERS: Final[dict[str, Callable[[Path], Finder]]] = {
    "code_value": _find_code,
    "local_namespace_entity_id": _find_issuer,
}
_MAKERS: Final[dict[str, Callable[[str, str, str], Value | None]]] = {
    "code_value": _make_code,
    "local_namespace_entity_id": _make_issuer,
}
