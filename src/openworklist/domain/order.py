"""What an order does to the records it speaks of: pure. What each code asks for stands in domain.control."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from openworklist.domain.applying import apply_order
from openworklist.domain.change import Change as Change
from openworklist.domain.change import Order as Order
from openworklist.domain.change import fail, ignore, make_problem, pass_over
from openworklist.domain.completion import complete
from openworklist.domain.control import REPLACED, Action, Rule, find_rule, is_known
from openworklist.domain.errors import OrderError
from openworklist.domain.finding import find_former, find_steps, fit_appointment
from openworklist.domain.identity import (
    DESCRIPTION,
    ORDER_NUMBERS,
    PROCEDURE,
    START,
    find_contradicted,
    find_ordered,
    has_number,
    identity_of,
    is_same_patient,
    text_of,
)
from openworklist.domain.record import Record, Status, Value
from openworklist.domain.sent import find_newer, newest, remember, show
from openworklist.domain.uids import make_uid

_REQUIRED: Final = (("patient_id", "PID-3"), ("patient_name", "PID-5"))
_STUDY: Final = "study_instance_uid"
_LISTED_PARENT: Final = "ORC-1: the parent is listed as an exam too; cancel it if only its children are done"


def decide(order: Order, existing: Sequence[Record], *, uid_root: str) -> tuple[Change, ...]:
    """What an order changes among the records of its patient.

    OrderError with code `order.field-missing` if a new record lacks what tells it from others, with
    `order.identity-conflict` if it cannot be told which record is meant.
    """
    if not order.is_imaging:
        return (pass_over(order, f"{order.detail} orders no imaging"),)
    rule, odd = find_rule(order.control, order.status_code)
    if odd:
        order = replace(order, warnings=(*order.warnings, *odd))
    if rule.action is Action.IGNORE:
        return (_ignore_by(rule, order, existing),)
    if not is_known(order.control) and not order.has_procedure:
        return (pass_over(order, "neither ORC-1 nor a procedure says what is to be done"),)
    changes = _change(order, rule, existing, uid_root)
    if order.parent and rule.replaces:
        changes += _end_parent(order, changes, existing, uid_root)
    return changes


def _change(order: Order, rule: Rule, existing: Sequence[Record], uid_root: str) -> tuple[Change, ...]:
    search = rule
    if order.is_appointment:
        order, search = fit_appointment(order, rule, existing)
    steps = find_steps(order.values, search, existing, order.ids_place)
    if steps:
        changes = tuple(apply_order(order, rule, step, uid_root) for step in steps)
        _check_identities(order, changes, existing)
        return changes
    if order.left_out:
        return (ignore(order, order.left_out),)
    if not rule.creates:
        reason = f"{order.control} speaks of an order that is not here: there is nothing to {rule.action}"
        return (fail(order, reason, code="order.unknown", where="ORC-2"),)
    if former := find_former(order, existing):
        newer = show(find_newer(order.sent, former.senders))
        reason = f"the message is older than the change that replaced its procedure, known since {newer}"
        return (fail(order, reason, code="order.older", where="MSH-7", before=former),)
    if order.detail in ("", "SCH", "AIS") and not order.has_procedure:
        names = "AIS" if order.is_appointment else "OBR or IPC"
        return (pass_over(order, f"no {names} says what is to be done"),)
    return (_create(order, rule, existing, uid_root),)


def _ignore_by(rule: Rule, order: Order, existing: Sequence[Record]) -> Change:
    change = ignore(order, f"{rule.reason} ({order.control})")
    is_listed = order.control == "PA" and any(
        not each.status.is_terminal for each in find_ordered(order.values, existing)
    )
    return replace(change, warnings=(*change.warnings, _LISTED_PARENT)) if is_listed else change


def _create(order: Order, rule: Rule, existing: Sequence[Record], uid_root: str) -> Change:
    values = order.values
    for name, where in _REQUIRED:
        if not values.get(name):
            raise OrderError(
                "The order has no patient.", where=order.locate(where), code="order.field-missing"
            )
    if not _can_be_told(values):
        raise OrderError(
            "The order has neither a number nor a procedure ID nor a whole start.",
            where=order.locate("ORC-2"),
            hint="send an order number, or map the field that holds it",
            code="order.field-missing",
        )
    senders = remember(order.sent, {})
    record = Record(
        values=values,
        completed=_complete_anew(order, existing, uid_root),
        status=rule.status or Status.SCHEDULED,
        message_time=newest(senders),
        senders=senders,
        warnings=order.warnings,
    )
    new = (
        "the appointment is new"
        if order.is_appointment
        else "the entry is new"
        if order.is_entry
        else "the order is new"
    )
    reason = new if rule.is_new else f"{new} here, though {order.control} was sent"
    problem = None if rule.adds else _find_doubt(order, existing)
    return Change(Action.CREATE, record, None, identity_of(values), reason, order.warnings, problem)


def _find_doubt(order: Order, existing: Sequence[Record]) -> OrderError | None:
    """What makes it doubtful that a change of what should be here is about something new."""
    if find_ordered(order.values, existing):
        reason = "the order has other steps, and none has the IDs that were sent: a step was added"
        return make_problem(order, reason, code="order.step-added", where=order.ids_place)
    if order.is_appointment and find_contradicted(order.values, existing):
        reason = "an order has one of these numbers, but not the others: an exam was added"
        return make_problem(order, reason, code="order.step-added", where="ORC-2")
    return None


def _complete_anew(order: Order, existing: Sequence[Record], uid_root: str) -> Mapping[str, Value]:
    """What a new record lacks. Its study is that of the other steps of its procedure, whatever their patient
    was called when it was made up, and not that of an exam whose procedure was changed since.
    """
    values = order.values
    completed = complete(values, uid_root=uid_root, stations=order.stations)
    uid = completed.get(_STUDY)
    if not uid or not existing:
        return completed
    procedure = values.get(PROCEDURE, "")
    for each in find_ordered(values, existing):
        if procedure and each.get(PROCEDURE) == procedure and each.completed.get(_STUDY):
            return {**completed, _STUDY: each.completed[_STUDY]}
    if any(each.get(_STUDY) == uid and each.get(PROCEDURE) != procedure for each in existing):
        return {**completed, _STUDY: make_uid(uid_root, str(uid))}
    return completed


def _can_be_told(values: Mapping[str, Value]) -> bool:
    """Whether the order, sent again, would be known again (domain.identity)."""
    date, time = START
    has_start = values.get(date) and (values.get(time) or values.get(DESCRIPTION))
    return has_number(values) or bool(values.get(PROCEDURE) or has_start)


def _end_parent(
    order: Order, changes: Sequence[Change], existing: Sequence[Record], uid_root: str
) -> tuple[Change, ...]:
    """Cancel the order that this one says it replaces, where no RP in the message did."""
    numbers = [text for name in ORDER_NUMBERS if (text := text_of(order.values, name))]
    if order.parent in numbers or all(change.record is None for change in changes):
        return ()
    taken = {change.before.id for change in changes if change.before}
    ends = replace(order, control="RP", values={}, warnings=(), replaced_by=next(iter(numbers), ""))
    return tuple(
        apply_order(ends, REPLACED, each, uid_root)
        for each in existing
        if each.id not in taken
        and not each.status.is_terminal
        and is_same_patient(order.values, each.values)
        and any(text_of(each.values, name) == order.parent for name in ORDER_NUMBERS)
        and not find_newer(order.sent, each.senders)
    )


def _check_identities(order: Order, changes: Sequence[Change], existing: Sequence[Record]) -> None:
    """OrderError if a change would make two records one: no later order could tell them apart."""
    for change in changes:
        if change.before is None or change.identity in (None, identity_of(change.before.values)):
            continue
        if any(
            each.id != change.before.id and identity_of(each.values) == change.identity for each in existing
        ):
            raise OrderError(
                "The change gives a step the IDs of another.",
                where=order.ids_place,
                hint="cancel one of them",
                code="order.identity-conflict",
            )
