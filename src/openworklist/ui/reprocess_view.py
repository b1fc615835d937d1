"""What processing messages again changes, added up for a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from openworklist.domain.record import Value
from openworklist.services.reprocessing import Result


@dataclass(frozen=True, slots=True)
class Total:
    """How many records change, are new, stay; how many messages are refused still; how many problems."""

    changed: int
    new: int
    unchanged: int
    refused: int
    problems: int

    @property
    def has_work(self) -> bool:
        return self.changed + self.new > 0


def sum_up(results: Iterable[Result]) -> Total:
    listed = list(results)
    records = [each for result in listed for each in result.records]
    return Total(
        sum(each.before is not None for each in records),
        sum(each.before is None for each in records),
        sum(result.unchanged for result in listed),
        sum(fate.error is not None for result in listed for fate in result.fates),
        sum(result.problem is not None for result in listed),
    )


def spell(value: Value | None) -> str:
    """A value in one line; a sequence as its items."""
    if value is None or isinstance(value, str):
        return value or ""
    return "; ".join(", ".join(f"{name}={spell(part)}" for name, part in item.items()) for item in value)
