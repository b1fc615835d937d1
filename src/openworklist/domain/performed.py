"""A performed step: what a scanner says of its work (Modality Performed Procedure Step, PS3.3 C.4.14)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from openworklist.domain.record import Status

Request = Mapping[str, str]  # one scheduled step that was performed, by the names of a record's attributes
CHECKS: Final = ("standard", "strict", "lenient")


class StepState(StrEnum):
    """(0040,0252)"""

    IN_PROGRESS = "IN PROGRESS"
    COMPLETED = "COMPLETED"
    DISCONTINUED = "DISCONTINUED"

    @property
    def is_final(self) -> bool:
        return self is not StepState.IN_PROGRESS


@dataclass(frozen=True, slots=True)
class PerformedStep:
    """`requests` has an item for each scheduled step that it fulfils, none where the work was unscheduled.

    `document` is all that was said, in the DICOM JSON model; `start` and `end` are YYYYMMDDHHMMSS, "" where
    they were not said. Times of ours are microseconds since 1970, UTC.
    """

    uid: str
    state: StepState
    document: str
    calling_ae: str = ""
    peer: str = ""
    station: str = ""
    modality: str = ""
    patient_id: str = ""
    issuer: str = ""
    start: str = ""
    end: str = ""
    requests: tuple[Request, ...] = ()
    notes: tuple[str, ...] = ()
    id: int = 0  # 0: not stored yet
    version: int = 0
    created_at: int = 0
    updated_at: int = 0
    records: Mapping[int, int] = field(default_factory=dict)  # by the number of the request


_STATUSES: Final = {
    StepState.IN_PROGRESS: Status.STARTED,
    StepState.COMPLETED: Status.COMPLETED,
    StepState.DISCONTINUED: Status.DISCONTINUED,
}


def derive_status(states: Sequence[StepState]) -> Status | None:
    """What several performed steps of one scheduled step make of it; None without any.

    It is under way while one of them is, completed if one of them is, and else discontinued.
    """
    order = (StepState.IN_PROGRESS, StepState.COMPLETED, StepState.DISCONTINUED)
    return next((_STATUSES[state] for state in order if state in states), None)


def next_status(before: Status, state: StepState, others: Sequence[StepState]) -> Status | None:
    """The status of a record one of whose performed steps now has a state; None if it stays as it is.

    What has ended does not begin again. But a step that was only given up by scanners (`others`) and was then
    performed to its end by another try is completed.
    """
    status = derive_status((state, *others))
    if before is Status.DISCONTINUED:
        was_resumed = status is Status.COMPLETED and derive_status(others) is Status.DISCONTINUED
        return Status.COMPLETED if was_resumed else None
    return None if before.is_terminal or status is before else status
