"""What a question wants to have returned: a tree of elements, hashable, the key of prepared answers."""

from __future__ import annotations

from typing import Final, NamedTuple

from openworklist.domain.attribute import Attribute, Level, Match
from openworklist.domain.query import Condition
from openworklist.domain.serving import ZONE


class Wanted(NamedTuple):
    """One return key. `attribute` is None where the catalogue has no such element: it is answered empty.

    `items` of a sequence are the keys wanted of each item, None for all that is known of it; only items that
    fulfil `conditions` are returned (PS3.4 C.2.2.2.6). `known` is what is known of the scheduled step beyond
    the catalogue, where all of it is wanted; `fixed` is answered whatever the record holds.
    """

    tag: int
    vr: str
    attribute: Attribute | None
    items: tuple[Wanted, ...] | None = None
    conditions: tuple[Condition, ...] = ()
    known: tuple[Wanted, ...] = ()
    fixed: bytes = b""


Plan = tuple[Wanted, ...]  # in ascending order of tags


_ZONE: Final = Attribute(
    ZONE, "TimezoneOffsetFromUTC", 0x0008_0201, "SH", Level.REQUEST, "Time zone", Match.NONE
)


def tell_zone(plan: Plan) -> Plan:
    """The plan with Timezone Offset From UTC, which says what clock the dates and times are of."""
    return tuple(sorted((*plan, Wanted(_ZONE.tag, _ZONE.vr, _ZONE)), key=lambda each: each.tag))


def count_elements(plan: Plan) -> int:
    """How many elements a plan names, those of items too."""
    return len(plan) + sum(count_elements(wanted.items) for wanted in plan if wanted.items)
