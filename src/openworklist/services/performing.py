"""What a performed step does to the records that it is about, inside the transaction that stores it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import tzinfo
from typing import NamedTuple

from openworklist.domain.fulfilment import choose_record
from openworklist.domain.patient import Patient
from openworklist.domain.performed import PerformedStep, next_status
from openworklist.domain.record import Record, Status
from openworklist.services.configuration import Configuration
from openworklist.services.notices import put_notices
from openworklist.services.status_change import give_status
from openworklist.store.connection import Connection
from openworklist.store.merged_patients import find_all_ids
from openworklist.store.performed_steps import find_for_request, find_other_states
from openworklist.store.records import find_record


class Performed(NamedTuple):
    """The step with the records that it was matched to, and whom their new status is told to."""

    step: PerformedStep
    notices: int = 0
    failed: tuple[str, ...] = ()


def perform(
    connection: Connection, step: PerformedStep, configuration: Configuration, *, zone: tzinfo | None = None
) -> Performed:
    """Match a step that is stored to records, and give these the status that their steps make."""
    patients = find_all_ids(connection, Patient(step.patient_id, step.issuer))
    _lock(connection, step, patients)
    links, notes = dict(step.records), list(step.notes)
    for number, request in enumerate(step.requests):
        # What it was matched to before stays its record, if that is still there.
        if number in links and find_record(connection, links[number]) is not None:
            continue
        if not request:
            continue
        candidates = find_for_request(connection, request, tuple(each.id for each in patients))
        fit = choose_record(request, patients, step.station or step.calling_ae, candidates)
        if fit.record is not None:
            links[number] = fit.record.id
        # It may have been looked for before, in vain.
        place = f"scheduled step {number + 1}: "
        note = fit.note or ("" if fit.record else "no record fits it")
        notes = [each for each in notes if not each.startswith(place)] + ([place + note] if note else [])
    notices = 0
    failed: list[str] = []
    for record_id in dict.fromkeys(links.values()):
        record = find_record(connection, record_id)
        if record is None:
            notes.append(f"record {record_id} was deleted")
            continue
        changed = _change_status(connection, record, step)
        if changed is None:
            if record.status.is_terminal and record.status is not _wanted(step):
                notes.append(f"record {record_id} is {record.status}: left as it is")
            continue
        put, lost = put_notices(
            connection, changed, configuration, actor=_actor(step), now=step.updated_at, zone=zone
        )
        notices += put
        failed += lost
        notes += [f"record {record_id}: its status cannot be told to {each}" for each in lost]
    step = replace(step, records=links, notes=tuple(dict.fromkeys(notes)))
    return Performed(step, notices, tuple(failed))


def _change_status(connection: Connection, before: Record, step: PerformedStep) -> Record | None:
    """The record with its new status; None if it keeps the one that it has."""
    others = find_other_states(connection, before.id, step.id)
    status = next_status(before.status, step.state, others)
    if status is None:
        return None
    reason = f"the scanner says that step {step.id} is {step.state}"
    return give_status(connection, before, status, at=step.updated_at, actor=_actor(step), reason=reason)


def _wanted(step: PerformedStep) -> Status:
    status = next_status(Status.SCHEDULED, step.state, ())
    assert status is not None
    return status


def _actor(step: PerformedStep) -> str:
    return f"dicom:{step.calling_ae}"


def _lock(connection: Connection, step: PerformedStep, patients: Sequence[Patient]) -> None:
    """Let no order change the patients' records until this is done; in order, as orders are settled."""
    found = {each.id for each in patients} | set(_find_owners(connection, step, patients))
    for patient in sorted(found):
        connection.lock(f"patient {patient}")


def _find_owners(connection: Connection, step: PerformedStep, patients: Sequence[Patient]) -> Iterator[str]:
    for record_id in step.records.values():
        record = find_record(connection, record_id)
        if record is not None:
            yield record.text("patient_id").strip()
    for request in step.requests:
        for record in find_for_request(connection, request, tuple(each.id for each in patients)):
            yield record.text("patient_id").strip()
