"""Auto delete beside a running server: what is too old goes, and no scanner is answered with it."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from pynetdicom.dsutils import encode

from openworklist.dicom.sop_classes import EXPLICIT_LITTLE_ENDIAN
from openworklist.domain.errors import SettingsError
from openworklist.domain.record import Record, Status
from openworklist.observe.metrics import Metrics
from openworklist.services.intake import Intake
from openworklist.services.reading import Source
from openworklist.services.records import Records
from openworklist.services.retention import Retention, forget, sweep
from openworklist.services.worklist import Worklist
from openworklist.store.database import Database
from openworklist.store.records import insert_record
from players.auditor import read_changes, read_records
from players.hospital import make_order
from players.scanner import make_question

DATE = "scheduled_procedure_step_start_date"
UTC_ZONE = ZoneInfo("UTC")
DAY = 86_400_000_000
NOW = int(datetime(2026, 3, 14, 12, tzinfo=UTC).timestamp()) * 1_000_000
Store = Callable[..., int]


@pytest.fixture
def store(database: Database) -> Store:
    """Stores a record that came at NOW, days ago; returns its number."""

    def run(start: str, status: Status = Status.SCHEDULED, days: int = 0) -> int:
        values = {"patient_id": "1", "patient_name": "Doe^Jane", DATE: start, "modality": "CT"}
        record = Record({**values, "scheduled_station_ae_title": "CT01"}, status=status)
        at = NOW - days * DAY
        return database.write(lambda connection: insert_record(connection, record, None, at)).id

    return run


def delete_old(database: Database, age: str = "7 days", now: int = NOW, **sizes: int) -> list[int]:
    """What each step has deleted."""
    return list(sweep(database, age, now, UTC_ZONE, **sizes))


def left(database: Database) -> list[int]:
    return [record.id for record in read_records(database)]


def test_records_that_started_before_go_whatever_their_status(database: Database, store: Store) -> None:
    for status in Status:
        store("20260306", status)
    kept = [store("20260307", status) for status in Status]
    assert sum(delete_old(database)) == len(Status)
    assert left(database) == kept


@pytest.mark.parametrize(("age", "count"), [("14 days", 3), ("1 month", 2), ("3 months", 1), ("never", 0)])
def test_a_site_says_how_old(database: Database, store: Store, age: str, count: int) -> None:
    for start in ("20251201", "20260201", "20260220", "20260310"):
        store(start)
    assert sum(delete_old(database, age)) == count


def test_records_without_a_start_go_by_their_arrival(database: Database, store: Store) -> None:
    old, new, odd = store("", days=8), store("", days=6), store("2026", days=6)
    assert sum(delete_old(database)) == 1
    assert (old in left(database), left(database)) == (False, [new, odd])


def test_a_record_that_came_late_is_as_old_as_its_start(database: Database, store: Store) -> None:
    store("20260301", days=0)
    assert sum(delete_old(database)) == 1


def test_each_deletion_is_noted_with_its_reason(database: Database, store: Store) -> None:
    number = store("20260301")
    delete_old(database)
    assert read_changes(database) == [(number, 2, "delete", "auto-delete", "older than 7 days", None)]


def test_the_work_of_a_step_is_bounded(database: Database, store: Store) -> None:
    for _ in range(7):
        store("", days=1)
        store("20260301")
    steps = delete_old(database, batch=2, size=3)
    assert max(steps) == 2
    assert sum(steps) == 7
    assert len(left(database)) == 7


def test_a_record_that_was_put_off_between_two_steps_stays(
    database: Database, store: Store, intake: Intake
) -> None:
    intake.receive_message(make_order("1").replace(b"20260314101500", b"20260301101500"), Source("mllp"))
    steps = sweep(database, "7 days", NOW, UTC_ZONE)
    assert next(steps) == 0  # it was looked at
    moved = make_order("1", control="XO", time="20260314090000").replace(b"20260314101500", b"20260320101500")
    intake.receive_message(moved, Source("mllp"))
    assert list(steps) == [0]
    assert len(left(database)) == 1


def test_what_a_person_restored_stays_as_long_again(database: Database, store: Store) -> None:
    number = store("20260301")
    delete_old(database)
    Records(database, clock=lambda: NOW).restore(number, "cli:mary")
    assert sum(delete_old(database)) == 0
    assert sum(delete_old(database, now=NOW + 6 * DAY)) == 0
    assert sum(delete_old(database, now=NOW + 8 * DAY)) == 1


def test_an_old_order_sent_again_is_stored_with_a_note_and_goes_in_the_next_round(
    database: Database, intake: Intake
) -> None:
    old = make_order("1").replace(b"20260314101500", b"20260301101500")
    intake.receive_message(old, Source("mllp"))
    delete_old(database)
    intake.receive_message(old.replace(b"20260314080000", b"20260314080001"), Source("mllp"))
    (record,) = read_records(database)
    assert "auto delete takes it again if its start is still as old" in record.warnings[0]
    assert sum(delete_old(database)) == 1


def test_an_age_that_nobody_knows_deletes_nothing(database: Database, store: Store) -> None:
    store("20200101")
    with pytest.raises(SettingsError):
        delete_old(database, "1 year")
    assert len(left(database)) == 1


def test_deleted_records_are_forgotten_after_thirty_days(database: Database, store: Store) -> None:
    for _ in range(3):
        store("20260301")
    delete_old(database)
    assert sum(forget(database, NOW + 30 * DAY, batch=2)) == 0
    assert list(forget(database, NOW + 30 * DAY + 1, batch=2)) == [2, 1]
    assert Records(database).find_deleted(9) == []


def ask(worklist: Worklist) -> int:
    """How many answers a scanner gets that asks for its station."""
    question = make_question(ScheduledStationAETitle="CT01")
    cursor = worklist.open("CT01", encode(question, False, True) or b"", EXPLICIT_LITTLE_ENDIAN)

    async def read() -> int:
        found = cursor.next_batch()
        return len(found if isinstance(found, list) else await found)

    return asyncio.run(read())


def test_a_scanner_that_polls_gets_what_is_there_now(database: Database, store: Store) -> None:
    number, kept = store("20260301"), store("20260314")
    worklist = Worklist(database)
    assert ask(worklist) == 2
    delete_old(database)
    assert ask(worklist) == 1
    Records(database).restore(number, "cli:mary")
    assert ask(worklist) == 2
    Records(database).delete([number, kept], "cli:mary")
    assert ask(worklist) == 0


def run_rounds(database: Database, ages: list[str], batch: int = 2) -> Metrics:
    """Runs on a loop until each age was asked for once, and the round after it has ended."""
    metrics = Metrics()

    async def main() -> None:
        is_over = asyncio.Event()
        waiting = iter(ages)

        def find_age() -> str:
            age = next(waiting, None)
            if age is None:
                is_over.set()
            return age or "never"

        database.attach(asyncio.get_running_loop())
        retention = Retention(
            database, find_age, UTC_ZONE, metrics, clock=lambda: NOW, interval=0.001, batch=batch
        )
        retention.start()
        async with asyncio.timeout(30):
            await is_over.wait()
        await retention.stop()

    asyncio.run(main())
    return metrics


def test_the_age_of_the_moment_counts(database: Database, store: Store) -> None:
    for _ in range(5):
        store("20260301")
    kept = store("20260310")
    assert run_rounds(database, ["never"]).get("records_expired") == 0
    assert run_rounds(database, ["never", "7 days"]).get("records_expired") == 5
    assert left(database) == [kept]


def test_a_wrong_age_is_logged_and_the_next_round_comes(
    database: Database, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    store("20260301")
    assert run_rounds(database, ["1 year", "7 days"]).get("records_expired") == 1
    assert "old records were not deleted" in caplog.text
