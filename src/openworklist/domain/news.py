"""What messages about patients do to the patients' open records: pure.

A record that has ended keeps what it had, and none is made here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from openworklist.domain.attributes import BY_NAME, PATIENT_LEVEL
from openworklist.domain.change import Change
from openworklist.domain.completion import assigned_stations, complete_again
from openworklist.domain.control import Action
from openworklist.domain.edit import find_standing
from openworklist.domain.errors import OrderError
from openworklist.domain.identity import identity_of, is_same_step, text_of
from openworklist.domain.patient import OF_THE_ID, OF_THE_VISIT, Patient, PatientChange, patient_of
from openworklist.domain.record import EMPTY, Record, Status, Value
from openworklist.domain.sent import Marks, find_newer, remember, show

_ID, _ISSUER, _NAME, _ADMISSION = "patient_id", "issuer_of_patient_id", "patient_name", "admission_id"
_OF_THE_PERSON: Final = PATIENT_LEVEL - OF_THE_ID - OF_THE_VISIT
# What is dangerous for either of two patients that are one is dangerous for that one.
_ADDED_UP: Final = ("allergies", "medical_alerts")
# What all exams of a person have in common; all else was said of one of them.
_COMMON: Final = (
    _NAME,
    "patient_birth_date",
    "patient_sex",
    "patient_mother_birth_name",
    "patient_address",
    "patient_telephone_numbers",
    "patient_primary_language_code_sequence",
    *_ADDED_UP,
)
_PLACES: Final = ("PID", "PV1", "AL1")  # where warnings about a patient point to


_NOBODY: Final = "no exam of this patient is open here"
_NOBODY_MERGED: Final = "no exam of the old patient or of this one is open here: the merge is remembered"


def find_known(change: PatientChange, existing: Sequence[Record]) -> Mapping[str, Value]:
    """What an open record says of the patient who remains in a merge: a merge may say no more than IDs."""
    named = [
        record
        for record in existing
        if not record.status.is_terminal and change.patient.may_be(patient_of(record.values))
    ]
    if not named or not change.former:
        return EMPTY
    values = max(named, key=lambda each: each.id).values
    return {name: values[name] for name in _COMMON if values.get(name)}


def decide_patient(change: PatientChange, existing: Sequence[Record], *, uid_root: str) -> tuple[Change, ...]:
    """What a message about a patient changes; always at least one change, if only to say why not.

    `existing` has the open records of all its patients, and of the one who remains those that are the same
    step as one of a former ID, whatever became of them.
    """
    changes = [_ignore(change, change.problem.sentence, problem=change.problem)] if change.problem else []
    patient = change.patient
    if not patient.id:
        return tuple(changes) or (_ignore(change, "the message names no patient"),)
    records = {record.id: record for record in existing}
    moved: set[int] = set()
    for former in change.former:
        for each in _merge(change, former, list(records.values()), uid_root):
            changes.append(each)
            if each.before is not None:
                moved.add(each.before.id)
                records[each.before.id] = each.record or each.before
    own, unsure = _find_own(patient, [each for each in existing if each.id not in moved])
    changes += [_update(change, record, uid_root) for record in own]
    changes += _tell_unsure(change, unsure, "PID-3")
    if not changes:
        changes.append(_ignore(change, _NOBODY_MERGED if change.former else _NOBODY))
    return tuple(changes)


def _find_own(patient: Patient, records: Sequence[Record]) -> tuple[list[Record], list[Record]]:
    """The open records of a patient, and those that may as well be another's with the same ID."""
    named = [
        record
        for record in records
        if not record.status.is_terminal and text_of(record.values, _ID) == patient.id
    ]
    issuers = {text_of(record.values, _ISSUER) for record in named} - {"", patient.issuer}
    if len(issuers) <= (0 if patient.issuer else 1):
        return named, []
    own = [record for record in named if patient.issuer and patient_of(record.values) == patient]
    return own, [
        record for record in named if record not in own and patient.may_be(patient_of(record.values))
    ]


def _tell_unsure(change: PatientChange, records: Sequence[Record], where: str) -> list[Change]:
    if not records:
        return []
    reason = "several issuers have a patient of this ID, and it is not clear whose is meant"
    problem = OrderError(
        f"{reason[0].upper()}{reason[1:]}.",
        where=where,
        hint="send the issuer with every Patient ID",
        code="patient.ambiguous",
    )
    return [_ignore(change, reason, problem=problem)]


def _update(change: PatientChange, before: Record, uid_root: str) -> Change:
    if newer := find_newer(change.sent, _marks_of(before)):
        reason = f"the message is older than what is stored of the patient, which was sent {show(newer)}"
        problem = OrderError(f"{reason[0].upper()}{reason[1:]}.", where="MSH-7", code="order.older")
        return _ignore(change, reason, before, problem=problem)
    values, warnings = _update_values(change, before)
    after = _finish(change, before, values, warnings, uid_root)
    if (after.values, after.completed) == (before.values, before.completed):
        noted = replace(after, warnings=before.warnings)
        return _ignore(change, "the record is already as sent", before, noted, warnings=warnings)
    reason = f"the patient's data were updated ({change.event})"
    return Change(Action.UPDATE, after, before, identity_of(values), reason, warnings)


