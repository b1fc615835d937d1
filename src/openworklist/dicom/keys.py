"""What is written into a matching key, as a condition: by the kind of matching the catalogue names for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from openworklist.domain.attributes import Attribute, Match
from openworklist.domain.errors import IdentifierError
from openworklist.domain.query import (
    AnyOf,
    Condition,
    OneOf,
    PersonName,
    Range,
    Single,
    Wildcard,
    canonical_time,
)
from openworklist.domain.wildcards import has_wildcard

# In these a backslash is a letter (PS3.5 6.2).
_BACKSLASH_IS_TEXT: Final = frozenset(("LT", "ST", "UR", "UT"))
_MOST_VALUES: Final = 1000
_LONGEST_PATTERN: Final = 1024  # letters; reading and matching a pattern takes time for each
_Part = Single | Wildcard | PersonName | Range


def read_key(attribute: Attribute, text: str) -> Condition | None:
    """The condition of a key, None if every record fulfils it; IdentifierError if it cannot be understood.

    Several values are taken for any of them, in every attribute: the standard has it for UIDs alone (PS3.4
    C.2.2.2.2) unless it is negotiated, but a question that lists two modalities cannot mean anything else.
    """
    name = attribute.name
    values = [text] if attribute.vr in _BACKSLASH_IS_TEXT else text.split("\\")
    values = [stripped for value in values if (stripped := _strip(value))]
    # PS3.4 C.2.2.2.3 and C.2.2.2.4: nothing and a lone star are universal matching.
    if not values or not all(value.strip("*") for value in values):
        return None
    _check_size(attribute, text, len(values))
    read = _READERS[attribute.match]
    parts = tuple(read(attribute, value) for value in values)
    if len(parts) == 1:
        return parts[0]
    if all(isinstance(part, Single) for part in parts):
        return OneOf(name, tuple(values))
    return AnyOf(name, parts)


def _strip(value: str) -> str:
    """Without padding. A NUL ends a text where a buffer of fixed size was sent: no record holds one."""
    return value.strip(" \0").partition("\0")[0].rstrip(" ")


def _check_size(attribute: Attribute, text: str, values: int) -> None:
    if values > _MOST_VALUES:
        raise IdentifierError(f"A key has more than {_MOST_VALUES} values.", tag=attribute.tag)
    if len(text) > _LONGEST_PATTERN and (attribute.vr == "PN" or has_wildcard(text)):
        raise IdentifierError(f"A pattern has more than {_LONGEST_PATTERN} letters.", tag=attribute.tag)


def _read_value(attribute: Attribute, text: str) -> Single:
    return Single(attribute.name, text)


def _read_pattern(attribute: Attribute, text: str) -> _Part:
    if attribute.vr == "PN":
        return PersonName(attribute.name, text)
    return Wildcard(attribute.name, text) if has_wildcard(text) else Single(attribute.name, text)


def _read_range(attribute: Attribute, text: str) -> Range:
    """PS3.4 C.2.2.2.5; one date or time is the range of what it stands for."""
    read, widen = (_read_date, _read_date) if attribute.vr == "DA" else (_read_time, _widen)
    low, hyphen, high = (part.strip(" ") for part in text.partition("-"))
    tag = attribute.tag
    return Range(attribute.name, read(low, tag), widen(high if hyphen else low, tag))


# Universal: what stands in such a key is not matched on, and the answers say so.
_READERS: Final[Mapping[Match, Callable[[Attribute, str], _Part]]] = {
    Match.SINGLE: _read_value,
    Match.WILDCARD: _read_pattern,
    Match.RANGE: _read_range,
    Match.UID_LIST: _read_value,
    Match.UNIVERSAL: _read_value,
}

# ACR-NEMA 300 wrote dates with full stops and times with colons (PS3.5 table 6.2-1 notes).
_DATE: Final = re.compile(r"(\d{4})\.?(0[1-9]|1[0-2])\.?(0[1-9]|[12]\d|3[01])")
_FULL_TIME: Final = "995959.999999"


def _read_date(text: str, tag: int) -> str:
    if not text:
        return ""
    found = _DATE.fullmatch(text)
    if not found:
        raise IdentifierError("A date is written YYYYMMDD, a range with a hyphen.", tag=tag)
    return "".join(found.groups())


def _read_time(text: str, tag: int) -> str:
    time = canonical_time(text.replace(":", ""))
    if text and not time:
        raise IdentifierError("A time is written HHMMSS, a range with a hyphen.", tag=tag)
    return time


def _widen(text: str, tag: int) -> str:
    """The last moment that a time of its precision stands for."""
    digits = text.replace(":", "")
    return digits + _FULL_TIME[len(digits) :] if _read_time(digits, tag) else ""
