"""From a message to orders by the rules of a profile: one order for each scheduled step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo
from typing import Final

from openworklist.domain.order import Order
from openworklist.domain.record import Value
from openworklist.domain.sent import Sent
from openworklist.hl7.controls import translate
from openworklist.hl7.groups import Group, order_groups
from openworklist.hl7.leaf import NULL, Reading, leaf_reader
from openworklist.hl7.lookup import LONGEST, Memory, find, find_once
from openworklist.hl7.message import Message
from openworklist.hl7.path import Path
from openworklist.hl7.places import find_detail, number_groups
from openworklist.hl7.plan import Plan, make_plan
from openworklist.hl7.profile import Profile
from openworklist.hl7.sent import read_sent


def apply(
    message: Message,
    profile: Profile,
    *,
    zone: tzinfo | None = None,
    codec: str = "utf_8",
    received_at: int = 0,
) -> tuple[Order, ...]:
    """The orders of a message, in its order; none if it has no ORC, OBR or IPC.

    `zone` is the site's: stamps with an offset are brought to it. `codec` is that of the message, for
    escaped bytes, `received_at` when it came (microseconds since 1970, 0 if nobody knows). OrderError if it
    holds too many steps, MessageError if it is not clear whose they are. Everything else that is odd is a
    warning on the order.
    """
    plan = make_plan(profile.choose(message) if profile.variants else profile)
    groups = order_groups(message)
    return map_groups(message, groups, plan, zone=zone, codec=codec, received_at=received_at)


def map_groups(
    message: Message,
    groups: Sequence[Group],
    plan: Plan,
    *,
    zone: tzinfo | None,
    codec: str,
    received_at: int,
) -> tuple[Order, ...]:
    """As `apply`, of groups that are known already, by a plan."""
    reading = Reading(message.delimiters, codec, zone)
    header = message.header
    sender = f"{header.field(3)}|{header.field(4)}"
    sent = read_sent(_read_time(reading, header.field(7)), sender, zone=zone, received_at=received_at)
    is_plain = len(groups) == 1 and message.length <= LONGEST
    memory = None if is_plain else Memory()
    return tuple(
        [
            _to_order(group, plan, reading, memory, sent, places)
            for group, places in zip(groups, number_groups(groups), strict=True)
        ]
    )


def _to_order(
    group: Group,
    plan: Plan,
    reading: Reading,
    memory: Memory | None,
    sent: Sent,
    places: Mapping[str, int],
) -> Order:
    reading.warnings = []
    values: dict[str, Value] = {}
    rows: list[list[str]] = []
    defaults = _NOTHING
    value: Value | None
    for segment_name, occurrence, looked_at in plan.rows:
        segment = group.find(segment_name, occurrence)
        if segment is None:
            rows.append(_NONE)
            continue
        fields = segment.fields
        rows.append(fields)
        count = len(fields)
        for number, name, lookup in looked_at:
            if number >= count or not (field := fields[number]):
                continue
            if memory is not None:
                value = find_once(reading, fields, lookup, memory)
            elif NULL in field:
                value = find(reading, field, lookup)
            else:
                value = lookup.find(reading, field)
            if value:
                values[name] = value
    for name, places_of, default in plan.lines:
        value = None
        for row, number, lookup in places_of:
            fields = rows[row]
            if number >= len(fields):
                continue
            if not number:
                value = lookup.look(lookup, reading, group, memory) if lookup.look else None
            elif not (field := fields[number]):
                continue
            elif memory is None and NULL not in field:
                value = lookup.find(reading, field)
            else:
                value = find_once(reading, fields, lookup, memory)
            if value is not None:
                break
        if value:
            values[name] = value
        elif default is not None:
            values[name] = default
            defaults |= {name}
    if plan.constants:
        values.update(plan.constants)
    nullified = (
        frozenset(name for name, value in values.items() if value == NULL)
        if NULL in values.values()
        else _NOTHING
    )
    for name in nullified:
        del values[name]
    orc = group.find("ORC")
    control = _read_control(reading, orc.field(1)).upper() if orc else ""
    status_code = _read_status(reading, orc.field(5)).upper() if orc else ""
    if plan.controls:
        control, status_code = translate(plan.controls, control, status_code)
    return Order(
        control=control,
        status_code=status_code,
        values=values,
        nullified=nullified,
        sent=sent,
        warnings=tuple(reading.warnings),
        detail=find_detail(group),
        places=places,
        defaults=defaults,
    )


_read_time = leaf_reader(Path("MSH", 7, 1))
_read_control = leaf_reader(Path("ORC", 1, 1))
_read_status = leaf_reader(Path("ORC", 5, 1))
_NONE: Final[list[str]] = []
_NOTHING: Final[frozenset[str]] = frozenset()
