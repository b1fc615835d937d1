"""What an order does to the records it speaks of: pure, and driven by a table of order control codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, NamedTuple

from openworklist.domain.completion import complete
from openworklist.domain.errors import OrderError
from openworklist.domain.identity import ORDER_NUMBERS, PROCEDURE, START, STEP, identity_of, is_same_step
from openworklist.domain.record import Record, Status, Value


@dataclass(frozen=True, slots=True)
class Order:
    """One scheduled step: ORC-1, ORC-5, its values, and the attributes that `""` deletes."""

    control: str
    status_code: str
    values: Mapping[str, Value]
    nullified: frozenset[str] = frozenset()
    message_time: str = ""  # MSH-7, YYYYMMDDHHMMSS
    warnings: tuple[str, ...] = ()


class Action(StrEnum):
    CREATE = "create"
    UPDATE = "update"
    CANCEL = "cancel"
    DISCONTINUE = "discontinue"
    COMPLETE = "complete"
    HOLD = "hold"
    RELEASE = "release"
    IGNORE = "ignore"


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be stored, and why. `record` is None where nothing is; its id is 0 where it is new."""

    action: Action
    record: Record | None
    before: Record | None
    identity: str | None
    reason: str
    warnings: tuple[str, ...] = ()


class Rule(NamedTuple):
    """`status` is that of the record afterwards, None for the one it has; unknown orders may be created."""

    action: Action
    status: Status | None
    creates: bool
    reason: str


_TAKES: Final = Rule(Action.UPDATE, None, True, "the order was sent again or changed")
_CANCELS: Final = Rule(Action.CANCEL, Status.CANCELED, False, "the order was cancelled")
_DISCONTINUES: Final = Rule(Action.DISCONTINUE, Status.DISCONTINUED, False, "the order was discontinued")
_COMPLETES: Final = Rule(Action.COMPLETE, Status.COMPLETED, False, "the sender says it is completed")
_HOLDS: Final = Rule(Action.HOLD, Status.ON_HOLD, False, "the order was put on hold")
_RELEASES: Final = Rule(Action.RELEASE, Status.SCHEDULED, False, "the hold was released")

# HL7 table 0119 (ORC-1) with table 0038 (ORC-5), IHE RAD TF-2 4.4 and 4.13. "" in ORC-5 is any other value.
RULES: Final[dict[tuple[str, str], Rule]] = {
    ("NW", ""): _TAKES,
    ("SN", ""): _TAKES,
    ("NA", ""): _TAKES,
    ("XO", ""): _TAKES,
    ("XX", ""): _TAKES,
    ("RP", ""): _TAKES,
    ("RO", ""): _TAKES,
    ("RU", ""): _TAKES,
    ("PA", ""): _TAKES,
    ("CH", ""): _TAKES,
    ("SC", ""): _TAKES,
    ("XO", "CM"): _COMPLETES,
    ("SC", "CM"): _COMPLETES,
    ("SC", "CA"): _CANCELS,
    ("SC", "DC"): _DISCONTINUES,
    ("SC", "HD"): _HOLDS,
    ("NW", "CA"): _CANCELS,
    ("XO", "CA"): _CANCELS,
    ("XO", "DC"): _DISCONTINUES,
    ("CA", ""): _CANCELS,
    ("OC", ""): _CANCELS,
    ("CR", ""): _CANCELS,
    ("DC", ""): _DISCONTINUES,
    ("OD", ""): _DISCONTINUES,
    ("DR", ""): _DISCONTINUES,
    ("CA", "DC"): _DISCONTINUES,
    ("DC", "CA"): _DISCONTINUES,
    ("HD", ""): _HOLDS,
    ("OH", ""): _HOLDS,
    ("HR", ""): _HOLDS,
    ("RL", ""): _RELEASES,
    ("OE", ""): _RELEASES,
    ("OR", ""): _RELEASES,
}
_REQUIRED: Final = (("patient_id", "PID-3"), ("patient_name", "PID-5"))


