"""The performed steps as people look at them: a list, and one with all that was said."""

from __future__ import annotations

from openworklist.domain.errors import NotFound
from openworklist.domain.performed import PerformedStep, StepState
from openworklist.store.database import Database
from openworklist.store.performed_steps import find_step_by_number, list_steps


def find_steps(
    database: Database, limit: int, *, state: StepState | None = None, record_id: int = 0
) -> list[PerformedStep]:
    """The newest so many; of a state, or of a record if one is named."""
    return database.read(lambda connection: list_steps(connection, limit, state=state, record_id=record_id))


def get_step(database: Database, number: int) -> PerformedStep:
    """One step; NotFound if there is none of that number."""
    step = database.read(lambda connection: find_step_by_number(connection, number))
    if step is None:
        raise NotFound(
            f"There is no performed step {number}.",
            hint="openworklist steps list shows what there is",
            code="step.not-found",
        )
    return step
