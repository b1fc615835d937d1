"""When two orders speak of the same step: patient, order numbers, procedure, step, and else the start."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Final

from openworklist.domain.record import Record, Value

ORDER_NUMBERS: Final = (
    "accession_number",
    "placer_order_number_imaging_service_request",
    "filler_order_number_imaging_service_request",
)
PROCEDURE: Final = "requested_procedure_id"
STEP: Final = "scheduled_procedure_step_id"
START: Final = ("scheduled_procedure_step_start_date", "scheduled_procedure_step_start_time")
_PATIENT: Final = "patient_id"
_ISSUER: Final = "issuer_of_patient_id"

Values = Mapping[str, Value]


def is_same_step(sent: Values, record: Record) -> bool:
    """Whether an order's values speak of a record's step. Only values that were sent count."""
    stored = record.values
    if not _text(sent, _PATIENT) or _text(sent, _PATIENT) != _text(stored, _PATIENT):
        return False
    if any(_conflict(sent, stored, name) for name in (_ISSUER, *ORDER_NUMBERS, PROCEDURE, STEP)):
        return False
    if any(_text(sent, name) for name in ORDER_NUMBERS):
        return any(_text(sent, name) and _text(sent, name) == _text(stored, name) for name in ORDER_NUMBERS)
    return (
        not any(_text(stored, name) for name in ORDER_NUMBERS)
        and not any(_conflict(sent, stored, name) for name in START)
        and any(
            _text(sent, name) and _text(sent, name) == _text(stored, name) for name in (PROCEDURE, *START)
        )
    )


def identity_of(values: Values) -> str:
    """What no two records may share: a hash of all that tells a step from another."""
    has_number = any(_text(values, name) for name in ORDER_NUMBERS)
    names = (_PATIENT, _ISSUER, *ORDER_NUMBERS, PROCEDURE, STEP, *(() if has_number else START))
    parts = (_text(values, name) for name in names)
    return sha256("".join(f"{len(part)}:{part}" for part in parts).encode()).hexdigest()[:40]


def _conflict(sent: Values, stored: Values, name: str) -> bool:
    one, other = _text(sent, name), _text(stored, name)
    return bool(one and other and one != other)


def _text(values: Values, name: str) -> str:
    value = values.get(name, "")
    return value.strip(" ") if isinstance(value, str) else ""
