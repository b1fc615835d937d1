"""Records that people type, without a message: made inside a transaction, as an order would make them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Final

from openworklist.domain.change import Order
from openworklist.domain.completion import complete
from openworklist.domain.control import Action
from openworklist.domain.errors import NotFound, OpenWorklistError, OrderError, RequestError, ValuesError
from openworklist.domain.extra import name_of
from openworklist.domain.identity import ORDER_NUMBERS, STEP, identity_of, is_same_step, text_of
from openworklist.domain.record import Record, Status, Value
from openworklist.domain.shortcoming import find_long_identifiers
from openworklist.domain.stations import Stations, assign_stations, make_stations
from openworklist.hl7.long_identifiers import refuse
from openworklist.services.configuration import Configuration
from openworklist.store.changes import insert_change
from openworklist.store.connection import Connection
from openworklist.store.records import (
    encode,
    find_by_identity,
    find_candidates,
    find_record,
    insert_record,
)
from openworklist.store.requests import Request, expire_requests, find_request, insert_request

REQUIRED: Final = ("patient_id", "patient_name", "requested_procedure_id")
# What a duplicate gets anew: it is another exam.
OWN: Final = ("study_instance_uid", STEP, *ORDER_NUMBERS)
CREATED: Final = "created by hand"
_DAY: Final = 86_400_000_000  # microseconds


@dataclass(frozen=True, slots=True)
class Checks:
    """What a site asks of records that people type: see its options and stations."""

    uid_root: str = "2.25"
    refuses_long: bool = False
    stations: Stations = field(default_factory=lambda: make_stations(()))


def to_checks(configuration: Configuration) -> Checks:
    return Checks(
        configuration.study_uids.root,
        configuration.options.long_identifiers == "refuse",
        configuration.stations,
    )


@dataclass(frozen=True, slots=True)
class RequestKey:
    """Under which a request may be repeated; "" if it may not. Keys of one owner are no other's."""

    owner: str = ""
    key: str = ""


def make_record(values: Mapping[str, Value], checks: Checks, status: Status) -> Record:
    """The record of typed values, completed by rule; ValuesError if some are missing, or too long."""
    values = {name: value for name, value in values.items() if value}
    errors: list[OpenWorklistError] = [
        OrderError(f"{name_of(name)} is missing.", where=name, code="order.field-missing")
        for name in REQUIRED
        if not text_of(values, name)
    ]
    if checks.refuses_long:
        errors += [refuse(attribute, attribute.name) for attribute in find_long_identifiers(values)]
    if errors:
        raise ValuesError(errors)
    order = assign_stations(Order("NW", "", values), "", "", checks.stations)
    completed = complete(order.values, uid_root=checks.uid_root, stations=order.stations)
    return Record(values=order.values, completed=completed, status=status, warnings=order.warnings)


def create_record(connection: Connection, record: Record, key: RequestKey, now: int, actor: str) -> Record:
    """Store a new record, or find the one that the same request made; as it is stored.

    OrderError if another one has its IDs, RequestError if the key was used for something else.
    """
    digest = blake2b(encode([record.values, record.status]).encode(), digest_size=16).digest()
    if key.key:
        expire_requests(connection, now - _DAY)
        known = find_request(connection, key.owner, key.key)
        if known is not None:
            return _find_made(connection, known, digest)
    connection.lock(f"patient {text_of(record.values, 'patient_id')}")
    _check_identity(connection, record)
    stored = insert_record(connection, record, identity_of(record.values), now)
    insert_change(
        connection,
        at=now,
        record_id=stored.id,
        version=stored.version,
        action=Action.CREATE.value,
        actor=actor,
        reason=CREATED,
        message_id=None,
    )
    if key.key:
        insert_request(connection, key.owner, key.key, Request(digest, stored.id), now)
    return stored


def _find_made(connection: Connection, known: Request, digest: bytes) -> Record:
    if known.digest != digest:
        raise RequestError(
            f"A request of this key asked for something else: it made record {known.record_id}.",
            where="Idempotency-Key",
            hint="take a new key for a new record",
        )
    record = find_record(connection, known.record_id)
    if record is None:
        raise NotFound(
            f"The request of this key made record {known.record_id}, which was deleted since.",
            hint="take a new key for a new record",
        )
    return record


def find_twin(connection: Connection, values: Mapping[str, Value]) -> int | None:
    """The record that has the IDs of these values, if any."""
    found = find_by_identity(connection, identity_of(values))
    if found is not None:
        return found
    same = (each.id for each in find_candidates(connection, values) if is_same_step(values, each))
    return next(same, None)


def _check_identity(connection: Connection, record: Record) -> None:
    other = find_twin(connection, record.values)
    if other is not None:
        raise OrderError(
            f"Record {other} has these IDs.",
            where="patient_id",
            hint="give it another accession number, procedure ID or step ID, or edit that record",
            code="order.identity-conflict",
        )
