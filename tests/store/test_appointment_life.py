"""Appointments (SIU) on each database: made, moved, called off, and beside the orders they are for."""

from pathlib import Path

import pytest

from openworklist.domain.record import Record, Status
from openworklist.services.reading import Source
from openworklist.store.database import Database
from players.desk import Desk

SAMPLES = Path(__file__).parents[1] / "data/hl7/siu"
START, TIME = "scheduled_procedure_step_start_date", "scheduled_procedure_step_start_time"
STATION = "scheduled_station_ae_title"


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


def appoint(
    desk: Desk,
    trigger: str = "S12",
    *services: str,
    placer: str = "A1",
    filler: str = "",
    start: str = "20260320101500",
    status: str = "Booked",
    time: str = "20260314090000",
    patient: str = "PID|||P1||Doe^Jane",
) -> str:
    """An SIU message; what is answered."""
    schedule = f"SCH|{placer}|{filler}|||||||||^^^{start}" + "|" * 14 + status
    services = services or ("RGS|1", "AIS|1||CT1^Head^99X", "AIG|1||CT01^Scanner one", "AIL|1||ROOM5")
    kind = {"type": f"SIU^{trigger}", "patient": ""}
    return desk.send(schedule, patient, *services, time=time, **kind)


def order(control: str = "NW", number: str = "A1", procedure: str = "CT1") -> tuple[str, str]:
    return f"ORC|{control}|{number}", f"OBR||||{procedure}^Head"


def seen(record: Record, *names: str) -> tuple[str, ...]:
    return tuple(record.text(name) for name in names)


@pytest.mark.parametrize("trigger", ["S12", "S13", "S14"])
def test_an_appointment_makes_an_exam(desk: Desk, trigger: str) -> None:
    answer = appoint(desk, trigger, "RGS|1", "AIS|1||CT1^Head^99X", "AIG|1||CT01^One", "AIP|1||7^House^G")
    assert "\rMSA|AA|" in answer
    assert "ERR" not in answer
    record = desk.record()
    assert seen(record, "patient_id", "patient_name") == ("P1", "Doe^Jane")
    assert seen(record, START, TIME, STATION) == ("20260320", "101500", "CT01")
    assert seen(record, "requested_procedure_id", "requested_procedure_description") == ("CT1", "Head")
    assert seen(record, "scheduled_performing_physician_name") == ("House^G",)
    assert seen(record, "placer_order_number_imaging_service_request", "order_status") == ("A1", "Booked")
    assert record.status is Status.SCHEDULED
    assert record.text("study_instance_uid")


@pytest.mark.parametrize(
    ("trigger", "status", "becomes", "reason"),
    [
        ("S12", "Booked", Status.SCHEDULED, "the appointment was made"),
        ("S13", "Booked", Status.SCHEDULED, "the appointment was moved"),
        ("S14", "Booked", Status.SCHEDULED, "the appointment was changed"),
        ("S14", "Cancelled", Status.CANCELED, "the appointment was cancelled"),
        ("S14", "Complete", Status.COMPLETED, "the sender says it is completed"),
        ("S14", "Started", Status.STARTED, "the sender says it has begun"),
        ("S13", "Noshow", Status.CANCELED, "no-show: the patient did not come"),
        ("S15", "Cancelled", Status.CANCELED, "the appointment was cancelled"),
        ("S15", "", Status.CANCELED, "the appointment was cancelled"),
        ("S17", "Deleted", Status.CANCELED, "the appointment was cancelled"),
        ("S26", "Noshow", Status.CANCELED, "no-show: the patient did not come"),
    ],
)
def test_each_event_does_its_work_on_an_exam_that_is_here(
    desk: Desk, trigger: str, status: str, becomes: Status, reason: str
) -> None:
    appoint(desk)
    answer = appoint(desk, trigger, status=status, start="20260401080000", time="20260314100000")
    assert "|W|" not in answer
    record = desk.record()
    assert record.status is becomes
    moves = trigger in ("S12", "S13", "S14") and status == "Booked"
    assert record.text(START) == ("20260401" if moves else "20260320")
    assert desk.reasons()[-1] == reason


