"""Records in their tables: stored, read again, and looked up for an order that may belong to one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, delete, insert, or_, select, text, update

from openworklist.domain.identity import ORDER_NUMBERS, PROCEDURE
from openworklist.domain.names import folded_groups
from openworklist.domain.query import canonical_time
from openworklist.domain.record import Record, Status, Value
from openworklist.store.connection import Connection, Statement
from openworklist.store.schema import (
    COLUMNS,
    LISTED,
    MODALITY,
    NAMES,
    START_DATE,
    START_TIME,
    STATION,
    record_names,
    record_stations,
    record_texts,
    records,
    to_unassigned,
)


class Row(NamedTuple):
    """A record as it is read: its document stays text until somebody wants to see it."""

    id: int
    version: int
    start_date: str
    start_time: str
    status: str
    created_at: int
    updated_at: int
    message_time: str
    document: str

    def record(self) -> Record:
        document: dict[str, Any] = json.loads(self.document)
        return Record(
            values=_to_values(document["values"]),
            completed=_to_values(document["completed"]),
            status=Status(self.status),
            id=self.id,
            version=self.version,
            created_at=self.created_at,
            updated_at=self.updated_at,
            message_time=self.message_time,
            senders=document.get("senders", {}),
            warnings=tuple(document["warnings"]),
            patient_senders=document.get("patient_senders", {}),
            edited=_to_values(document.get("edited", {})),
            former=tuple(document.get("former", ())),
        )


ROW: Final = (
    records.c.id,
    records.c.version,
    records.c[START_DATE],
    records.c[START_TIME],
    records.c.status,
    records.c.created_at,
    records.c.updated_at,
    records.c.message_time,
    records.c.document,
)


def _parameters(*names: str) -> dict[str, Any]:
    return {name: bindparam(name) for name in names}


_WRITTEN: Final = tuple(column.name for column in records.c if column.name != "id")
_INSERT: Final = Statement(insert(records).values(_parameters(*_WRITTEN)).returning(records.c.id))
_RESTORE: Final = Statement(insert(records).values(_parameters("id", *_WRITTEN)))
_DELETE: Final = Statement(delete(records).where(records.c.id == bindparam("record_id")))
_UPDATE: Final = Statement(
    update(records)
    .where(records.c.id == bindparam("record_id"))
    .values(_parameters(*(name for name in _WRITTEN if name != "created_at")))
)
_NOTE: Final = Statement(
    update(records)
    .where(records.c.id == bindparam("record_id"))
    .values(_parameters("message_time", "document"))
)
_INSERT_STATION: Final = Statement(
    insert(record_stations).values(_parameters("record_id", "ae_title", "is_open", START_DATE, START_TIME))
)
_INSERT_NAME: Final = Statement(
    insert(record_names).values(_parameters("record_id", "attribute", "component_group", "folded"))
)
_TEXTS: Final = ("status", START_DATE, START_TIME, *LISTED)
_INSERT_TEXTS: Final = Statement(insert(record_texts).values(_parameters("record_id", *_TEXTS)))
_UPDATE_TEXTS: Final = Statement(
    update(record_texts).where(record_texts.c.record_id == bindparam("number")).values(_parameters(*_TEXTS))
)
_DELETE_STATIONS: Final = Statement(
    delete(record_stations).where(record_stations.c.record_id == bindparam("record_id"))
)
_DELETE_NAMES: Final = Statement(
    delete(record_names).where(record_names.c.record_id == bindparam("record_id"))
)
_FIND: Final = Statement(select(*ROW).where(records.c.id == bindparam("record_id")))
_RELEASE: Final = Statement(
    update(records).where(records.c.id == bindparam("record_id")).values(identity=None)
)
_IDENTITY: Final = Statement(select(records.c.identity).where(records.c.id == bindparam("record_id")))
_FIND_IDENTITY: Final = Statement(select(records.c.id).where(records.c.identity == bindparam("identity")))

# What an order may have in common with its record, beside the patient: a number, or, without one, these.
_WITHOUT_NUMBER: Final = (PROCEDURE, START_DATE)
_SHARED: Final = (*ORDER_NUMBERS, *_WITHOUT_NUMBER)
_CANDIDATES: Final = Statement(
    select(*ROW)
    .where(records.c.patient_id == bindparam("patient_id"))
    .where(or_(*(records.c[name] == bindparam(name) for name in _SHARED)))
    .order_by(records.c.id)
)

_HAS_NOT_ENDED: Final = or_(
    *(records.c.status == status.value for status in Status if not status.is_terminal)
)
_OPEN: Final = Statement(
    select(*ROW)
    .where(records.c.patient_id == bindparam("patient_id"))
    .where(_HAS_NOT_ENDED)
    .order_by(records.c.id)
)
_OF_OTHERS: Final = Statement(
    select(records.c.id)
    .where(or_(*(records.c[name] == bindparam(name) for name in ORDER_NUMBERS)))
    .where(records.c.patient_id != bindparam("patient_id"))
    .where(_HAS_NOT_ENDED)
    .order_by(records.c.id)
    .limit(1)
)


_SKIP: Final = {
    "sqlite": Statement(text("UPDATE sqlite_sequence SET seq = seq + :count WHERE name = 'records'")),
    "postgresql": Statement(
        text(
            "SELECT setval(pg_get_serial_sequence('records', 'id'), coalesce(max(id), 0) + :count)"
            " FROM records"
        )
    ),
}


def insert_record(connection: Connection, record: Record, identity: str | None, now: int) -> Record:
    """Store a new record; returned as stored, with its id, version 1 and times (microseconds since 1970)."""
    columns = _to_columns(record, identity) | {"version": 1, "created_at": now, "updated_at": now}
    number = connection.insert(_INSERT, columns)
    stored = replace(record, id=number, version=1, created_at=now, updated_at=now)
    _insert_stations(connection, stored, columns)
    _insert_names(connection, stored)
    connection.run_count(_INSERT_TEXTS, _to_texts(stored))
    return stored


def update_record(
    connection: Connection, before: Record, record: Record, identity: str | None, now: int
) -> Record:
    """Store a change of a record; returned as stored, one version higher."""
    stored = replace(
        record, id=before.id, version=before.version + 1, created_at=before.created_at, updated_at=now
    )
    columns = _to_columns(stored, identity)
    connection.run_count(_UPDATE, {**columns, "record_id": stored.id})
    if any(before.get(name) != stored.get(name) for name in (STATION, MODALITY, START_DATE, START_TIME)) or (
        before.status.is_open != stored.status.is_open
    ):
        connection.run_count(_DELETE_STATIONS, {"record_id": stored.id})
        _insert_stations(connection, stored, columns)
    if any(before.get(name) != stored.get(name) for name in NAMES):
        connection.run_count(_DELETE_NAMES, {"record_id": stored.id})
        _insert_names(connection, stored)
    if (texts := _to_texts(stored)) != _to_texts(replace(before, id=stored.id)):
        connection.run_count(_UPDATE_TEXTS, {**texts, "number": stored.id})
    return stored


def skip_numbers(connection: Connection, count: int) -> None:
    """Have the next record numbered so many further on, for who knows numbers that nobody here remembers."""
    connection.run_count(_SKIP[connection.dialect], {"count": count})


def delete_record(connection: Connection, number: int) -> None:
    """Delete a record with its stations, names and edits; its changes and messages stay."""
    connection.run_count(_DELETE, {"record_id": number})


def restore_record(connection: Connection, record: Record, identity: str | None) -> None:
    """Store a record that was deleted, under its own number and as it is."""
    columns = _to_columns(record, identity)
    connection.run_count(_RESTORE, {**columns, "id": record.id})
    _insert_stations(connection, record, columns)
    _insert_names(connection, record)
    connection.run_count(_INSERT_TEXTS, _to_texts(record))


def find_identity(connection: Connection, number: int) -> str | None:
    """What no other record may share with this one; None where it is not kept (`release_identity`)."""
    rows = connection.run(_IDENTITY, {"record_id": number})
    return rows[0][0] if rows else None


def note_message(connection: Connection, record: Record) -> None:
    """Store what a message left on a record that it did not change: no new version, nothing scanners see."""
    document = _to_document(record)
    values = {"record_id": record.id, "message_time": record.message_time, "document": document}
    connection.run_count(_NOTE, values)


def find_record(connection: Connection, number: int) -> Record | None:
    rows = connection.run(_FIND, {"record_id": number})
    return Row._make(rows[0]).record() if rows else None


def find_by_identity(connection: Connection, identity: str) -> int | None:
    """The id of the record that has an identity."""
    rows = connection.run(_FIND_IDENTITY, {"identity": identity})
    return int(rows[0][0]) if rows else None


def release_identity(connection: Connection, number: int) -> None:
    """Let another record have the identity of this one, which gets its own with its next change."""
    connection.run_count(_RELEASE, {"record_id": number})


def find_candidates(connection: Connection, values: Mapping[str, Value]) -> list[Record]:
    """The patient's records that share an order number with these values; without any, procedure or day."""
    wanted = {name: _text(values.get(name)) or None for name in ("patient_id", *_SHARED)}
    if not wanted["patient_id"]:
        return []
    if any(wanted[name] for name in ORDER_NUMBERS):
        wanted.update(dict.fromkeys(_WITHOUT_NUMBER))
    return [Row._make(row).record() for row in connection.run(_CANDIDATES, wanted)]


