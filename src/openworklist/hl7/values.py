"""From what stands in a message to values in DICOM's form: one converter a VR, and tables for the codes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import tzinfo
from typing import Final

from openworklist.domain.attributes import Attribute
from openworklist.hl7.dates import Stamp, read_stamp
from openworklist.hl7.delimiters import Delimiters
from openworklist.hl7.escapes import unescape
from openworklist.hl7.message import component, nth, split
from openworklist.hl7.names import to_family_pn, to_pn
from openworklist.hl7.path import Path

NULL: Final = '""'

# IHE RAD TF-2 appendix B, table B-1; the words are those of DICOM.
PRIORITIES: Final = {"S": "STAT", "A": "HIGH", "P": "HIGH", "C": "HIGH", "R": "ROUTINE", "T": "MEDIUM"} | {
    term: term for term in ("STAT", "HIGH", "ROUTINE", "MEDIUM", "LOW")
}
# HL7 table 0001; unknown and not applicable are an empty value in DICOM.
SEXES: Final = {"F": "F", "M": "M", "O": "O", "A": "O", "N": "O", "U": ""} | {
    word: word[0] for word in ("FEMALE", "MALE", "OTHER")
}
# PV1-15, HL7 table 0009 B6: pregnant; PS3.3 C.2.4: 3 is definitely pregnant.
PREGNANCIES: Final = {"B6": "3", "3": "3", "1": "1", "2": "2", "4": "4"}
TABLES: Final = {
    "requested_procedure_priority": PRIORITIES,
    "patient_sex": SEXES,
    "pregnancy_status": PREGNANCIES,
}

_UID = re.compile(r"[0-9]+(?:\.[0-9]+)*")
_CS = re.compile(r"[A-Z0-9 _]*")
_DS = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:E[+-]?[0-9]+)?", re.IGNORECASE)
_CONTROLS = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), " ")
_LINE = str.maketrans(_CONTROLS | {ord("\\"): "/"})
_LINES = str.maketrans({code: " " for code in _CONTROLS if code not in (0x0A, 0x0C, 0x0D)})


class Reading:
    """What the converters of one message share: how to read it, and what was odd about it."""

    __slots__ = ("_stamps", "codec", "delimiters", "warnings", "zone")

    def __init__(self, delimiters: Delimiters, codec: str, zone: tzinfo | None) -> None:
        self.delimiters = delimiters
        self.codec = codec
        self.zone = zone
        self.warnings: list[str] = []
        self._stamps: dict[str, Stamp] = {}

    def warn(self, path: Path, sentence: str) -> None:
        """Note what was odd: the place, never the value, since warnings show where values may not."""
        warning = f"{path} {sentence}"
        if warning not in self.warnings:
            self.warnings.append(warning)

    def unescape(self, text: str) -> str:
        return unescape(text, self.delimiters, self.codec, self.warnings)

    def leaf(self, field: str, path: Path) -> str:
        """The one value that the path names in a field, escapes resolved.

        A path without repetition means the first one. A whole field keeps the component delimiters inside,
        not those at its ends.
        """
        _, component, repetition, escape, subcomponent, _ = self.delimiters
        if path.repetition or (repetition and repetition in field):
            field = nth(field, repetition, path.repetition or 1)
        if path.component:
            if component and component in field:
                field = nth(field, component, path.component)
            elif path.component > 1:
                return ""
            if path.subcomponent:
                field = nth(field, subcomponent, path.subcomponent)
        elif component and component in field:
            field = field.strip(component)
        if escape and escape in field:
            field = self.unescape(field)
        return field.strip()

    def leaves(self, field: str, path: Path) -> list[str]:
        """The value that the path names in each repetition, without empty ones; in one, if it names one."""
        repetition = self.delimiters.repetition
        if path.repetition or not repetition or repetition not in field:
            found = [self.leaf(field, path)]
        else:
            found = [self.leaf(text, path) for text in field.split(repetition)]
        return [text for text in found if text and text != NULL]

    def stamp(self, text: str) -> Stamp:
        found = self._stamps.get(text)
        if found is None:
            found = self._stamps[text] = read_stamp(text, self.zone)
        return found


# A converter takes a field as it came, not empty, and the place in it. It returns the value, "" for a value
# that is settled as empty, None where there is nothing it can use, so that the next source is tried.
Converter = Callable[[Reading, str, Path, Attribute], str | None]


def converter_of(attribute: Attribute) -> Converter:
    if attribute.name in TABLES:
        return _from_table
    if attribute.vr in _CONVERTERS:
        return _CONVERTERS[attribute.vr]
    return _to_several if attribute.multiple else _to_line


def _to_line(reading: Reading, field: str, path: Path, attribute: Attribute) -> str | None:
    """SH, LO, AE and other single lines: control characters are blanks, a backslash is a slash."""
    text = reading.leaf(field, path)
    if text.isprintable() and "\\" not in text:
        return text or None
    return _clean_line(reading, text, path) or None


def _to_several(reading: Reading, field: str, path: Path, attribute: Attribute) -> str | None:
    values = [_clean_line(reading, text, path) for text in reading.leaves(field, path)]
    return "\\".join(filter(None, values)) or None


def _clean_line(reading: Reading, text: str, path: Path) -> str:
    if "\\" in text:
        # PS3.5 6.2: the backslash separates values, no text of a line may hold one.
        reading.warn(path, "holds a backslash, which DICOM cannot: written as a slash.")
    return text if text.isprintable() and "\\" not in text else " ".join(text.translate(_LINE).split())


def _to_lines(reading: Reading, field: str, path: Path, attribute: Attribute) -> str | None:
    """ST, LT, UT: lines end in CR LF (PS3.5 6.2), and a backslash is a letter."""
    text = "\n".join(reading.leaves(field, path))
    if not text.isprintable():
        text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_LINES).replace("\n", "\r\n")
    return text or None


def _to_pn(reading: Reading, field: str, path: Path, attribute: Attribute) -> str | None:
    delimiters = reading.delimiters
    repetitions = split(field, delimiters.repetition)
    if path.repetition:
        repetitions = repetitions[path.repetition - 1 : path.repetition]
    if not path.component:
        return to_pn(repetitions, path.segment, path.field, delimiters, reading.unescape) or None
    if not repetitions:
        return None
    return to_family_pn(component(repetitions[0], path, delimiters), delimiters, reading.unescape) or None


def _to_date(reading: Reading, field: str, path: Path, attribute: Attribute) -> str | None:
    return _stamp(reading, field, path).date or None


def _to_time(reading: Reading, field: str, path: Path, attribute: Attribute) -> str | None:
    stamp = _stamp(reading, field, path)
    # A date without time settles it: the time must not come from another place than the date.
    return stamp.time if stamp.date else None


def _to_date_time(reading: Reading, field: str, path: Path, attribute: Attribute) -> str | None:
    stamp = _stamp(reading, field, path)
    return stamp.date + stamp.time or None


_NO_STAMP = Stamp()


def _stamp(reading: Reading, field: str, path: Path) -> Stamp:
    text = reading.leaf(field, path)
    if not path.component and reading.delimiters.component:
        # The first component of a TS is the time, the second its precision.
        text = text.partition(reading.delimiters.component)[0]
    if not text:
        return _NO_STAMP
    stamp = reading.stamp(text)
    if stamp.problem:
        reading.warn(path, stamp.problem + ".")
    return stamp


def _to_uid(reading: Reading, field: str, path: Path, attribute: Attribute) -> str | None:
    text = reading.leaf(field, path)
    if not path.component and reading.delimiters.component:
        # ZDS-1 is a reference pointer: UID^application^type (IHE RAD TF-2 4.4.4.1.2.2).
        text = text.partition(reading.delimiters.component)[0].strip()
    if not text:
        return None
    if len(text) > 64 or not _UID.fullmatch(text):
        reading.warn(path, "is not a valid UID: left out.")
        return None
    if ".0" in text and any(part[0] == "0" and len(part) > 1 for part in text.split(".")):
        reading.warn(path, "is a UID with leading zeros, which DICOM forbids: kept, as images may bear it.")
    return text


def _to_code(reading: Reading, field: str, path: Path, attribute: Attribute) -> str | None:
    """CS: capitals, digits, blank and underscore (PS3.5 6.2)."""
    text = reading.leaf(field, path).upper()
    if not text:
        return None
    if len(text) > 16 or not _CS.fullmatch(text):
        reading.warn(path, f"is not a code that {attribute.label} can hold: left out.")
        return None
    return text


def _to_decimal(reading: Reading, field: str, path: Path, attribute: Attribute) -> str | None:
    text = reading.leaf(field, path).replace(",", ".")
    if not text:
        return None
    if len(text) > 16 or not _DS.fullmatch(text):
        reading.warn(path, "is not a number: left out.")
        return None
    return text


def _from_table(reading: Reading, field: str, path: Path, attribute: Attribute) -> str | None:
    text = reading.leaf(field, path).upper()
    if not text:
        return None
    value = TABLES[attribute.name].get(text)
    if value is None:
        reading.warn(path, f"is not a value that {attribute.label} knows: left out.")
    return value


_CONVERTERS: dict[str, Converter] = {
    "PN": _to_pn,
    "DA": _to_date,
    "TM": _to_time,
    "DT": _to_date_time,
    "UI": _to_uid,
    "CS": _to_code,
    "DS": _to_decimal,
    **dict.fromkeys(("LT", "ST", "UT"), _to_lines),
}
