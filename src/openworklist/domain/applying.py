"""What an order does to a record that is there: values merged, the status of its rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from openworklist.domain.attributes import BY_NAME, PATIENT_LEVEL
from openworklist.domain.change import Change, Order, fail, ignore
from openworklist.domain.completion import assigned_stations, complete_again
from openworklist.domain.control import Action, Rule
from openworklist.domain.edit import find_standing
from openworklist.domain.identity import (
    ORDER_NUMBERS,
    PROCEDURE,
    STEP,
    has_ids,
    has_number,
    identity_of,
    text_of,
)
from openworklist.domain.record import Record, Status, Value
from openworklist.domain.sent import find_newer, newest, remember, show

_NEVER_DELETED: Final = frozenset({"patient_id", "patient_name"})
_OTHER_IDS: Final = "names another procedure or step: taken for the one step of the order"
_OLDER_PATIENT: Final = "MSH-7: what the message says of the patient is older than what is stored"
_ORDER_STATUS: Final = "order_status"  # ORC-5 as it came
_IDS: Final = (PROCEDURE, STEP)
_MOST_FORMER: Final = 8


def apply_order(order: Order, rule: Rule, before: Record, uid_root: str) -> Change:
    """What an order that speaks of a record makes of it."""
    if newer := find_newer(order.sent, before.senders):
        reason = f"the message is older than what is stored, which was sent {show(newer)}"
        return fail(order, reason, code="order.older", where="MSH-7", before=before)
    noted = _note_message(order, rule, before)
    if before.status.is_terminal and before.status not in rule.reopens:
        if rule.ends:
            return ignore(order, f"the step is {before.status} already", before, noted)
        # What ended does not come back by itself, and never in silence.
        reason = f"the step is {before.status}; {order.control or 'the order'} does not bring it back"
        return fail(order, reason, code="order.ended", where="ORC-1", before=before, after=noted)
    if rule.takes_values:
        after, warnings = _merge(order, noted)
    else:
        after, warnings = _note_status(order, noted), order.warnings
    if not order.is_appointment and not has_ids(order.values, before):
        warnings = (*warnings, f"{order.ids_place} {_OTHER_IDS}")
    # A change of the order moves the exam; a status, or a message that no rule fits, leaves it where it is.
    stations = (order.stations if rule.takes_values else "") or assigned_stations(before)
    after = replace(
        after,
        completed=complete_again(after.values, before.completed, uid_root=uid_root, stations=stations),
        status=_next_status(rule, before.status),
        warnings=warnings if rule.takes_values else before.warnings,
        former=_note_former(before, after),
    )
    if (after.values, after.completed, after.status) == (before.values, before.completed, before.status):
        noted = replace(after, warnings=before.warnings)
        return replace(ignore(order, "the record is already as sent", before, noted), warnings=warnings)
    action, reason = rule.action, rule.reason
    if order.replaced_by:
        reason = f"the order was replaced by {order.replaced_by}"
    if before.status.is_terminal:
        action, reason = (
            Action.REOPEN,
            f"{order.control or 'a new order'} brings back what was {before.status}",
        )
    return Change(action, after, before, identity_of(after.values), reason, warnings)


def _note_message(order: Order, rule: Rule, before: Record) -> Record:
    """The record that has heard of an order, and of its patient only if the order's values are taken."""
    senders, told = remember(order.sent, before.senders), before.patient_senders
    if rule.takes_values:
        told = remember(order.sent, told) if told else told
    elif senders is not before.senders and order.sent.sender not in told:
        # An ADT that was sent before it is still news of the patient.
        told = {**told, order.sent.sender: before.senders.get(order.sent.sender, 0)}
    if (senders, told) == (before.senders, before.patient_senders):
        return before
    return replace(before, senders=senders, message_time=newest(senders), patient_senders=told)


def _merge(order: Order, before: Record) -> tuple[Record, tuple[str, ...]]:
    """The record with the values sent: an empty field leaves a value, `""` deletes it.

    Patient and order number stay: a record without them is nobody's, and no later order finds it.
    """
    left, notes = _find_left(order, before)
    standing = find_standing(before.edited, _said(order), order.nullified) if before.edited else {}
    left |= standing.keys()
    sent = {name: value for name, value in order.values.items() if name not in left} if left else order.values
    values = {**before.values, **sent}
    for name in order.defaults & sent.keys():
        values[name] = before.values.get(name) or sent[name]
    deleted = {name for name in order.nullified if values.get(name) and name not in left}
    kept = deleted & _NEVER_DELETED
    if not has_number({name: value for name, value in values.items() if name not in deleted}):
        kept |= deleted & set(ORDER_NUMBERS)
    for name in deleted - kept:
        del values[name]
    warnings = tuple(
        f'{BY_NAME[name].label}: "" does not delete it, no record is without' for name in sorted(kept)
    )
    return replace(before, values=values, edited=standing), (*order.warnings, *notes, *warnings)


def _said(order: Order) -> Mapping[str, Value]:
    """The values that an order brings of its own: others are no news to what people wrote."""
    if not order.defaults:
        return order.values
    return {name: value for name, value in order.values.items() if name not in order.defaults}


def _find_left(order: Order, before: Record) -> tuple[frozenset[str], tuple[str, ...]]:
    """The attributes of a record that an order leaves though it brings them, and what is to be said of it."""
    left: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    if order.is_appointment:
        # A booking system has codes of its own: by those of the order its scanner tells the step.
        left = frozenset(name for name in _IDS if text_of(before.values, name))
    if order.is_followed:
        left |= PATIENT_LEVEL
    elif before.patient_senders and find_newer(order.sent, before.patient_senders):
        if any(before.values.get(name) != order.values[name] for name in PATIENT_LEVEL & order.values.keys()):
            notes = (_OLDER_PATIENT,)
        left |= PATIENT_LEVEL
    return left, notes


def _note_status(order: Order, before: Record) -> Record:
    """The record with the status as received. Other values stay: ORC-15 is the time of the change here."""
    status = order.values.get(_ORDER_STATUS)
    return replace(before, values={**before.values, _ORDER_STATUS: status}) if status else before


def _note_former(before: Record, after: Record) -> tuple[Mapping[str, str], ...]:
    """The IDs that the step had before: what still names them was sent before the change."""
    ids = {name: text for name in _IDS if (text := text_of(before.values, name))}
    if not ids or all(text_of(after.values, name) == text for name, text in ids.items()):
        return before.former
    return (*before.former, ids)[-_MOST_FORMER:]


def _next_status(rule: Rule, status: Status) -> Status:
    if status.is_terminal:
        return rule.status or Status.SCHEDULED
    return rule.status if rule.status and status in rule.changes else status
