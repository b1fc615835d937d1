"""Patient IDs that were merged into another, as long as anything may still come under them."""

from __future__ import annotations

import json
from functools import partial
from typing import Final

from sqlalchemy import bindparam, delete, insert, select, update

from openworklist.domain.merged import Merged, find_remaining
from openworklist.domain.patient import Patient
from openworklist.domain.record import Value
from openworklist.store.connection import Connection, Statement
from openworklist.store.records import decode_value, encode
from openworklist.store.schema import merged_patients

_ROW: Final = (
    merged_patients.c.patient_id,
    merged_patients.c.issuer_of_patient_id,
    merged_patients.c.message_id,
    merged_patients.c.until,
    merged_patients.c.sender,
    merged_patients.c.sent_at,
    merged_patients.c.document,
)
_INSERT: Final = Statement(
    insert(merged_patients).values({column.name: bindparam(column.name) for column in _ROW})
)
_OF_PATIENT = select(*_ROW).where(merged_patients.c.patient_id == bindparam("patient"))
_FIND_ALL: Final = Statement(_OF_PATIENT.order_by(merged_patients.c.id))
_FIND: Final = Statement(_OF_PATIENT.where(merged_patients.c.until == 0).order_by(merged_patients.c.id))
_OF_MESSAGE: Final = Statement(
    select(*_ROW).where(merged_patients.c.message_id == bindparam("message")).order_by(merged_patients.c.id)
)
_ANY: Final = Statement(select(merged_patients.c.id).limit(1))
_END: Final = Statement(
    update(merged_patients)
    .where(merged_patients.c.patient_id == bindparam("patient"))
    .where(merged_patients.c.issuer_of_patient_id == bindparam("issuer"))
    .where(merged_patients.c.message_id == bindparam("message"))
    .values(until=bindparam("number"))
)
_FORGET: Final = Statement(
    delete(merged_patients).where(merged_patients.c.message_id == bindparam("message"))
)


def insert_merged(connection: Connection, merged: Merged) -> None:
    """Remember that an ID is another patient's now."""
    connection.run_count(
        _INSERT,
        {
            "patient_id": merged.patient.id,
            "issuer_of_patient_id": merged.patient.issuer,
            "document": encode(merged.values),
            "message_id": merged.message,
            "until": merged.until,
            "sender": merged.sender.replace("\0", ""),
            "sent_at": merged.sent_at,
        },
    )


def end_merged(connection: Connection, merged: Merged, number: int) -> None:
    """Note that an ID lives again, as that message shows."""
    connection.run_count(
        _END,
        {
            "patient": merged.patient.id,
            "issuer": merged.patient.issuer,
            "message": merged.message,
            "number": number,
        },
    )


def forget_merged(connection: Connection, message: int) -> None:
    """Forget what a message merged."""
    connection.run_count(_FORGET, {"message": message})


def has_merged(connection: Connection) -> bool:
    """Whether any ID was ever merged into another."""
    return bool(connection.run(_ANY))


def find_merged(connection: Connection, patient_id: str, *, every: bool = False) -> list[Merged]:
    """What an ID was merged into, by every issuer, in the order of the merges.

    Those that hold; with `every` also those of IDs that live again.
    """
    rows = connection.run(_FIND_ALL if every else _FIND, {"patient": patient_id})
    return [_to_merged(*row) for row in rows]


def find_all_ids(connection: Connection, patient: Patient) -> tuple[Patient, ...]:
    """The IDs that a patient goes by: its own, and what it was merged into since. None of one without ID."""
    if not patient.id:
        return ()
    way = find_remaining(patient, partial(find_merged, connection))
    return (patient, *(each.remaining for each in way))


def find_merged_by_message(connection: Connection, message: int) -> list[Merged]:
    """What a message merged."""
    return [_to_merged(*row) for row in connection.run(_OF_MESSAGE, {"message": message})]


def _to_merged(
    number: str, issuer: str, message: int, until: int, sender: str, sent_at: int, document: str
) -> Merged:
    return Merged(Patient(number, issuer), _to_values(document), message, until, sender, sent_at)


def _to_values(document: str) -> dict[str, Value]:
    return {name: decode_value(value) for name, value in json.loads(document).items()}
