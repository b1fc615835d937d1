"""Processing again: records as today's mapping makes them of the journal, with what people wrote on top."""

from collections.abc import Callable
from pathlib import Path

import pytest

from openworklist.domain.attributes import ATTRIBUTES
from openworklist.domain.difference import Difference
from openworklist.domain.edit import Edit
from openworklist.domain.errors import NotFound
from openworklist.domain.record import Record, Status, Value
from openworklist.hl7.profile import Profile, make_profile, preset
from openworklist.services.configuration import using
from openworklist.services.intake import Intake
from openworklist.services.journal import Journal, expire, try_mapping
from openworklist.services.reading import Reader, Source
from openworklist.services.reprocessing import Reprocessing, Result
from openworklist.store.changes import insert_change
from openworklist.store.database import Database
from openworklist.store.edits import insert_edit
from openworklist.store.journal import Filter
from openworklist.store.records import find_record, update_record
from players.auditor import read_changes, read_journal, read_records
from players.hospital import make_order

SAMPLES = Path(__file__).parents[1] / "data/hl7"
RIS = Source("mllp", "192.0.2.1:4711")
BEGIN = 1_773_478_800_000_000
DAY = 86_400_000_000
AFTER_FIRST = BEGIN + 1_500_000  # between the first message and the second
ACTOR = "cli:mary"
PATIENT, STATION, NAME = "patient_id", "scheduled_station_ae_title", "patient_name"
Again = Callable[..., list[Result]]


def change_classic(**sources: str) -> Profile:
    """The classic profile with other places for some attributes; "" for none."""
    places = {each.name: each.classic for each in ATTRIBUTES if each.classic}
    changed = {name: tuple(text.split()) for name, text in sources.items()}
    return make_profile("site", {**places, **changed})


@pytest.fixture
def again(database: Database) -> Again:
    """Processes messages again by a profile: all of the journal if none are named."""

    def run(*numbers: int, profile: Profile | None = None, dry: bool = False) -> list[Result]:
        reader = Reader(using(profile or preset("classic")))
        reprocessing = Reprocessing(database, reader, clock=lambda: BEGIN + DAY)
        chosen = numbers or [message.id for message in read_journal(database)]
        return list(reprocessing.preview(chosen) if dry else reprocessing.run(chosen, ACTOR))

    return run


def receive(intake: Intake, *messages: bytes) -> None:
    for message in messages:
        intake.receive_message(message, RIS)


def edit(database: Database, at: int, name: str, value: Value | None, record_id: int = 1) -> None:
    """What a page will do: the record changes and the edit is kept."""

    def write(connection: object) -> None:
        before = find_record(connection, record_id)  # type: ignore[arg-type]
        assert before is not None
        insert_edit(connection, Edit(record_id, name, value, at, "mary"))  # type: ignore[arg-type]
        after = {**before.values, name: value or ""}
        update_record(connection, before, Record(after, before.completed), None, at)  # type: ignore[arg-type]

    database.write(write)


def test_without_a_change_of_the_mapping_everything_stays_as_it_is(
    database: Database, intake: Intake, again: Again
) -> None:
    receive(intake, make_order("1"), make_order("2"), make_order("1", control="CA", time="20260314090000"))
    before = read_records(database), read_changes(database), read_journal(database)

    results = again()

    assert [(result.records, result.unchanged, result.problem) for result in results] == [((), 1, None)] * 2
    assert (read_records(database), read_changes(database), read_journal(database)) == before


def test_a_dry_run_shows_each_attribute_before_and_after_and_stores_nothing(
    database: Database, intake: Intake, again: Again
) -> None:
    receive(intake, make_order("1"))
    before = read_records(database)

    (result,) = again(profile=change_classic(scheduled_station_ae_title="MSH-4"), dry=True)

    (rebuild,) = result.records
    assert rebuild.differences == (
        Difference("scheduled_station_ae_title", "CT01", "HOSPITAL"),
        Difference("scheduled_station_name", "CT01", "HOSPITAL"),
    )
    assert read_records(database) == before
    assert len(read_changes(database)) == 1


