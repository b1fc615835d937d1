"""One source of a rule, made ready, and how a value is found there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from openworklist.domain.record import Value
from openworklist.hl7.condition import Test
from openworklist.hl7.groups import Group
from openworklist.hl7.leaf import NULL, Leaf, Reading, leaf_reader
from openworklist.hl7.measures import Measure
from openworklist.hl7.message import Segment
from openworklist.hl7.path import Path
from openworklist.hl7.sequences import Finder

# Letters of a value beyond which none is read: six times what the longest text of DICOM holds (LT, 10,240).
LONGEST: Final = 65_536
UNIT: Final = Path("OBX", 6, 1)
NO_UNIT: Final = "is no measure in a unit that is known: left out."


class Lookup(NamedTuple):
    """`look` is None where the value is in one field of one segment, and nothing else tells about it."""

    row: int  # of the plan's segments
    field: int
    find: Finder
    read: Leaf | None  # where `""` is looked for; None if `find` sees to it
    number: int
    path: Path
    look: Look | None = None
    join: str = ""  # what the values of several segments are joined with
    is_met: Test | None = None  # which segments of the name are meant; None for one by its number
    measure: Measure | None = None  # what makes a number with its unit one in DICOM's unit


class Memory:
    """What was found in segments that steps share: a message may have many steps.

    The keys are the numbers of lookups with the identities of fields, which live as long as the message.
    """

    __slots__ = ("_found",)

    def __init__(self) -> None:
        self._found: dict[tuple[int, int], tuple[Value | None, list[str]]] = {}

    def recall(
        self, reading: Reading, key: tuple[int, int], find: Callable[[], Value | None]
    ) -> Value | None:
        found = self._found.get(key)
        if found is None:
            before, reading.warnings = reading.warnings, []
            found = self._found[key] = (find(), reading.warnings)
            reading.warnings = before
        value, warnings = found
        reading.warnings += [warning for warning in warnings if warning not in reading.warnings]
        return value


# How a value is looked for that one field does not tell; None where there is nothing usable.
Look = Callable[[Lookup, Reading, Group, Memory | None], Value | None]


def find(reading: Reading, field: str, lookup: Lookup) -> Value | None:
    """The value of a field, NULL if it is deleted."""
    if lookup.read is not None and NULL in field and lookup.read(reading, field) == NULL:
        return NULL
    return lookup.find(reading, field)


def find_once(reading: Reading, fields: list[str], lookup: Lookup, memory: Memory | None) -> Value | None:
    """As `find`; what steps share is read once."""
    if memory is None:
        return find(reading, fields[lookup.field], lookup)

    def find_short() -> Value | None:
        return find(reading, _shorten(reading, lookup, fields[lookup.field]), lookup)

    return memory.recall(reading, (lookup.number, id(fields)), find_short)


def gather(lookup: Lookup, reading: Reading, group: Group, memory: Memory | None) -> Value | None:
    """The values of all the segments of that name, as one."""
    segments = group.all(lookup.path.segment)

    def find_all() -> Value | None:
        fields = [segment.field(lookup.field) for segment in segments]
        found = [lookup.find(reading, _shorten(reading, lookup, field)) for field in fields if field]
        texts = [text for text in found if text and isinstance(text, str)]
        return _shorten(reading, lookup, lookup.join.join(texts)) or None

    return find_all() if memory is None else memory.recall(reading, (lookup.number, id(segments)), find_all)


def search(lookup: Lookup, reading: Reading, group: Group, memory: Memory | None) -> Value | None:
    """The value of the first segment that is meant and has one."""
    segments = group.all(lookup.path.segment)

    def find_first() -> Value | None:
        for segment in segments_meant(lookup, reading, segments):
            field = segment.field(lookup.field)
            value = find(reading, _shorten(reading, lookup, field), lookup) if field else None
            if value and value != NULL and lookup.measure is not None:
                value = _measure(lookup, lookup.measure, reading, segment, str(value))
            if value is not None:
                return value
        return None

    return (
        find_first() if memory is None else memory.recall(reading, (lookup.number, id(segments)), find_first)
    )


def segments_meant(lookup: Lookup, reading: Reading, segments: list[Segment]) -> list[Segment]:
    """Those of the segments with the name of the path in which a value is looked for."""
    if lookup.is_met is None:
        number = max(lookup.path.occurrence, 1)
        return segments[number - 1 : number]
    return [segment for segment in segments if lookup.is_met(reading, segment)]


def read_unit(reading: Reading, segment: Segment) -> str:
    """The unit that stands beside a value."""
    unit = segment.field(UNIT.field)
    return _read_unit(reading, unit) if unit else ""


_read_unit = leaf_reader(UNIT)


def _measure(lookup: Lookup, measure: Measure, reading: Reading, segment: Segment, number: str) -> str | None:
    value = measure(number, read_unit(reading, segment))
    if value is None:
        reading.warn(lookup.path, NO_UNIT)
    return value


def _shorten(reading: Reading, lookup: Lookup, text: str) -> str:
    if len(text) <= LONGEST:
        return text
    reading.warn(lookup.path, f"is longer than {LONGEST} letters: the rest was left out.")
    return text[:LONGEST]
