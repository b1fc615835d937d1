"""Records deleted by people and brought back, and what becomes of orders that come again."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier

import pytest

from openworklist.domain.deletion import Deleted
from openworklist.domain.edit import Edit
from openworklist.domain.errors import NotFound, OrderError
from openworklist.domain.query import Single, WorklistQuery
from openworklist.domain.record import Record, Status
from openworklist.hl7.profile import preset
from openworklist.services.configuration import using
from openworklist.services.reading import Reader
from openworklist.services.records import Records
from openworklist.services.reprocessing import Reprocessing
from openworklist.store.connection import Connection
from openworklist.store.database import Database
from openworklist.store.edits import find_edits, insert_edit
from openworklist.store.records import update_record
from openworklist.store.search import search
from players.auditor import read_changes, read_journal, read_records
from players.hospital import make_order

LATER = 1_773_565_200_000_000  # 2026-03-15 09:00:00 UTC, a day after the first message
MARY = "cli:mary"
Send = Callable[[bytes], str]


@pytest.fixture
def records(database: Database) -> Records:
    return Records(database, clock=count(LATER, 1_000_000).__next__)


def find(database: Database, name: str, value: str) -> list[int]:
    query = WorklistQuery((Single(name, value),))
    return [row.id for row in database.read(lambda connection: search(connection, query, None, 9)).rows]


def test_a_deleted_record_is_found_no_more_and_its_changes_and_messages_stay(
    database: Database, records: Records, send: Send
) -> None:
    send(make_order("1"))
    send(make_order("2"))
    assert records.delete([1], MARY) == [1]
    assert [record.id for record in read_records(database)] == [2]
    for name, value in (("scheduled_station_ae_title", "CT01"), ("patient_name", "Doe^Jane")):
        assert find(database, name, value) == [2]
    assert len(read_journal(database)) == 2
    assert read_changes(database)[-1] == (1, 2, "delete", MARY, "deleted by hand", None)


def test_a_deleted_record_is_listed_with_who_did_it(records: Records, send: Send) -> None:
    send(make_order("1"))
    before = records.get(1)
    records.delete([1], MARY)
    (deleted,) = records.find_deleted(10)
    assert (deleted.record, deleted.actor, deleted.at) == (before, MARY, LATER)


def test_nothing_is_deleted_if_one_of_the_records_does_not_exist(records: Records, send: Send) -> None:
    send(make_order("1"))
    with pytest.raises(NotFound, match="no record 2"):
        records.delete([1, 2], MARY)
    assert records.get(1).id == 1


def test_more_records_than_a_batch_are_deleted(
    database: Database, records: Records, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("openworklist.services.records.BATCH", 2)
    for number in range(5):
        send(make_order(str(number)))
    assert records.delete([5, 1, 2, 3, 4, 1], MARY) == [5, 1, 2, 3, 4]
    assert read_records(database) == []


def test_a_record_is_restored_as_it_was_with_its_edits(
    database: Database, records: Records, send: Send
) -> None:
    send(make_order("1", comment="careful"))
    send(make_order("1", control="HD", time="20260314090000"))
    edit = Edit(1, "patient_sex", "M", 5, "cli:anna")
    database.write(lambda connection: insert_edit(connection, edit))
    before = records.get(1)
    records.delete([1], MARY)
    restored = records.restore(1, "cli:anna")
    assert records.get(1) == restored
    assert (restored.values, restored.completed, restored.status) == (
        before.values, before.completed, Status.ON_HOLD,
    )  # fmt: skip
    assert (restored.senders, restored.created_at) == (before.senders, before.created_at)
    assert database.read(lambda connection: find_edits(connection, 1)) == [edit]
    assert records.find_deleted(10) == []


def test_a_restored_record_is_a_version_that_was_never_there(
    database: Database, records: Records, send: Send
) -> None:
    """Whoever keeps what a record was by its number and version must not take it for another."""
    send(make_order("1"))
    records.delete([1], MARY)
    assert records.restore(1, MARY).version == 3
    versions = [(change.action, change.version) for change in read_changes(database)]
    assert versions == [("create", 1), ("delete", 2), ("restore", 3)]
    assert read_changes(database)[-1].reason == "it was deleted 2026-03-15 09:00:00 UTC by cli:mary"


def test_a_restored_record_is_found_and_changed_by_its_order_again(
    database: Database, records: Records, send: Send
) -> None:
    send(make_order("1"))
    records.delete([1], MARY)
    records.restore(1, MARY)
    assert find(database, "scheduled_station_ae_title", "CT01") == [1]
    assert find(database, "patient_name", "Doe^Jane") == [1]
    send(make_order("1", control="CA", time="20260314090000"))
    assert [(record.id, record.status) for record in read_records(database)] == [(1, Status.CANCELED)]


def test_what_is_not_deleted_cannot_be_restored(records: Records, send: Send) -> None:
    send(make_order("1"))
    with pytest.raises(NotFound) as caught:
        records.restore(1, MARY)
    assert "records deleted" in caught.value.hint


def test_an_order_sent_again_brings_its_record_back_with_a_note(
    database: Database, records: Records, send: Send
) -> None:
    send(make_order("1"))
    records.delete([1], MARY)
    send(make_order("1", time="20260315090000"))
    (record,) = read_records(database)
    note = "its record was deleted 2026-03-15 09:00:00 UTC by cli:mary"
    assert (record.id, record.warnings) == (2, (f"{note}; the order was sent again",))
    assert read_changes(database)[-1].reason == f"the order is new; {note}"
    assert read_journal(database)[-1].warnings == record.warnings


def test_another_order_has_no_such_note(database: Database, records: Records, send: Send) -> None:
    send(make_order("1"))
    records.delete([1], MARY)
    send(make_order("2"))
    assert read_records(database)[0].warnings == ()


def test_a_record_whose_order_came_again_cannot_be_restored_beside_it(
    database: Database, records: Records, send: Send
) -> None:
    send(make_order("1"))
    records.delete([1], MARY)
    send(make_order("1", time="20260315090000"))
    with pytest.raises(OrderError, match="Record 2 has the IDs of record 1") as caught:
        records.restore(1, MARY)
    assert caught.value.code == "order.identity-conflict"
    records.delete([2], MARY)
    records.restore(1, MARY)
    assert [record.id for record in read_records(database)] == [1]


def test_a_record_that_no_message_made_is_restored_too(database: Database, records: Records) -> None:
    from openworklist.store.records import insert_record

    made = Record({"patient_id": "9", "patient_name": "Doe^Jane", "accession_number": "A9"})
    database.write(lambda connection: insert_record(connection, made, None, 1))
    records.delete([1], MARY)
    assert records.restore(1, MARY).values == made.values


def test_a_restored_record_is_made_again_from_its_messages(
    database: Database, records: Records, send: Send
) -> None:
    """Its deletion and return are nothing that would keep its status from being told again."""
    send(make_order("1"))
    records.delete([1], MARY)
    records.restore(1, MARY)
    send(make_order("1", control="CA", time="20260314090000"))

    def spoil(connection: Connection) -> None:
        (before,) = [records.get(1)]
        spoilt = Record({**before.values, "modality": "XX"}, before.completed, Status.SCHEDULED)
        update_record(connection, before, spoilt, None, LATER)

    database.write(spoil)
    (result,) = Reprocessing(database, Reader(using(preset("classic")))).run([1], MARY)
    assert result.problem is None
    (record,) = read_records(database)
    assert (record.text("modality"), record.status) == ("CT", Status.CANCELED)


def test_a_cancel_that_came_while_a_record_was_deleted_can_be_processed_again(
    database: Database, records: Records, send: Send
) -> None:
    send(make_order("1"))
    records.delete([1], MARY)
    assert "AA" in send(make_order("1", control="CA", time="20260314090000"))
    assert records.restore(1, MARY).status is Status.SCHEDULED
    list(Reprocessing(database, Reader(using(preset("classic")))).run([2], MARY))
    assert [record.status for record in read_records(database)] == [Status.CANCELED]


def test_a_deletion_reads_as_people_say_it(records: Records, send: Send) -> None:
    send(make_order("1"))
    records.delete([1], MARY)
    (deleted,) = records.find_deleted(1)
    assert isinstance(deleted, Deleted)
    assert str(deleted) == "deleted 2026-03-15 09:00:00 UTC by cli:mary"


def test_a_change_that_comes_at_the_moment_of_a_deletion_is_before_or_after_it(
    database: Database, records: Records, send: Send
) -> None:
    """It is never lost between them: each version of a record is one change, and what was sent is kept."""
    orders = range(40)
    for number in orders:
        send(make_order(f"{number:02}"))
    start = Barrier(2, timeout=30)  # for each order anew

    def change() -> None:
        for number in orders:
            start.wait()
            raw = make_order(f"{number:02}", control="XO", time="20260314090000")
            assert "AA" in send(raw.replace(b"|CT|||", b"|MR|||"))

    def delete() -> None:
        for number in range(1, len(orders) + 1):
            start.wait()
            records.delete([number], MARY)

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(change), pool.submit(delete)]:
            future.result()
    versions = Counter((change.record_id, change.version) for change in read_changes(database))
    assert set(versions.values()) == {1}
    kept = [*read_records(database), *(deleted.record for deleted in records.find_deleted(len(orders)))]
    changed = {record.text("patient_id") for record in kept if record.text("modality") == "MR"}
    assert changed == {f"{number:02}" for number in orders}