def test_what_the_dry_run_showed_is_done(database: Database, intake: Intake, again: Again) -> None:
    receive(intake, make_order("1"), make_order("1", "Doe^Joan", time="20260314090000"))
    profile = change_classic(scheduled_station_ae_title="MSH-4")
    (old,) = read_records(database)
    (shown,) = again(1, profile=profile, dry=True)

    (done,) = again(1, profile=profile)

    (record,) = read_records(database)
    assert [each.differences for each in done.records] == [each.differences for each in shown.records]
    assert (record.id, record.version) == (old.id, old.version + 1)
    assert record.updated_at == BEGIN + DAY
    assert record.text(STATION) == "HOSPITAL"
    assert record.text(NAME) == "Doe^Joan"
    last = read_changes(database)[-1]
    assert (last.action, last.actor, last.reason) == ("rebuild", ACTOR, "process again")
    assert again(1, profile=profile)[0].records == ()


def test_a_record_keeps_what_a_scanner_was_told(database: Database, intake: Intake, again: Again) -> None:
    receive(intake, make_order("1"))
    (old,) = read_records(database)

    again(profile=change_classic(accession_number="ORC-9", requested_procedure_id=""))

    (record,) = read_records(database)
    assert record.text("accession_number") == ""
    assert record.text("study_instance_uid") == old.text("study_instance_uid")


@pytest.mark.parametrize(
    ("sent", "stands"),
    [
        (("Doe^Jane", "Doe^Jane"), True),
        (("Doe^Jane", "Roe^Jane"), False),
    ],
)
def test_an_edit_stands_until_a_newer_message_changes_that_value(
    database: Database, intake: Intake, again: Again, sent: tuple[str, str], stands: bool
) -> None:
    receive(intake, make_order("1", sent[0]))
    edit(database, AFTER_FIRST, NAME, "Doe^Janet")
    receive(intake, make_order("1", sent[1], time="20260314090000").replace(b"CT01", b"CT02"))

    again(profile=change_classic(patient_sex="PID-8"))

    (record,) = read_records(database)
    assert record.text(NAME) == ("Doe^Janet" if stands else sent[1])
    assert record.text(STATION) == "CT02"


def test_an_edit_that_deleted_a_value_stands_too(database: Database, intake: Intake, again: Again) -> None:
    receive(intake, make_order("1"))
    edit(database, AFTER_FIRST, "patient_birth_date", None)

    again()

    (record,) = read_records(database)
    assert "patient_birth_date" not in record.values


def test_the_last_of_several_edits_stands(database: Database, intake: Intake, again: Again) -> None:
    code: Value = ({"code_value": "C1", "coding_scheme_designator": "99X", "code_meaning": "Head"},)
    receive(intake, make_order("1"))
    edit(database, AFTER_FIRST, NAME, "Doe^Janet")
    edit(database, AFTER_FIRST + 1, "requested_procedure_code_sequence", code)
    edit(database, AFTER_FIRST + 2, NAME, "Doe^Jeanette")

    again()

    (record,) = read_records(database)
    assert record.text(NAME) == "Doe^Jeanette"
    assert record.values["requested_procedure_code_sequence"] == code


def test_a_refused_message_that_succeeds_now_makes_its_record(
    database: Database, intake: Intake, again: Again
) -> None:
    # Its Patient ID stands in PID-2, where the classic profile does not look.
    raw = make_order("7").replace(b"PID|||7^^^HOSP|", b"PID||7^^^HOSP||")
    receive(intake, raw)
    assert read_journal(database)[0].outcome == "refused"

    (result,) = again(profile=change_classic(patient_id="PID-3.1 PID-2.1"))

    (record,) = read_records(database)
    assert [each.after.id for each in result.records] == [record.id]
    assert (record.text(PATIENT), record.version) == ("7", 1)
    (entry,) = read_journal(database)
    assert (entry.outcome, entry.reason) == ("applied", "applied by process again")
    assert b"MSA|AE|" in entry.acknowledgement
    (change,) = read_changes(database)
    assert (change.action, change.actor, change.message_id) == ("create", ACTOR, entry.id)
    assert [each.id for each in Journal(database).find_all(Filter(record_id=record.id), 9).messages] == [
        entry.id
    ]


def test_several_messages_of_one_order_make_one_record_in_the_dry_run_too(
    database: Database, intake: Intake, again: Again
) -> None:
    for time, name in (("08", "Doe^Jane"), ("09", "Doe^Joan")):
        raw = make_order("7", name, time=f"20260314{time}0000")
        receive(intake, raw.replace(b"PID|||7^^^HOSP|", b"PID||7^^^HOSP||"))
    profile = change_classic(patient_id="PID-3.1 PID-2.1")

    (shown,) = again(profile=profile, dry=True)
    (done,) = again(profile=profile)

    assert [each.after.text(NAME) for each in (*shown.records, *done.records)] == ["Doe^Joan"] * 2
    assert done.records[0].messages == (1, 2)
    (record,) = read_records(database)
    assert again(profile=profile)[0].records == ()
    assert [each.id for each in Journal(database).find_all(Filter(record_id=record.id), 9).messages] == [2, 1]


