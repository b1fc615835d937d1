"""When orders speak of the same step: patient, order numbers, procedure, step, and else the start."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Final

from openworklist.domain.record import Record, Status, Value

ORDER_NUMBERS: Final = (
    "accession_number",
    "placer_order_number_imaging_service_request",
    "filler_order_number_imaging_service_request",
)
PROCEDURE: Final = "requested_procedure_id"
STEP: Final = "scheduled_procedure_step_id"
START: Final = ("scheduled_procedure_step_start_date", "scheduled_procedure_step_start_time")
DESCRIPTION: Final = "requested_procedure_description"
_PATIENT: Final = "patient_id"
_ISSUER: Final = "issuer_of_patient_id"
STATION: Final = "scheduled_station_ae_title"

Values = Mapping[str, Value]


def is_same_step(sent: Values, record: Record) -> bool:
    """Whether an order's values speak of a record's step by all IDs. Only values that were sent count."""
    stored = record.values
    if not has_ids(sent, record):
        return False
    if has_number(sent):
        return _is_same_order(sent, stored)
    return (
        is_same_patient(sent, stored)
        and not has_number(stored)
        and not conflict(sent, stored, START)
        # One day may hold two exams: the date alone joins nothing.
        and (share(sent, stored, [PROCEDURE]) or _is_same_unnumbered(sent, stored))
    )


def find_ordered(sent: Values, records: Iterable[Record]) -> list[Record]:
    """The steps of the order that is named by its number; none if it has none, or if another contradicts."""
    return [record for record in records if has_number(sent) and _is_same_order(sent, record.values)]


def find_contradicted(sent: Values, records: Iterable[Record]) -> list[Record]:
    """The patient's records with an order number of this order, and another that is not this order's."""
    return [
        record
        for record in records
        if is_same_patient(sent, record.values)
        and share(sent, record.values, ORDER_NUMBERS)
        and conflict(sent, record.values, ORDER_NUMBERS)
    ]


def has_ids(sent: Values, record: Record) -> bool:
    """Whether the procedure and step that an order names are a record's, as far as both have any."""
    return not conflict(sent, record.values, (PROCEDURE, STEP))


def has_number(values: Values) -> bool:
    return any(text_of(values, name) for name in ORDER_NUMBERS)


def narrow(sent: Values, steps: Sequence[Record]) -> Sequence[Record]:
    """Of several steps that fit an order those that fit it best: one, if it can be told."""
    tests: tuple[Callable[[Record], bool], ...] = (
        lambda step: equal(sent, step, (*ORDER_NUMBERS, PROCEDURE, STEP)),
        lambda step: step.status is not Status.CANCELED,
        lambda step: equal(sent, step, (STATION, *START)),
    )
    for is_better in tests:
        steps = [step for step in steps if is_better(step)] or steps
    return steps


def identity_of(values: Values) -> str:
    """What no two records may share: a hash of all that tells a step from another."""
    names = [_PATIENT, _ISSUER, *ORDER_NUMBERS, PROCEDURE, STEP]
    if not has_number(values):
        names += START if text_of(values, PROCEDURE) else (*START, DESCRIPTION)
    parts = [text_of(values, name) for name in names]
    digest = sha256("".join(f"{len(part)}:{part}" for part in parts).encode()).hexdigest()[:32]
    # Order numbers count up: in front, they keep what is stored together close together in the index.
    return f"{next(filter(None, parts[2:]), '')[:40]}:{digest}"


def text_of(values: Values, name: str) -> str:
    value = values.get(name, "")
    return value.strip(" ") if isinstance(value, str) else ""


def is_same_patient(sent: Values, stored: Values) -> bool:
    """Whether Patient IDs agree, and issuers where both have one."""
    return share(sent, stored, [_PATIENT]) and not conflict(sent, stored, [_ISSUER])


def _is_same_order(sent: Values, stored: Values) -> bool:
    return (
        is_same_patient(sent, stored)
        and share(sent, stored, ORDER_NUMBERS)
        and not conflict(sent, stored, ORDER_NUMBERS)
    )


def _is_same_unnumbered(sent: Values, stored: Values) -> bool:
    """Whether start date and time agree, or the date and what is to be done, in words."""
    date, time = START
    return (
        share(sent, stored, [date])
        and share(sent, stored, [time, DESCRIPTION])
        and not conflict(sent, stored, [DESCRIPTION])
    )


def share(one: Values, other: Values, names: Iterable[str]) -> bool:
    return any(text_of(one, name) and text_of(one, name) == text_of(other, name) for name in names)


def conflict(one: Values, other: Values, names: Iterable[str]) -> bool:
    return any(
        text_of(one, name) and text_of(other, name) and text_of(one, name) != text_of(other, name)
        for name in names
    )


def equal(sent: Values, step: Record, names: Iterable[str]) -> bool:
    return all(text_of(sent, name) == text_of(step.values, name) for name in names)
