"""Deleted records are kept whole, found again, and forgotten in time."""

import pytest

from openworklist.domain.deletion import Deleted
from openworklist.domain.edit import Edit
from openworklist.domain.record import Record, Status
from openworklist.store.database import Database
from openworklist.store.deleted import (
    expire_deleted,
    find_deleted,
    find_last_deletion,
    forget_deleted,
    insert_deleted,
    list_deleted,
)

CODE = {"code_value": "C1", "code_meaning": "Kopf"}


def make(number: int, at: int = 5, identity: str | None = "A1:x", actor: str = "cli:mary") -> Deleted:
    record = Record(
        values={"patient_name": "Müller^Jürgen=山田", "requested_procedure_code_sequence": (CODE,)},
        completed={"study_instance_uid": "2.25.1"},
        status=Status.ON_HOLD,
        id=number,
        version=4,
        created_at=1,
        updated_at=2,
        message_time="20260314101500",
        senders={"RIS|": 3},
        warnings=("too long",),
    )
    edits = (
        Edit(number, "patient_sex", "F", 3, "cli:anna"),
        Edit(number, "requested_procedure_code_sequence", (CODE,), 4, "cli:anna"),
        Edit(number, "modality", None, 4, "cli:anna"),
    )
    return Deleted(record, identity, edits, at, actor, "deleted by hand")


@pytest.fixture
def kept(database: Database) -> Database:
    """Three, of which the second was deleted last."""
    for deleted in (make(7, at=5), make(8, at=9, actor="auto-delete"), make(9, at=6, identity=None)):
        database.write(lambda connection, each=deleted: insert_deleted(connection, each))  # type: ignore[misc]
    return database


def test_a_record_is_kept_whole(kept: Database) -> None:
    assert kept.read(lambda connection: find_deleted(connection, 7)) == make(7)
    assert kept.read(lambda connection: find_deleted(connection, 6)) is None


def test_the_last_deletion_of_an_identity_is_known(kept: Database) -> None:
    def find(identity: str | None) -> tuple[int, str] | None:
        return kept.read(lambda connection: find_last_deletion(connection, identity))

    assert find("A1:x") == (9, "auto-delete")
    assert find("A2:x") is find(None) is None


def test_they_are_listed_the_last_one_first(kept: Database) -> None:
    found = kept.read(lambda connection: list_deleted(connection, 2))
    assert [each.record.id for each in found] == [8, 9]


def test_those_deleted_long_ago_are_forgotten_a_batch_at_a_time(kept: Database) -> None:
    expired = [kept.write(lambda connection: expire_deleted(connection, 9, 1)) for _ in range(3)]
    assert expired == [1, 1, 0]
    assert [each.record.id for each in kept.read(lambda connection: list_deleted(connection, 9))] == [8]


def test_one_that_was_restored_is_forgotten(kept: Database) -> None:
    kept.write(lambda connection: forget_deleted(connection, 8))
    assert [each.record.id for each in kept.read(lambda connection: list_deleted(connection, 9))] == [9, 7]
