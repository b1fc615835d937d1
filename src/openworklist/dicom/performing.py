"""A performed step as a value, out of what the scanner said of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from openworklist.dicom.dataset import Json, items_of, text_of
from openworklist.dicom.mpps import (
    END,
    ISSUER,
    MODALITY,
    PATIENT_ID,
    SCHEDULED_STEPS,
    START,
    STATION,
    read_state,
)
from openworklist.domain.fulfilment import request_values
from openworklist.domain.performed import PerformedStep, Request

_NAMES: Final = {
    0x0020_000D: "study_instance_uid",
    0x0008_0050: "accession_number",
    0x0040_2016: "placer_order_number_imaging_service_request",
    0x0040_2017: "filler_order_number_imaging_service_request",
    0x0040_1001: "requested_procedure_id",
    0x0040_0009: "scheduled_procedure_step_id",
}
_MOST_REQUESTS: Final = 50
_MOST_NOTES: Final = 50
_encode: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def to_step(uid: str, dataset: Json, notes: Iterable[str]) -> PerformedStep:
    """The step of a dataset that was checked."""
    requests = _read_requests(dataset)
    notes = tuple(dict.fromkeys(notes))
    if len(requests) > _MOST_REQUESTS:
        notes = (
            *notes,
            f"it names {len(requests)} scheduled steps: the first {_MOST_REQUESTS} are looked up",
        )
    return PerformedStep(
        uid=uid,
        state=read_state(dataset),
        document=_encode(dataset),
        station=_read(dataset, STATION),
        modality=_read(dataset, MODALITY),
        patient_id=_read(dataset, PATIENT_ID),
        issuer=_read(dataset, ISSUER),
        start=_read_moment(dataset, START),
        end=_read_moment(dataset, END),
        requests=requests[:_MOST_REQUESTS],
        notes=notes[-_MOST_NOTES:],
    )


def read_document(step: PerformedStep) -> dict[str, Any]:
    """All that the scanner said, in the DICOM JSON model."""
    found: dict[str, Any] = json.loads(step.document)
    return found


def _read_requests(dataset: Json) -> tuple[Request, ...]:
    return tuple(
        request_values({name: _read(item, tag) for tag, name in _NAMES.items()})
        for item in items_of(dataset, SCHEDULED_STEPS)
    )


def _read(dataset: Json, tag: int) -> str:
    # PostgreSQL has no NUL in its texts.
    return text_of(dataset, tag).strip().replace("\0", "")


def _read_moment(dataset: Json, tags: tuple[int, int]) -> str:
    """YYYYMMDDHHMMSS as far as it was said, "" without a date."""
    date = _read(dataset, tags[0]).replace(".", "")
    if len(date) != 8 or not date.isdigit():
        return ""
    digits = _read(dataset, tags[1]).partition(".")[0].replace(":", "")
    return date + (digits[:6] if digits.isdigit() else "")
