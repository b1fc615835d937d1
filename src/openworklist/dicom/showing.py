"""What a scanner shows of a value: the value, or what can be said of it in the scanner's letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

from openworklist.dicom.fitting import NUMBERS, WITH_CHARSET, Fitting, make_fitting
from openworklist.dicom.text import ASCII, UNICODE, Encoding, get_encoding
from openworklist.domain.attributes import Attribute
from openworklist.domain.codes import value_in
from openworklist.domain.extra import find_attribute
from openworklist.domain.limits import LIMITS
from openworklist.domain.record import Record, Value
from openworklist.domain.repertoire import UNICODE as TO_UNICODE
from openworklist.domain.repertoire import Repertoire
from openworklist.domain.shortening import mark
from openworklist.domain.transliteration import LOST, transliterate

_GROUPS: Final = 3
_MOST: Final = 4 * max(LIMITS.values())  # letters of a value; a letter may need four, or be gone
_EAST_ASIAN: Final = re.compile("[\u2e80-\ud7ff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
_IN_NAMES: Final = "\\^="  # what separates values and parts of a name is no letter of one


class Shown(NamedTuple):
    """`has_lost` says that letters of the value are written in others, or are gone."""

    text: str
    has_lost: bool


class Loss(NamedTuple):
    """An attribute that loses letters, and its value as the scanner will show it."""

    attribute: Attribute
    shown: str


def show(attribute: Attribute, fitting: Fitting, text: str, encoding: Encoding) -> Shown:
    """A value in letters of an encoding, of the length that its VR has."""
    if attribute.vr not in WITH_CHARSET:
        encoding = ASCII
    text = fitting.clean(text)
    # Of what is far too long only the beginning is looked at: all of it would keep everybody waiting.
    is_endless = len(text) > _MOST and attribute.vr in LIMITS and not attribute.multiple
    beginning = text[:_MOST] if is_endless else text
    if attribute.vr == "PN":
        shown, has_lost = show_name(beginning, encoding)
    else:
        shown, has_lost = _write(beginning, encoding.can_hold, "\\")
    if attribute.identifies and (has_lost or is_endless):
        shown = _tell_apart(shown, text, LIMITS[attribute.vr])
    return Shown(fitting.cut(shown), has_lost)


def _tell_apart(shown: str, text: str, limit: int) -> str:
    """Two identifiers that differ in a letter that is lost stay two."""
    return "\\".join(
        now if now == was else mark(now, was, limit)
        for now, was in zip(shown.split("\\"), text.split("\\"), strict=True)
    )


def _write(text: str, can_hold: Callable[[str], bool], forbidden: str) -> Shown:
    if text.isascii() or all(map(can_hold, text)):
        return Shown(text, False)
    shown = transliterate(text, can_hold, forbidden)
    return Shown(shown, shown != unicodedata.normalize("NFC", text))


def show_name(name: str, encoding: Encoding) -> Shown:
    """A name in letters of an encoding: its alphabetic group in those of value 1 (PS3.5 6.2.1.2).

    What value 1 lacks and another set has stands in the ideographic group, if that is free.
    """
    alphabetic, *others = name.split("=")[:_GROUPS]
    first = _write(alphabetic, encoding.can_begin, _IN_NAMES)
    rest = [_write(group, encoding.can_hold, _IN_NAMES) for group in others]
    if first.has_lost:
        first, rest = _move(alphabetic, first.text, rest, encoding)
    groups = [first, *rest]
    return Shown("=".join(group.text for group in groups), any(group.has_lost for group in groups))


def _move(alphabetic: str, written: str, rest: list[Shown], encoding: Encoding) -> tuple[Shown, list[Shown]]:
    is_empty = not any(letter.isalnum() for letter in written)
    can_move = any(map(_EAST_ASIAN.match, alphabetic)) and encoding.holds(alphabetic)
    if can_move and not (rest and rest[0].text):
        # What is left of it in the first group is no loss.
        has_gaps = written.count(LOST) > alphabetic.count(LOST)
        return Shown("" if has_gaps else written, False), [Shown(alphabetic, False), *rest[1:]]
    if is_empty and any(group.text for group in rest):
        return Shown("", True), rest
    return Shown(written, True), rest


def show_values(record: Record, repertoire: Repertoire) -> dict[str, Value]:
    """All that an answer can hold of a record, in length, form and letters as the scanner shows it."""
    encoding = _find_encoding(repertoire)
    return {
        name: _show_value(attribute, record.get(name), encoding)
        for name in {**record.completed, **record.values}
        if (attribute := find_attribute(name)) is not None and attribute.tag
    }


def _show_value(attribute: Attribute, value: Value, encoding: Encoding) -> Value:
    if isinstance(value, str):
        is_text = value and attribute.vr not in NUMBERS
        return show(attribute, make_fitting(attribute), value, encoding).text if is_text else value
    return tuple(
        {
            each.name: _show_value(each, inner, encoding)
            for each in attribute.items
            if (inner := value_in(item, each.name))
        }
        for item in value
    )


def _find_encoding(repertoire: Repertoire) -> Encoding:
    """That in which a letter is lost if it is lost to the scanner."""
    if repertoire.is_automatic or repertoire.fallback == TO_UNICODE:
        return UNICODE
    return get_encoding(repertoire)


def find_losses(record: Record, repertoire: Repertoire) -> tuple[Loss, ...]:
    """What of a record a scanner cannot show as it is; nothing of what is merely too long."""
    return tuple(_find_losses({**record.completed, **record.values}, _find_encoding(repertoire)))


def _find_losses(values: Mapping[str, Value], encoding: Encoding) -> Iterator[Loss]:
    for name, value in values.items():
        attribute = find_attribute(name)
        if attribute is not None and attribute.tag:
            yield from _look_into(attribute, value, encoding)


def _look_into(attribute: Attribute, value: Value, encoding: Encoding) -> Iterator[Loss]:
    if isinstance(value, str):
        if not value.isascii() and attribute.vr not in NUMBERS:
            text, has_lost = show(attribute, make_fitting(attribute), value, encoding)
            if has_lost:
                yield Loss(attribute, text)
        return
    for item in value:
        for each in attribute.items:
            yield from _look_into(each, value_in(item, each.name), encoding)
