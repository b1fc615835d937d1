"""Orders from appointments; tests/store/test_appointment_life.py has what becomes of them."""

import pytest

from openworklist.domain.change import Order
from openworklist.hl7.appointments import read_appointments
from openworklist.hl7.message import parse
from openworklist.hl7.profile import preset


def read(trigger: str, *lines: str) -> list[Order]:
    text = "\r".join((f"MSH|^~\\&|RIS||||||SIU^{trigger}", "PID|||P1||Doe", *lines))
    return list(read_appointments(parse(text), preset("siu")))


def test_the_trigger_and_the_status_are_the_code() -> None:
    (order,) = read("S13", "SCH|A1" + "|" * 24 + "Booked", "AIS|1||CT1")
    assert (order.control, order.status_code, order.detail) == ("S13", "BOOKED", "AIS")
    (order,) = read("S14", "SCH|A1" + "|" * 24 + "Booked", "AIS|1||CT1" + "|" * 7 + "Cancelled")
    assert order.status_code == "CANCELLED"
    (order,) = read("S14", "SCH|A1", "AIS|1|D|CT1")
    assert order.status_code == "DELETED"
    (order,) = read("S15", "SCH|A1", "AIS|1|D|CT1")
    assert (order.control, order.detail) == ("S15", "SCH")


def test_places_are_those_of_appointments() -> None:
    one, two = read("S12", "SCH|A1", "AIS|1||CT1", "AIS|2||MR1")
    assert (one.ids_place, two.ids_place) == ("AIS[1]-3", "AIS[2]-3")
    assert (two.locate("ORC-1"), two.locate("ORC-2")) == ("MSH-9", "SCH-1")


def test_where_values_stand() -> None:
    schedule = "SCH|A1^HIS|F1|||||^Stroke||||^^^20260320101500|" + "|" * 7 + "|9^Clerk^Ann"
    services = (
        "AIS|1||CT1^Head^99X^P7^Head thin^99P",
        "AIG|1||CT01^Scanner one",
        "AIL|1||ROOM5&x^2",
        "AIP|1||7^House^Gregory",
    )
    (order,) = read("S12", schedule, *services)
    assert order.values == {
        "patient_id": "P1",
        "patient_name": "Doe",
        "placer_order_number_imaging_service_request": "A1",
        "order_placer_identifier_sequence": ({"local_namespace_entity_id": "HIS"},),
        "filler_order_number_imaging_service_request": "F1",
        "reason_for_the_requested_procedure": "Stroke",
        "order_entered_by": "Clerk^Ann",
        "requested_procedure_id": "CT1",
        "requested_procedure_description": "Head",
        "requested_procedure_code_sequence": (
            {"code_value": "CT1", "coding_scheme_designator": "99X", "code_meaning": "Head"},
        ),
        "scheduled_procedure_step_description": "Head thin",
        "scheduled_protocol_code_sequence": (
            {"code_value": "P7", "coding_scheme_designator": "99P", "code_meaning": "Head thin"},
        ),
        "scheduled_station_ae_title": "CT01",
        "scheduled_station_name": "Scanner one",
        "scheduled_procedure_step_location": "ROOM5",
        "scheduled_performing_physician_name": "House^Gregory",
        "scheduled_procedure_step_start_date": "20260320",
        "scheduled_procedure_step_start_time": "101500",
    }


def test_the_time_of_a_service_stands_before_that_of_the_appointment() -> None:
    (order,) = read("S12", "SCH|A1||||||||||^^^20260320101500", "AIS|1||CT1|20260320110000")
    assert order.values["scheduled_procedure_step_start_time"] == "110000"


@pytest.mark.parametrize(
    ("resource", "modality"),
    [
        ("AIG|1||CT01|CT^Scanner", "CT"),
        ("AIG|1||CT01||MR^Magnets", "MR"),
        ("AIG|1||R7|DOC^Doctor", None),
        ("AIG|1||R7|PR^Provider", None),
        ("AIG|1||CT01|ROOM^Room", None),
        ("AIG|1||PA77|REC^Reception", None),
    ],
)
def test_the_kind_of_the_resource_may_be_the_modality(resource: str, modality: str | None) -> None:
    (order,) = read("S12", "SCH|A1", "AIS|1||CT1", resource)
    assert order.values.get("modality") == modality


def test_a_resource_that_is_no_ae_title_is_no_station() -> None:
    (order,) = read("S12", "SCH|A1", "AIS|1||CT1", "AIG|1||The big scanner^on the right", "AIL|1||CT01")
    assert order.values["scheduled_station_ae_title"] == "CT01"
    assert order.values["scheduled_station_name"] == "on the right"


def test_a_place_is_the_station_where_no_resource_is_named() -> None:
    (order,) = read("S12", "SCH|A1", "AIS|1||CT1", "AIL|1||CT01")
    assert order.values["scheduled_station_ae_title"] == "CT01"
