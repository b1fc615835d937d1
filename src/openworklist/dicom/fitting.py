"""A value as its VR can hold it, and its bytes: within its length, without letters that it has not."""

from __future__ import annotations

import re
from bisect import bisect_right
from struct import error as struct_error
from struct import pack
from typing import Final

from openworklist.dicom.text import Encoding
from openworklist.domain.attributes import Attribute
from openworklist.domain.limits import LIMITS
from openworklist.domain.shortening import shorten

MOST_BYTES: Final = 0xFFFE  # of a value whose length has 16 bits (PS3.5 7.1.2)
# PS3.5 table 6.2-1: how `struct` writes them.
NUMBERS: Final = {"FD": "<d", "FL": "<f", "SL": "<i", "SS": "<h", "UL": "<I", "US": "<H"}
_WITH_CHARSET: Final = frozenset(("LO", "LT", "PN", "SH", "ST", "UC", "UT"))
_WITH_LINES: Final = frozenset(("LT", "ST", "UT"))
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROLS_BUT_LINES: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")


def encode_value(attribute: Attribute, text: str, encoding: Encoding, most_bytes: int | None) -> bytes:
    """The bytes of a value, of even length; of `most_bytes` those that fit, in whole values and letters.

    UnicodeEncodeError on a letter that the encoding lacks.
    """
    vr = attribute.vr
    if vr in NUMBERS:
        return _encode_numbers(vr, text.split("\\") if attribute.multiple else [text], most_bytes)
    text = fit(attribute, text)
    value = _encode(vr, text, encoding)
    if most_bytes is not None and len(value) > most_bytes:
        value = _encode_beginning(attribute, text, encoding, most_bytes)
    if len(value) % 2:
        value += b"\0" if vr == "UI" else b" "
    return value


def _encode_numbers(vr: str, texts: list[str], most_bytes: int | None) -> bytes:
    """None if one is no number that the VR can hold: the others would not be where they belong."""
    read = float if vr in ("FD", "FL") else int
    try:
        values = [pack(NUMBERS[vr], read(text)) for text in texts]
    except (ValueError, OverflowError, struct_error):
        return b""
    size = len(values[0])
    return b"".join(values if most_bytes is None else values[: most_bytes // size])


def fit(attribute: Attribute, text: str) -> str:
    """The text as its VR allows it: within its length in letters, without those that it has not."""
    vr = attribute.vr
    if vr in _WITH_LINES:
        text = _CONTROLS_BUT_LINES.sub(" ", text) if not text.isprintable() else text
        return text[: LIMITS.get(vr, len(text))]
    if not text.isprintable():
        text = _CONTROLS.sub(" ", text)
    limit = LIMITS.get(vr)
    if attribute.multiple:
        return "\\".join(_fit_one(attribute, value, limit) for value in text.split("\\"))
    if "\\" in text and vr != "UI":
        text = text.replace("\\", "/")
    if vr == "PN":
        return "=".join(_cut(group, limit) for group in text.split("=")[:3])
    return _fit_one(attribute, text, limit)


def _fit_one(attribute: Attribute, value: str, limit: int | None) -> str:
    return shorten(value, limit) if attribute.identifies and limit else _cut(value, limit)


def _cut(text: str, limit: int | None) -> str:
    return text if limit is None or len(text) <= limit else text[:limit].rstrip("^ ")


def _encode(vr: str, text: str, encoding: Encoding) -> bytes:
    return encoding.encode(text, vr) if vr in _WITH_CHARSET else text.encode("ascii", "replace")


def _encode_beginning(attribute: Attribute, text: str, encoding: Encoding, most_bytes: int) -> bytes:
    """As many whole values as fit; of a first one that does not, as many whole letters."""
    vr = attribute.vr
    values = text.split("\\") if attribute.multiple else [text]
    kept, size = [], -1
    for value in values:
        encoded = _encode(vr, value, encoding)
        size += 1 + len(encoded)
        if size > most_bytes:
            break
        kept.append(encoded)
    if kept:
        return b"\\".join(kept)
    first = values[0]
    letters = bisect_right(
        range(len(first) + 1), most_bytes, key=lambda count: len(_encode(vr, first[:count], encoding))
    )
    return _encode(vr, first[: letters - 1], encoding)
