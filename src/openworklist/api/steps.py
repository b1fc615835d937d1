"""What scanners say of their work (MPPS)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from openworklist.api.parameters import Count, Number, Wanted
from openworklist.api.shapes import Json, derive, to_json
from openworklist.dicom.performing import read_document
from openworklist.domain.performed import PerformedStep, StepState
from openworklist.services.performed_list import find_steps, get_step
from openworklist.web.desk import TheDesk
from openworklist.web.guarded import GuardedRoute
from openworklist.web.trail import TheTrail
from openworklist.web.visitors import Viewer

router = APIRouter(prefix="/steps", tags=["steps"], route_class=GuardedRoute)

_HIDDEN = {"document", "requests", "records", "start", "end"}
StepAnswer: Any = derive(
    "PerformedStep",
    PerformedStep,
    without=_HIDDEN,
    start=str,
    end=str,
    records=list[int],
    scheduled_steps=list[dict[str, str]],
)


class WholeStep(StepAnswer):  # type: ignore[misc]
    dataset: dict[str, Any]


@router.get("", operation_id="list_steps", response_model=list[StepAnswer])
def list_steps(
    desk: TheDesk,
    visitor: Viewer,
    trail: TheTrail,
    state: Annotated[Literal["IN PROGRESS", "COMPLETED", "DISCONTINUED"] | None, Query()] = None,
    record: Wanted = None,
    limit: Count = 100,
) -> Any:
    """The performed steps, the newest first."""
    wanted = StepState(state) if state else None
    found = find_steps(desk.database, limit, state=wanted, record_id=record or 0)
    trail.note_list("step.list", (step.id for step in found))
    return [_write(step) for step in found]


@router.get("/{number:int}", operation_id="get_step", response_model=WholeStep)
def show_step(desk: TheDesk, visitor: Viewer, number: Number) -> Any:
    """A performed step with all that the scanner said of it, in the DICOM JSON model."""
    step = get_step(desk.database, number)
    desk.audit.note(visitor.actor, "step.view", subject="step", subject_id=str(number))
    return {**_write(step), "dataset": read_document(step)}


def _write(step: PerformedStep) -> Json:
    return {
        **to_json(step, without=_HIDDEN),
        "start": step.start,
        "end": step.end,
        "records": list(dict.fromkeys(step.records.values())),
        "scheduled_steps": [dict(each) for each in step.requests],
    }
