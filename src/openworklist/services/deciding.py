"""What a message does to what is stored: the records it may speak of are read, the domain decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from openworklist.domain.control import Action, find_rule
from openworklist.domain.errors import OrderError
from openworklist.domain.identity import ORDER_NUMBERS
from openworklist.domain.merged import Merged, decide_merged
from openworklist.domain.news import decide_patient, find_known
from openworklist.domain.order import Change, Order, decide
from openworklist.domain.patient import OF_THE_ID, PatientChange
from openworklist.domain.record import Record, Value
from openworklist.store.connection import Connection
from openworklist.store.records import find_candidates, find_of_others, find_open


def decide_order(
    connection: Connection, order: Order, way: Sequence[Merged], uid_root: str
) -> tuple[Change, ...]:
    """What an order changes; OrderError if it is wrong. `way` are the merges of its Patient ID, if any."""
    existing = find_existing(connection, order)
    if way:
        connection.lock(f"patient {way[-1].remaining.id}")
        new = find_existing(connection, order, way[-1].values)
        changes = decide_merged(order, way, existing, new, uid_root=uid_root)
    else:
        changes = decide(order, existing, uid_root=uid_root)
    return tuple(
        _look_at_others(connection, order, change) if change.action is Action.CREATE else change
        for change in changes
    )


def find_existing(
    connection: Connection, order: Order, patient: Mapping[str, Value] | None = None
) -> list[Record]:
    """The records that an order may speak of, or the order that it replaces; of another patient, if given."""
    values = order.values if patient is None else {**order.values, **patient}
    found = find_candidates(connection, values)
    if order.parent:
        parent = {**values, **dict.fromkeys(ORDER_NUMBERS, order.parent)}
        known = {record.id for record in found}
        found += [record for record in find_candidates(connection, parent) if record.id not in known]
    return found


def _look_at_others(connection: Connection, order: Order, change: Change) -> Change:
    """A change of an order that is here for another patient is most likely a mistake in one of the IDs."""
    rule, _ = find_rule(order.control, order.status_code)
    if rule.is_new or change.problem is not None:
        return change
    other = find_of_others(connection, order.values)
    if other is None:
        return change
    problem = OrderError(
        f"An order of this number is here for another patient, as record {other}: an exam was added.",
        where="PID-3",
        hint="cancel one of them, or merge the patients",
        code="order.other-patient",
    )
    return replace(change, problem=problem)


def decide_patients(
    connection: Connection, change: PatientChange, uid_root: str
) -> tuple[PatientChange, tuple[Change, ...]]:
    """What a message about a patient changes; first the message with what is known of the patient."""
    existing = find_concerned(connection, change)
    change = replace(change, known=find_known(change, existing))
    return change, decide_patient(change, existing, uid_root=uid_root)


def find_concerned(connection: Connection, change: PatientChange) -> list[Record]:
    """The open records of a message's patients, and those that are the same step under the new ID."""
    found: dict[int, Record] = {}
    ids = {name: value for name, value in change.values.items() if name in OF_THE_ID}
    for number in dict.fromkeys(patient.id for patient in change.patients):
        for record in find_open(connection, number):
            found[record.id] = record
            if number == change.patient.id or not change.former:
                continue
            for other in find_candidates(connection, {**record.values, **ids}):
                found.setdefault(other.id, other)
    return list(found.values())
