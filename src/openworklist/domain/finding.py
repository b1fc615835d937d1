"""Which records an order speaks of, among those of its patient."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from openworklist.domain.change import Order
from openworklist.domain.control import Rule
from openworklist.domain.errors import OrderError
from openworklist.domain.identity import (
    ORDER_NUMBERS,
    PROCEDURE,
    START,
    STATION,
    STEP,
    Values,
    conflict,
    equal,
    find_contradicted,
    find_ordered,
    has_ids,
    has_number,
    is_same_step,
    narrow,
    share,
    text_of,
)
from openworklist.domain.record import Record, Status
from openworklist.domain.sent import find_newer

_IDS: Final = (PROCEDURE, STEP)


def find_steps(sent: Values, rule: Rule, existing: Sequence[Record], where: str) -> Sequence[Record]:
    """The records that an order speaks of; none if it is new, or unknown here.

    A rule that takes values means one step, all others every step that is not excluded by an ID.
    OrderError at `where` if it cannot be told which.
    """
    if rule.adds or not has_number(sent):
        steps: Sequence[Record] = [record for record in existing if is_same_step(sent, record)]
    else:
        steps = _find_by_number(sent, rule, existing, where)
    if rule.takes_values and len(steps) > 1:
        steps = narrow(sent, steps)
        if len(steps) > 1:
            raise _conflict(
                "Several steps have this order number; the order does not say which one it means.", where
            )
    return steps


def _find_by_number(sent: Values, rule: Rule, existing: Sequence[Record], where: str) -> Sequence[Record]:
    steps = find_ordered(sent, existing)
    if not steps and not rule.creates and find_contradicted(sent, existing):
        raise _conflict("An order has one of these order numbers, but not the others.", where)
    named = [step for step in steps if has_ids(sent, step)]
    if named or not steps:
        return named
    # Where the IDs are mapped from the procedure's code, as in the classic profile, they change with it.
    left = [step for step in steps if step.status is not Status.CANCELED] or steps
    if len(left) == 1:
        return left
    if rule.creates:
        # A change of what is to be done leaves the place and the time.
        there = [step for step in left if text_of(sent, START[0]) and equal(sent, step, (STATION, *START))]
        return there if len(there) == 1 else ()
    raise _conflict("The order has several steps, and none of them has the IDs that were sent.", where)


def _conflict(sentence: str, where: str) -> OrderError:
    return OrderError(
        sentence,
        where=where,
        hint="send the IDs as they were ordered, the Scheduled Procedure Step ID among them",
        code="order.identity-conflict",
    )


def find_former(order: Order, existing: Sequence[Record]) -> Record | None:
    """The record whose procedure or step the order names as it was before a change that is newer."""
    if not any(record.former for record in existing):
        return None
    for record in find_ordered(order.values, existing):
        if find_newer(order.sent, record.senders) and any(
            share(order.values, ids, _IDS) and not conflict(order.values, ids, _IDS) for ids in record.former
        ):
            return record
    return None


def fit_appointment(order: Order, rule: Rule, existing: Sequence[Record]) -> tuple[Order, Rule]:
    """An appointment, and the rule to find its steps by, beside what was ordered under its numbers.

    Its filler number is mostly that of the appointment and not of the order: where another number and the
    procedure agree, a number that differs is left out. Of several services in a message each is one step by
    its code; what is called off as a whole is every step.
    """
    values = order.values
    if not find_ordered(values, existing):
        for record in find_contradicted(values, existing):
            if share(values, record.values, [PROCEDURE]):
                other = {name for name in ORDER_NUMBERS if conflict(values, record.values, [name])}
                values = {name: value for name, value in values.items() if name not in other}
                break
    if rule.ends and order.detail == "SCH" and has_number(values):
        values = {name: value for name, value in values.items() if name not in _IDS}
    if order.detail == "AIS" and order.places:
        rule = rule._replace(adds=True)
    return (order if values is order.values else replace(order, values=values)), rule
