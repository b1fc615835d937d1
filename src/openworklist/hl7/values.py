"""From what stands in a message to values in DICOM's form: a converter a VR, and tables for the codes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from openworklist.domain.attributes import BY_NAME, Attribute
from openworklist.hl7.convert import Converter, Maker, to_decimal, to_form, to_integer
from openworklist.hl7.dates import Stamp, read_stamp
from openworklist.hl7.leaf import NULL, Leaf, Reading, leaf_reader, leaves_reader
from openworklist.hl7.message import component, nth, split
from openworklist.hl7.names import to_family_pn, to_pn
from openworklist.hl7.path import Path

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

# HL7 table 0009 has more in it than pregnancies: what is none is no fault.
_QUIET: Final = frozenset({"pregnancy_status"})

# Many senders write an allergy as a lone word; none may be passed over.
_TEXT_OR_CODE: Final = frozenset({("AL1", 3)})
_UID = re.compile(r"[0-9]+(?:\.[0-9]+)*")
_LEADING_ZERO = re.compile(r"(?:^|\.)0[0-9]")
_CS = re.compile(r"[A-Z0-9 _]*")
_CONTROLS = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), " ")
_LINE = str.maketrans(_CONTROLS | {ord("\\"): "/"})
_LINES = str.maketrans({code: " " for code in _CONTROLS if code not in (0x0A, 0x0C, 0x0D)})


def make_converter(attribute: Attribute, path: Path) -> Converter:
    """What makes a value of that attribute of a field in which it stands at `path`."""
    if attribute.vr == "PN":
        return _to_family_name(path) if path.component else _to_whole_name(path)
    if attribute.vr in _LINES_VRS:
        return _to_lines(path)
    if attribute.multiple:
        if (path.segment, path.field) in _TEXT_OR_CODE and path.component == 2:
            return _to_text_or_code(path)
        return _to_several(path) if attribute.vr not in _MAKERS else _to_each(attribute, path)
    return make_cleaner(attribute, path, text_reader(attribute, path))


def make_cleaner(attribute: Attribute, path: Path, read: Leaf) -> Converter:
    """As make_converter, of the single text that `read` returns; that of a name is one in DICOM's form."""
    if attribute.name in TABLES:
        return _from_table(attribute, path, read)
    maker = _MAKERS.get(attribute.vr)
    return maker(attribute, path, read) if maker else _to_line(attribute, path, read)


def text_reader(attribute: Attribute, path: Path) -> Leaf:
    """What reads the single text of such an attribute, escapes resolved; "" if there is none."""
    # The first component of a TS is the time, the second its precision. ZDS-1 is a reference pointer:
    # UID^application^type (IHE RAD TF-2 4.4.4.1.2.2).
    is_first = attribute.vr in ("DA", "TM", "DT", "UI") and not path.component
    return leaf_reader(path._replace(component=1) if is_first else path)


def _to_line(attribute: Attribute, path: Path, read: Leaf) -> Converter:
    """SH, LO, AE and other single lines: control characters are blanks, a backslash is a slash."""

    def convert(reading: Reading, field: str) -> str | None:
        return _clean_line(reading, read(reading, field), path) or None

    return convert


def _to_several(path: Path) -> Converter:
    read = leaf_reader(path)
    read_all = leaves_reader(path)

    def convert(reading: Reading, field: str) -> str | None:
        if reading.repetition not in field:
            return _clean_line(reading, read(reading, field), path) or None
        values = [_clean_line(reading, text, path) for text in read_all(reading, field)]
        return "\\".join(filter(None, values)) or None

    return convert


def _to_text_or_code(path: Path) -> Converter:
    """The text of a coded element; where it has none, its code."""
    read_text, read_code = (leaf_reader(path._replace(component=number)) for number in (2, 1))

    def convert(reading: Reading, field: str) -> str | None:
        is_one = path.repetition or not reading.repetition
        found = []
        for each in [field] if is_one else field.split(reading.repetition):
            text = read_text(reading, each)
            text = text if text not in ("", NULL) else read_code(reading, each)
            found.append(_clean_line(reading, text, path) if text != NULL else "")
        return "\\".join(filter(None, found)) or None

    return convert


def _to_each(attribute: Attribute, path: Path) -> Converter:
    read_all = leaves_reader(path)
    clean = make_cleaner(attribute, path, lambda reading, text: text)

    def convert(reading: Reading, field: str) -> str | None:
        values = [clean(reading, text) for text in read_all(reading, field)]
        return "\\".join(value for value in values if value) or None

    return convert


def _clean_line(reading: Reading, text: str, path: Path) -> str:
    if text.isprintable() and "\\" not in text:
        return text
    if "\\" in text:
        # PS3.5 6.2: the backslash separates values, no text of a line may hold one.
        reading.warn(path, "holds a backslash, which DICOM cannot: written as a slash.")
    return " ".join(text.translate(_LINE).split())


def _to_lines(path: Path) -> Converter:
    read = leaves_reader(path)

    def convert(reading: Reading, field: str) -> str | None:
        return _clean_lines("\n".join(read(reading, field))) or None

    return convert


def _to_one_of_lines(attribute: Attribute, path: Path, read: Leaf) -> Converter:
    return lambda reading, field: _clean_lines(read(reading, field)) or None


