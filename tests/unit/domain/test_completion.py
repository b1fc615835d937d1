"""What an order lacked and scanners need: made by rule, and nothing more."""

import pytest

from openworklist.domain.completion import complete
from openworklist.domain.record import Value

ORDER: dict[str, Value] = {
    "patient_id": "P1",
    "accession_number": "A1",
    "requested_procedure_id": "RP1",
    "scheduled_procedure_step_id": "S1",
    "scheduled_station_ae_title": "CT01",
    "scheduled_station_name": "CT in the cellar",
    "study_instance_uid": "1.2.3",
}


def without(*names: str, **more: Value) -> dict[str, Value]:
    return {name: value for name, value in {**ORDER, **more}.items() if name not in names}


def made(*names: str, **more: Value) -> dict[str, Value]:
    return dict(complete(without(*names, **more), uid_root="2.25"))


def test_an_order_that_has_everything_is_left_alone() -> None:
    assert made() == {}


def test_an_empty_value_is_made_like_one_that_is_missing() -> None:
    assert made(scheduled_procedure_step_id="") == {"scheduled_procedure_step_id": "RP1"}


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ({"accession_number": "A1", "placer_order_number_imaging_service_request": "PL1"}, "A1"),
        ({"placer_order_number_imaging_service_request": "PL1"}, "PL1"),
        ({"filler_order_number_imaging_service_request": "FL1"}, "FL1"),
        ({"scheduled_procedure_step_start_date": "20260314", "scheduled_procedure_step_start_time": "1015"},
         "202603141015"),
    ],
)  # fmt: skip
def test_the_procedure_is_called_by_its_order_number_or_else_by_its_start(
    order: dict[str, Value], expected: str
) -> None:
    found = complete({"patient_id": "P1", **order}, uid_root="2.25")
    assert found["requested_procedure_id"] == found["scheduled_procedure_step_id"] == expected


def test_long_numbers_are_shortened_and_two_stay_two() -> None:
    missing = ("requested_procedure_id", "scheduled_procedure_step_id")
    one, other = (made(*missing, accession_number="2026-RADIOLOGY-" + end) for end in ("0001", "0002"))
    assert one["requested_procedure_id"] == one["scheduled_procedure_step_id"] == "2026-RA~5FHXR3JK"
    assert other["requested_procedure_id"] == "2026-RA~SDBHTBAO"


def test_the_stations_name_is_its_ae_title_where_nobody_gave_one() -> None:
    assert made("scheduled_station_name") == {"scheduled_station_name": "CT01"}
    assert made("scheduled_station_name", "scheduled_station_ae_title") == {}


def test_modality_station_and_start_are_never_invented() -> None:
    assert made("scheduled_station_ae_title").keys() == set()
    assert not complete({"patient_id": "P1", "accession_number": "A1"}, uid_root="2.25").keys() & {
        "modality",
        "scheduled_station_ae_title",
        "scheduled_procedure_step_start_date",
        "scheduled_procedure_step_start_time",
    }


@pytest.mark.parametrize(
    ("change", "is_another_study"),
    [
        ({"scheduled_procedure_step_id": "S2"}, False),
        ({"scheduled_station_ae_title": "MR9"}, False),
        ({"patient_id": "P2"}, True),
        ({"issuer_of_patient_id": "OTHER"}, True),
        ({"accession_number": "A2"}, True),
        ({"requested_procedure_id": "RP2"}, True),
    ],
)
def test_a_study_is_that_of_patient_order_and_procedure(
    change: dict[str, Value], is_another_study: bool
) -> None:
    one, other = made("study_instance_uid"), made("study_instance_uid", **change)
    assert (one["study_instance_uid"] != other["study_instance_uid"]) is is_another_study


def test_stations_by_rule_are_for_an_order_that_names_none() -> None:
    order = without("scheduled_station_ae_title", "scheduled_station_name")
    assert dict(complete(order, uid_root="2.25", stations="CT1\\CT2")) == {
        "scheduled_station_ae_title": "CT1\\CT2",
        "scheduled_station_name": "CT1\\CT2",
    }
    assert dict(complete(ORDER, uid_root="2.25", stations="CT1")) == {}