def test_an_ignored_message_counts_once_it_says_something(
    database: Database, intake: Intake, again: Again
) -> None:
    later = make_order("1", time="20260314090000").replace(b"PID|||", b"PID||OLD|")
    receive(intake, make_order("1"), later)
    assert read_journal(database)[1].outcome == "ignored"
    profile = change_classic(requested_procedure_comments="PID-2")

    again(2, profile=profile)
    again(1, profile=profile)

    (record,) = read_records(database)
    assert record.text("requested_procedure_comments") == "OLD"
    assert [entry.outcome for entry in read_journal(database)] == ["applied", "applied"]


def test_a_message_that_came_too_early_finds_the_record_that_a_later_one_made(
    database: Database, intake: Intake, again: Again
) -> None:
    first = make_order("7").replace(b"PID|||7^^^HOSP|", b"PID||7^^^HOSP||")
    receive(intake, first, make_order("7", "Doe^Joan", control="XO", time="20260314090000"))
    (old,) = read_records(database)

    results = again(1, profile=change_classic(patient_id="PID-3.1 PID-2.1"))

    assert [result.problem for result in results] == [None]
    (record,) = read_records(database)
    assert (record.id, record.text(NAME)) == (old.id, "Doe^Joan")


def test_bytes_that_cannot_be_read_stay_refused(database: Database, intake: Intake, again: Again) -> None:
    receive(intake, b"MSH|^~\\&|RIS\xff", make_order("1", charset="UNICODE UTF-8") + b"NTE|1||\xff\r")

    results = again()

    assert all(fate.error is not None for result in results for fate in result.fates)
    assert [entry.outcome for entry in read_journal(database)] == ["refused", "refused"]
    assert read_records(database) == []


def test_a_record_stays_as_it_is_when_one_of_its_messages_cannot_be_applied_any_more(
    database: Database, intake: Intake, again: Again
) -> None:
    receive(intake, make_order("1"), make_order("2"))
    before = read_records(database)

    results = again(profile=change_classic(patient_name="PID-6"))

    assert [result.problem.code for result in results if result.problem] == ["message.not-again"] * 2
    assert "no patient" in str(results[0].problem)
    assert read_records(database) == before


def test_each_step_of_a_message_keeps_its_record(database: Database, intake: Intake, again: Again) -> None:
    header, _, order = make_order("1").partition(b"ORC")
    receive(
        intake, header + b"ORC" + order + b"ORC" + order.replace(b"RP1^", b"RP2^").replace(b"CT01", b"CT02")
    )
    before = read_records(database)
    assert len(before) == 2

    again(profile=change_classic(requested_procedure_id="OBR-21", scheduled_procedure_step_id="OBR-21"))

    after = read_records(database)
    assert [each.id for each in after] == [each.id for each in before]
    assert [each.text("requested_procedure_id") for each in after] == ["CT01", "CT02"]
    assert [each.text(STATION) for each in after] == ["CT01", "CT02"]


def test_two_records_may_exchange_what_tells_them_apart(
    database: Database, intake: Intake, again: Again
) -> None:
    header, _, order = make_order("1").partition(b"ORC")
    second = order.replace(b"RP1^", b"RP2^").replace(b"||||RP2", b"||||RP2").replace(b"CT01", b"CT02")
    first = order.replace(b"|CT|||CT01", b"|CT|RP2||CT01")
    second = second.replace(b"|CT|||CT02", b"|CT|RP1||CT02")
    receive(intake, header + b"ORC" + first + b"ORC" + second)
    profile = change_classic(requested_procedure_id="OBR-19", scheduled_procedure_step_id="OBR-19")

    results = again(profile=profile)

    assert [result.problem for result in results] == [None]
    records = {each.text(STATION): each.text("requested_procedure_id") for each in read_records(database)}
    assert records == {"CT01": "RP2", "CT02": "RP1"}