def find_open(connection: Connection, patient_id: str) -> list[Record]:
    """The records of a Patient ID that have not ended, by whatever issuer."""
    if not patient_id:
        return []
    return [Row._make(row).record() for row in connection.run(_OPEN, {"patient_id": patient_id})]


def find_of_others(connection: Connection, values: Mapping[str, Value]) -> int | None:
    """An open record of another patient that has one of the order numbers among these values."""
    wanted = {name: _text(values.get(name)) or None for name in ("patient_id", *ORDER_NUMBERS)}
    rows = connection.run(_OF_OTHERS, wanted)
    return int(rows[0][0]) if rows else None


def shared_keys(values: Mapping[str, Value]) -> set[tuple[str, str, str]]:
    """What `find_candidates` goes by: orders that have none of these in common share no record."""
    patient = _text(values.get("patient_id"))
    numbers = [name for name in ORDER_NUMBERS if _text(values.get(name))]
    return {
        (patient, name, text)
        for name in numbers or _WITHOUT_NUMBER
        if patient and (text := _text(values.get(name)))
    }


def _to_columns(record: Record, identity: str | None) -> dict[str, object]:
    columns: dict[str, object] = {name: _text(record.get(name)) for name in COLUMNS}
    columns[START_TIME] = canonical_time(record.text(START_TIME))
    columns |= {
        "version": record.version,
        "identity": identity,
        "status": record.status.value,
        "is_open": int(record.status.is_open),
        "created_at": record.created_at,
        "updated_at": record.updated_at,
        "message_time": record.message_time,
        "document": _to_document(record),
    }
    return columns


