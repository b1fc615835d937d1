"""A message that was read becomes rows, inside the one transaction that its sender's AA stands for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Final, NamedTuple

from openworklist.domain.control import Action
from openworklist.domain.deletion import note_return
from openworklist.domain.errors import OpenWorklistError, OrderError
from openworklist.domain.extra import name_of
from openworklist.domain.identity import text_of
from openworklist.domain.order import Change, Order
from openworklist.domain.patient import PatientChange, patient_of
from openworklist.domain.shortcoming import find_too_long
from openworklist.services.deciding import decide_order, decide_patients
from openworklist.services.merging import MergeMemory
from openworklist.services.reading import Arrival
from openworklist.store.changes import insert_change
from openworklist.store.connection import Connection
from openworklist.store.deleted import find_last_deletion
from openworklist.store.messages import Entry, Outcome, count_repeat, find_repeat, insert_message
from openworklist.store.records import insert_record, note_message, update_record


class Settled(NamedTuple):
    """What became of a message, and its answer: acknowledgements one after the other, none in an empty one.

    `disposition` is `applied`, `ignored`, `refused` or `repeated`; `failed` if it could not be stored.
    `reason` says why one was ignored, `error` why one was refused or failed.
    """

    disposition: str
    answer: bytes
    reason: str = ""
    error: OpenWorklistError | None = None


def settle(
    connection: Connection,
    arrival: Arrival,
    answer: bytes,
    uid_root: str,
    *,
    warn: Callable[[Sequence[OrderError]], bytes] | None = None,
    merges: MergeMemory | None = None,
) -> Settled:
    """Journal a message and apply what it says; OrderError if an order is wrong: then nothing is stored.

    `answer` is what the sender is told; instead of it what `warn` makes, if an order asked for something in
    vain. A repetition gets the answer of its first. May be run again from the start: what it decides rests on
    what is stored at that moment.
    """
    key = _repeat_key(arrival)
    connection.lock(key.hex())
    repeat = find_repeat(connection, key)
    if repeat is not None:
        count_repeat(connection, repeat.id, arrival.received_at)
        return Settled("repeated", _answer_again(repeat.acknowledgement, answer, warn))
    # Two messages about one patient may come at the same moment on two connections; in order, so that two
    # messages about the same two patients never wait for each other.
    for patient in sorted(_find_patients(arrival)):
        connection.lock(f"patient {patient}")
    merges = merges or MergeMemory()
    patients, applied = _apply_patients(connection, arrival, uid_root)
    applied += _apply_orders(connection, arrival, uid_root, merges)
    problems = [change.problem for change, _, _ in applied if change.problem is not None]
    if arrival.refuses_unknown and (unknown := _find_unknown(problems)):
        raise unknown
    if problems and warn is not None:
        answer = warn(problems)
    outcome = _outcome(arrival, applied)
    entry = _to_entry(arrival, outcome, key, answer, applied)
    number = insert_message(connection, entry)
    if patients:
        merges.remember(connection, patients, number)
    for change, record_id, version in applied:
        if change.action is not Action.IGNORE:
            insert_change(
                connection,
                at=arrival.received_at,
                record_id=record_id,
                version=version,
                action=change.action.value,
                actor=arrival.actor,
                reason=change.reason,
                message_id=number,
            )
    reason = entry.reason if outcome is Outcome.IGNORED else ""
    return Settled(outcome.value, answer, reason, arrival.error)


def _find_unknown(problems: Sequence[OrderError]) -> OrderError | None:
    return next((problem for problem in problems if problem.code == "order.unknown"), None)


def _answer_again(first: bytes, answer: bytes, warn: Callable[[Sequence[OrderError]], bytes] | None) -> bytes:
    if not answer:
        return b""  # none is wanted now
    if first:
        return first
    # None was wanted then, or acknowledging was off; who sends again waits. What it says was accepted.
    return warn(()) if warn else answer


Applied = tuple[Change, int, int]  # with the id and version of the record, 0 where there is none


def _find_patients(arrival: Arrival) -> set[str]:
    """The Patient IDs that a message speaks of."""
    told = {patient.id for change in arrival.patients for patient in change.patients}
    return told | {text_of(order.values, "patient_id") for order in arrival.orders}


def _apply_patients(
    connection: Connection, arrival: Arrival, uid_root: str
) -> tuple[list[PatientChange], list[Applied]]:
    patients: list[PatientChange] = []
    applied: list[Applied] = []
    for patient in arrival.patients:
        known, changes = decide_patients(connection, patient, uid_root)
        patients.append(known)
        applied += [_store(connection, change, arrival.received_at) for change in changes]
    return patients, applied


def _apply_orders(
    connection: Connection, arrival: Arrival, uid_root: str, merges: MergeMemory
) -> list[Applied]:
    applied: list[Applied] = []
    now = arrival.received_at
    for order in arrival.orders:
        made = {number for change, number, _ in applied if change.action in _MAKES}
        way = merges.find_way(connection, patient_of(order.values), now)
        for change in decide_order(connection, order, way, uid_root):
            is_twin = change.before is not None and change.before.id in made
            told = replace(change, problem=_twin(order)) if is_twin else change
            applied.append(_store(connection, told, now))
    return applied


_MAKES: Final = frozenset({Action.CREATE, Action.UPDATE, Action.REOPEN})


def _twin(order: Order) -> OrderError:
    return OrderError(
        "An order has the IDs of another one in its message: both are one record.",
        where=order.ids_place,
        code="order.identity-conflict",
    )


def _store(connection: Connection, change: Change, now: int) -> Applied:
    record, before = change.record, change.before
    if record is None or change.action is Action.IGNORE:
        if record is not None:
            note_message(connection, record)
        return change, before.id if before else 0, before.version if before else 0
    if before is None:
        if deletion := find_last_deletion(connection, change.identity):
            change = note_return(change, *deletion)
            record = change.record or record
        stored = insert_record(connection, record, change.identity, now)
    else:
        stored = update_record(connection, before, record, change.identity, now)
    return change, stored.id, stored.version


def _may_come_again(arrival: Arrival, reasons: Sequence[str], problems: Sequence[OrderError]) -> bool:
    """Whether, sent again, it may do what it did not do now: the order that it is about may be here by then,
    or the filter gone that left one out.
    """
    return _find_unknown(problems) is not None or any(
        order.left_out and order.left_out in reasons for order in arrival.orders
    )


def _repeat_key(arrival: Arrival) -> bytes:
    sender = "\0".join((arrival.application, arrival.facility, arrival.control_id))
    digest = blake2b(sender.encode() + b"\0" + arrival.digest, digest_size=16).digest()
    # Control IDs count up: in front, they keep what is stored together close together in the index.
    return arrival.control_id.encode()[:40] + b"\0" + digest


def _outcome(arrival: Arrival, applied: list[Applied]) -> Outcome:
    if arrival.error is not None:
        return Outcome.REFUSED
    if any(change.action is not Action.IGNORE for change, _, _ in applied):
        return Outcome.APPLIED
    return Outcome.IGNORED


def _tell_too_long(applied: list[Applied]) -> list[str]:
    """What of the records that were changed is answered shortened or cut."""
    return [
        f"{name_of(each.name)} {each.sentence}"
        for change, _, _ in applied
        if change.record is not None and change.action in _MAKES
        for each in find_too_long(change.record.values)
    ]


def _to_entry(arrival: Arrival, outcome: Outcome, key: bytes, answer: bytes, applied: list[Applied]) -> Entry:
    error = arrival.error
    reasons = [change.reason for change, _, _ in applied]
    warnings = [text for change, _, _ in applied for text in change.warnings]
    problems = [change.problem for change, _, _ in applied if change.problem is not None]
    warnings += [problem.sentence for problem in problems]
    warnings += _tell_too_long(applied)
    return Entry(
        received_at=arrival.received_at,
        channel=arrival.source.channel,
        peer=arrival.source.peer,
        sending_application=arrival.application,
        sending_facility=arrival.facility,
        control_id=arrival.control_id,
        message_type=arrival.message_type,
        repeat_key=None if outcome is Outcome.REFUSED or _may_come_again(arrival, reasons, problems) else key,
        raw=arrival.raw,
        outcome=outcome,
        acknowledgement=answer,
        reason=error.sentence if error else arrival.ignored or "; ".join(dict.fromkeys(reasons)),
        place=error.where if error else next((problem.where for problem in problems), ""),
        warnings=(*arrival.warnings, *dict.fromkeys(warnings)),
    )