def _clean_lines(text: str) -> str:
    """ST, LT, UT: lines end in CR LF (PS3.5 6.2), and a backslash is a letter."""
    if text.isprintable():
        return text
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_LINES).replace("\n", "\r\n")


def _to_whole_name(path: Path) -> Converter:
    def convert(reading: Reading, field: str) -> str | None:
        delimiters = reading.delimiters
        repetitions = split(field, delimiters.repetition)
        if path.repetition:
            repetitions = repetitions[path.repetition - 1 : path.repetition]
        name = to_pn(repetitions, path.segment, path.field, delimiters, reading.unescape)
        # Every part of it is two quotes, or empty.
        return name or (NULL if NULL in field else None)

    return convert


def _to_family_name(path: Path) -> Converter:
    def convert(reading: Reading, field: str) -> str | None:
        delimiters = reading.delimiters
        text = component(nth(field, delimiters.repetition, path.repetition or 1), path, delimiters)
        if text.isalnum():
            return text
        if text.strip() == NULL:
            return NULL
        return to_family_pn(text, delimiters, reading.unescape) or None

    return convert


def _to_name(attribute: Attribute, path: Path, read: Leaf) -> Converter:
    def convert(reading: Reading, field: str) -> str | None:
        return " ".join(read(reading, field).translate(_LINE).split()).rstrip("^=") or None

    return convert


def _to_date(attribute: Attribute, path: Path, read: Leaf) -> Converter:
    """DA: of a pair with a time the day at the site; any other, like a birth date, the day as written."""
    has_time = attribute.name.removesuffix("date") + "time" in BY_NAME
    to_stamp = Reading.stamp if has_time else lambda reading, text: read_stamp(text)
    read_date = _stamp_reader(path, read, to_stamp)
    return lambda reading, field: read_date(reading, field).date or None


def _to_time(attribute: Attribute, path: Path, read: Leaf) -> Converter:
    read_time = _stamp_reader(path, read)

    def convert(reading: Reading, field: str) -> str | None:
        stamp = read_time(reading, field)
        # A date without time settles it: the time must not come from another place than the date.
        return stamp.time if stamp.date else None

    return convert


def _to_date_time(attribute: Attribute, path: Path, read: Leaf) -> Converter:
    read_both = _stamp_reader(path, read)

    def convert(reading: Reading, field: str) -> str | None:
        stamp = read_both(reading, field)
        return stamp.date + stamp.time or None

    return convert


_NO_STAMP = Stamp()


def _stamp_reader(
    path: Path, read: Leaf, to_stamp: Callable[[Reading, str], Stamp] = Reading.stamp
) -> Callable[[Reading, str], Stamp]:
    def read_and_warn(reading: Reading, field: str) -> Stamp:
        text = read(reading, field)
        if not text:
            return _NO_STAMP
        stamp = to_stamp(reading, text)
        if stamp.problem:
            reading.warn(path, stamp.problem + ".")
        return stamp

    return read_and_warn


def _to_uid(attribute: Attribute, path: Path, read: Leaf) -> Converter:
    def convert(reading: Reading, field: str) -> str | None:
        text = read(reading, field)
        if not text:
            return None
        if len(text) > 64 or not _UID.fullmatch(text):
            reading.warn(path, "is not a valid UID: left out.")
            return None
        if _LEADING_ZERO.search(text):
            reading.warn(
                path, "is a UID with leading zeros, which DICOM forbids: kept, as images may bear it."
            )
        return text

    return convert


def _to_code(attribute: Attribute, path: Path, read: Leaf) -> Converter:
    """CS: capitals, digits, blank and underscore (PS3.5 6.2)."""

    def convert(reading: Reading, field: str) -> str | None:
        text = read(reading, field).upper()
        if not text:
            return None
        if len(text) > 16 or not _CS.fullmatch(text):
            reading.warn(path, f"is not a code that {attribute.label} can hold: left out.")
            return None
        return text

    return convert


def _from_table(attribute: Attribute, path: Path, read: Leaf) -> Converter:
    table = TABLES[attribute.name]

    def convert(reading: Reading, field: str) -> str | None:
        text = read(reading, field).upper()
        if not text:
            return None
        value = table.get(text)
        if value is None and attribute.name not in _QUIET:
            reading.warn(path, f"is not a value that {attribute.label} knows: left out.")
        return value

    return convert


_LINES_VRS: Final = frozenset(("LT", "ST", "UT"))
_MAKERS: dict[str, Maker] = {
    "PN": _to_name,
    "DA": _to_date,
    "TM": _to_time,
    "DT": _to_date_time,
    "UI": _to_uid,
    "CS": _to_code,
    "DS": to_decimal,
    "FD": to_decimal,
    "FL": to_decimal,
    "IS": to_integer(-(2**31), 2**31 - 1),
    "SL": to_integer(-(2**31), 2**31 - 1),
    "SS": to_integer(-(2**15), 2**15 - 1),
    "UL": to_integer(0, 2**32 - 1),
    "US": to_integer(0, 2**16 - 1),
    "AS": to_form(re.compile(r"[0-9]{3}[DWMY]"), "an age like 045Y"),
    "UR": to_form(re.compile(r"[!-\[\]-~]+"), "a URI"),
    **dict.fromkeys(_LINES_VRS, _to_one_of_lines),
}
