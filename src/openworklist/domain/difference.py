"""What differs between two states of a record, attribute by attribute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from openworklist.domain.attributes import ATTRIBUTES
from openworklist.domain.record import Record, Value

STATUS: Final = "status"
_NAMES: Final = tuple(attribute.name for attribute in ATTRIBUTES)


@dataclass(frozen=True, slots=True)
class Difference:
    """A value as scanners saw it and as they will see it, "" where there is none. `name` may be `status`."""

    name: str
    before: Value
    after: Value


def find_differences(before: Record | None, after: Record) -> tuple[Difference, ...]:
    """What scanners see differently, the status first, then in the order of the catalogue."""
    old = before or Record(values={})
    found = [Difference(name, old.get(name), after.get(name)) for name in _names(old, after)]
    status = before.status.value if before else ""
    statuses = Difference(STATUS, status, after.status.value)
    return tuple(each for each in (statuses, *found) if each.before != each.after)


def _names(before: Record, after: Record) -> list[str]:
    present = {*before.values, *before.completed, *after.values, *after.completed}
    return [*filter(present.__contains__, _NAMES), *sorted(present.difference(_NAMES))]
