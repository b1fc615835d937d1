"""Keys of a worklist question as a pydicom dataset, and the dataset of an answer as values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from openworklist.domain.attributes import ATTRIBUTES, BY_NAME, Attribute, Level
from openworklist.domain.errors import IdentifierError
from openworklist.domain.record import Value

_STEP_SEQUENCE: Final = 0x0040_0100
_UTF_8: Final = "ISO_IR 192"
_WITH_WILDCARDS: Final = frozenset(("AE", "CS", "LO", "LT", "PN", "SH", "ST", "UC", "UT"))


def to_identifier(keys: Mapping[str, str]) -> Any:
    """The dataset that asks for all that the catalogue knows, with these keys to match on.

    IdentifierError on a key that DICOM cannot ask with.
    """
    from pydicom.dataset import Dataset

    for name, text in keys.items():
        if text and (name not in BY_NAME or not BY_NAME[name].tag or BY_NAME[name].is_sequence):
            raise IdentifierError(
                f"{name} cannot be asked for.",
                code="identifier.key-invalid",
                hint="docs/attributes.md has the attributes with their tags",
            )
    identifier, step = Dataset(), Dataset()
    if not all(text.isascii() for text in keys.values()):
        identifier.SpecificCharacterSet = _UTF_8
    for attribute in ATTRIBUTES:
        if attribute.tag:
            into = step if attribute.level is Level.STEP else identifier
            into.add(_to_element(attribute, keys.get(attribute.name, "")))
    identifier.add_new(_STEP_SEQUENCE, "SQ", [step])
    return identifier


def _to_element(attribute: Attribute, text: str) -> Any:
    from pydicom import config
    from pydicom.dataelem import DataElement

    value: Any = [] if attribute.is_sequence else None
    if text.strip("*"):  # PS3.4 C.2.2.2.3: else it matches all
        try:
            value = _check(attribute.vr, text)
        except ValueError as error:
            raise IdentifierError(
                f"{attribute.label} cannot be asked for like that: its kind of value is {attribute.vr}.",
                tag=attribute.tag,
                code="identifier.key-invalid",
                hint="docs/attributes.md says what a key may be",
            ) from error
    # The value is checked; wildcards would not pass.
    return DataElement(attribute.tag, attribute.vr, value, validation_mode=config.IGNORE)


def _check(vr: str, text: str) -> str | int:
    """The key as pydicom writes it; ValueError if the VR cannot hold it."""
    from pydicom import config
    from pydicom.valuerep import validate_value

    text.encode()  # a terminal may give half a letter
    if not text.isprintable() or ("\\" in text and vr != "UI"):
        raise ValueError("no line of text, or several values")
    if vr == "US":
        validate_value(vr, int(text), config.RAISE)
        return int(text)
    # What stands for any letters is none of the value's own.
    plain = text.replace("*", "").replace("?", "") if vr in _WITH_WILDCARDS else text
    for one in plain.split("\\"):
        validate_value(vr, one, config.RAISE)
    return text


def to_values(answer: Any) -> dict[str, Value]:
    """The values of an answer by attribute name, as in a record, and as the node has sent them."""
    steps = answer.get(_STEP_SEQUENCE)
    step = steps.value[0] if steps is not None and steps.value else None
    values: dict[str, Value] = {}
    for attribute in ATTRIBUTES:
        source = step if attribute.level is Level.STEP else answer
        value = _value(source, attribute) if source is not None and attribute.tag else ""
        if value:
            values[attribute.name] = value
    return values


def _value(source: Any, attribute: Attribute) -> Value:
    element = source.get(attribute.tag)
    if element is None or element.is_empty:
        return ""
    if element.VR == "SQ":
        return tuple(_item(item, attribute.items) for item in element.value)
    several = element.value if element.VM > 1 else [element.value]
    return "\\".join(str(value).rstrip(" \0") for value in several)


def _item(item: Any, rows: tuple[Attribute, ...]) -> dict[str, Value]:
    found = {row.name: _value(item, row) for row in rows}
    return {name: value for name, value in found.items() if value}