def _to_texts(record: Record) -> dict[str, object]:
    texts: dict[str, object] = {name: record.text(name) for name in LISTED}
    texts[START_DATE] = _text(record.get(START_DATE))
    texts[START_TIME] = canonical_time(record.text(START_TIME))
    return {"record_id": record.id, "status": record.status.value, **texts}


def _text(value: Value | None) -> str:
    return value.strip(" ") if isinstance(value, str) else ""


encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=dict).encode


def _to_document(record: Record) -> str:
    document: dict[str, object] = {
        "values": record.values,
        "completed": record.completed,
        "warnings": record.warnings,
        "senders": record.senders,
    }
    if record.patient_senders:
        document["patient_senders"] = record.patient_senders
    if record.edited:
        document["edited"] = record.edited
    if record.former:
        document["former"] = record.former
    return encode(document)


def _to_values(found: dict[str, Any]) -> dict[str, Value]:
    """JSON knows lists where a record has tuples."""
    for name, value in found.items():
        if isinstance(value, list):
            found[name] = decode_value(value)
    return found


def decode_value(found: Any) -> Any:
    """A value as `encode` wrote it."""
    return tuple(map(_to_values, found)) if isinstance(found, list) else found


def _insert_stations(connection: Connection, record: Record, columns: Mapping[str, object]) -> None:
    titles = [title for each in record.text(STATION).split("\\") if (title := each.strip(" "))]
    if not titles:
        titles = [to_unassigned(None), to_unassigned(_text(record.get(MODALITY)))]
    for title in dict.fromkeys(titles):
        connection.run_count(_INSERT_STATION, {**columns, "record_id": record.id, "ae_title": title})


def _insert_names(connection: Connection, record: Record) -> None:
    for name, attribute in NAMES.items():
        for number, folded in enumerate(folded_groups(record.text(name))):
            if folded:
                row = {"attribute": attribute, "component_group": number, "folded": folded}
                connection.run_count(_INSERT_NAME, {"record_id": record.id, **row})
