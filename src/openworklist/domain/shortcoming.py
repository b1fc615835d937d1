"""What scanners will miss in the values of a record: what is missing, too long, or not in their letters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Final, NamedTuple

from openworklist.domain.attribute import Attribute, Match
from openworklist.domain.attributes import ATTRIBUTES
from openworklist.domain.charset import Charset
from openworklist.domain.codes import CODE_VALUES
from openworklist.domain.completion import complete
from openworklist.domain.extra import find_attribute
from openworklist.domain.limits import LIMITS
from openworklist.domain.record import Value

# Type 1C in PS3.4 table K.6-1: one of the two is needed.
_EITHER: Final = (
    ("requested_procedure_description", "requested_procedure_code_sequence"),
    ("scheduled_procedure_step_description", "scheduled_protocol_code_sequence"),
)


_SHORT: Final = 16  # letters that every VR of free text can hold: PS3.5 table 6.2-1


class Lack(StrEnum):
    """MISSING: type 1 in K.6-1. COMPLETED: missing, but made here. EMPTY: type 2, and without a value."""

    MISSING = "missing"
    COMPLETED = "completed"
    EMPTY = "empty"
    TOO_LONG = "too long"
    LETTERS = "letters lost"

    @property
    def is_serious(self) -> bool:
        return self not in (Lack.COMPLETED, Lack.EMPTY)


class Shortcoming(NamedTuple):
    name: str  # of the attribute
    lack: Lack
    sentence: str  # that goes on from the attribute's name; no value is in it


def find_shortcomings(values: Mapping[str, Value], charset: Charset | None = None) -> tuple[Shortcoming, ...]:
    """The shortcomings of a record's values, as they came; of the letters only if a charset is given."""
    return (*_find_missing(values), *_find_unfit(values, charset))


def find_too_long(values: Mapping[str, Value]) -> tuple[Shortcoming, ...]:
    """The values that are answered shortened or cut."""
    long = {
        name: value for name, value in values.items() if not isinstance(value, str) or len(value) > _SHORT
    }
    return tuple(_find_unfit(long, None))


def find_long_identifiers(values: Mapping[str, Value]) -> Iterator[Attribute]:
    """The attributes whose value tells things apart and is longer than DICOM allows."""
    for name, value in values.items():
        if len(value) > _SHORT and isinstance(value, str):
            attribute = find_attribute(name)
            if attribute is not None and attribute.identifies and _is_too_long(attribute, value):
                yield attribute


def _find_missing(values: Mapping[str, Value]) -> Iterator[Shortcoming]:
    completed = complete(values, uid_root="2.25")
    for attribute in ATTRIBUTES:
        name = attribute.name
        if values.get(name) or not attribute.tag or attribute.match is Match.NONE:
            continue
        if name in completed:
            yield Shortcoming(name, Lack.COMPLETED, "is missing: it is completed here by rule.")
        elif attribute.type == "1":
            yield Shortcoming(name, Lack.MISSING, "is missing: scanners need it.")
        elif attribute.type == "2" and not attribute.is_sequence:
            yield Shortcoming(name, Lack.EMPTY, "is empty: who asks for it is answered without a value.")
    for one, other in _EITHER:
        if not values.get(one) and not values.get(other):
            yield Shortcoming(one, Lack.MISSING, "is missing, and so is its code: scanners need one of them.")


def _find_unfit(values: Mapping[str, Value], charset: Charset | None) -> Iterator[Shortcoming]:
    for name, value in values.items():
        attribute = find_attribute(name)
        if attribute is None or not attribute.tag:
            continue
        texts = list(_leaves(attribute, value))
        if any(_is_too_long(each, text) for each, text in texts):
            yield Shortcoming(name, Lack.TOO_LONG, _tell_length(attribute, [each for each, _ in texts]))
        if charset is not None and (lost := _count_lost((text for _, text in texts), charset)):
            letters = "a letter" if lost == 1 else f"{lost} letters"
            yield Shortcoming(name, Lack.LETTERS, f"has {letters} that {charset.name} has not.")


def _leaves(attribute: Attribute, value: Value) -> Iterator[tuple[Attribute, str]]:
    if isinstance(value, str):
        yield attribute, value
        return
    known = {item.name: item for item in attribute.items}
    for item in value:
        for name, inner in item.items():
            if name in known:
                yield from _leaves(known[name], inner)


def _is_too_long(attribute: Attribute, text: str) -> bool:
    limit = LIMITS.get(attribute.vr)
    # A code that is too long for its place has another one (domain.codes).
    if limit is None or attribute.name in CODE_VALUES:
        return False
    parts = text.split("=") if attribute.vr == "PN" else text.split("\\") if attribute.multiple else [text]
    return any(len(part) > limit for part in parts)


def _tell_length(attribute: Attribute, leaves: Iterable[Attribute]) -> str:
    limits = {LIMITS[each.vr] for each in leaves if each.vr in LIMITS}
    most = f"more than {min(limits)} letters" if len(limits) == 1 else "more letters than DICOM allows"
    if attribute.identifies:
        return f"has {most}: it is answered shortened, with a hash, and kept whole here."
    return f"has {most}: it is answered cut, and kept whole here."


def _count_lost(texts: Iterable[str], charset: Charset) -> int:
    can_hold = _make_test(charset.python)
    return sum(not can_hold(letter) for text in texts for letter in text if letter > "\x7f")


def _make_test(codec: str) -> Callable[[str], bool]:
    known: dict[str, bool] = {}

    def can_hold(letter: str) -> bool:
        if letter not in known:
            try:
                known[letter] = bool(letter.encode(codec))
            except UnicodeEncodeError:
                known[letter] = False
        return known[letter]

    return can_hold
