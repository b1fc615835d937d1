"""Performed steps in their tables: stored, read, listed, and the records that they may be about."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import bindparam, delete, insert, or_, select, update

from openworklist.domain.fulfilment import KEYS
from openworklist.domain.identity import PROCEDURE, STEP
from openworklist.domain.performed import PerformedStep, Request, StepState
from openworklist.domain.record import Record
from openworklist.store.connection import Connection, Statement
from openworklist.store.records import ROW, Row, encode
from openworklist.store.schema import performed_step_records, performed_steps, records

_MOST: Final = 200  # records looked at for one scheduled step
_TEXTS: Final = ("uid", "calling_ae", "peer", "station", "modality", "patient_id", "issuer", "start", "end")
_COLUMNS: Final = tuple(performed_steps.c)
_WRITTEN: Final = tuple(column.name for column in _COLUMNS if column.name != "id")
_INSERT: Final = Statement(
    insert(performed_steps)
    .values({name: bindparam(name) for name in _WRITTEN})
    .returning(performed_steps.c.id)
)
_UPDATE: Final = Statement(
    update(performed_steps)
    .where(performed_steps.c.id == bindparam("number"))
    .values({name: bindparam(name) for name in _WRITTEN if name not in ("uid", "created_at")})
)
_NOTE: Final = Statement(
    update(performed_steps)
    .where(performed_steps.c.id == bindparam("number"))
    .values(notes=bindparam("notes"))
)
_FIND: Final = Statement(select(*_COLUMNS).where(performed_steps.c.uid == bindparam("uid")))
_GET: Final = Statement(select(*_COLUMNS).where(performed_steps.c.id == bindparam("number")))
_HEAD: Final = Statement(
    select(performed_steps.c.id, performed_steps.c.version, performed_steps.c.created_at).where(
        performed_steps.c.uid == bindparam("uid")
    )
)
_LIST = select(*_COLUMNS).order_by(performed_steps.c.id.desc()).limit(bindparam("most", 0))
_LIST_ALL: Final = Statement(_LIST)
_LIST_STATE: Final = Statement(_LIST.where(performed_steps.c.state == bindparam("state")))
_LIST_RECORD: Final = Statement(
    _LIST.where(
        performed_steps.c.id.in_(
            select(performed_step_records.c.step_id).where(
                performed_step_records.c.record_id == bindparam("record")
            )
        )
    )
)
_LINK: Final = Statement(
    insert(performed_step_records).values(
        {name: bindparam(name) for name in ("step_id", "request", "record_id")}
    )
)
_UNLINK: Final = Statement(
    delete(performed_step_records).where(performed_step_records.c.step_id == bindparam("step_id"))
)
_LINKS: Final = Statement(
    select(performed_step_records.c.request, performed_step_records.c.record_id)
    .where(performed_step_records.c.step_id == bindparam("step_id"))
    .order_by(performed_step_records.c.request)
)
_OTHER_STATES: Final = Statement(
    select(performed_steps.c.state)
    .distinct()
    .join(performed_step_records, performed_step_records.c.step_id == performed_steps.c.id)
    .where(performed_step_records.c.record_id == bindparam("record"))
    .where(performed_steps.c.id != bindparam("step_id"))
)
_CANDIDATES: Final = Statement(
    select(*ROW)
    .where(or_(*(records.c[name] == bindparam(name) for name in KEYS)))
    .order_by(records.c.id.desc())
    .limit(bindparam("most", _MOST))
)
_BY_IDS: Final = Statement(
    select(*ROW)
    .where(records.c.patient_id == bindparam("patient"))
    .where(records.c[STEP] == bindparam(STEP))
    .where(records.c[PROCEDURE] == bindparam(PROCEDURE))
    .order_by(records.c.id.desc())
    .limit(bindparam("most", _MOST))
)
_EXPIRE: Final = Statement(
    delete(performed_steps).where(
        performed_steps.c.id.in_(
            select(performed_steps.c.id)
            .where(performed_steps.c.updated_at < bindparam("cutoff"))
            .order_by(performed_steps.c.updated_at)
            .limit(bindparam("most", 0))
        )
    )
)


def insert_step(connection: Connection, step: PerformedStep) -> int:
    """Store a new step, without links; its number."""
    return connection.insert(_INSERT, _to_columns(step))


def note_step(connection: Connection, step: PerformedStep) -> None:
    """Store the notes and links of a step that has none yet: all else of it is long, and stored."""
    connection.run_count(_NOTE, {"number": step.id, "notes": encode(step.notes)})
    _link(connection, step.id, step.records)


def update_step(connection: Connection, step: PerformedStep) -> None:
    """Store a step again, with the links that it has now."""
    connection.run_count(_UPDATE, {**_to_columns(step), "number": step.id})
    connection.run_count(_UNLINK, {"step_id": step.id})
    _link(connection, step.id, step.records)


def find_head(connection: Connection, uid: str) -> tuple[int, int, int] | None:
    """Number, version and time of creation of a step; None if there is none of that UID."""
    rows = connection.run(_HEAD, {"uid": uid})
    return (rows[0][0], rows[0][1], rows[0][2]) if rows else None


def find_step(connection: Connection, uid: str) -> PerformedStep | None:
    rows = connection.run(_FIND, {"uid": uid})
    return _to_step(connection, rows[0]) if rows else None


def find_step_by_number(connection: Connection, number: int) -> PerformedStep | None:
    rows = connection.run(_GET, {"number": number})
    return _to_step(connection, rows[0]) if rows else None


def list_steps(
    connection: Connection, most: int, *, state: StepState | None = None, record_id: int = 0
) -> list[PerformedStep]:
    """The newest so many, of a state or of a record if one is named."""
    values: dict[str, object] = {"most": most}
    if record_id:
        rows = connection.run(_LIST_RECORD, {**values, "record": record_id})
    elif state is not None:
        rows = connection.run(_LIST_STATE, {**values, "state": state.value})
    else:
        rows = connection.run(_LIST_ALL, values)
    return [_to_step(connection, row) for row in rows]


def find_links(connection: Connection, number: int) -> dict[int, int]:
    """The records of a step, by the number of the request."""
    rows = connection.run(_LINKS, {"step_id": number})
    return {int(request): int(record) for request, record in rows}


def find_other_states(connection: Connection, record_id: int, number: int) -> list[StepState]:
    """The states of the other performed steps of a record."""
    return [
        StepState(state)
        for (state,) in connection.run(_OTHER_STATES, {"record": record_id, "step_id": number})
    ]


def find_for_request(connection: Connection, request: Request, patients: tuple[str, ...]) -> list[Record]:
    """The records that have one of the numbers of a request; without any, its IDs for one of the patients."""
    wanted = {name: request.get(name) or None for name in KEYS}
    rows = connection.run(_CANDIDATES, wanted) if any(wanted.values()) else []
    if not rows and request.get(STEP) and request.get(PROCEDURE):
        ids = {STEP: request[STEP], PROCEDURE: request[PROCEDURE]}
        rows = [row for each in patients for row in connection.run(_BY_IDS, {**ids, "patient": each})]
    return [Row._make(row).record() for row in rows]


def expire_steps(connection: Connection, cutoff: int, most: int) -> int:
    """Forget at most so many that nothing was said of since a moment, the oldest first; how many."""
    return connection.run_count(_EXPIRE, {"cutoff": cutoff, "most": most})


def _link(connection: Connection, number: int, links: Mapping[int, int]) -> None:
    for request, record in links.items():
        connection.run_count(_LINK, {"step_id": number, "request": request, "record_id": record})


def _to_columns(step: PerformedStep) -> dict[str, object]:
    texts = {name: getattr(step, name).replace("\0", "") for name in _TEXTS}
    return {
        **texts,
        "version": step.version,
        "state": step.state.value,
        "requests": encode(step.requests),
        "notes": encode(step.notes),
        "document": step.document,
        "created_at": step.created_at,
        "updated_at": step.updated_at,
    }


def _to_step(connection: Connection, row: tuple[Any, ...]) -> PerformedStep:
    found = dict(zip((column.name for column in _COLUMNS), row, strict=True))
    return PerformedStep(
        **{name: found[name] for name in _TEXTS},
        id=found["id"],
        version=found["version"],
        state=StepState(found["state"]),
        document=found["document"],
        requests=tuple(json.loads(found["requests"])),
        notes=tuple(json.loads(found["notes"])),
        created_at=found["created_at"],
        updated_at=found["updated_at"],
        records=find_links(connection, found["id"]),
    )
