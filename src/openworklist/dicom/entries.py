"""What another worklist answers: the bytes of an identifier as values by attribute name, one entry a step."""

from __future__ import annotations

from struct import calcsize, iter_unpack
from typing import Final, NamedTuple

from openworklist.dicom.elements import Element, read_elements
from openworklist.dicom.fitting import NUMBERS
from openworklist.dicom.letters import Letters, find_letters
from openworklist.domain.attributes import ATTRIBUTES, SEQUENCE_TAGS, Attribute, Level
from openworklist.domain.record import Value

_STEPS: Final = 0x0040_0100
_CHARSET: Final = 0x0008_0005
_SEQUENCES: Final = SEQUENCE_TAGS | {_STEPS}
_WITH_LETTERS: Final = frozenset(("LO", "LT", "PN", "SH", "ST", "UC", "UT"))
_TOP: Final = tuple(each for each in ATTRIBUTES if each.tag and each.level is not Level.STEP)
_STEP: Final = tuple(each for each in ATTRIBUTES if each.tag and each.level is Level.STEP)

Values = dict[str, Value]


class Entry(NamedTuple):
    """One scheduled step as it was answered. `lost` are the labels of identifiers with bytes that are no
    letters: two of them could become one."""

    values: Values
    warnings: tuple[str, ...] = ()
    lost: frozenset[str] = frozenset()


def read_entries(data: bytes, transfer_syntax: str, assumed: str = "") -> tuple[Entry, ...]:
    """The entries of an answer, mostly one; IdentifierError if its lengths do not fit.

    `assumed` is the term of the character set that is taken where the answer names none.
    """
    elements = read_elements(data, transfer_syntax, _SEQUENCES)
    reading = _Reading(assumed)
    letters = reading.find_letters(elements, None)
    top = reading.read(elements, _TOP, letters)
    steps = next((each.items or () for each in elements if each.tag == _STEPS), ())
    if not steps:
        return (reading.finish(top, "The answer has no scheduled step in (0040,0100)."),)
    found = []
    for step in steps:
        inner = reading.fork()
        found.append(inner.finish({**top, **inner.read(step, _STEP, inner.find_letters(step, letters))}))
    return tuple(found)


class _Reading:
    def __init__(
        self, assumed: str, warnings: tuple[str, ...] = (), lost: frozenset[str] = frozenset()
    ) -> None:
        self._assumed = assumed
        self._warnings = list(warnings)
        self._lost = set(lost)

    def fork(self) -> _Reading:
        return _Reading(self._assumed, tuple(self._warnings), frozenset(self._lost))

    def finish(self, values: Values, *more: str) -> Entry:
        return Entry(values, tuple(dict.fromkeys((*self._warnings, *more))), frozenset(self._lost))

    def find_letters(self, elements: tuple[Element, ...], outer: Letters | None) -> Letters:
        """The set that a dataset or an item names for itself, else that of what it is in (PS3.5 7.5.3)."""
        named = next((each.value for each in elements if each.tag == _CHARSET), b"")
        letters = find_letters(named.decode("ascii", "replace"), self._assumed, outer)
        if letters.remark and letters is not outer:
            self._warnings.append(letters.remark)
        return letters

    def read(
        self, elements: tuple[Element, ...], catalogue: tuple[Attribute, ...], letters: Letters
    ) -> Values:
        by_tag = {each.tag: each for each in elements}
        values: Values = {}
        for attribute in catalogue:
            element = by_tag.get(attribute.tag)
            value = self._value(element, attribute, letters) if element is not None else ""
            if value:
                values[attribute.name] = value
        return values

    def _value(self, element: Element, attribute: Attribute, letters: Letters) -> Value:
        if attribute.is_sequence:
            items = element.items or ()
            read = (self._item(item, attribute, letters) for item in items)
            return tuple(item for item in read if item)
        if element.items is not None:
            self._warnings.append(f"{attribute.label}: a sequence stands where a value belongs: left out.")
            return ""
        if (element.vr or attribute.vr) in NUMBERS:
            return _read_numbers(element.value, element.vr or attribute.vr)
        raw = element.value.rstrip(b" \0")
        if not raw:
            return ""
        text, is_whole = letters.read(raw, attribute.vr)
        if not is_whole or not (raw.isascii() or attribute.vr in _WITH_LETTERS):
            if attribute.identifies or attribute.vr == "UI":
                self._lost.add(attribute.label)
            self._warnings.append(f"{attribute.label}: bytes that are no letters of its character set.")
        elif letters.first is None and not raw.isascii():
            self._warnings.append(f"{attribute.label}: (0008,0005) does not name the set of its letters.")
        if "\\" in text:
            return "\\".join(part.rstrip(" \0") for part in text.split("\\"))
        return text

    def _item(self, item: tuple[Element, ...], attribute: Attribute, letters: Letters) -> Values:
        return self.read(item, attribute.items, self.find_letters(item, letters))


def _read_numbers(raw: bytes, vr: str) -> str:
    size = calcsize(NUMBERS[vr])
    return "\\".join(str(number) for (number,) in iter_unpack(NUMBERS[vr], raw[: len(raw) // size * size]))
