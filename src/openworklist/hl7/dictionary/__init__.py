"""What HL7 calls the segments, fields and components that radiology meets, v2.3 to v2.8.

One name a position: that of the newest version that has it. Positions never change their meaning; where a
field was withdrawn or its type simplified, the name and the type are those it had before.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Final, NamedTuple

from openworklist.hl7.dictionary import (
    control,
    finance,
    observations,
    orders,
    patient,
    scheduling,
    types,
)
from openworklist.hl7.path import Path, parse_path

_CHAPTERS: Final = (control, patient, orders, observations, scheduling, finance)


class Part(NamedTuple):
    """A field or component: its name, and its data type ("" where the message itself says which)."""

    name: str
    type: str


class Table(NamedTuple):
    """A segment or a composite type: its name, and its parts by number, counted from 1."""

    name: str
    parts: dict[int, Part]


NOTHING: Final = Table("", {})


def describe(path: str | Path, *, value_type: str = "") -> str:
    """The names along a path: `PID-5.2` is "Patient Name: Given Name", `PID` the name of the segment.

    As far as they are known; "" for a field or a segment that nobody knows. `value_type` is the type of a
    value whose type the message says (OBX-2). MessageError if the path is not readable.
    """
    if isinstance(path, str):
        if path in segments() or _is_name(path):
            return segments().get(path, NOTHING).name
        path = parse_path(path)
    return _describe(path.segment, path.field, path.component, path.subcomponent, value_type)


def find_segment(name: str) -> Table | None:
    return segments().get(name)


def find_field(segment: str, number: int) -> Part | None:
    return segments().get(segment, NOTHING).parts.get(number)


def find_type(name: str) -> Table | None:
    """A composite data type; None for a simple one."""
    return _types().get(name)


@cache
def segments() -> dict[str, Table]:
    """Every segment that is known, by its name."""
    return {name: table for chapter in _CHAPTERS for name, table in _read(chapter.SEGMENTS)}


@cache
def _types() -> dict[str, Table]:
    return dict(_read(types.TYPES))


def type_names() -> tuple[str, ...]:
    return tuple(_types())


def _is_name(text: str) -> bool:
    return len(text) == 3 and text.isalnum()


@lru_cache(maxsize=8192)
def _describe(segment: str, field: int, component: int, subcomponent: int, value_type: str) -> str:
    found = find_field(segment, field)
    if found is None:
        return ""
    names = [found.name]
    kind = found.type or value_type
    for number in (component, subcomponent):
        # The first component of a simple type is all of it, and so is the time of a time stamp.
        part = _types().get(kind, NOTHING).parts.get(number)
        if not number or part is None:
            break
        if (kind, number) != ("TS", 1):
            names.append(part.name)
        kind = part.type
    return ": ".join(names)


def _read(text: str) -> Iterator[tuple[str, Table]]:
    """The tables of a text: a head line, then `number type name` lines, or `= type` for the same parts."""
    known: dict[str, Table] = {}
    aliases: dict[str, tuple[str, str]] = {}
    for block in text.strip().split("\n\n"):
        head, *lines = block.splitlines()
        name, _, title = head.partition(" ")
        if lines[0].startswith("= "):
            aliases[name] = (title, lines[0][2:])
        else:
            known[name] = Table(title, dict(map(_read_part, lines)))
    yield from known.items()
    for name, (title, other) in aliases.items():
        yield name, Table(title, known[other].parts)


def _read_part(line: str) -> tuple[int, Part]:
    number, kind, name = line.split(" ", 2)
    return int(number), Part(name, "" if kind == "-" else kind)
