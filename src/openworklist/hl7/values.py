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
from openworklist.hl7.message import Segment, component
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
    "patients_sex": SEXES,
    "patient_sex": SEXES,
    "pregnancy_status": PREGNANCIES,
}

_LONG_TEXT = frozenset({"LT", "ST", "UT"})
_UID = re.compile(r"[0-9]+(?:\.[0-9]+)*")
_CS = re.compile(r"[A-Z0-9 _]*")
_CONTROLS = dict.fromkeys((*range(0x20), 0x7F), " ")
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

    def parts(self, segment: Segment, path: Path) -> list[str]:
        """What the path names of each repetition (or of the one it names), as it came, without empty ones.

        Of a whole field the component delimiters at both ends are left out.
        """
        repetitions = segment.repetitions(path.field)
        if path.repetition:
            repetitions = repetitions[path.repetition - 1 : path.repetition]
        if path.component:
            found = [component(text, path, self.delimiters) for text in repetitions]
        else:
            found = [text.strip(self.delimiters.component or " ") for text in repetitions]
        return [part for part in found if part and part != NULL]

    def leaf(self, segment: Segment, path: Path) -> str:
        """The one value at the path, escapes resolved; for a whole field with the delimiters inside."""
        text = segment.part(path if path.repetition or path.component else path._replace(repetition=1))
        if not text:
            return ""
        if not path.component:
            text = text.strip(self.delimiters.component or " ")
        return self.unescape(text).strip()

    def stamp(self, text: str) -> Stamp:
        found = self._stamps.get(text)
        if found is None:
            found = self._stamps[text] = read_stamp(text, self.zone)
        return found


# A converter returns the value; None where there is nothing it can use, so that the next source is tried.
Converter = Callable[[Reading, Segment, Path, Attribute], str | None]


def converter_of(attribute: Attribute) -> Converter:
    if attribute.name in TABLES:
        return _from_table
    return _CONVERTERS.get(attribute.vr, _to_line)


def _to_line(reading: Reading, segment: Segment, path: Path, attribute: Attribute) -> str | None:
    """SH, LO, AE and other single lines: control characters are blanks, a backslash is a slash."""
    if not attribute.multiple:
        return _clean_line(reading, reading.leaf(segment, path), path) or None
    values = [
        _clean_line(reading, reading.unescape(part).strip(), path) for part in reading.parts(segment, path)
    ]
    return "\\".join(filter(None, values)) or None


def _clean_line(reading: Reading, text: str, path: Path) -> str:
    if text.isprintable() and "\\" not in text:
        return text
    if "\\" in text:
        # PS3.5 6.2: the backslash separates values, no text of a line may hold one.
        reading.warn(path, "holds a backslash, which DICOM cannot: written as a slash.")
    return " ".join(text.translate(_LINE).split())


def _to_lines(reading: Reading, segment: Segment, path: Path, attribute: Attribute) -> str | None:
    """ST, LT, UT: lines end in CR LF (PS3.5 6.2), and a backslash is a letter."""
    text = "\n".join([reading.unescape(part) for part in reading.parts(segment, path)])
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text.isprintable():
        text = text.translate(_LINES).replace("\n", "\r\n")
    return text or None


def _to_pn(reading: Reading, segment: Segment, path: Path, attribute: Attribute) -> str | None:
    delimiters = reading.delimiters
    if path.component:
        return to_family_pn(segment.part(path), delimiters, reading.unescape) or None
    repetitions = segment.repetitions(path.field)
    if path.repetition:
        repetitions = repetitions[path.repetition - 1 : path.repetition]
    return to_pn(repetitions, path.segment, path.field, delimiters, reading.unescape) or None


def _to_date(reading: Reading, segment: Segment, path: Path, attribute: Attribute) -> str | None:
    return _stamp(reading, segment, path).date or None


def _to_time(reading: Reading, segment: Segment, path: Path, attribute: Attribute) -> str | None:
    stamp = _stamp(reading, segment, path)
    # A date without time settles it: the time must not come from another place than the date.
    return stamp.time if stamp.date else None


def _to_date_time(reading: Reading, segment: Segment, path: Path, attribute: Attribute) -> str | None:
    stamp = _stamp(reading, segment, path)
    return stamp.date + stamp.time or None


_NO_STAMP = Stamp()


def _stamp(reading: Reading, segment: Segment, path: Path) -> Stamp:
    text = reading.leaf(segment, path)
    if not path.component and reading.delimiters.component:
        # The first component of a TS is the time, the second its precision.
        text = text.partition(reading.delimiters.component)[0]
    if not text:
        return _NO_STAMP
    stamp = reading.stamp(text)
    if stamp.problem:
        reading.warn(path, stamp.problem + ".")
    return stamp


def _to_uid(reading: Reading, segment: Segment, path: Path, attribute: Attribute) -> str | None:
    text = reading.leaf(segment, path)
    if not path.component and reading.delimiters.component:
        # ZDS-1 is a reference pointer: UID^application^type (IHE RAD TF-2 4.4.4.1.2.2).
        text = text.partition(reading.delimiters.component)[0].strip()
    if not text:
        return None
    if len(text) > 64 or not _UID.fullmatch(text):
        reading.warn(path, "is not a valid UID: left out.")
        return None
    if any(part != "0" and part[0] == "0" for part in text.split(".")):
        reading.warn(path, "is a UID with leading zeros, which DICOM forbids: kept, as images may bear it.")
    return text


def _to_code(reading: Reading, segment: Segment, path: Path, attribute: Attribute) -> str | None:
    """CS: capitals, digits, blank and underscore (PS3.5 6.2)."""
    text = reading.leaf(segment, path).upper()
    if not text:
        return None
    if len(text) > 16 or not _CS.fullmatch(text):
        reading.warn(path, f"is not a code that {attribute.label} can hold: left out.")
        return None
    return text


def _to_decimal(reading: Reading, segment: Segment, path: Path, attribute: Attribute) -> str | None:
    text = reading.leaf(segment, path).replace(",", ".")
    if not text:
        return None
    try:
        float(text)
    except ValueError:
        text = ""
    if not text or len(text) > 16 or text.strip("+-.0123456789eE"):
        reading.warn(path, "is not a number: left out.")
        return None
    return text


def _from_table(reading: Reading, segment: Segment, path: Path, attribute: Attribute) -> str | None:
    text = reading.leaf(segment, path).upper()
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
    **dict.fromkeys(_LONG_TEXT, _to_lines),
}
