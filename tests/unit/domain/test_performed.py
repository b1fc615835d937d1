import pytest

from openworklist.domain.performed import StepState, derive_status, next_status
from openworklist.domain.record import Status

GOING, DONE, GIVEN_UP = StepState.IN_PROGRESS, StepState.COMPLETED, StepState.DISCONTINUED


@pytest.mark.parametrize(
    ("states", "status"),
    [
        ((), None),
        ((GOING,), Status.STARTED),
        ((DONE, GOING), Status.STARTED),
        ((GIVEN_UP, GOING), Status.STARTED),
        ((DONE,), Status.COMPLETED),
        ((GIVEN_UP, DONE), Status.COMPLETED),
        ((GIVEN_UP, GIVEN_UP), Status.DISCONTINUED),
    ],
)
def test_several_performed_steps_of_one_scheduled(
    states: tuple[StepState, ...], status: Status | None
) -> None:
    assert derive_status(states) is status


@pytest.mark.parametrize(
    ("before", "state", "others", "after"),
    [
        (Status.SCHEDULED, GOING, (), Status.STARTED),
        (Status.ON_HOLD, GOING, (), Status.STARTED),
        (Status.STARTED, GOING, (), None),
        (Status.STARTED, DONE, (), Status.COMPLETED),
        (Status.STARTED, DONE, (GOING,), None),
        (Status.STARTED, GIVEN_UP, (DONE,), Status.COMPLETED),
        (Status.SCHEDULED, GIVEN_UP, (), Status.DISCONTINUED),
        (Status.COMPLETED, GOING, (DONE,), None),
        (Status.COMPLETED, GIVEN_UP, (DONE,), None),
        (Status.CANCELED, GOING, (), None),
        (Status.CANCELED, DONE, (GIVEN_UP,), None),
        (Status.DISCONTINUED, GOING, (GIVEN_UP,), None),
        (Status.DISCONTINUED, DONE, (GIVEN_UP,), Status.COMPLETED),
        (Status.DISCONTINUED, DONE, (), None),  # its sender has discontinued it
    ],
)
def test_what_has_ended_does_not_begin_again(
    before: Status, state: StepState, others: tuple[StepState, ...], after: Status | None
) -> None:
    assert next_status(before, state, others) is after
