"""What a scanner shows of a value: the value, or what can be said of it in the scanner's letters."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
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
from openworklist.domain.transliteration import transliterate

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
    if encoding.holds(text):
        return Shown(fitting.cut(text), False)
    shown = transliterate(text, encoding.can_hold, _IN_NAMES if attribute.vr == "PN" else "\\")
    if shown == unicodedata.normalize("NFC", text):
        return Shown(fitting.cut(shown), False)
    if attribute.identifies and not attribute.multiple:
        # Two that differ in a letter that is lost stay two.
        shown = mark(shown, text, LIMITS[attribute.vr])
    return Shown(fitting.cut(shown), True)


def find_losses(record: Record, repertoire: Repertoire) -> tuple[Loss, ...]:
    """What of a record a scanner cannot show as it is; nothing of what is merely too long."""
    if repertoire.is_automatic or repertoire.fallback == TO_UNICODE:
        encoding = UNICODE
    else:
        encoding = get_encoding(repertoire)
    return tuple(_find_losses({**record.completed, **record.values}, encoding))


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
