"""A value as its VR can hold it, and its bytes: within its length, in its form, in letters that it has."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from functools import partial
from struct import error as struct_error
from struct import pack
from typing import Final, NamedTuple

from openworklist.dicom.text import Encoding
from openworklist.domain.attributes import Attribute
from openworklist.domain.limits import LIMITS
from openworklist.domain.shortening import shorten

MOST_BYTES: Final = 0xFFFE  # of a value whose length has 16 bits (PS3.5 7.1.2)
# PS3.5 table 6.2-1: how `struct` writes them.
NUMBERS: Final = {"FD": "<d", "FL": "<f", "SL": "<i", "SS": "<h", "UL": "<I", "US": "<H"}
WITH_CHARSET: Final = frozenset(("LO", "LT", "PN", "SH", "ST", "UC", "UT"))
_WITH_LINES: Final = frozenset(("LT", "ST", "UT"))
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROLS_BUT_LINES: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
_GROUPS: Final = 3  # of a name

Change = Callable[[str], str]


class Fitting(NamedTuple):
    """What is done to the values of an attribute: `clean` takes out what no letter of it may be, `cut` brings
    them to length and form. Between the two letters may be written in others.
    """

    clean: Change
    cut: Change

    def fit(self, text: str) -> str:
        return self.cut(self.clean(text))


def make_fitting(attribute: Attribute) -> Fitting:
    vr = attribute.vr
    limit = LIMITS.get(vr)
    if vr in _WITH_LINES:
        return Fitting(_clean_lines, partial(_cut_lines, limit=limit))
    if vr == "PN":
        return Fitting(_clean_line, _cut_name)
    one: Change
    if vr in _FORMS:
        one = _FORMS[vr]
    elif limit is None:
        one = str
    else:
        one = partial(shorten if attribute.identifies else _cut, limit=limit)
    return (
        Fitting(_clean_values, partial(_cut_each, cut=one))
        if attribute.multiple
        else Fitting(_clean_line, one)
    )


def encode_fitted(attribute: Attribute, text: str, encoding: Encoding, most_bytes: int | None) -> bytes:
    """The bytes of a text that fits, of even length; of `most_bytes` those of whole values and letters.

    UnicodeEncodeError on a letter that the encoding lacks.
    """
    vr = attribute.vr
    value = encoding.encode(text, vr)
    if most_bytes is not None and len(value) > most_bytes:
        value = _encode_beginning(attribute, text, encoding, most_bytes)
    if len(value) % 2:
        value += b"\0" if vr == "UI" else b" "
    return value


def encode_numbers(attribute: Attribute, text: str, most_bytes: int | None) -> bytes:
    """Nothing if one is no number that the VR can hold: the others would not be where they belong."""
    texts = text.split("\\") if attribute.multiple else [text]
    read = float if attribute.vr in ("FD", "FL") else int
    try:
        values = [pack(NUMBERS[attribute.vr], read(each)) for each in texts]
    except (ValueError, OverflowError, struct_error):
        return b""
    size = len(values[0])
    return b"".join(values if most_bytes is None else values[: most_bytes // size])


def _clean_lines(text: str) -> str:
    return text if text.isprintable() else _CONTROLS_BUT_LINES.sub(" ", text)


def _clean_values(text: str) -> str:
    return text if text.isprintable() else _CONTROLS.sub(" ", text)


def _clean_line(text: str) -> str:
    if not text.isprintable():
        text = _CONTROLS.sub(" ", text)
    # PS3.5 6.1.2.3: it separates values, of which there is one here.
    return text.replace("\\", "/") if "\\" in text else text


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[:limit].rstrip("^ ")


def _cut_lines(text: str, limit: int | None) -> str:
    return text[:limit]


def _cut_name(text: str) -> str:
    limit = LIMITS["PN"]
    if len(text) <= limit and text.count("=") < _GROUPS:
        return text
    return "=".join([_cut(group, limit) for group in text.split("=")[:_GROUPS]])


def _cut_each(text: str, cut: Change) -> str:
    return "\\".join(map(cut, text.split("\\"))) if "\\" in text else cut(text)


def _in_form(form: str) -> Change:
    """A VR whose values have a form: half of one says something else, so what has it not is left out."""
    fullmatch = re.compile(form).fullmatch
    return lambda text: text if fullmatch(text) else ""


_is_code: Final = re.compile(r"[A-Z0-9 _]{0,16}").fullmatch
_NO_CODE: Final = re.compile(r"[^A-Z0-9 _]")
_is_decimal: Final = re.compile(r" *[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[Ee][+-]?[0-9]+)? *").fullmatch


def _fit_code(text: str) -> str:
    """CS: capitals, digits, blank and underscore; a letter that is none of them leaves its place."""
    if _is_code(text):
        return text
    return _NO_CODE.sub("_", text.upper())[: LIMITS["CS"]].rstrip(" ")


def _fit_decimal(text: str) -> str:
    """DS: a number that is too long is rounded, since without its end it is another."""
    limit = LIMITS["DS"]
    if not _is_decimal(text):
        return ""
    if len(text) <= limit:
        return text
    rounded = (f"{float(text):.{digits}g}" for digits in range(limit, 0, -1))
    return next((each for each in rounded if len(each) <= limit and "inf" not in each), "")


# PS3.5 table 6.2-1. A UID with leading zeros is left, as images may bear it (hl7.values).
_FORMS: Final[dict[str, Change]] = {
    "AS": _in_form(r"[0-9]{3}[DWMY]"),
    "CS": _fit_code,
    "DA": _in_form(r"[0-9]{8}"),
    "DS": _fit_decimal,
    "DT": _in_form(r"[0-9]{4,14}(?:\.[0-9]{1,6})?(?:[+-][0-9]{4})?"),
    "IS": _in_form(r" *[+-]?[0-9]{1,11} *"),
    "TM": _in_form(r"[0-9]{2}(?:[0-9]{2}(?:[0-9]{2}(?:\.[0-9]{1,6})?)?)?"),
    "UI": _in_form(r"[0-9.]{1,64}"),
}


def _encode_beginning(attribute: Attribute, text: str, encoding: Encoding, most_bytes: int) -> bytes:
    """As many whole values as fit; of a first one that does not, as many whole letters."""
    vr = attribute.vr
    values = text.split("\\") if attribute.multiple else [text]
    kept, size = [], -1
    for value in values:
        encoded = encoding.encode(value, vr)
        size += 1 + len(encoded)
        if size > most_bytes:
            break
        kept.append(encoded)
    if kept:
        return b"\\".join(kept)
    first = values[0]
    letters = bisect_right(
        range(len(first) + 1), most_bytes, key=lambda count: len(encoding.encode(first[:count], vr))
    )
    return encoding.encode(first[: letters - 1], vr)