def test_a_mapping_that_makes_two_records_one_leaves_the_other_and_says_so(
    database: Database, intake: Intake, again: Again
) -> None:
    header, _, order = make_order("1").partition(b"ORC")
    receive(intake, header + b"ORC" + order, make_order("1", time="20260314090000").replace(b"RP1^", b"RP2^"))
    before = read_records(database)
    assert len(before) == 2

    (result,) = again(profile=change_classic(requested_procedure_id="", scheduled_procedure_step_id=""))

    assert result.left == (2,)
    assert [each.id for each in read_records(database)] == [1, 2]
    assert read_records(database)[1] == before[1]


def test_identities_of_other_records_are_not_taken(database: Database, intake: Intake, again: Again) -> None:
    receive(intake, make_order("1"), make_order("2").replace(b"|A2|", b"|A1|").replace(b"|RP2^", b"|^"))
    edit(database, AFTER_FIRST, PATIENT, "2")
    before = read_records(database)

    (result,) = again(1, profile=change_classic(requested_procedure_id="", scheduled_procedure_step_id=""))

    assert result.problem is not None
    assert result.problem.code == "order.identity-conflict"
    assert "record 2" in str(result.problem)
    assert read_records(database) == before


def test_what_people_deleted_does_not_come_back(database: Database, intake: Intake, again: Again) -> None:
    receive(intake, make_order("1"))
    database.write(lambda connection: connection.execute_text("DELETE FROM records"))

    (result,) = again(profile=change_classic(scheduled_station_ae_title="MSH-4"))

    assert (result.records, result.problem) == ((), None)
    assert read_records(database) == []


@pytest.mark.parametrize("action", ["complete", "something new"])
def test_a_status_that_no_message_gave_stays(
    database: Database, intake: Intake, again: Again, action: str
) -> None:
    receive(intake, make_order("1"))
    (record,) = read_records(database)

    def complete(connection: object) -> None:
        done = Record(record.values, record.completed, Status.COMPLETED)
        update_record(connection, record, done, None, AFTER_FIRST)  # type: ignore[arg-type]
        insert_change(
            connection, at=AFTER_FIRST, record_id=1, version=2, action=action, actor="mpps:CT01",
            reason="done", message_id=None,
        )  # type: ignore[arg-type]  # fmt: skip

    database.write(complete)

    again(profile=change_classic(scheduled_station_ae_title="MSH-4"))

    (record,) = read_records(database)
    assert (record.status, record.text(STATION)) == (Status.COMPLETED, "HOSPITAL")


def test_messages_that_are_gone_leave_their_values(database: Database, intake: Intake, again: Again) -> None:
    """The base is what the record is; later messages are applied to it, older ones of them too."""
    receive(intake, make_order("1").replace(b"||19700101|F", b"||19700101|F|||SOMEWHERE"))
    edit(database, AFTER_FIRST, "patient_sex", "O")
    receive(intake, make_order("1", time="20260314090000").replace(b"CT01", b"CT02").replace(b"|F\r", b"|\r"))
    assert expire(database, AFTER_FIRST, 0) == 1
    (old,) = read_records(database)

    again(profile=change_classic(scheduled_station_ae_title="MSH-4"))

    (record,) = read_records(database)
    assert record.text(STATION) == "HOSPITAL"
    assert record.text("patient_birth_date") == "19700101"
    assert record.text("patient_sex") == "O"
    assert (record.id, record.message_time) == (old.id, "20260314090000")


def test_a_number_that_the_journal_does_not_have_is_told(again: Again) -> None:
    with pytest.raises(NotFound, match="no message 4711") as caught:
        again(4711)
    assert caught.value.code == "message.not-found"


def test_a_profile_is_tried_on_the_last_messages(database: Database, intake: Intake) -> None:
    receive(intake, make_order("1"), make_order("2"), make_order("3"))
    profile = change_classic(scheduled_station_ae_title="MSH-4")
    before = read_records(database)

    results = list(try_mapping(database, Reader(using(preset("classic"))), using(profile)(), 2))

    assert [each.before.text(PATIENT) for result in results for each in result.records if each.before] == [
        "2",
        "3",
    ]
    assert read_records(database) == before


def test_every_sample_made_again_by_the_same_mapping_is_the_same(
    database: Database, intake: Intake, again: Again
) -> None:
    for sample in sorted(SAMPLES.glob("**/*.hl7")):
        receive(intake, sample.read_bytes())
    before = read_records(database)
    assert len(before) > 5

    results = again()

    assert [result.problem for result in results if result.problem] == []
    assert [each for result in results for each in result.records] == []
    assert read_records(database) == before
