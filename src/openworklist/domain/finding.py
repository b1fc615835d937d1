"""Which records an order speaks of, among those of its patient."""

from __future__ import annotations

from collections.abc import Sequence

from openworklist.domain.control import Rule
from openworklist.domain.errors import OrderError
from openworklist.domain.identity import (
    Values,
    find_contradicted,
    find_ordered,
    has_ids,
    has_number,
    is_same_step,
    narrow,
)
from openworklist.domain.record import Record, Status


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
        return ()
    raise _conflict("The order has several steps, and none of them has the IDs that were sent.", where)


def _conflict(sentence: str, where: str) -> OrderError:
    return OrderError(
        sentence,
        where=where,
        hint="send the IDs as they were ordered, the Scheduled Procedure Step ID among them",
        code="order.identity-conflict",
    )
