"""When two orders are one, above all those that have no number."""

import pytest

from openworklist.domain.identity import identity_of, is_same_step
from openworklist.domain.record import Record

DAY = {"scheduled_procedure_step_start_date": "20260314"}
TIME = {**DAY, "scheduled_procedure_step_start_time": "101500"}
CT1, CT2 = {"requested_procedure_id": "CT1"}, {"requested_procedure_id": "CT2"}
HEAD, KNEE = {"requested_procedure_description": "Head"}, {"requested_procedure_description": "Knee"}


def is_same(sent: dict[str, str], stored: dict[str, str]) -> bool:
    patient = {"patient_id": "P1"}
    return is_same_step(patient | sent, Record(patient | stored))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (CT1, CT1),
        (DAY | CT1, DAY | CT1),
        (TIME | CT1, CT1),
        (TIME | CT1, TIME),
        (TIME, TIME),
        (DAY | HEAD, DAY | HEAD),
        (TIME | HEAD, TIME),
    ],
)
def test_without_number_the_procedure_or_the_whole_start_makes_orders_one(
    one: dict[str, str], other: dict[str, str]
) -> None:
    assert is_same(one, other)
    assert is_same(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (DAY, DAY),
        (DAY | CT1, DAY),
        (DAY | CT1, DAY | CT2),
        (DAY | CT1, DAY | HEAD),
        (DAY | HEAD, DAY | KNEE),
        (HEAD, HEAD),
        (TIME | HEAD, TIME | KNEE),
        (TIME, {**TIME, "scheduled_procedure_step_start_time": "111500"}),
        (TIME | CT1, {**TIME, "scheduled_procedure_step_start_date": "20260315"} | CT1),
        (CT1, CT1 | {"accession_number": "A1"}),
    ],
)
def test_one_day_may_hold_two_exams(one: dict[str, str], other: dict[str, str]) -> None:
    assert not is_same(one, other)
    assert not is_same(other, one)


def test_with_a_number_the_start_may_move() -> None:
    number = {"accession_number": "A1"}
    assert is_same(number | TIME, number | {"scheduled_procedure_step_start_date": "20260401"})
    assert identity_of(number | TIME) == identity_of(number)


def test_descriptions_tell_orders_apart_where_there_is_nothing_better() -> None:
    assert identity_of(DAY | HEAD) != identity_of(DAY | KNEE)
    assert identity_of(DAY | CT1 | HEAD) == identity_of(DAY | CT1 | KNEE)