@pytest.mark.parametrize("trigger", ["S15", "S17", "S26"])
def test_what_calls_off_an_appointment_that_is_not_here_is_told(desk: Desk, trigger: str) -> None:
    answer = appoint(desk, trigger)
    assert "\rMSA|AA|" in answer
    assert "\rERR||SCH^1^1^1|204^Unknown key identifier^HL70357|W|" in answer
    assert desk.records() == []


@pytest.mark.parametrize("trigger", ["S16", "S18", "S19", "S20", "S21", "S22", "S23", "S24", "S99", ""])
def test_other_events_are_ignored_with_the_reason(desk: Desk, trigger: str) -> None:
    appoint(desk)
    answer = appoint(desk, trigger, start="20260401080000", time="20260314100000")
    assert "\rMSA|AA|" in answer
    assert (desk.journal()[-1].outcome, desk.record().text(START)) == ("ignored", "20260320")
    assert "is ignored: it " in desk.journal()[-1].reason


def test_who_did_not_come_and_gets_another_appointment_is_listed_again(desk: Desk) -> None:
    appoint(desk)
    appoint(desk, "S26", time="20260314100000")
    appoint(desk, "S14", time="20260314110000")
    assert desk.record().status is Status.CANCELED
    appoint(desk, "S13", start="20260401080000", time="20260314120000")
    assert (desk.record().status, desk.record().text(START)) == (Status.SCHEDULED, "20260401")


def test_an_older_event_undoes_nothing(desk: Desk) -> None:
    appoint(desk, time="20260314100000")
    answer = appoint(desk, "S15", time="20260314090000")
    assert "|W|order.older" in answer
    assert desk.record().status is Status.SCHEDULED


# Beside the order it is for.


@pytest.mark.parametrize("procedure", ["CT1", "RP77"])
@pytest.mark.parametrize("filler", ["", "F1", "AP9"])
def test_an_appointment_brings_the_order_of_its_number_up_to_date(
    desk: Desk, procedure: str, filler: str
) -> None:
    """Though a booking system has codes of its own."""
    desk.send(*order(procedure=procedure))
    appoint(desk, filler=filler)
    record = desk.record()
    assert seen(record, START, TIME, STATION) == ("20260320", "101500", "CT01")
    assert seen(record, "accession_number", "requested_procedure_id") == ("A1", procedure)
    assert seen(record, "scheduled_procedure_step_id") == (procedure,)
    desk.send(*order(procedure=procedure), time="20260314100000")
    assert len(desk.records()) == 1
    appoint(desk, "S15", filler=filler, time="20260314110000")
    assert desk.record().status is Status.CANCELED


def test_an_order_that_comes_behind_its_appointment_is_the_same_exam(desk: Desk) -> None:
    appoint(desk)
    desk.send(*order(), time="20260314100000")
    assert seen(desk.record(), "accession_number", START) == ("A1", "20260320")


def test_the_number_of_an_appointment_beside_another_filler_number_is_left_out(desk: Desk) -> None:
    desk.send("ORC|NW|A1|F1", "OBR||||CT1^Head")
    appoint(desk, filler="AP9")
    assert seen(desk.record(), "filler_order_number_imaging_service_request", STATION) == ("F1", "CT01")
    appoint(desk, "S15", filler="AP9", time="20260314100000")
    assert desk.record().status is Status.CANCELED


def test_another_procedure_under_half_of_the_numbers_is_an_exam_more_and_told(desk: Desk) -> None:
    desk.send("ORC|NW|A1|F1", "OBR||||RP77^Head")
    answer = appoint(desk, filler="AP9")
    assert "|W|order.step-added" in answer
    assert len(desk.records()) == 2


