"""Entries of other worklists become records: once, beside what messages and people said."""

from collections.abc import Callable
from typing import Any

import pytest

from openworklist.dicom.entries import Entry
from openworklist.domain.node import Vanished
from openworklist.domain.record import Status
from openworklist.hl7.profile import preset
from openworklist.observe.metrics import Metrics
from openworklist.services.configuration import using
from openworklist.services.importing import Asked, Importer, Taken, count, fold, to_scope
from openworklist.services.intake import Intake
from openworklist.services.journal import Journal
from openworklist.services.reading import Reader, Source
from openworklist.services.records import Records
from openworklist.services.reprocessing import Reprocessing
from openworklist.services.vanishing import Vanishing
from openworklist.store.database import Database
from players.auditor import read_changes, read_journal, read_records
from players.hospital import make_order

MINUTE = 60_000_000
NOW = 1_773_500_000_000_000  # 2026-03-14 14:53:20 UTC
DAYS = ("20260314", "20260315")
Take = Callable[..., list[Taken]]


class Site:
    """A site that asks a worklist now and then."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = NOW
        self.reader = Reader(using(preset("classic")))
        self.intake = Intake(database, self.reader, Metrics(), clock=lambda: self.now)
        self.importer = Importer(database, self.intake, clock=lambda: self.now)
        self.records = Records(database, clock=lambda: self.now)

    def ask(self, *entries: Entry, node: str = "ris", by_hand: bool = False) -> list[Taken]:
        self.now += MINUTE
        return self.importer.take(self._asked(node), entries, by_hand=by_hand)

    def preview(self, *entries: Entry) -> list[Taken]:
        return self.importer.preview(self._asked("ris"), entries)

    def ask_for_good(self, *entries: Entry, what: Vanished, days: tuple[str, str] = DAYS) -> tuple[int, int]:
        """A complete answer: what it has no more is ended."""
        self.ask(*entries)
        return Vanishing(self.database).end(self._asked("ris"), fold(entries).keys(), days, what)

    def hear(self, message: bytes) -> None:
        self.now += MINUTE
        assert b"MSA|AA" in self.intake.receive_message(message, Source("mllp", "1"))

    def _asked(self, node: str) -> Asked:
        return Asked(node, "127.0.0.1:104", self.now, to_scope({"modality": "CT"}))


@pytest.fixture
def site(database: Database) -> Site:
    return Site(database)


def entry(number: str = "1", **values: Any) -> Entry:
    """As the order of players.hospital for that number, where nothing else is said."""
    found = {
        "patient_id": number,
        "patient_name": "Doe^Jane",
        "accession_number": f"A{number}",
        "requested_procedure_id": f"RP{number}",
        "requested_procedure_description": "CT Head",
        "scheduled_procedure_step_start_date": "20260314",
        "scheduled_procedure_step_start_time": "101500",
        "modality": "CT",
        "scheduled_station_ae_title": "CT01",
        "scheduled_procedure_step_id": f"RP{number}",
        "study_instance_uid": f"1.2.3.{number}",
    }
    found.update(values)
    return Entry({name: value for name, value in found.items() if value})


def actions(taken: list[Taken]) -> list[str]:
    return [each.action for each in taken]


def test_an_entry_is_a_record_and_again_it_is_the_same(site: Site) -> None:
    (taken,) = site.ask(entry())
    (record,) = read_records(site.database)
    assert (taken.action, taken.record_id) == ("create", record.id)
    assert record.values == entry().values
    assert record.get("study_instance_uid") == "1.2.3.1"
    for by_hand in (False, True):
        assert actions(site.ask(entry(), by_hand=by_hand)) == ["unchanged"]
    assert len(read_records(site.database)) == len(read_journal(site.database)) == 1
    (change,) = read_changes(site.database)
    assert (change.actor, change.message_id) == ("worklist:ris", taken.message_id)


def test_a_message_of_the_journal_shows_what_was_answered(site: Site) -> None:
    site.ask(entry(patient_name="Müller^Jürgen=山田"))
    shown = Journal(site.database).get(1)
    assert (shown.message.listed.channel, shown.message.listed.message_type) == ("worklist", "C-FIND")
    assert (shown.message.listed.sending_application, shown.message.listed.peer) == ("ris", "127.0.0.1:104")
    assert "山田" in shown.message.raw.decode()
    assert shown.message.acknowledgement == b""


def test_what_the_node_changes_is_changed_and_what_it_takes_away_goes(site: Site) -> None:
    site.ask(entry(allergies="Nuts"))
    taken = site.ask(entry(scheduled_procedure_step_start_time="113000"))
    assert actions(taken) == ["update"]
    (record,) = read_records(site.database)
    assert record.get("scheduled_procedure_step_start_time") == "113000"
    assert not record.get("allergies")
    # Back to what it was: news again, though the bytes were here before.
    assert actions(site.ask(entry(allergies="Nuts"))) == ["update"]
    assert read_records(site.database)[0].get("scheduled_procedure_step_start_time") == "101500"


@pytest.mark.parametrize("is_message_first", [True, False])
def test_an_order_that_came_both_ways_is_one_record(site: Site, is_message_first: bool) -> None:
    steps: list[Callable[[], object]] = [lambda: site.hear(make_order("1")), lambda: site.ask(entry())]
    for step in steps if is_message_first else reversed(steps):
        step()
    (record,) = read_records(site.database)
    assert record.get("study_instance_uid") == "1.2.3.1"
    site.hear(make_order("1", control_id="again", time="20260314150000"))
    assert actions(site.ask(entry(), node="other")) == ["ignored"]
    assert len(read_records(site.database)) == 1


def test_a_worklist_fills_in_what_a_message_left_out_and_replaces_nothing(site: Site) -> None:
    site.hear(make_order("1", "Doe^Jane^of the message"))
    assert actions(site.ask(entry(allergies="Nuts"))) == ["update"]
    (record,) = read_records(site.database)
    assert (record.get("patient_name"), record.get("allergies")) == ("Doe^Jane^of the message", "Nuts")
    # What the node says anew is news.
    site.ask(entry(allergies="Nuts", scheduled_station_ae_title="CT02"))
    (record,) = read_records(site.database)
    assert record.get("patient_name") == "Doe^Jane^of the message"
    assert record.get("scheduled_station_ae_title") == "CT02"
    # And so is what the next message says.
    site.hear(make_order("1", "Doe^Joan", control_id="2", time="20260314160000"))
    (record,) = read_records(site.database)
    assert (record.get("patient_name"), record.get("scheduled_station_ae_title")) == ("Doe^Joan", "CT01")
    assert actions(site.ask(entry(allergies="Nuts", scheduled_station_ae_title="CT02"))) == ["unchanged"]


def test_what_ended_here_does_not_come_back_because_it_is_still_listed(site: Site) -> None:
    site.ask(entry())
    site.hear(make_order("1", control="CA", control_id="2"))
    assert actions(site.ask(entry())) == ["unchanged"]
    assert actions(site.ask(entry(allergies="Nuts"))) == ["ignored"]
    assert read_records(site.database)[0].status is Status.CANCELED


def test_what_a_person_wrote_stands_until_the_node_changes_that_value(site: Site) -> None:
    site.ask(entry())
    site.records.edit(1, {"patient_name": "Doe^Joanna", "scheduled_station_ae_title": "CT09"}, "web:1")
    site.ask(entry(allergies="Nuts"))
    (record,) = read_records(site.database)
    assert (record.get("patient_name"), record.get("allergies")) == ("Doe^Joanna", "Nuts")
    site.ask(entry(allergies="Nuts", patient_name="Doe^Jay"))
    (record,) = read_records(site.database)
    assert record.get("patient_name") == "Doe^Jay"
    assert record.get("scheduled_station_ae_title") == "CT09"


def test_what_was_deleted_comes_back_by_hand_alone(site: Site) -> None:
    site.ask(entry())
    site.records.delete([1], "web:1")
    assert actions(site.ask(entry())) == ["unchanged"]
    assert read_records(site.database) == []
    (taken,) = site.ask(entry(), by_hand=True)
    assert taken.action == "create"
    assert "its record was deleted" in taken.reason


def test_one_step_of_several_stations_is_one_record_with_all(site: Site) -> None:
    answers = [entry(scheduled_station_ae_title=title) for title in ("CT02", "CT01")]
    assert actions(site.ask(*answers)) == ["create"]
    (record,) = read_records(site.database)
    assert set(str(record.get("scheduled_station_ae_title")).split("\\")) == {"CT01", "CT02"}
    assert actions(site.ask(*reversed(answers))) == ["unchanged"]


def test_entries_that_contradict_each_other_are_told(site: Site) -> None:
    answers = [entry(modality="CT"), entry(modality="MR")]
    (taken,) = site.ask(*answers)
    assert any("says otherwise" in text for text in taken.warnings)
    assert actions(site.ask(*reversed(answers))) == ["unchanged"]


@pytest.mark.parametrize(
    ("bad", "where", "code"),
    [
        (entry(patient_id=""), "(0010,0020)", "order.field-missing"),
        (entry()._replace(lost=frozenset({"Patient ID"})), "(0008,0005)", "charset.undecodable"),
        (
            entry(
                accession_number="",
                requested_procedure_id="",
                scheduled_procedure_step_start_date="",
            ),
            "(0008,0050)",
            "order.field-missing",
        ),
    ],
)
def test_an_entry_that_makes_no_record_is_refused_with_its_bytes(
    site: Site, bad: Entry, where: str, code: str
) -> None:
    taken, good = site.ask(bad, entry("2"))
    assert (taken.action, good.action) == ("refused", "create")
    assert taken.error is not None
    assert (taken.error.where, taken.error.code) == (where, code)
    assert actions(site.ask(bad, entry("2"))) == ["unchanged", "unchanged"]
    assert [each.outcome for each in read_journal(site.database)] == ["refused", "applied"]


def test_values_that_break_rules_are_told_and_kept_in_the_journal(site: Site) -> None:
    odd = entry(scheduled_procedure_step_start_time="25:61", accession_number="A" * 20)
    (taken,) = site.ask(odd)
    assert taken.action == "create"
    assert any("Start time" in text for text in taken.warnings)
    assert any("Accession number" in text for text in taken.warnings)
    (record,) = read_records(site.database)
    assert (record.get("scheduled_procedure_step_start_time"), record.get("accession_number")) == (
        "",
        "A" * 20,
    )
    assert b"25:61" in Journal(site.database).get(1).message.raw


def test_what_scanners_need_is_completed(site: Site) -> None:
    site.ask(entry(study_instance_uid="", scheduled_procedure_step_id=""))
    (record,) = read_records(site.database)
    assert str(record.get("study_instance_uid")).startswith("2.25.")
    assert record.get("scheduled_procedure_step_id") == "RP1"


@pytest.mark.parametrize(
    ("status", "first", "then"),
    [
        ("SCHEDULED", Status.SCHEDULED, Status.SCHEDULED),
        ("READY", Status.SCHEDULED, Status.SCHEDULED),
        ("STARTED", Status.STARTED, Status.STARTED),
        ("COMPLETED", None, Status.COMPLETED),
        ("CANCELED", None, Status.CANCELED),
    ],
)
def test_the_status_of_an_entry(site: Site, status: str, first: Status | None, then: Status) -> None:
    site.ask(entry("1", scheduled_procedure_step_status=status), entry("2"))
    site.ask(entry("2", scheduled_procedure_step_status=status))
    found = {record.get("patient_id"): record.status for record in read_records(site.database)}
    assert found.get("1") is first
    assert found["2"] is then


def test_a_preview_stores_nothing(site: Site) -> None:
    site.ask(entry("1"))
    taken = site.preview(entry("1"), entry("1", scheduled_procedure_step_id="S9"), entry("3", patient_id=""))
    assert actions(taken) == ["unchanged", "create", "refused"]
    assert count(taken) == {"create": 1, "refused": 1, "unchanged": 1}
    assert len(read_records(site.database)) == len(read_journal(site.database)) == 1


def test_processing_again_changes_nothing_and_knows_of_both_ways(site: Site) -> None:
    site.hear(make_order("1"))
    site.ask(entry(allergies="Nuts"))
    site.ask(entry(scheduled_station_ae_title="CT02"))
    before = read_records(site.database)
    results = list(Reprocessing(site.database, site.reader).run([1, 2, 3], "test"))
    assert [(result.problem, result.records) for result in results] == [(None, ())]
    assert read_records(site.database) == before


def test_an_entry_that_is_gone_is_cancelled_and_comes_back(site: Site) -> None:
    both = entry("1"), entry("2")
    site.ask_for_good(*both, entry("3"), what=Vanished.CANCEL)
    assert site.ask_for_good(*both, what=Vanished.CANCEL) == (1, 0)
    record = site.records.get(3)
    assert record.status is Status.CANCELED
    assert read_changes(site.database)[-1].reason == "ris has the entry no more"
    assert site.ask_for_good(*both, what=Vanished.CANCEL) == (0, 0)
    (*_, taken) = site.ask(*both, entry("3"))
    assert taken.action == "reopen"
    assert site.records.get(3).status is Status.SCHEDULED
    # And so it is made again from the journal.
    numbers = [each.id for each in read_journal(site.database)]
    results = list(Reprocessing(site.database, site.reader).preview(numbers))
    assert not any(result.problem or result.records for result in results)


def test_an_entry_that_is_gone_is_deleted_or_kept(site: Site) -> None:
    site.ask_for_good(entry("1"), entry("2"), entry("3"), what=Vanished.KEEP)
    assert site.ask_for_good(entry("1"), entry("2"), what=Vanished.KEEP) == (0, 1)
    assert len(read_records(site.database)) == 3
    assert site.ask_for_good(entry("1"), entry("2"), what=Vanished.DELETE) == (1, 0)
    assert [record.get("patient_id") for record in read_records(site.database)] == ["1", "2"]
    assert site.ask(entry("3"))[0].action == "create"


@pytest.mark.parametrize("left", [(), ("1",)])
def test_an_answer_that_lost_most_is_believed_when_it_is_confirmed_twice(
    site: Site, left: tuple[str, ...]
) -> None:
    site.ask_for_good(*map(entry, "1234"), what=Vanished.CANCEL)
    answer = [entry(number) for number in left]
    gone = 4 - len(left)
    assert site.ask_for_good(*answer, what=Vanished.CANCEL) == (0, gone)
    assert site.ask_for_good(*answer, what=Vanished.CANCEL) == (0, gone)
    assert site.ask_for_good(*answer, what=Vanished.CANCEL) == (gone, 0)


def test_between_two_empty_answers_a_whole_one_starts_anew(site: Site) -> None:
    for _ in range(3):
        site.ask_for_good(*map(entry, "1234"), what=Vanished.CANCEL)
        assert site.ask_for_good(what=Vanished.CANCEL) == (0, 4)


def test_what_others_have_changed_since_is_left_alone(site: Site) -> None:
    site.ask_for_good(*map(entry, "123456"), what=Vanished.CANCEL)
    site.records.edit(1, {"patient_name": "Doe^Joanna"}, "web:1")
    site.hear(make_order("2", "Doe^Joan", control="XO", time="20260314160000"))
    assert site.ask_for_good(*map(entry, "3456"), what=Vanished.CANCEL) == (0, 0)
    assert {record.status for record in read_records(site.database)} == {Status.SCHEDULED}


def test_what_was_not_asked_for_is_not_gone(site: Site) -> None:
    later = entry("9", scheduled_procedure_step_start_date="20260320")
    undated = entry("8", scheduled_procedure_step_start_date="")
    others = [entry(number) for number in "123"]
    site.ask_for_good(*others, later, undated, what=Vanished.CANCEL)
    assert site.ask_for_good(*others, what=Vanished.CANCEL) == (0, 0)
    assert site.ask_for_good(*others, what=Vanished.CANCEL, days=("20260314", "20260320")) == (1, 0)


def test_what_another_question_brought_is_not_gone(site: Site) -> None:
    site.importer.take(Asked("ris", "", NOW, to_scope({"modality": "MR"})), [entry("9")])
    others = [entry(number) for number in "123"]
    assert site.ask_for_good(*others, what=Vanished.CANCEL) == (0, 0)
