"""Which orders speak of one step: a patient's exam must not become another's, nor one exam two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openworklist.domain.identity import identity_of, is_same_step
from openworklist.domain.record import Record

PATIENT = {"patient_id": "P1"}
PLACER = "placer_order_number_imaging_service_request"
FILLER = "filler_order_number_imaging_service_request"
NUMBERED = {
    **PATIENT,
    "accession_number": "A1",
    "requested_procedure_id": "RP1",
    "scheduled_procedure_step_id": "S1",
    "scheduled_procedure_step_start_date": "20260314",
    "scheduled_procedure_step_start_time": "1015",
}
UNNUMBERED = {name: value for name, value in NUMBERED.items() if name != "accession_number"}
Values = dict[str, str]
DAY = {"scheduled_procedure_step_start_date": "20260314"}
TIME = {**DAY, "scheduled_procedure_step_start_time": "101500"}
CT1, CT2 = {"requested_procedure_id": "CT1"}, {"requested_procedure_id": "CT2"}
HEAD, KNEE = {"requested_procedure_description": "Head"}, {"requested_procedure_description": "Knee"}


def is_same(sent: Values, stored: Values) -> bool:
    return is_same_step(sent, Record(values=stored))


@pytest.mark.parametrize(
    "sent",
    [
        NUMBERED,
        {**PATIENT, "accession_number": "A1"},
        {**PATIENT, "accession_number": " A1 "},
        {**NUMBERED, "scheduled_procedure_step_start_date": "20260401"},  # it was moved
        {**PATIENT, "accession_number": "A1", FILLER: "F1"},
    ],
)
def test_an_order_number_tells_a_step_even_when_it_was_moved(sent: Values) -> None:
    assert is_same(sent, NUMBERED)


@pytest.mark.parametrize(
    "change",
    [
        {"patient_id": "P2"},
        {"patient_id": ""},
        {"issuer_of_patient_id": "OTHER"},
        {"accession_number": "A2"},
        {"requested_procedure_id": "RP2"},
        {"scheduled_procedure_step_id": "S2"},
        {PLACER: "O2"},
    ],
)
def test_whatever_contradicts_is_another_step(change: Values) -> None:
    stored = {**NUMBERED, "issuer_of_patient_id": "HOSP", PLACER: "O1"}
    assert not is_same({**NUMBERED, **change}, stored)


def test_one_number_in_common_is_enough_and_one_that_differs_too_much() -> None:
    stored = {**PATIENT, "accession_number": "A1", PLACER: "O1"}
    assert is_same({**PATIENT, PLACER: "O1"}, stored)
    assert not is_same({**PATIENT, PLACER: "O1", "accession_number": "A2"}, stored)
    assert not is_same({**PATIENT, FILLER: "F1"}, stored)


def test_without_any_number_procedure_and_start_tell_the_step() -> None:
    assert is_same(UNNUMBERED, UNNUMBERED)
    assert not is_same({**UNNUMBERED, "scheduled_procedure_step_start_date": "20260315"}, UNNUMBERED)
    assert not is_same({**UNNUMBERED, "scheduled_procedure_step_start_time": "1030"}, UNNUMBERED)
    assert not is_same(PATIENT, UNNUMBERED)


def test_an_order_without_number_is_not_taken_for_one_that_has_one() -> None:
    assert not is_same(UNNUMBERED, NUMBERED)
    assert is_same(NUMBERED, NUMBERED)


def test_identity_is_that_of_the_step_not_of_what_may_change() -> None:
    assert identity_of(NUMBERED) == identity_of(
        {
            **NUMBERED,
            "patient_name": "Doe",
            "modality": "CT",
            "scheduled_procedure_step_start_date": "20270101",
        }
    )
    assert identity_of(UNNUMBERED) != identity_of(
        {**UNNUMBERED, "scheduled_procedure_step_start_date": "20270101"}
    )


def test_neighbouring_values_do_not_run_into_each_other() -> None:
    one = {"patient_id": "P1", "issuer_of_patient_id": "2"}
    other = {"patient_id": "P12", "issuer_of_patient_id": ""}
    assert identity_of(one) != identity_of(other)


def are_one(sent: Values, stored: Values) -> bool:
    return is_same(PATIENT | sent, PATIENT | stored)


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
def test_without_number_the_procedure_or_the_whole_start_makes_orders_one(one: Values, other: Values) -> None:
    assert are_one(one, other)
    assert are_one(other, one)


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
def test_one_day_may_hold_two_exams(one: Values, other: Values) -> None:
    assert not are_one(one, other)
    assert not are_one(other, one)


def test_with_a_number_the_start_may_move() -> None:
    number = {"accession_number": "A1"}
    assert are_one(number | TIME, number | {"scheduled_procedure_step_start_date": "20260401"})
    assert identity_of(number | TIME) == identity_of(number)


def test_descriptions_tell_orders_apart_where_there_is_nothing_better() -> None:
    assert identity_of(DAY | HEAD) != identity_of(DAY | KNEE)
    assert identity_of(DAY | CT1 | HEAD) == identity_of(DAY | CT1 | KNEE)


parts = st.sampled_from(["", "1", "2", "12", " 1"])


@given(
    *[st.fixed_dictionaries(dict.fromkeys([*NUMBERED, PLACER, FILLER, "issuer_of_patient_id"], parts))] * 2
)
def test_two_orders_of_one_identity_are_of_one_step(one: Values, other: Values) -> None:
    has_number = any(one[name].strip() for name in ("accession_number", PLACER, FILLER))
    has_start = all(one[name].strip() for name in NUMBERED if "_start_" in name)
    has_what_tells = has_number or one["requested_procedure_id"].strip() or has_start
    if identity_of(one) == identity_of(other) and one["patient_id"].strip() and has_what_tells:
        assert is_same(one, other)
