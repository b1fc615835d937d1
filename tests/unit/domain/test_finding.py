"""Which records an order speaks of: by all its IDs where it is new, by its number where it is known."""

import pytest

from openworklist.domain.control import find_rule
from openworklist.domain.errors import OrderError
from openworklist.domain.finding import find_steps
from openworklist.domain.record import Record, Status

PLACER = "placer_order_number_imaging_service_request"
PROCEDURE = "requested_procedure_id"
STEP = "scheduled_procedure_step_id"
STATION = "scheduled_station_ae_title"
DATE = "scheduled_procedure_step_start_date"
CHANGES_OF_STATUS = ["CA", "DC", "HD", "RP"]


def step(id: int, status: Status = Status.SCHEDULED, **values: str) -> Record:
    return Record({"patient_id": "P1", "accession_number": "A1", **values}, status=status, id=id)


def find(control: str, records: list[Record], **values: str) -> list[int]:
    sent = {"patient_id": "P1", "accession_number": "A1", **values}
    rule, _ = find_rule(control, "")
    return [record.id for record in find_steps(sent, rule, records, "OBR-4")]


S1, S2 = step(1, **{PROCEDURE: "CT", STEP: "S1"}), step(2, **{PROCEDURE: "CT", STEP: "S2"})


@pytest.mark.parametrize("control", ["XO", *CHANGES_OF_STATUS])
def test_the_one_step_of_an_order_is_meant_whatever_its_ids(control: str) -> None:
    assert find(control, [S1], **{PROCEDURE: "MR", STEP: "S9"}) == [1]
    assert find("NW", [S1], **{PROCEDURE: "MR", STEP: "S9"}) == []


@pytest.mark.parametrize("control", CHANGES_OF_STATUS)
def test_of_several_steps_those_are_meant_that_agree(control: str) -> None:
    assert find(control, [S1, S2]) == [1, 2]
    assert find(control, [S1, S2], **{PROCEDURE: "CT"}) == [1, 2]
    assert find(control, [S1, S2], **{STEP: "S2"}) == [2]
    with pytest.raises(OrderError, match="none of them has the IDs") as caught:
        find(control, [S1, S2], **{STEP: "S3"})
    assert (caught.value.code, caught.value.where) == ("order.identity-conflict", "OBR-4")


def test_a_change_means_one_step_or_adds_one() -> None:
    assert find("XO", [S1, S2], **{STEP: "S2"}) == [2]
    assert find("XO", [S1, S2], **{STEP: "S3"}) == []
    with pytest.raises(OrderError, match="does not say which one"):
        find("XO", [S1, S2])


def test_a_change_without_step_means_the_one_at_its_station_and_start() -> None:
    here = {STATION: "CT01", DATE: "20260314"}
    records = [step(1, **here, **{STEP: "S1"}), step(2, **{STATION: "MR01", DATE: "20260314", STEP: "S2"})]
    assert find("XO", records, **here) == [1]


def test_a_change_means_the_step_that_has_all_its_ids_before_one_that_lacks_some() -> None:
    assert find("XO", [step(1), step(2, **{PROCEDURE: "CT"})], **{PROCEDURE: "CT"}) == [2]


def test_a_cancelled_step_is_not_meant_while_there_is_another() -> None:
    canceled = step(1, Status.CANCELED, **{STEP: "S1"})
    assert find("XO", [canceled, S2], **{STEP: "S3"}) == [2]
    assert find("CA", [canceled, S2], **{STEP: "S3"}) == [2]
    assert find("XO", [canceled], **{STEP: "S3"}) == [1]
    assert find("XO", [canceled, S2], **{STEP: "S1"}) == [1]


@pytest.mark.parametrize("control", CHANGES_OF_STATUS)
def test_numbers_that_contradict_each_other_are_refused(control: str) -> None:
    records = [step(1, **{PLACER: "PL1"})]
    with pytest.raises(OrderError, match="but not the others") as caught:
        find(control, records, accession_number="A2", **{PLACER: "PL1"})
    assert caught.value.code == "order.identity-conflict"


def test_one_placer_may_order_several_exams() -> None:
    records = [step(1, **{PLACER: "PL1"})]
    assert find("XO", records, accession_number="A2", **{PLACER: "PL1"}) == []
    assert find("XO", records, accession_number="", **{PLACER: "PL1"}) == [1]


def test_an_order_of_another_patient_is_another() -> None:
    assert find("CA", [S1], patient_id="P2") == []
    assert find("CA", [step(1, issuer_of_patient_id="EAST")], issuer_of_patient_id="WEST") == []
    assert find("CA", [step(1, issuer_of_patient_id="EAST")]) == [1]
