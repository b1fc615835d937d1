"""A message that was read becomes rows, inside the one transaction that its sender's AA stands for."""

from __future__ import annotations

from hashlib import blake2b
from typing import NamedTuple

from openworklist.domain.errors import OpenWorklistError
from openworklist.domain.order import Action, Change, Order, decide
from openworklist.services.reading import Arrival
from openworklist.store.changes import insert_change
from openworklist.store.connection import Connection
from openworklist.store.messages import Entry, Outcome, count_repeat, find_repeat, insert_message
from openworklist.store.records import find_candidates, insert_record, update_record


class Settled(NamedTuple):
    """What became of a message, and its acknowledgement.

    `disposition` is `applied`, `ignored`, `refused` or `repeated`; `failed` if it could not be stored.
    `reason` says why one was ignored, `error` why one was refused or failed.
    """

    disposition: str
    answer: bytes
    reason: str = ""
    error: OpenWorklistError | None = None


def settle(connection: Connection, arrival: Arrival, answer: bytes, uid_root: str) -> Settled:
    """Journal a message and apply its orders; OrderError if one is wrong: then nothing is stored."""
    key = _repeat_key(arrival)
    connection.lock(key.hex())
    repeat = find_repeat(connection, key)
    if repeat is not None:
        count_repeat(connection, repeat.id, arrival.received_at)
        return Settled("repeated", repeat.acknowledgement)
    applied = [
        stored for order in arrival.orders for stored in _apply_order(connection, arrival, order, uid_root)
    ]
    outcome = _outcome(arrival, applied)
    entry = _to_entry(arrival, outcome, key, answer, applied)
    number = insert_message(connection, entry)
    for change, record_id, version in applied:
        if change.record is not None:
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


Applied = tuple[Change, int, int]  # with the id and version of the record, 0 where there is none


def _apply_order(connection: Connection, arrival: Arrival, order: Order, uid_root: str) -> list[Applied]:
    # Two messages about one patient may come at the same moment on two connections.
    connection.lock(f"patient {order.values.get('patient_id', '')}")
    existing = find_candidates(connection, order.values)
    return [
        _store(connection, change, arrival.received_at)
        for change in decide(order, existing, uid_root=uid_root)
    ]


def _store(connection: Connection, change: Change, now: int) -> Applied:
    if change.record is None:
        before = change.before
        return change, before.id if before else 0, before.version if before else 0
    if change.before is None:
        stored = insert_record(connection, change.record, change.identity, now)
    else:
        stored = update_record(connection, change.before, change.record, change.identity, now)
    return change, stored.id, stored.version


def _repeat_key(arrival: Arrival) -> bytes:
    sender = "\0".join((arrival.application, arrival.facility, arrival.control_id))
    return blake2b(sender.encode() + b"\0" + arrival.digest, digest_size=16).digest()


def _outcome(arrival: Arrival, applied: list[Applied]) -> Outcome:
    if arrival.error is not None:
        return Outcome.REFUSED
    if any(change.action is not Action.IGNORE for change, _, _ in applied):
        return Outcome.APPLIED
    return Outcome.IGNORED


def _to_entry(arrival: Arrival, outcome: Outcome, key: bytes, answer: bytes, applied: list[Applied]) -> Entry:
    error = arrival.error
    reasons = [change.reason for change, _, _ in applied]
    warnings = [text for change, _, _ in applied for text in change.warnings]
    return Entry(
        received_at=arrival.received_at,
        channel=arrival.source.channel,
        peer=arrival.source.peer,
        sending_application=arrival.application,
        sending_facility=arrival.facility,
        control_id=arrival.control_id,
        message_type=arrival.message_type,
        repeat_key=None if outcome is Outcome.REFUSED else key,
        raw=arrival.raw,
        outcome=outcome,
        acknowledgement=answer,
        reason=error.sentence if error else arrival.ignored or "; ".join(dict.fromkeys(reasons)),
        place=error.where if error else "",
        warnings=(*arrival.warnings, *dict.fromkeys(warnings)),
    )
