"""Names of persons: HL7's XPN and XCN to DICOM's PN (PS3.5 6.2.1.1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from openworklist.hl7.delimiters import Delimiters
from openworklist.hl7.message import split

# Where a name's parts stand, counted from 0: family, given, middle, prefix, suffix, degree, and the code
# (A, I, P) of its script. HL7 has the suffix before the prefix, DICOM the prefix before the suffix.
XPN: Final = (0, 1, 2, 4, 3, 5, 7)
XCN: Final = (1, 2, 3, 5, 4, 6, 14)
_SCRIPTS = {"A": 0, "I": 1, "P": 2}
_FIELDS_XCN = frozenset(
    {
        *(("PV1", number) for number in (7, 8, 9, 17, 52)),
        *(("OBR", number) for number in (10, 16, 28)),
        *(("ORC", number) for number in (10, 11, 12, 19)),
        *(("EVN", 5), ("PD1", 4), ("AIP", 3), ("OBX", 16), ("SCH", 12), ("SCH", 16), ("SCH", 20), ("ROL", 4)),
    }
)
# Inside an NDL the name (a CN) is the first component, its parts subcomponents in the order of an XCN.
_FIELDS_NDL = frozenset(("OBR", number) for number in (32, 33, 34, 35))


def to_pn(
    repetitions: Sequence[str],
    segment: str,
    field: int,
    delimiters: Delimiters,
    unescape: Callable[[str], str],
) -> str:
    """The PN of a whole name field, given its repetitions as they came.

    The order of the parts is that of the field's type in the standard (XPN where it has no name type). The
    first repetition of each script fills its group: alphabetic=ideographic=phonetic.
    """
    groups = ["", "", ""]
    for repetition in repetitions:
        parts, order = _parts(repetition, segment, field, delimiters)
        if not any(parts):
            continue
        code = parts[order[6]].strip().upper() if order[6] < len(parts) else ""
        group = _SCRIPTS.get(code[:1], 0)
        if not groups[group]:
            groups[group] = _group(parts, order, delimiters, unescape)
    return "=".join(groups).rstrip("=")


def to_family_pn(text: str, delimiters: Delimiters, unescape: Callable[[str], str]) -> str:
    """The PN of a single component, as it came: all that a profile wants is the family name."""
    return _clean(unescape(_family(text, delimiters)))


def _parts(
    repetition: str, segment: str, field: int, delimiters: Delimiters
) -> tuple[list[str], tuple[int, ...]]:
    parts = split(repetition, delimiters.component)
    if (segment, field) in _FIELDS_NDL:
        inner = split(parts[0], delimiters.subcomponent)
        if len(inner) > 1:
            return inner, XCN
        return (parts, XCN) if len(parts) > 1 and parts[1] else (parts[:1], XPN)
    if (segment, field) in _FIELDS_XCN:
        # Only an identifier and no name: better that than nothing.
        return (parts, XCN) if any(parts[1:7]) else (parts[:1], XPN)
    return parts, XPN


def _group(
    parts: list[str], order: tuple[int, ...], delimiters: Delimiters, unescape: Callable[[str], str]
) -> str:
    found = [parts[place] if place < len(parts) else "" for place in order[:6]]
    found[0] = _family(found[0], delimiters)
    family, given, middle, prefix, suffix, degree = [_clean(unescape(part)) if part else "" for part in found]
    if degree:
        suffix = f"{suffix} {degree}" if suffix else degree
    return "^".join((family, given, middle, prefix, suffix)).rstrip("^")


def _family(text: str, delimiters: Delimiters) -> str:
    """FN: the surname as it is written, else put together of own prefix and own surname."""
    if not delimiters.subcomponent or delimiters.subcomponent not in text:
        return text
    parts = text.split(delimiters.subcomponent)
    return parts[0] or " ".join(part for part in parts[1:3] if part)


_CONTROLS = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), " ")
_FORBIDDEN = str.maketrans({"^": " ", "=": " ", "\\": "/"}) | _CONTROLS


def _clean(text: str) -> str:
    """A component without what DICOM takes for a delimiter (PS3.5 6.2.1.1) and without control characters."""
    if text.isprintable() and not ("^" in text or "=" in text or "\\" in text):
        return text.strip()
    return " ".join(text.translate(_FORBIDDEN).split())
