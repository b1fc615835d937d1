"""What a scanner asks: the identifier of a C-FIND as a query and a plan of what to return (PS3.4 K.4.1.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from struct import calcsize, iter_unpack
from typing import Final

from openworklist.dicom.elements import Element, read_elements
from openworklist.dicom.fitting import NUMBERS
from openworklist.dicom.keys import read_key
from openworklist.dicom.plan import Plan, Wanted
from openworklist.domain import iso2022
from openworklist.domain.attributes import ATTRIBUTES, SEQUENCE_TAGS, Attribute, Level, Match
from openworklist.domain.charset import Charset, from_dicom
from openworklist.domain.errors import CharsetError, IdentifierError
from openworklist.domain.query import START_DATE, START_TIME, STATION, Condition, Interval, Nested, Range

STEPS: Final = 0x0040_0100  # Scheduled Procedure Step Sequence
_CHARSET: Final = 0x0008_0005
_ZONE: Final = 0x0008_0201
_NEVER_KEYS: Final = frozenset((_CHARSET, _ZONE))
_ASCII: Final = from_dicom("")
_WITH_LETTERS: Final = frozenset(("LO", "LT", "PN", "SH", "ST", "UC", "UT"))

Catalogue = dict[int, Attribute]


def _by_tag(attributes: tuple[Attribute, ...]) -> Catalogue:
    return {each.tag: each for each in attributes if each.tag and each.match is not Match.NONE}


_TOP: Final = _by_tag(tuple(each for each in ATTRIBUTES if each.level is not Level.STEP))
_STEP: Final = _by_tag(tuple(each for each in ATTRIBUTES if each.level is Level.STEP))
# Asked for by scanners, but not in the catalogue: their VR, where Implicit VR does not tell. A worklist has
# no Query/Retrieve Level (PS3.4 K.4.1.1); scanners that send one out of habit mean it all the same.
_OTHERS: Final[Mapping[int, str]] = {
    0x0008_0052: "CS",
    0x0008_1030: "LO", 0x0008_1080: "LO", 0x0010_1000: "LO", 0x0010_1001: "PN", 0x0010_1010: "AS",
    0x0010_1090: "LO", 0x0010_2154: "SH", 0x0010_2160: "SH", 0x0010_2180: "SH", 0x0010_21B0: "LT",
    0x0010_21D0: "DA", 0x0010_21F0: "LO", 0x0010_2203: "CS", 0x0010_4000: "LT", 0x0020_0010: "SH",
    0x0032_1033: "LO", 0x0032_4000: "LT", 0x0038_0004: "SQ", 0x0038_0060: "LO", 0x0040_0004: "DA",
    0x0040_0005: "TM", 0x0040_000A: "SQ", 0x0040_000B: "SQ", 0x0040_1005: "LO", 0x0040_1008: "LO",
    0x0040_1010: "PN", 0x0040_1011: "SQ", 0x0040_2001: "LO", 0x0040_2004: "DA", 0x0040_2005: "TM",
    0x0040_2400: "LT",
}  # fmt: skip
_SEQUENCES: Final = frozenset({STEPS} | {tag for tag, vr in _OTHERS.items() if vr == "SQ"} | SEQUENCE_TAGS)


class Extras:
    """Attributes outside of the catalogue that some profile fills, made ready for reading questions."""

    __slots__ = ("known", "private", "step", "top")

    def __init__(self, attributes: Iterable[Attribute] = ()) -> None:
        public = [each for each in attributes if not each.creator]
        steps = [each for each in public if each.level is Level.STEP]
        self.top: Catalogue = _TOP | {each.tag: each for each in public if each.level is not Level.STEP}
        self.step: Catalogue = _STEP | {each.tag: each for each in steps}
        self.known: Plan = tuple(Wanted(each.tag, each.vr, each) for each in steps)
        self.private: Mapping[tuple[bool, int, str], Attribute] = {
            (each.level is Level.STEP, each.tag & 0xFFFF_00FF, each.creator): each
            for each in attributes
            if each.creator
        }


NO_EXTRAS: Final = Extras()


@dataclass(frozen=True, slots=True)
class Question:
    """`has_unsupported`: some key has a value that is not matched on, which the answers must say (FF01).

    `has_empty_station`: Scheduled Station AE Title is there, without a value. `zone` is the Timezone Offset
    From UTC that it names, "" for none.
    """

    conditions: tuple[Condition, ...]
    plan: Plan
    has_unsupported: bool
    has_empty_station: bool = False
    zone: str = ""


def to_question(data: bytes, transfer_syntax: str, extras: Extras = NO_EXTRAS) -> Question:
    """Read an identifier. IdentifierError names the element that cannot be understood."""
    elements = read_elements(data, transfer_syntax, _SEQUENCES)
    reading = _Reading(extras)
    plan = reading.read_level(elements, extras.top)
    conditions = tuple(_combine(reading.conditions, reading.ranges))
    zone = next((each.value for each in elements if each.tag == _ZONE), b"")
    return Question(
        conditions,
        plan,
        reading.has_unsupported,
        reading.has_empty_station,
        zone.decode("ascii", "replace").strip(" \0"),
    )


class _Reading:
    """Collects the conditions of one identifier."""

    def __init__(self, extras: Extras) -> None:
        self._extras = extras
        self.conditions: list[Condition] = []
        self.ranges: dict[str, Range] = {}  # those that were written with a hyphen
        self.has_unsupported = False
        self.has_empty_station = False
        self._charset: Charset | None = _ASCII  # None: not known

    def read_level(self, elements: tuple[Element, ...], catalogue: Catalogue) -> Plan:
        """The plan of the elements of one item; what they ask for is added to the conditions."""
        outer = self._charset
        self._charset = _find_charset(elements, outer)
        wanted: dict[int, Wanted] = {}
        creators = _find_creators(elements) if self._extras.private else {}
        for element in elements:
            tag = element.tag
            if not _is_key(tag):
                if tag & 0x1_0000 and creators:
                    self._read_private(element, creators, catalogue, wanted)
                continue
            if tag in wanted:
                raise IdentifierError("An element is there twice.", tag=tag)
            if tag == STEPS and catalogue is self._extras.top:
                wanted[tag] = self._read_steps(element)
            else:
                wanted[tag] = self._read_key(element, catalogue.get(tag))
        self._charset = outer
        return tuple(wanted[tag] for tag in sorted(wanted))

    def _read_steps(self, element: Element) -> Wanted:
        item = _only_item(element)
        if not item:
            return Wanted(STEPS, "SQ", None, None, known=self._extras.known)
        return Wanted(STEPS, "SQ", None, self.read_level(item, self._extras.step))

    def _read_private(
        self,
        element: Element,
        creators: Mapping[int, bytes],
        catalogue: Catalogue,
        wanted: dict[int, Wanted],
    ) -> None:
        """A private key whose creator (PS3.5 7.8.1) is one that a profile names; others say nothing here."""
        tag = element.tag
        reserved = tag & 0xFFFF_0000 | tag >> 8 & 0xFF
        found = creators.get(reserved, b"")
        creator = found.decode("ascii", "replace").strip(" \0")
        key = (catalogue is self._extras.step, tag & 0xFFFF_00FF, creator)
        attribute = self._extras.private.get(key) if tag & 0xFF00 else None
        if attribute is not None:
            if tag in wanted:
                raise IdentifierError("An element is there twice.", tag=tag)
            wanted[reserved] = Wanted(reserved, "LO", None, fixed=found)
            wanted[tag] = self._read_key(element, attribute)

    def _read_key(self, element: Element, attribute: Attribute | None) -> Wanted:
        tag = element.tag
        if attribute is None:
            if _has_value((element,)):
                self.has_unsupported = True
            return Wanted(tag, element.vr or _OTHERS.get(tag, "UN"), None, ())
        if attribute.is_sequence:
            return self._read_sequence(element, attribute)
        text = self._decode(element, attribute.vr)
        condition = read_key(attribute, text)
        if attribute.name == STATION and not text.strip(" \0"):
            self.has_empty_station = True
        if condition is not None and attribute.match is Match.UNIVERSAL:
            self.has_unsupported = True
        elif condition is not None:
            self.conditions.append(condition)
            if isinstance(condition, Range) and "-" in text:
                self.ranges[attribute.name] = condition
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

    def _decode(self, element: Element, vr: str) -> str:
        value = element.value
        if vr in NUMBERS:
            size = calcsize(NUMBERS[vr])
            return "\\".join(
                str(number) for (number,) in iter_unpack(NUMBERS[vr], value[: len(value) // size * size])
            )
        if value.isascii() and b"\x1b" not in value:
            return value.decode("ascii")
        if vr not in _WITH_LETTERS:
            raise IdentifierError("A key has letters that its kind of value has not.", tag=element.tag)
        charset = self._charset
        if charset is _ASCII and b"\x1b" not in value:
            return _guess(value)
        if charset is None:
            raise IdentifierError("The question's Specific Character Set is not known.", tag=_CHARSET)
        try:
            if b"\x1b" in value or charset.is_multibyte:
                return iso2022.decode(value, charset)
            return value.decode(charset.python)
        except (CharsetError, UnicodeDecodeError) as error:
            raise IdentifierError(
                f"A key has letters that {charset.name} has not.", tag=element.tag
            ) from error


def _guess(value: bytes) -> str:
    """Letters of a question that names no set: UTF-8 if they can be, else Latin 1, in which all can be."""
    try:
        return value.decode("utf_8")
    except UnicodeDecodeError:
        return value.decode("latin_1")


def _find_creators(elements: tuple[Element, ...]) -> dict[int, bytes]:
    """Whose the private blocks are, by the tags (gggg,00bb) that say so; the first one counts."""
    return {each.tag: each.value for each in reversed(elements) if each.tag & 0x1_FF00 == 0x1_0000}


def _find_charset(elements: tuple[Element, ...], outer: Charset | None) -> Charset | None:
    """The set that a dataset or an item names for itself, else that of what it is in (PS3.5 7.5.3)."""
    found = next((each.value for each in elements if each.tag == _CHARSET), b"")
    terms = found.decode("ascii", "replace").strip(" \0")
    return from_dicom(terms.split("\\")[0].strip(" ")) if terms else outer


def _is_key(tag: int) -> bool:
    """Group lengths are retired, and what is private says nothing without its creator."""
    return tag not in _NEVER_KEYS and bool(tag & 0xFFFF) and not tag >> 16 & 1


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
    return any(
        _is_key(each.tag) and (each.value.strip(b" *\0") or any(map(_has_value, each.items or ())))
        for each in item
    )


def _combine(conditions: list[Condition], ranges: Mapping[str, Range]) -> list[Condition]:
    """Start date and start time, both asked for as ranges, become one interval (PS3.4 C.2.2.2.5)."""
    date, time = ranges.get(START_DATE), ranges.get(START_TIME)
    if date is None or time is None:
        return conditions
    rest = [each for each in conditions if each is not date and each is not time]
    return [*rest, Interval(date.low, time.low, date.high, time.high)]
