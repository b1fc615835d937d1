"""Values as people type them, in forms, over REST and on the command line; and back to what they type."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from openworklist.domain.attribute import Attribute
from openworklist.domain.codes import CODE_VALUES
from openworklist.domain.days import format_day, read_day
from openworklist.domain.errors import MappingError, OpenWorklistError, OrderError, ValuesError
from openworklist.domain.extra import find_attribute
from openworklist.domain.record import Item, Value
from openworklist.hl7.word import read_word

_CLOCK: Final = re.compile(r"(\d\d?):(\d\d)(?::(\d\d))?", re.ASCII)
_SCHEME: Final = "coding_scheme_designator"
_MEANING: Final = "code_meaning"


def read_values(texts: Mapping[str, str]) -> dict[str, Value]:
    r"""The values of texts by the names of attributes, "" where the text is blank: there the value goes.

    Days and times are taken as people write them (14.03.2026, 10:15), a code as CODE^Meaning^SCHEME, several
    values with a backslash between. ValuesError with an error for each text that cannot be a value.
    """
    values: dict[str, Value] = {}
    errors: list[OpenWorklistError] = []
    for name, text in texts.items():
        try:
            values[name] = read_value(name, text)
        except OpenWorklistError as error:
            errors.append(error)
    if errors:
        raise ValuesError(errors)
    return values


def read_value(name: str, text: str) -> Value:
    """The value of one text; OrderError, whose `where` is the attribute, if it cannot be one."""
    attribute = find_attribute(name)
    if attribute is None:
        raise OrderError(
            f"There is no attribute {name!r}.",
            where=name,
            hint="openworklist attributes lists them",
            code="record.unknown-attribute",
        )
    text = text.strip()
    if not text:
        return ""
    try:
        text.encode()  # halves of letters are none
        return read_word(attribute, _to_dicom(attribute, text))
    except (MappingError, UnicodeEncodeError) as error:
        hint = _HINTS.get(attribute.vr) or (error.hint if isinstance(error, MappingError) else "")
        raise OrderError(
            f"{attribute.label} cannot have this value.", where=name, hint=hint, code="record.value-unfit"
        ) from None


def write_value(name: str, value: Value) -> str | None:
    """The text that is read as this value; None where there is more to it than a text can say."""
    attribute = find_attribute(name)
    if isinstance(value, str) or attribute is None:
        return value if isinstance(value, str) else None
    text = _write_code(value[0]) if len(value) == 1 else None
    try:
        return text if text and read_word(attribute, text) == value else None
    except MappingError:
        return None


def _to_dicom(attribute: Attribute, text: str) -> str:
    if attribute.vr == "DA" and (day := read_day(text)):
        return format_day(day)
    if attribute.vr == "TM" and (found := _CLOCK.fullmatch(text)):
        hour, minute, second = found.groups()
        return f"{int(hour):02d}{minute}{second or '00'}"
    return text


def _write_code(item: Item) -> str | None:
    code = next((item[name] for name in CODE_VALUES if name in item), "")
    parts = [code, item.get(_MEANING, ""), item.get(_SCHEME, "")]
    return "^".join(map(str, parts)).rstrip("^")


_HINTS: Final = {
    "DA": "write a day, like 2026-03-14 or 14.03.2026",
    "TM": "write a time, like 10:15",
    "SQ": "write CODE^Meaning^SCHEME",
    "UI": "a UID has digits and dots",
}
