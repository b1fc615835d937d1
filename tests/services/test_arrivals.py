"""Exams whose images have come, on each database."""

from collections.abc import Callable

import pytest

from openworklist.domain.destination import Destination
from openworklist.domain.options import Options
from openworklist.domain.record import Record, Status
from openworklist.domain.subscriber import Subscriber
from openworklist.observe.metrics import Metrics
from openworklist.services.arrivals import ACTOR, Arrivals
from openworklist.services.configuration import Configuration
from openworklist.services.outbound import Outbound
from openworklist.services.records import Records
from openworklist.store.database import Database
from openworklist.store.records import insert_record
from players.auditor import read_changes
from players.people import Watch
from players.study_index import store

MINUTE = 60_000_000
VALUES = {"patient_id": "P1", "accession_number": "A1", "study_instance_uid": "1.2.3", "modality": "CT"}
Look = Callable[..., int]


@pytest.fixture
def look(database: Database, metrics: Metrics, watch: Watch) -> Look:
    """Has a server see to what has come, with an option and subscribers."""

    def run(minutes: int = 10, subscribers: tuple[Subscriber, ...] = ()) -> int:
        configuration = Configuration(options=Options(complete_on_images=minutes), subscribers=subscribers)
        return Arrivals(database, lambda: configuration, metrics, clock=watch).look()

    return run


def add(database: Database, status: Status = Status.SCHEDULED, **values: str) -> int:
    record = Record({**VALUES, **values}, status=status)
    return database.write(lambda connection: insert_record(connection, record, None, 1)).id


def status_of(database: Database, number: int) -> Status:
    return Records(database).get(number).status


def test_an_exam_is_completed_once_no_more_images_come(database: Database, look: Look, watch: Watch) -> None:
    number = add(database)
    store(database, at=watch() - 11 * MINUTE)
    store(database, at=watch() - 9 * MINUTE)
    assert look() == 0
    assert status_of(database, number) is Status.SCHEDULED
    assert look(minutes=8) == 1
    assert status_of(database, number) is Status.COMPLETED
    change = read_changes(database)[-1]
    assert (change.action, change.actor) == ("complete", ACTOR)
    assert change.reason == "its images have come: 2 in 1 series"


def test_each_study_is_seen_to_once(database: Database, look: Look, watch: Watch) -> None:
    number = add(database)
    store(database, at=watch() - 11 * MINUTE)
    assert look() == 1
    Records(database).set_status(number, Status.SCHEDULED, "user:ada")
    store(database, at=watch() - 11 * MINUTE)
    assert look() == 0
    assert status_of(database, number) is Status.SCHEDULED


def test_what_came_while_nobody_wanted_it_is_left_for_good(
    database: Database, look: Look, watch: Watch
) -> None:
    number = add(database)
    store(database, at=watch() - 11 * MINUTE)
    assert look(minutes=0) == 0
    assert look() == 0
    assert status_of(database, number) is Status.SCHEDULED


def test_of_several_steps_those_end_whose_modality_has_images(
    database: Database, look: Look, watch: Watch
) -> None:
    ct = add(database, scheduled_procedure_step_id="S1")
    pt = add(database, scheduled_procedure_step_id="S2", modality="PT")
    gone = add(database, Status.CANCELED, scheduled_procedure_step_id="S3")
    other = add(database, patient_id="P2", scheduled_procedure_step_id="S4")
    store(database, at=watch() - 11 * MINUTE)
    assert look() == 1
    expected = [Status.COMPLETED, Status.SCHEDULED, Status.CANCELED, Status.SCHEDULED]
    assert [status_of(database, each) for each in (ct, pt, gone, other)] == expected

    Records(database).set_status(ct, Status.SCHEDULED, "user:ada")
    watch.go(60 * MINUTE)
    store(database, series="1.2.3.2", modality="PT", at=watch() - 11 * MINUTE)
    assert look() == 1
    assert [status_of(database, each) for each in (ct, pt)] == [Status.SCHEDULED, Status.COMPLETED]


def test_who_wants_to_hear_of_it_is_told(database: Database, look: Look, watch: Watch) -> None:
    number = add(database)
    store(database, at=watch() - 11 * MINUTE)
    ris = Subscriber("RIS", "RAD", Destination("127.0.0.1", 2575))
    assert look(subscribers=(ris,)) == 1
    waiting = Outbound(database).find()
    assert [each.record_id for each in waiting] == [number]


def test_a_study_of_nobody_disturbs_nothing(database: Database, look: Look, watch: Watch) -> None:
    store(database, "7.7", at=watch() - 11 * MINUTE, patient_id="", accession_number="")
    store(database, "8.8", at=watch() - 11 * MINUTE, patient_id="nobody")
    assert look() == 0
    assert look() == 0
