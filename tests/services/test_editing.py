"""What people write over a record stands until a newer message changes that value."""

from itertools import count

import pytest

from openworklist.domain.errors import NotFound, OrderError
from openworklist.hl7.profile import preset
from openworklist.services.configuration import using
from openworklist.services.intake import Intake
from openworklist.services.reading import Reader, Source
from openworklist.services.records import Records
from openworklist.services.reprocessing import Reprocessing
from openworklist.store.database import Database
from players.hospital import make_order

RIS = Source("mllp", "192.0.2.1:4711")
LATER = 1_800_000_000_000_000
MARY = "cli:mary"


def send(intake: Intake, time: str, **changes: str) -> None:
    raw = make_order("1", changes.pop("name", "Doe^Jane"), time=time)
    for old, new in changes.items():
        raw = raw.replace(old.encode(), new.encode())
    assert b"MSA|AA" in intake.receive_message(raw, RIS)


@pytest.fixture
def records(database: Database, intake: Intake) -> Records:
    send(intake, "20260314080000")
    return Records(database, clock=count(LATER).__next__)


def test_an_edit_stands_when_the_order_is_sent_again_as_before(records: Records, intake: Intake) -> None:
    records.edit(1, {"patient_name": "Doe^Janet", "modality": "MR"}, MARY)
    send(intake, "20260314090000", CT01="CT02")
    record = records.get(1)
    assert record.text("patient_name") == "Doe^Janet"
    assert record.text("modality") == "MR"
    assert record.text("scheduled_station_ae_title") == "CT02"


def test_an_edit_stands_in_a_record_that_was_deleted_and_restored(records: Records, intake: Intake) -> None:
    records.edit(1, {"patient_name": "Doe^Janet"}, MARY)
    before = records.get(1)
    records.delete([1], MARY)
    restored = records.restore(1, MARY)
    assert (restored.edited, restored.former) == (before.edited, before.former)
    assert restored.patient_senders == before.patient_senders
    send(intake, "20260314090000", CT01="CT02")
    assert records.get(1).text("patient_name") == "Doe^Janet"


def test_a_newer_value_takes_the_place_of_an_edit_and_of_no_other(records: Records, intake: Intake) -> None:
    records.edit(1, {"patient_name": "Doe^Janet", "modality": "MR"}, MARY)
    send(intake, "20260314090000", name="Roe^Jane")
    send(intake, "20260314100000", name="Roe^Jane")
    record = records.get(1)
    assert (record.text("patient_name"), record.text("modality")) == ("Roe^Jane", "MR")


def test_a_value_that_a_person_deleted_stays_deleted(records: Records, intake: Intake) -> None:
    records.edit(1, {"patient_sex": ""}, MARY)
    send(intake, "20260314090000")
    assert records.get(1).text("patient_sex") == ""


def test_a_value_that_was_edited_twice_is_held_against_what_was_sent(
    records: Records, intake: Intake
) -> None:
    records.edit(1, {"modality": "MR"}, MARY)
    records.edit(1, {"modality": "US"}, MARY)
    send(intake, "20260314090000")
    assert records.get(1).text("modality") == "US"


def test_processing_again_keeps_an_edit_and_what_was_sent_beneath_it(
    database: Database, records: Records, intake: Intake
) -> None:
    records.edit(1, {"modality": "MR"}, MARY)
    list(Reprocessing(database, Reader(using(preset("ihe")))).run([1], MARY))
    list(Reprocessing(database, Reader(using(preset("classic")))).run([1], MARY))
    assert records.get(1).text("modality") == "MR"
    send(intake, "20260314090000")
    assert records.get(1).text("modality") == "MR"


def test_news_of_the_patient_leave_an_edit_that_they_do_not_change(records: Records, intake: Intake) -> None:
    records.edit(1, {"patient_name": "Doe^Janet"}, MARY)
    adt = "MSH|^~\\&|ADT|HOSPITAL|OW|RAD|20260314110000||ADT^A08|A1|P|2.3.1\rPID|||1^^^HOSP||{}||19700102|F\r"
    intake.receive_message(adt.format("Doe^Jane").encode(), RIS)
    assert records.get(1).text("patient_name") == "Doe^Janet"
    assert records.get(1).text("patient_birth_date") == "19700102"
    intake.receive_message(adt.format("Poe^Ann").replace("|A1|", "|A2|").encode(), RIS)
    assert records.get(1).text("patient_name") == "Poe^Ann"


def test_what_no_record_can_be_is_refused(records: Records, intake: Intake) -> None:
    with pytest.raises(OrderError):
        records.edit(1, {"patient_id": ""}, MARY)
    with pytest.raises(NotFound):
        records.edit(9, {"modality": "MR"}, MARY)
    assert b"MSA|AA" in intake.receive_message(make_order("2"), RIS)
    same = {name: value for name, value in records.get(2).values.items() if isinstance(value, str)}
    with pytest.raises(OrderError, match="Another record"):
        records.edit(1, same, MARY)
    assert records.get(1).version == 1