def _marks_of(record: Record) -> Marks:
    """When the newest message was sent that said something of the patient."""
    return {**record.senders, **record.patient_senders} if record.patient_senders else record.senders


def _update_values(change: PatientChange, before: Record) -> tuple[dict[str, Value], tuple[str, ...]]:
    stays = (text_of(change.values, _ADMISSION), text_of(before.values, _ADMISSION))
    left = OF_THE_ID | OF_THE_VISIT if all(stays) and stays[0] != stays[1] else OF_THE_ID
    left |= find_standing(before.edited, change.values, change.nullified).keys()
    taken = {name: value for name, value in change.values.items() if name not in left}
    values = {**before.values, **taken}
    deleted = {name for name in change.nullified - left if values.get(name)}
    for name in deleted - {_NAME}:
        del values[name]
    if _NAME not in deleted:
        return values, change.warnings
    note = f'{BY_NAME[_NAME].label}: "" does not delete it, no record is without'
    return values, (*change.warnings, note)


def _merge(change: PatientChange, former: Patient, records: Sequence[Record], uid_root: str) -> list[Change]:
    """What becomes of the open records of an ID that is now another's."""
    remaining = [each for each in records if change.patient.may_be(patient_of(each.values))]
    found, unsure = _find_own(former, records)
    changes: list[Change] = []
    for before in found:
        if _is_this(change.patient, before):
            continue
        others = [each for each in remaining if each.id != before.id]
        values = _merge_values(change, before)
        twin = next((each for each in others if _is_twin(values, each)), None)
        if twin is not None:
            changes.append(_settle_twin(change, before, twin))
            continue
        after = _finish(change, before, values, change.warnings, uid_root)
        reason = f"the patient was merged into another ({change.event})"
        changes.append(Change(Action.MERGE, after, before, identity_of(values), reason, change.warnings))
    return changes + _tell_unsure(change, unsure, "MRG-1")


def _is_this(patient: Patient, record: Record) -> bool:
    """Whether a record has the ID already, and the issuer that comes with it."""
    has = patient_of(record.values)
    return has.id == patient.id and patient.issuer in ("", has.issuer)


def _is_twin(values: Mapping[str, Value], other: Record) -> bool:
    return is_same_step(values, other) or identity_of(values) == identity_of(other.values)


def _settle_twin(change: PatientChange, before: Record, twin: Record) -> Change:
    """What becomes of a record whose order stands under the patient who remains too.

    It is called off where the exam is to be done, or was done, under the other one. Where that was called
    off, or this one has begun, no exam is taken from the list by guessing.
    """
    if before.status in (Status.SCHEDULED, Status.ON_HOLD) and twin.status not in _CALLED_OFF:
        reason = (
            f"the patient was merged into another ({change.event}), who has this order as record {twin.id}"
        )
        after = replace(before, status=Status.CANCELED)
        return Change(Action.CANCEL, after, before, identity_of(before.values), reason, change.warnings)
    reason = (
        f"record {before.id} stays with the old patient: its order is record {twin.id} of the one who remains"
    )
    problem = OrderError(
        f"{reason[0].upper()}{reason[1:]}.",
        where="MRG-1",
        hint="cancel one of them",
        code="patient.same-order",
    )
    return _ignore(change, reason, before, problem=problem)


_CALLED_OFF: Final = (Status.CANCELED, Status.DISCONTINUED)


def _merge_values(change: PatientChange, before: Record) -> dict[str, Value]:
    """The values of a record whose patient is now another: what the message does not say, is known."""
    said = {name: value for name, value in change.values.items() if name not in OF_THE_VISIT}
    gone = change.nullified & _OF_THE_PERSON - {_NAME}
    values = {
        name: value for name, value in before.values.items() if name not in OF_THE_ID and name not in gone
    }
    values |= {name: value for name, value in change.known.items() if name not in gone} | said
    for name in _ADDED_UP:
        if name not in gone and (added := _add_up(before.values.get(name), values.get(name))):
            values[name] = added
    return values


def _add_up(one: Value | None, other: Value | None) -> str:
    texts = [text for each in (one, other) if isinstance(each, str) for text in each.split("\\") if text]
    return "\\".join(dict.fromkeys(texts))


def _finish(
    change: PatientChange,
    before: Record,
    values: Mapping[str, Value],
    warnings: tuple[str, ...],
    uid_root: str,
) -> Record:
    kept = (text for text in before.warnings if not text.startswith(_PLACES))
    stations = assigned_stations(before)
    return replace(
        before,
        values=values,
        completed=complete_again(values, before.completed, uid_root=uid_root, stations=stations),
        # What a person wrote stands until it is changed.
        edited={
            name: was for name, was in before.edited.items() if values.get(name) == before.values.get(name)
        },
        patient_senders=remember(change.sent, before.patient_senders),
        warnings=tuple(dict.fromkeys((*kept, *warnings))),
    )


def _ignore(
    change: PatientChange,
    reason: str,
    before: Record | None = None,
    after: Record | None = None,
    *,
    warnings: tuple[str, ...] | None = None,
    problem: OrderError | None = None,
) -> Change:
    noted = after if after != before else None
    told = change.warnings if warnings is None else warnings
    return Change(Action.IGNORE, noted, before, None, reason, told, problem)
