"""Order filters: which orders become records. A site writes them; the first that fits decides.

They keep new orders out. What speaks of a record that is there, a cancel above all, is never left out: else
an exam would stay on a scanner's list (domain.order).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Final

from openworklist.domain import conditions
from openworklist.domain.conditions import Condition, check_names, fit_all
from openworklist.domain.documents import check_keys, read_rank, wrong
from openworklist.domain.order import Order

_KEYS: Final = ("effect", "rank", "when")


class Effect(StrEnum):
    TAKE = "take"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Filter:
    """Takes or leaves the orders that fit all of its conditions; without any, every order fits.

    Filters are tried by rank, the lowest first, those of one rank by name.
    """

    name: str
    effect: Effect
    conditions: tuple[Condition, ...] = ()
    rank: int = 0
    reason: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_names(self.conditions, f"filter '{self.name}'")
        why = "; ".join(map(str, self.conditions)) or "it leaves out every order"
        object.__setattr__(self, "reason", f"left out by the filter '{self.name}': {why}")


def in_order(filters: Iterable[Filter]) -> tuple[Filter, ...]:
    """Filters in the order in which they are tried."""
    return tuple(sorted(filters, key=lambda each: (each.rank, each.name)))


def find_reason(order: Order, message_type: str, sender: str, filters: Sequence[Filter]) -> str:
    """Why an order does not become a record, "" if it does; the first of the filters that fits decides.

    `message_type` is MSH-9 as sent, `sender` MSH-3|MSH-4.
    """
    for each in filters:
        if fit_all(each.conditions, order, message_type, sender):
            return each.reason if each.effect is Effect.LEAVE else ""
    return ""


def leave_out(order: Order, message_type: str, sender: str, filters: Sequence[Filter]) -> Order:
    """The order, with the reason where it is left out: `decide` makes no record of it."""
    reason = find_reason(order, message_type, sender, filters) if filters else ""
    return replace(order, left_out=reason) if reason else order


def to_document(filter: Filter) -> dict[str, object]:
    """A filter as plain JSON, without its name."""
    return {
        "effect": filter.effect.value,
        "rank": filter.rank,
        "when": conditions.to_document(filter.conditions),
    }


def from_document(name: str, document: object) -> Filter:
    """The filter of a document; SettingsError that names the place if it is none."""
    where = f"filter '{name}'"
    found = check_keys(document, _KEYS, where)
    effect = found.get("effect")
    if effect not in tuple(Effect):
        raise wrong(f"{where}.effect", "is neither take nor leave")
    when = conditions.from_document(found.get("when", {}), f"{where}.when")
    return Filter(name, Effect(str(effect)), when, read_rank(found, where))
