"""Processing again what patients and appointments had a part in: the records come out as they were."""

from collections.abc import Callable

import pytest

from openworklist.domain.attributes import ATTRIBUTES
from openworklist.domain.record import Record, Status
from openworklist.hl7.profile import Profile, make_profile
from openworklist.services.configuration import using
from openworklist.services.reading import Reader
from openworklist.services.reprocessing import Reprocessing, Result
from openworklist.store.database import Database
from openworklist.store.merged_patients import find_merged
from players.desk import Desk

Again = Callable[..., list[Result]]


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


@pytest.fixture
def again(database: Database, desk: Desk) -> Again:
    """Processes messages again, all of them if none are named."""

    def run(*numbers: int, profile: Profile | None = None, dry: bool = False) -> list[Result]:
        configuration = using(profile) if profile else desk.reader.configuration
        reader = Reader(configuration, zone=desk.reader.zone)
        reprocessing = Reprocessing(database, reader)
        chosen = numbers or range(1, len(desk.journal()) + 1)
        return list(reprocessing.preview(chosen) if dry else reprocessing.run(chosen, "cli:mary"))

    return run


def change_classic(**sources: str) -> Profile:
    places = {each.name: each.classic for each in ATTRIBUTES if each.classic}
    return make_profile("site", {**places, **{name: (text,) for name, text in sources.items()}})


def order(control: str = "NW", number: str = "A1", procedure: str = "CT1") -> tuple[str, str]:
    return f"ORC|{control}|{number}", f"OBR||||{procedure}^Head"


def live(desk: Desk) -> None:
    """Updates, merges, and orders that come late."""
    old, new = "PID|||P9||Doe^Jane||19700101", "PID|||P1||Roe^Jane||19710101"
    desk.send(*order(number="A1"), patient=old)
    desk.send(*order(number="A2"), patient=old)
    desk.send(*order(number="A2"), patient=new)
    desk.send_patient("A08", "PID|||P9||Doe^Janet", time="20260314083000")
    desk.send("ORC|HD|A1", patient=old, time="20260314084500")
    desk.send_patient("A40", new, "MRG|P9", time="20260314090000")
    desk.send("ORC|XO|A1", "OBR||||CT1^Neck", patient=old, time="20260314091000")
    desk.send(*order(number="A3"), patient="PID|||P9||Doe^Jane", time="20260314092000")
    desk.send_patient("A31", "PID|||P1||Poe^Jane", time="20260314093000")
    desk.send("ORC|RL|A1", patient=new, time="20260314094500")


def state(desk: Desk) -> list[tuple[Record, list[str]]]:
    return [(record, desk.actions()) for record in desk.records()]


def test_a_life_with_merges_is_made_again_as_it_was(desk: Desk, again: Again) -> None:
    live(desk)
    before = state(desk)
    assert [(each.text("patient_id"), each.text("patient_name"), each.status) for each, _ in before] == [
        ("P1", "Poe^Jane", Status.SCHEDULED),
        ("P9", "Doe^Janet", Status.CANCELED),
        ("P1", "Poe^Jane", Status.SCHEDULED),
        ("P1", "Poe^Jane", Status.SCHEDULED),
    ]
    results = again()
    assert [(result.records, result.problem) for result in results] == [((), None)] * len(results)
    assert state(desk) == before


@pytest.mark.parametrize("number", range(1, 11))
def test_any_message_of_it_alone_changes_nothing(desk: Desk, again: Again, number: int) -> None:
    live(desk)
    before = state(desk)
    (result,) = again(number)
    assert (result.records, result.problem, result.left) == ((), None, ())
    assert state(desk) == before


def test_another_mapping_reaches_what_news_of_the_patient_said(desk: Desk, again: Again) -> None:
    desk.send(*order())
    desk.send_patient("A08", "PID|||P1||Roe^Jane|Smith^Ann")
    profile = change_classic(patient_mother_birth_name="PID-6")
    (shown,) = again(1, profile=profile, dry=True)
    assert [each.name for each in shown.records[0].differences] == ["patient_mother_birth_name"]
    again(1, profile=profile)
    assert desk.record().text("patient_mother_birth_name") == "Smith^Ann"
    assert desk.record().text("patient_name") == "Roe^Jane"


def test_news_that_came_for_nobody_count_once_there_is_somebody(desk: Desk, again: Again) -> None:
    """The Patient ID stands in PID-2, where the classic profile does not look."""
    desk.send(*order(), patient="PID||P1|||Doe^Jane")
    desk.send_patient("A08", "PID||P1|||Roe^Jane")
    assert [entry.outcome for entry in desk.journal()] == ["refused", "ignored"]
    (result,) = again(profile=change_classic(patient_id="PID-2"))
    assert [fate.is_applied for fate in result.fates] == [True, True]
    assert desk.record().text("patient_name") == "Roe^Jane"
    assert [entry.outcome for entry in desk.journal()] == ["applied", "applied"]


def count_merged(database: Database) -> list[int]:
    return database.read(lambda it: [len(find_merged(it, each)) for each in ("X9", "P9")])


def test_a_merge_that_is_read_otherwise_is_remembered_otherwise(
    database: Database, desk: Desk, again: Again
) -> None:
    """MRG-4 is what PID-2 was before."""
    desk.send_patient("A40", "PID||P1|X1||Roe^Jane", "MRG|X9|||P9")
    assert database.read(
        lambda connection: [len(find_merged(connection, each)) for each in ("X9", "P9")]
    ) == [1, 0]
    profile = change_classic(patient_id="PID-2")
    again(profile=profile, dry=True)
    again(profile=profile)
    assert database.read(
        lambda connection: [len(find_merged(connection, each)) for each in ("X9", "P9")]
    ) == [0, 1]


def test_appointments_are_made_again_as_they_were(desk: Desk, again: Again) -> None:
    def appoint(trigger: str, start: str, time: str) -> None:
        schedule = f"SCH|A1|||||||||||^^^{start}"
        services = "AIS|1||CT1^Head^99X", "AIG|1||CT01"
        desk.send(schedule, "PID|||P1||Doe^Jane", *services, type=f"SIU^{trigger}", patient="", time=time)

    desk.send(*order(procedure="RP7"))
    appoint("S12", "20260320100000", "20260314090000")
    appoint("S26", "20260320100000", "20260320110000")
    appoint("S13", "20260401100000", "20260320120000")
    desk.send("ORC|RP|A1", *order("RO", "A2"), time="20260320130000")
    before = state(desk)
    (result,) = again()
    assert (result.records, result.problem) == ((), None)
    assert state(desk) == before