def decide(order: Order, existing: Sequence[Record], *, uid_root: str) -> tuple[Change, ...]:
    """What an order changes among the records of its patient.

    OrderError with code `order.field-missing` if a new record lacks what tells it from others.
    """
    rule, warnings = _find_rule(order)
    steps = [record for record in existing if is_same_step(order.values, record)]
    if rule.action is Action.UPDATE and len(steps) > 1:
        steps = [_pick(order, steps)]
    if steps:
        return tuple(_apply(order, rule, record, uid_root, warnings) for record in steps)
    if rule.creates:
        return (_create(order, uid_root, warnings),)
    reason = f"{order.control} speaks of an order that is not here: there is nothing to {rule.action}"
    return (Change(Action.IGNORE, None, None, None, reason, warnings),)


def _find_rule(order: Order) -> tuple[Rule, tuple[str, ...]]:
    rule = RULES.get((order.control, order.status_code)) or RULES.get((order.control, ""))
    if rule:
        return rule, order.warnings
    named = (
        f"{order.control!r} is no order control code that is known here" if order.control else "it is empty"
    )
    return _TAKES, (*order.warnings, f"ORC-1: {named}; taken as NW")


def _pick(order: Order, steps: Sequence[Record]) -> Record:
    """The one step of several that an order without step ID means: that of its station and start."""
    names = ("scheduled_station_ae_title", *START)
    best = [step for step in steps if all(step.values.get(name) == order.values.get(name) for name in names)]
    if len(best) != 1:
        raise OrderError(
            "Several steps have this order number; the order does not say which one it means.",
            where="OBR-20",
            hint="send the Scheduled Procedure Step ID",
            code="order.identity-conflict",
        )
    return best[0]


def _create(order: Order, uid_root: str, warnings: tuple[str, ...]) -> Change:
    values = order.values
    for name, where in _REQUIRED:
        if not values.get(name):
            raise OrderError("The order has no patient.", where=where, code="order.field-missing")
    if not any(values.get(name) for name in (*ORDER_NUMBERS, PROCEDURE, START[0])):
        raise OrderError(
            "The order has neither a number nor a procedure nor a start.",
            where="ORC-2",
            hint="send an order number, or map the field that holds it",
            code="order.field-missing",
        )
    record = Record(
        values=values,
        completed=complete(values, uid_root=uid_root),
        message_time=order.message_time,
        warnings=warnings,
    )
    return Change(Action.CREATE, record, None, identity_of(values), "the order is new", warnings)


def _apply(order: Order, rule: Rule, before: Record, uid_root: str, warnings: tuple[str, ...]) -> Change:
    if order.message_time and order.message_time < before.message_time:
        reason = f"the message of {order.message_time} is older than what is stored ({before.message_time})"
        return Change(Action.IGNORE, None, before, None, reason, warnings)
    if before.status.is_terminal and rule.status is not before.status:
        # What ended does not come back by a resend, and never in silence.
        reason = f"the step is {before.status}; {order.control or 'the order'} does not bring it back"
        return Change(Action.IGNORE, None, before, None, reason, warnings)
    values = _merge(order, before)
    status = _next_status(rule, before.status)
    completed = {**complete(values, uid_root=uid_root), **_kept(before, values)}
    after = replace(
        before,
        values=values,
        completed=completed,
        status=status,
        message_time=max(order.message_time, before.message_time),
        warnings=warnings or before.warnings,
    )
    if after == replace(before, message_time=after.message_time):
        return Change(Action.IGNORE, None, before, None, "the record is already as sent", warnings)
    return Change(rule.action, after, before, identity_of(values), rule.reason, warnings)


def _merge(order: Order, before: Record) -> Mapping[str, Value]:
    """An order that ends or halts a step says little of it: its empty fields leave what is there."""
    merged = {**before.values, **order.values}
    return {name: value for name, value in merged.items() if name not in order.nullified}


def _next_status(rule: Rule, status: Status) -> Status:
    if rule.action is Action.RELEASE and status is not Status.ON_HOLD:
        return status
    return rule.status or status


# What a scanner may have been told and tells the step by. All else follows from what is sent now: a moved
# exam has the name of its new station.
_TOLD: Final = (PROCEDURE, STEP, "study_instance_uid")


def _kept(before: Record, values: Mapping[str, Value]) -> dict[str, Value]:
    """The identifiers made up once stay: only what was sent since takes their place."""
    return {
        name: before.completed[name] for name in _TOLD if before.completed.get(name) and not values.get(name)
    }
