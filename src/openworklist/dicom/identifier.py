"""What a scanner asks: the identifier of a C-FIND as a query and a plan of what to return (PS3.4 K.4.1.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from openworklist.dicom.elements import Element, read_elements
from openworklist.dicom.plan import Plan, Wanted
from openworklist.domain import iso2022
from openworklist.domain.attributes import ATTRIBUTES, SEQUENCE_TAGS, Attribute, Level, Match
from openworklist.domain.charset import Charset, from_dicom
from openworklist.domain.errors import CharsetError, IdentifierError
from openworklist.domain.query import (
    Condition,
    Interval,
    Nested,
    OneOf,
    PersonName,
    Range,
    Single,
    Wildcard,
    WorklistQuery,
    canonical_time,
)

STEPS: Final = 0x0040_0100  # Scheduled Procedure Step Sequence
_CHARSET: Final = 0x0008_0005
_ZONE: Final = 0x0008_0201
_LEVEL: Final = 0x0008_0052
_START_DATE: Final = "scheduled_procedure_step_start_date"
_START_TIME: Final = "scheduled_procedure_step_start_time"
_WITH_WILDCARDS: Final = frozenset(("AE", "CS", "LO", "LT", "SH", "ST", "UC", "UR", "UT"))
# In these a backslash is a letter (PS3.5 6.2).
_BACKSLASH_IS_TEXT: Final = frozenset(("LT", "ST", "UT", "UR"))

Catalogue = Mapping[int, Attribute]


def _by_tag(attributes: tuple[Attribute, ...]) -> Catalogue:
    return {each.tag: each for each in attributes if each.tag and each.match is not Match.NONE}


_TOP: Final = _by_tag(tuple(each for each in ATTRIBUTES if each.level is not Level.STEP))
_STEP: Final = _by_tag(tuple(each for each in ATTRIBUTES if each.level is Level.STEP))
# Asked for by scanners, but not in the catalogue: their VR, where Implicit VR does not tell.
_OTHERS: Final[Mapping[int, str]] = {
    0x0008_1030: "LO", 0x0008_1080: "LO", 0x0010_1000: "LO", 0x0010_1001: "PN", 0x0010_1010: "AS",
    0x0010_1090: "LO", 0x0010_2154: "SH", 0x0010_2160: "SH", 0x0010_2180: "SH", 0x0010_21B0: "LT",
    0x0010_21D0: "DA", 0x0010_21F0: "LO", 0x0010_2203: "CS", 0x0010_4000: "LT", 0x0020_0010: "SH",
    0x0032_1033: "LO", 0x0032_4000: "LT", 0x0038_0004: "SQ", 0x0038_0060: "LO", 0x0040_0004: "DA",
    0x0040_0005: "TM", 0x0040_000A: "SQ", 0x0040_000B: "SQ", 0x0040_1005: "LO", 0x0040_1008: "LO",
    0x0040_1010: "PN", 0x0040_1011: "SQ", 0x0040_2001: "LO", 0x0040_2004: "DA", 0x0040_2005: "TM",
    0x0040_2400: "LT",
}  # fmt: skip
_SEQUENCES: Final = frozenset({STEPS} | {tag for tag, vr in _OTHERS.items() if vr == "SQ"} | SEQUENCE_TAGS)


@dataclass(frozen=True, slots=True)
class Question:
    """`has_unsupported`: some key has a value that is not matched on, which the answers must say (FF01)."""

    query: WorklistQuery
    plan: Plan
    has_unsupported: bool


def to_question(data: bytes, transfer_syntax: str) -> Question:
    """Read an identifier. IdentifierError names the element that cannot be understood."""
    elements = read_elements(data, transfer_syntax, _SEQUENCES)
    level = next((each for each in elements if each.tag == _LEVEL and each.value.strip(b" \0")), None)
    if level is not None:
        raise IdentifierError(
            "A Query/Retrieve Level: the question is for another service.",
            tag=_LEVEL,
            code="identifier.sop-class-mismatch",
        )
    reading = _Reading(elements)
    plan = reading.read_level(elements, _TOP)
    conditions = tuple(_combine(reading.conditions))
    return Question(WorklistQuery(conditions), plan, reading.has_unsupported)


class _Reading:
    """Collects the conditions of one identifier."""

    def __init__(self, elements: tuple[Element, ...]) -> None:
        self.conditions: list[Condition] = []
        self.has_unsupported = False
        self._charset, self._is_known = _find_charset(elements)

    def read_level(self, elements: tuple[Element, ...], catalogue: Catalogue) -> Plan:
        """The plan of the elements of one item; what they ask for is added to the conditions."""
        wanted: dict[int, Wanted] = {}
        for element in elements:
            tag = element.tag
            if tag in (_CHARSET, _ZONE, _LEVEL) or not tag & 0xFFFF:
                continue  # never keys; group lengths are retired
            if tag == STEPS and catalogue is _TOP:
                wanted[tag] = self._read_steps(element)
            else:
                wanted[tag] = self._read_key(element, catalogue.get(tag))
        return tuple(wanted[tag] for tag in sorted(wanted))

    def _read_steps(self, element: Element) -> Wanted:
        item = _only_item(element)
        return Wanted(STEPS, "SQ", None, self.read_level(item, _STEP) if item else None)

    def _read_key(self, element: Element, attribute: Attribute | None) -> Wanted:
        tag = element.tag
        if attribute is None:
            if element.value.strip(b" *\0") or any(map(_has_value, element.items or ())):
                self.has_unsupported = True
            return Wanted(tag, element.vr or _OTHERS.get(tag, "UN"), None, ())
        if attribute.is_sequence:
            return self._read_sequence(element, attribute)
        condition = self._to_condition(element, attribute)
        if condition is not None:
            if attribute.match is Match.UNIVERSAL:
                self.has_unsupported = True
            else:
                self.conditions.append(condition)
        return Wanted(tag, attribute.vr, attribute)

    def _read_sequence(self, element: Element, attribute: Attribute) -> Wanted:
        item = _only_item(element)
        outer, self.conditions = self.conditions, []
        plan = self.read_level(item, _by_tag(attribute.items)) if item else None
        inner, self.conditions = self.conditions, outer
        if inner and attribute.match is Match.UNIVERSAL:
            self.has_unsupported = True
        elif inner:
            self.conditions.append(Nested(attribute.name, tuple(inner)))
            return Wanted(element.tag, "SQ", attribute, plan, tuple(inner))
        return Wanted(element.tag, "SQ", attribute, plan)

    def _to_condition(self, element: Element, attribute: Attribute) -> Condition | None:
        tag, name, vr = element.tag, attribute.name, attribute.vr
        if vr == "US":
            return Single(name, str(int.from_bytes(element.value[:2], "little"))) if element.value else None
        text = self._decode(element, vr).strip(" \0")
        if not text or not text.strip("*"):
            return None  # PS3.4 C.2.2.2.3: universal matching
        if vr == "PN":
            return PersonName(name, text)
        if vr == "DA":
            return _read_dates(name, text, tag)
        if vr == "TM":
            return _read_times(name, text, tag)
        if vr == "UI":
            uids = tuple(uid.strip(" \0") for uid in text.split("\\"))
            return Single(name, uids[0]) if len(uids) == 1 else OneOf(name, tuple(filter(None, uids)))
        if "\\" in text and vr not in _BACKSLASH_IS_TEXT:
            raise IdentifierError("A key has several values; only UIDs may be listed.", tag=tag)
        if vr in _WITH_WILDCARDS and ("*" in text or "?" in text):
            return Wildcard(name, text)
        return Single(name, text)

    def _decode(self, element: Element, vr: str) -> str:
        value = element.value
        if value.isascii() and b"\x1b" not in value:
            return value.decode("ascii")
        if vr in ("AE", "CS", "DA", "DS", "TM", "UI", "AS", "IS"):
            raise IdentifierError("A key has letters that its kind of value has not.", tag=element.tag)
        if not self._is_known:
            raise IdentifierError("The question's Specific Character Set is not known.", tag=_CHARSET)
        try:
            if b"\x1b" in value or self._charset.is_multibyte:
                return iso2022.decode(value, self._charset)
            return value.decode(self._charset.python)
        except (CharsetError, UnicodeDecodeError) as error:
            raise IdentifierError(
                f"A key has letters that {self._charset.name} has not.", tag=element.tag
            ) from error


def _find_charset(elements: tuple[Element, ...]) -> tuple[Charset, bool]:
    found = next((each.value for each in elements if each.tag == _CHARSET), b"")
    term = found.decode("ascii", "replace").strip(" \0").split("\\")[0].strip(" ")
    charset = from_dicom(term)
    ascii_set = from_dicom("")
    assert ascii_set is not None
    return charset or ascii_set, charset is not None


def _only_item(element: Element) -> tuple[Element, ...]:
    """The item of a sequence key; none, and an empty one, ask for all that is known (PS3.4 C.2.2.2.6)."""
    items = element.items
    if items is None:
        if element.value:
            raise IdentifierError("A sequence has a value that is no item.", tag=element.tag)
        return ()
    if len(items) > 1:
        raise IdentifierError("A sequence in a question has one item at the most.", tag=element.tag)
    return items[0] if items else ()


def _has_value(item: tuple[Element, ...]) -> bool:
    return any(each.value.strip(b" *\0") or any(map(_has_value, each.items or ())) for each in item)


_DATE: Final = re.compile(r"(\d{4})\.?(0[1-9]|1[0-2])\.?(0[1-9]|[12]\d|3[01])")
_FULL_TIME: Final = "995959.999999"


def _read_dates(name: str, text: str, tag: int) -> Range:
    low, is_range, high = (part.strip(" ") for part in text.partition("-"))
    first, last = _read_date(low, tag), _read_date(high, tag)
    if not is_range:
        return Range(name, first, first)
    return Range(name, first, last)


def _read_date(text: str, tag: int) -> str:
    if not text:
        return ""
    found = _DATE.fullmatch(text)
    if not found:
        raise IdentifierError("A date is written YYYYMMDD, a range with a hyphen.", tag=tag)
    return "".join(found.groups())


def _read_times(name: str, text: str, tag: int) -> Range:
    low, is_range, high = (part.strip(" ").replace(":", "") for part in text.partition("-"))
    first = _read_time(low, tag)
    last = _widen(high if is_range else low, tag)
    return Range(name, first, last)


def _read_time(text: str, tag: int) -> str:
    time = canonical_time(text)
    if text and not time:
        raise IdentifierError("A time is written HHMMSS, a range with a hyphen.", tag=tag)
    return time


def _widen(text: str, tag: int) -> str:
    """The last moment that a time of its precision stands for."""
    if not _read_time(text, tag):
        return ""
    return text + (_FULL_TIME[len(text) :] if len(text) <= len(_FULL_TIME) else "")


def _combine(conditions: list[Condition]) -> list[Condition]:
    """Start date and start time, both asked for as ranges, become one interval (PS3.4 C.2.2.2.5)."""
    ranges = {each.name: each for each in conditions if isinstance(each, Range)}
    date, time = ranges.get(_START_DATE), ranges.get(_START_TIME)
    # A single date is the same with and without.
    if date is None or time is None or date.low == date.high:
        return conditions
    if time.high and time.low and time.high.startswith(time.low.rstrip("0")) and _is_single(time):
        return conditions
    rest = [each for each in conditions if each is not date and each is not time]
    return [*rest, Interval(date.low, time.low, date.high, time.high)]


def _is_single(time: Range) -> bool:
    """Whether a range came of one time: its end is its beginning, widened."""
    return any(
        canonical_time(time.low[:length]) == time.low and time.low[:length] + _FULL_TIME[length:] == time.high
        for length in (2, 4, 6)
    )
