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


parts = st.sampled_from(["", "1", "2", "12", " 1"])


@given(*[st.fixed_dictionaries(dict.fromkeys([*NUMBERED, PLACER, "issuer_of_patient_id"], parts))] * 2)
def test_two_orders_of_one_identity_are_of_one_step(one: Values, other: Values) -> None:
    has_what_tells = one["patient_id"].strip() and any(
        one[name].strip() for name in one if name not in ("patient_id", "issuer_of_patient_id")
        and name != "scheduled_procedure_step_id"
    )  # fmt: skip
    if identity_of(one) == identity_of(other) and has_what_tells:
        assert is_same(one, other)