def test_the_orders_own_numbers_stand_before_those_of_the_appointment(desk: Desk) -> None:
    desk.send("ORC|NW|A1|F1", "OBR||||CT1^Head")
    numbers = "SCH|AP1|AP2|||||||||^^^20260320101500" + "|" * 15 + "A1|F1"
    desk.send(numbers, "PID|||P1||Doe^Jane", "AIS|1||CT1^Head^99X", type="SIU^S12", patient="")
    assert seen(desk.record(), START, "placer_order_number_imaging_service_request") == ("20260320", "A1")


def test_another_patient_under_the_number_is_told(desk: Desk) -> None:
    desk.send(*order())
    answer = appoint(desk, "S13", patient="PID|||P2||Doe^Jane")
    assert "|W|order.other-patient" in answer


# Several services.

TWO = (
    "RGS|1",
    "AIS|1||CT1^Head^99X|20260320100000",
    "AIS|2||MR1^Knee^99X|20260320110000",
    "AIG|1||CT01",
    "AIG|2||MR01",
)


def test_each_service_is_a_step_with_its_own_resource(desk: Desk) -> None:
    appoint(desk, "S12", *TWO)
    assert [seen(each, "requested_procedure_id", TIME, STATION) for each in desk.records()] == [
        ("CT1", "100000", "CT01"),
        ("MR1", "110000", "MR01"),
    ]
    appoint(desk, "S13", *(line.replace("20260320", "20260321") for line in TWO), time="20260314100000")
    assert [each.text(START) for each in desk.records()] == ["20260321"] * 2


@pytest.mark.parametrize("services", [TWO, TWO[:2], ("RGS|1",)])
def test_an_appointment_is_called_off_as_a_whole(desk: Desk, services: tuple[str, ...]) -> None:
    appoint(desk, "S12", *TWO)
    appoint(desk, "S15", *services, time="20260314100000")
    assert {each.status for each in desk.records()} == {Status.CANCELED}


def test_one_service_is_taken_out_of_an_appointment(desk: Desk) -> None:
    appoint(desk, "S12", *TWO)
    changed = (*TWO[:2], TWO[2].replace("AIS|2||", "AIS|2|D|"), *TWO[3:])
    appoint(desk, "S14", *changed, time="20260314100000")
    assert [each.status for each in desk.records()] == [Status.SCHEDULED, Status.CANCELED]


def test_an_appointment_without_service_is_no_exam(desk: Desk) -> None:
    answer = appoint(desk, "S12", "RGS|1", "AIP|1||7^House")
    assert "\rMSA|AA|" in answer
    assert desk.records() == []
    assert desk.journal()[0].reason == "ignored because no AIS says what is to be done"


@pytest.mark.parametrize(
    ("sample", "outcome", "steps"),
    [
        ("085", "ignored", 0),  # AIS-3 is empty
        ("089", "ignored", 0),  # an office visit without AIS
        ("100", "applied", 1),
        ("101", "applied", 3),
        ("102", "ignored", 0),  # cancels what is not here
        ("103", "ignored", 0),
    ],
)
def test_a_sample_is_taken_for_what_it_is(desk: Desk, sample: str, outcome: str, steps: int) -> None:
    (path,) = SAMPLES.glob(f"{sample}_*.hl7")
    # By a file: some samples ask for no answer over a line.
    answer = desk.intake.receive_message(path.read_bytes(), Source("file")).decode()
    assert "\rMSA|AA|" in answer
    assert (desk.journal()[0].outcome, len(desk.records())) == (outcome, steps)


@pytest.mark.parametrize(("sample", "reason"), [("102", "cancelled"), ("103", "no-show")])
def test_samples_of_one_appointment_make_it_and_call_it_off(desk: Desk, sample: str, reason: str) -> None:
    for number in ("100", sample):
        (path,) = SAMPLES.glob(f"{number}_*.hl7")
        desk.intake.receive_message(path.read_bytes(), Source("mllp"))
    assert desk.record().status is Status.CANCELED
    assert reason in desk.reasons()[-1]
