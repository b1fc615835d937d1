"""Names of persons: HL7's XPN and XCN to DICOM's PN (PS3.5 6.2.1.1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from openworklist.hl7.delimiters import Delimiters
from openworklist.hl7.message import split

# Where a name's parts stand, counted from 0: family, given, middle, prefix, suffix, degree, and the code
# (A, I, P) of its script. HL7 has the suffix before the prefix, DICOM the prefix before the suffix.
XPN: Final = (0, 1, 2, 4, 3, 5, 7)
XCN: Final = (1, 2, 3, 5, 4, 6, 14)
_NULL: Final = '""'
_SCRIPTS: Final = {"A": 0, "I": 1, "P": 2}
# XPN.7, HL7 table 0200: the legal name before one of no type, that before any other, an alias last.
_RANKS: Final = {"L": 0, "": 1, "A": 3}
_OTHER: Final = 2
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
    """The PN of a whole name field, given its repetitions as they came; "" where nothing names anybody.

    The order of the parts is that of the field's type in the standard (XPN where it has no name type). A
    part that is `""` is empty. Each script has its group: alphabetic=ideographic=phonetic. Of several names
    of a patient the legal one is taken, else one of no type, else another, an alias last; of several persons
    (XCN) the first.
    """
    kind = kind_of(segment, field)
    names = [_read(repetition, kind, delimiters) for repetition in repetitions]
    if len(names) == 1:
        return "=" * names[0].script + _group(names[0], delimiters, unescape) if any(names[0].parts) else ""
    groups = ["", "", ""]
    for name in _choose([name for name in names if any(name.parts)]):
        script = name.script
        if not groups[script]:
            groups[script] = _group(name, delimiters, unescape)
    return "=".join(groups).rstrip("=")


def to_family_pn(text: str, delimiters: Delimiters, unescape: Callable[[str], str]) -> str:
    """The PN of a single component, as it came: all that a profile wants is the family name."""
    return _clean(unescape(_family(text, delimiters)))


class _Name(NamedTuple):
    """One repetition: its parts as they came, and the order that they stand in."""

    parts: list[str]
    order: tuple[int, ...]

    @property
    def script(self) -> int:
        """The number of its group."""
        place = self.order[6]
        return _SCRIPTS.get(self.parts[place].strip().upper()[:1], 0) if place < len(self.parts) else 0

    @property
    def type(self) -> str:
        return self.parts[6].strip().upper()[:1] if len(self.parts) > 6 else ""

    @property
    def rank(self) -> int:
        return _RANKS.get(self.type, _OTHER)


def _choose(names: list[_Name]) -> list[_Name]:
    """The names that may stand in one PN, the best first: no maiden name beside the kanji of another."""
    if not names:
        return names
    if names[0].order is XCN:
        # The repetitions may be several persons, told by their ID.
        return [name for name in names if name.parts[:1] == names[0].parts[:1]]
    names = sorted(names, key=lambda name: name.rank)
    best = next((name for name in names if name.script == 0), names[0])
    return [best, *(name for name in names if name.script != 0 and name.type in ("", "L", best.type))]


def kind_of(segment: str, field: int) -> str:
    place = (segment, field)
    return "NDL" if place in _FIELDS_NDL else "XCN" if place in _FIELDS_XCN else "XPN"


def _read(repetition: str, kind: str, delimiters: Delimiters) -> _Name:
    parts = split(repetition, delimiters.component)
    if _NULL in repetition:
        parts = _without_nulls(parts)
    if kind == "XPN":
        return _Name(parts, XPN)
    if kind == "NDL":
        inner = _without_nulls(split(parts[0], delimiters.subcomponent))
        if len(inner) > 1:
            return _Name(inner, XCN)
        return _Name(parts, XCN) if len(parts) > 1 and parts[1] else _Name(parts[:1], XPN)
    # Only an identifier and no name: better that than nothing.
    return _Name(parts, XCN) if any(parts[1:7]) else _Name(parts[:1], XPN)


def _without_nulls(parts: list[str]) -> list[str]:
    return ["" if _NULL in part and part.strip() == _NULL else part for part in parts]


def _group(name: _Name, delimiters: Delimiters, unescape: Callable[[str], str]) -> str:
    parts, order = name
    count = len(parts)
    found = [parts[place] if place < count else "" for place in order[:6]]
    if delimiters.subcomponent in found[0]:
        found[0] = _family(found[0], delimiters)
    # A part of letters alone holds no delimiter, no escape and no blank.
    family, given, middle, prefix, suffix, degree = [
        part if not part or part.isalnum() else _clean(unescape(part)) for part in found
    ]
    if degree:
        suffix = f"{suffix} {degree}" if suffix else degree
    return "^".join((family, given, middle, prefix, suffix)).rstrip("^")


def _family(text: str, delimiters: Delimiters) -> str:
    """FN: the surname as it is written, else put together of own prefix and own surname."""
    if not delimiters.subcomponent or delimiters.subcomponent not in text:
        return text
    parts = _without_nulls(text.split(delimiters.subcomponent))
    return parts[0] or " ".join(part for part in parts[1:3] if part)


_CONTROLS = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)), " ")
_FORBIDDEN = str.maketrans({"^": " ", "=": " ", "\\": "/"}) | _CONTROLS


def _clean(text: str) -> str:
    """A component without what DICOM takes for a delimiter (PS3.5 6.2.1.1) and without control characters."""
    if text.isprintable() and not ("^" in text or "=" in text or "\\" in text):
        return text.strip()
    return " ".join(text.translate(_FORBIDDEN).split())
