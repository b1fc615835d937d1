"""What an ADT message says of patients, read where a profile looks in orders."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import tzinfo
from typing import Final

from openworklist.domain.attributes import PATIENT_LEVEL
from openworklist.domain.change import Order
from openworklist.domain.errors import OrderError
from openworklist.domain.patient import OF_THE_VISIT, Patient, PatientChange, patient_of
from openworklist.hl7 import mapping
from openworklist.hl7.events import MERGES, PERSONS, find_event
from openworklist.hl7.message import Message
from openworklist.hl7.path import Path
from openworklist.hl7.patient_groups import Part, cut_patients
from openworklist.hl7.profile import Profile, preset

# HL7 table 0004: there is no visit, PV1 is there because the event demands it.
_CLASS: Final = Path("PV1", 2, 1)
_NO_VISIT: Final = "N"


def read_patients(
    message: Message,
    profile: Profile,
    *,
    zone: tzinfo | None = None,
    codec: str = "utf_8",
    received_at: int = 0,
) -> tuple[PatientChange, ...]:
    """What an ADT message says of its patients, read where a profile looks in orders.

    Of a patient's former IDs that count which a profile takes of all, and those of the issuer of the new one.
    """
    event = find_event(message).trigger
    parts = cut_patients(message)
    read = iter(mapping.apply(message, profile, zone=zone, codec=codec, received_at=received_at))
    # An MRG may leave out what the profile knows an ID by, like its type.
    plain = iter(mapping.apply(message, preset("classic"), codec=codec) if event in MERGES else ())
    changes: list[PatientChange] = []
    for part in parts:
        order = next(read)
        next(plain, None)
        former: list[list[Patient]] = []
        for merge in part.merges:
            found = [patient_of(next(read).values) for _ in merge]
            plainly = [patient_of(next(plain).values) for _ in merge]
            former.append(found if any(patient.id for patient in found) else plainly)
        changes.append(_to_change(event, part, order, former))
    return tuple(changes)


def _to_change(event: str, part: Part, order: Order, former: Sequence[Sequence[Patient]]) -> PatientChange:
    has_visit = event not in PERSONS and all(
        visit.part(_CLASS).strip().upper() != _NO_VISIT for visit in part.shared.get("PV1", ())
    )
    wanted = PATIENT_LEVEL if has_visit else PATIENT_LEVEL - OF_THE_VISIT
    change = PatientChange(
        event,
        {name: value for name, value in order.values.items() if name in wanted},
        order.nullified & wanted,
        sent=order.sent,
        warnings=order.warnings,
    )
    patient = change.patient
    if not patient.id:
        return replace(change, problem=_lack("The message names no patient", "PID-3"))
    if event not in MERGES:
        return change
    named = [
        each
        for merge in former
        for number, each in enumerate(merge)
        if each.id and (number == 0 or (each.issuer and each.issuer == patient.issuer))
    ]
    problem = None if named else _lack("The message does not say which patient was merged", "MRG-1")
    return replace(change, former=tuple(dict.fromkeys(named)), problem=problem)


def _lack(sentence: str, where: str) -> OrderError:
    return OrderError(f"{sentence}.", where=where, hint="mend it at the sender", code="patient.missing")
