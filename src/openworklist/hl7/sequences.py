"""Sequences that a rule can fill: codes from their triples, issuers from their authorities, persons' IDs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from openworklist.domain.attributes import Attribute
from openworklist.domain.record import Item, Value
from openworklist.hl7.leaf import NULL, Leaf, Reading, leaf_reader
from openworklist.hl7.path import Path

# Fields of type EI: the entity, then who gave it (HL7 v2.9 2.A.28).
_ENTITIES: Final = frozenset({("ORC", 2), ("ORC", 3), ("ORC", 4), ("OBR", 2), ("OBR", 3), ("IPC", 1)})
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
    return _MAKERS[kind](*parts) if kind in _MAKERS else None


def _find_kind(attribute: Attribute) -> str:
    names = {item.name for item in attribute.items}
    return next((kind for kind in _FINDERS if kind in names), "")


def _find_code(path: Path) -> Finder:
    """A code sequence: value, meaning and scheme follow each other from the component that the path names."""
    first = path.component or 1
    readers = [leaf_reader(path._replace(component=first + offset, subcomponent=0)) for offset in range(3)]

    def find(reading: Reading, field: str) -> Value | None:
        component = reading.component
        if not component or field.count(component) < first + 1:
            return None  # a code without its scheme is none
        return _make_code(*[_component(reading, field, read) for read in readers])

    return find


def _find_issuer(path: Path) -> Finder:
    """An assigning authority (HD): its namespace, universal ID and the type of that are subcomponents."""
    readers = [leaf_reader(each) for each in issuer_places(path)]
    read_number = leaf_reader(path._replace(component=1, subcomponent=0))

    def find(reading: Reading, field: str) -> Value | None:
        found = _make_issuer(*[_component(reading, field, read) for read in readers])
        if found is None and path.component > 1 and _component(reading, field, read_number):
            return ""  # a number that nobody is named for is not that of the next place's issuer
        return found

    return find


def issuer_places(path: Path) -> list[Path]:
    """Where namespace, universal ID and its type stand: in an EI they are components, in an HD its parts."""
    first = path.component or 1
    if (path.segment, path.field) in _ENTITIES and first > 1:
        return [path._replace(component=first + offset, subcomponent=0) for offset in range(3)]
    return [path._replace(component=first, subcomponent=number) for number in (1, 2, 3)]


def _find_qualifiers(path: Path) -> Finder:
    """What an assigning authority has beside its namespace."""
    find = _find_issuer(path)

    def find_rest(reading: Reading, field: str) -> Value | None:
        if not reading.subcomponent or reading.subcomponent not in field:
            return None
        found = find(reading, field)
        item = found[0] if isinstance(found, tuple) else {}
        rest = {name: text for name, text in item.items() if name != "local_namespace_entity_id"}
        return (rest,) if rest else None

    return find_rest


def _find_other_ids(path: Path) -> Finder:
    """The repetitions of PID-3 behind the one that is the Patient ID."""
    texts = [
        leaf_reader(path._replace(component=n, subcomponent=s, repetition=1)) for n, s in ((1, 0), (4, 1))
    ]

    def find(reading: Reading, field: str) -> Value | None:
        if not reading.repetition or reading.repetition not in field:
            return None
        repetitions = field.split(reading.repetition)
        found = [tuple(_component(reading, text, read) for read in texts) for text in repetitions]
        known = [each for each in found if each[0]][1:]
        # PS3.3 C.7.1.1: what is written and read by people is TEXT.
        return (
            tuple(
                {"patient_id": number, "issuer_of_patient_id": issuer, "type_of_patient_id": "TEXT"}
                if issuer
                else {"patient_id": number, "type_of_patient_id": "TEXT"}
                for number, issuer in known
            )
            or None
        )

    return find


def _find_person(path: Path) -> Finder:
    """The ID of a person (XCN) as a code; its scheme is who gave it, else L, a local one (HL7 table 0396)."""
    readers = [leaf_reader(path._replace(component=number)) for number in (1, 2, 3)]
    authority = leaf_reader(path._replace(component=9, subcomponent=1))

    def find(reading: Reading, field: str) -> Value | None:
        number, family, given = (_component(reading, field, read) for read in readers)
        if not number or not family:
            return None  # a name without an ID stands in the first component
        meaning = " ".join(filter(None, (given, family)))
        scheme = _component(reading, field, authority) or "L"
        code = {"code_value": number, "coding_scheme_designator": scheme, "code_meaning": meaning}
        return ({"person_identification_code_sequence": (code,)},)

    return find


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
    "universal_entity_id": _find_qualifiers,
    "patient_id": _find_other_ids,
    "person_identification_code_sequence": _find_person,
}
_MAKERS: Final[dict[str, Callable[[str, str, str], Value | None]]] = {
    "code_value": _make_code,
    "local_namespace_entity_id": _make_issuer,
}
