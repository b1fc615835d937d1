"""Patient IDs that became another's: what comes under the old one is for the patient who remains. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from openworklist.domain.attributes import PATIENT_LEVEL
from openworklist.domain.control import Action
from openworklist.domain.identity import identity_of, text_of
from openworklist.domain.news import find_known
from openworklist.domain.order import Change, Order, decide
from openworklist.domain.patient import (
    OF_THE_ID,
    OF_THE_VISIT,
    Patient,
    PatientChange,
    patient_of,
)
from openworklist.domain.record import Record, Value

_BIRTH: Final = "patient_birth_date"
_MOST: Final = 16  # merges that lead from one ID to the one that remains
_FOLLOWED: Final = "PID-3 is an ID that was merged into another: taken for the patient who remains"
_NOT_FOLLOWED: Final = (
    "PID-3 is an ID that was merged into another, but PID-7 is not that patient's birth date: taken as sent"
)


@dataclass(frozen=True, slots=True)
class Merged:
    """An ID that was given up; `values` are what was said of the patient who remains.

    `message` is the number of the one that said so, `until` of one in which the ID lives again, 0 if it
    does not. `sender` and `sent_at` (microseconds since 1970, 0 if unknown) are those of the first.
    """

    patient: Patient
    values: Mapping[str, Value]
    message: int
    until: int = 0
    sender: str = ""
    sent_at: int = 0

    @property
    def remaining(self) -> Patient:
        return patient_of(self.values)

    def was_known(self, message: int) -> bool:
        """Whether it held when that message came."""
        return self.message < message and not 0 < self.until < message


def list_merged(change: PatientChange, message: int) -> list[Merged]:
    """What is to be remembered of a message about a patient."""
    patient = change.patient
    values = {
        name: value
        for name, value in {**change.known, **change.values}.items()
        if name in PATIENT_LEVEL and name not in OF_THE_VISIT
    }
    return [
        Merged(former, values, message, 0, change.sent.sender, change.sent.first)
        for former in dict.fromkeys(change.former)
        if patient.id and former.id and not former.may_be(patient)
    ]


def recall(
    change: PatientChange, message: int, stored: Iterable[Merged], existing: Sequence[Record] = ()
) -> PatientChange:
    """A merge with what was known when it came, as it was stored then; else what is known now."""
    for merged in stored:
        if merged.message == message and merged.patient in change.former:
            own = {name: value for name, value in merged.values.items() if name not in OF_THE_ID}
            return replace(change, known=own)
    return replace(change, known=find_known(change, existing)) if change.former else change


def is_alive(change: PatientChange, merged: Merged) -> bool:
    """Whether a message shows that an ID that was given up is in use again."""
    if not merged.patient.may_be(change.patient):
        return False
    # Whoever merges into it says so. Others may not have heard of the merge: what the same sender sent
    # later knew of it.
    return bool(change.former) or (
        change.sent.sender == merged.sender and 0 < merged.sent_at < change.sent.first
    )


def find_remaining(patient: Patient, find: Callable[[str], Iterable[Merged]]) -> tuple[Merged, ...]:
    """The merges that lead from a patient to the one who remains; none where it is not clear who that is.

    `find` gives those of an ID.
    """
    way: list[Merged] = []
    while len(way) < _MOST:
        found = [each for each in find(patient.id) if each.patient.may_be(patient)]
        if len({each.patient.issuer for each in found}) != 1:
            break
        way.append(max(found, key=lambda each: each.message))
        patient = way[-1].remaining
    return tuple(way)


def decide_merged(
    order: Order, way: Sequence[Merged], old: Sequence[Record], new: Sequence[Record], *, uid_root: str
) -> tuple[Change, ...]:
    """As `decide`, for an order that came under an ID that was given up.

    `old` are records under that ID, which ended before the merge, `new` those of the patient who remains. A
    new order whose patient seems to be another is taken as it came, with a warning.
    """
    originals = {record.id: record for record in old}
    existing = [*(_as_remaining(record, way) for record in old), *new]
    changes = decide(_follow(order, way), existing, uid_root=uid_root)
    if _seems_another(order, way) and any(change.action is Action.CREATE for change in changes):
        return decide(replace(order, warnings=(*order.warnings, _NOT_FOLLOWED)), old, uid_root=uid_root)
    return tuple(
        _give_back(change, originals[change.before.id], existing)
        if change.before is not None and change.before.id in originals
        else change
        for change in changes
    )


def _seems_another(order: Order, way: Sequence[Merged]) -> bool:
    return len({text_of(order.values, _BIRTH), text_of(way[-1].values, _BIRTH)} - {""}) > 1


def _follow(order: Order, way: Sequence[Merged]) -> Order:
    own = {name: value for name, value in order.values.items() if name not in OF_THE_ID}
    return replace(
        order,
        values={**own, **way[-1].values},
        is_followed=True,
        warnings=(*order.warnings, _FOLLOWED),
    )


def _as_remaining(record: Record, way: Sequence[Merged]) -> Record:
    return replace(record, values=_with_id(record.values, way[-1].values))


def _give_back(change: Change, original: Record, existing: Sequence[Record]) -> Change:
    """What an order does to a record under the old ID. Only what is to be done again changes its patient."""
    after = change.record
    if after is None:
        return replace(change, before=original)
    is_free = all(each.id == original.id or identity_of(each.values) != change.identity for each in existing)
    if change.action is Action.REOPEN and is_free:
        return replace(change, before=original)
    after = replace(after, values=_with_id(after.values, original.values))
    return replace(
        change, before=original, record=after, identity=change.identity and identity_of(after.values)
    )


def _with_id(values: Mapping[str, Value], other: Mapping[str, Value]) -> Mapping[str, Value]:
    own = {name: value for name, value in values.items() if name not in OF_THE_ID}
    return {**own, **{name: value for name, value in other.items() if name in OF_THE_ID}}
