"""A plan that notes what its lookups find: the same functions in the same order, watched."""

from __future__ import annotations

from typing import NamedTuple

from openworklist.domain.record import Value
from openworklist.hl7.leaf import NULL, Leaf, Reading
from openworklist.hl7.lookup import LONGEST, Lookup
from openworklist.hl7.measures import Measure
from openworklist.hl7.plan import Plan
from openworklist.hl7.sequences import Finder


class Found(NamedTuple):
    """What came of a look: a value, NULL, "" for one that is settled as empty, or None; and the warnings."""

    value: Value | None
    warnings: tuple[str, ...] = ()


class Trace:
    """What was found in fields, by the number of the lookup."""

    __slots__ = ("_fields", "_measures")

    def __init__(self) -> None:
        self._fields: dict[tuple[int, str], Found] = {}
        self._measures: dict[tuple[int, str, str], str | None] = {}

    def watch(self, plan: Plan) -> Plan:
        """The same plan, watched."""
        return Plan(
            tuple(
                row._replace(
                    fields=tuple((field, name, self._wrap(each)) for field, name, each in row.fields)
                )
                for row in plan.rows
            ),
            tuple(line._replace(places=tuple(map(self._wrap_place, line.places))) for line in plan.lines),
            plan.constants,
            plan.controls,
        )

    def _wrap_place(self, place: tuple[int, int, Lookup]) -> tuple[int, int, Lookup]:
        row, field, lookup = place
        return row, field, self._wrap(lookup)

    def find_in_field(self, lookup: Lookup, field: str) -> Found | None:
        """What a lookup found in a field; None if it did not look."""
        return self._fields.get((lookup.number, field[:LONGEST]))

    def is_measured(self, lookup: Lookup, number: str, unit: str) -> bool:
        """Whether the unit of a number was one that is known."""
        return self._measures.get((lookup.number, number, unit)) is not None

    def _wrap(self, lookup: Lookup) -> Lookup:
        return lookup._replace(
            find=self._wrap_find(lookup.number, lookup.find),
            read=self._wrap_read(lookup.number, lookup.read) if lookup.read else None,
            measure=self._wrap_measure(lookup.number, lookup.measure) if lookup.measure else None,
        )

    def _wrap_find(self, number: int, find: Finder) -> Finder:
        def watched(reading: Reading, field: str) -> Value | None:
            before, reading.warnings = reading.warnings, []
            value = find(reading, field)
            mine, reading.warnings = reading.warnings, before
            before += [warning for warning in mine if warning not in before]
            self._fields[number, field] = Found(value, tuple(mine))
            return value

        return watched

    def _wrap_read(self, number: int, read: Leaf) -> Leaf:
        def watched(reading: Reading, field: str) -> str:
            text = read(reading, field)
            if text == NULL:
                self._fields[number, field] = Found(NULL)
            return text

        return watched

    def _wrap_measure(self, number: int, measure: Measure) -> Measure:
        def watched(text: str, unit: str) -> str | None:
            value = self._measures[number, text, unit] = measure(text, unit)
            return value

        return watched
