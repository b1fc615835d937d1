"""What a converter is, and those of numbers and of VRs whose values have a form."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from openworklist.domain.attributes import Attribute
from openworklist.hl7.leaf import Leaf, Reading
from openworklist.hl7.path import Path

# A converter takes a field as it came, not empty, and returns the value: "" for one that is settled as
# empty, NULL for one that is deleted, None where there is nothing it can use and the next source is tried.
Converter = Callable[[Reading, str], str | None]
# Makes the converter of an attribute from what reads its text; the path is where that stands.
Maker = Callable[[Attribute, Path, Leaf], Converter]

_DS: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:E[+-]?[0-9]+)?", re.IGNORECASE)
_IS: Final = re.compile(r"[+-]?[0-9]{1,11}")


def to_decimal(attribute: Attribute, path: Path, read: Leaf) -> Converter:
    def convert(reading: Reading, field: str) -> str | None:
        text = read(reading, field).replace(",", ".")
        if not text:
            return None
        if len(text) > 16 or not _DS.fullmatch(text):
            reading.warn(path, "is not a number: left out.")
            return None
        return text

    return convert


def to_form(form: re.Pattern[str], what: str) -> Maker:
    """A VR whose values have a form that an expression can say."""

    def make(attribute: Attribute, path: Path, read: Leaf) -> Converter:
        def convert(reading: Reading, field: str) -> str | None:
            text = read(reading, field)
            if text and not form.fullmatch(text):
                reading.warn(path, f"is not {what}: left out.")
                return None
            return text or None

        return convert

    return make


def to_integer(least: int, most: int) -> Maker:
    def make(attribute: Attribute, path: Path, read: Leaf) -> Converter:
        def convert(reading: Reading, field: str) -> str | None:
            text = read(reading, field)
            if not text:
                return None
            if not _IS.fullmatch(text) or not least <= int(text) <= most:
                reading.warn(path, f"is not a whole number from {least} to {most}: left out.")
                return None
            return str(int(text))

        return convert

    return make
