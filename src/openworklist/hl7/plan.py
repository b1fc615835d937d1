"""A profile made ready: what can be done once for all messages is done here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final, NamedTuple

from openworklist.domain.attributes import Attribute
from openworklist.domain.record import Value
from openworklist.hl7.condition import make_test
from openworklist.hl7.controls import Controls
from openworklist.hl7.leaf import leaf_reader
from openworklist.hl7.lookup import Lookup, gather, search
from openworklist.hl7.measures import MEASURES
from openworklist.hl7.profile import Profile
from openworklist.hl7.rule import Rule, Source
from openworklist.hl7.treatment import make_finder
from openworklist.hl7.word import read_word

# What they say is spread over all the segments of that name, and never only in the last one.
GATHERED: Final = frozenset({"NTE", "AL1"})


class Row(NamedTuple):
    """A segment that a profile looks at, and its fields that alone are the source of an attribute."""

    segment: str
    occurrence: int
    fields: tuple[tuple[int, str, Lookup], ...]


class Line(NamedTuple):
    """An attribute that is looked for in several places, in several segments, or has a default.

    Each place is the number of its row, that of its field, 0 where a function looks, and its lookup.
    """

    name: str
    places: tuple[tuple[int, int, Lookup], ...]
    default: Value | None


class Plan(NamedTuple):
    """The simple attributes segment by segment, the others with all their lookups, and the constants."""

    rows: tuple[Row, ...]
    lines: tuple[Line, ...]
    constants: Mapping[str, Value]
    controls: Controls


@lru_cache(maxsize=256)
def make_plan(profile: Profile) -> Plan:
    """The plan of a profile's own rules; its variants have plans of their own."""
    numbers: dict[tuple[str, int], int] = {}
    simple: list[tuple[str, Lookup]] = []
    lines: list[Line] = []
    constants: dict[str, Value] = {}
    count = 0
    for rule in profile.rules:
        name = rule.attribute.name
        if rule.constant:
            constants[name] = read_word(rule.attribute, rule.constant)
            continue
        lookups = []
        for source in rule.sources:
            key = (source.path.segment, max(source.path.occurrence, 1))
            row = numbers.setdefault(key, len(numbers))
            lookups.append(_to_lookup(rule, source, row, count))
            count += 1
        default = read_word(rule.attribute, rule.default) if rule.default else None
        if len(lookups) == 1 and lookups[0].look is None and default is None:
            simple.append((name, lookups[0]))
        else:
            places = tuple((each.row, 0 if each.look else each.field, each) for each in lookups)
            lines.append(Line(name, places, default))
    return Plan(
        tuple(_to_row(key, simple, row) for key, row in numbers.items()),
        tuple(lines),
        constants,
        profile.controls,
    )


def _to_row(key: tuple[str, int], simple: list[tuple[str, Lookup]], row: int) -> Row:
    return Row(*key, tuple((lookup.field, name, lookup) for name, lookup in simple if lookup.row == row))


def _to_lookup(rule: Rule, source: Source, row: int, number: int) -> Lookup:
    path, attribute = source.path, rule.attribute
    lookup = Lookup(
        row=row,
        field=path.field,
        find=make_finder(rule, source),
        read=None if attribute.vr == "PN" else leaf_reader(path),
        number=number,
        path=path,
        is_met=make_test(source.where) if source.where else None,
        measure=MEASURES.get(attribute.name) if path.segment == "OBX" else None,
    )
    if lookup.is_met or lookup.measure:
        return lookup._replace(look=search)
    if path.segment in GATHERED and not path.occurrence:
        return lookup._replace(look=gather, join=_find_join(attribute))
    return lookup


def _find_join(attribute: Attribute) -> str:
    return "\r\n" if attribute.vr in ("LT", "ST", "UT") else "\\" if attribute.multiple else ", "
