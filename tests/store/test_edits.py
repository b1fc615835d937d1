"""What people wrote over a record's values."""

import pytest

from openworklist.domain.edit import Edit
from openworklist.domain.record import Record, Value
from openworklist.store.database import Database
from openworklist.store.edits import find_edits, insert_edit
from openworklist.store.records import insert_record


@pytest.mark.parametrize(
    "value",
    [
        "山田^太郎",
        "",
        None,
        ({"code_value": "C1", "code_meaning": "Head", "modifiers": ({"code_value": "L"},)},),
    ],
)
def test_an_edit_is_read_as_it_was_written(database: Database, value: Value | None) -> None:
    record = database.write(lambda connection: insert_record(connection, Record({}), None, 1))
    edit = Edit(record.id, "patient_name", value, 2, "mary")
    database.write(lambda connection: insert_edit(connection, edit))
    assert database.read(lambda connection: find_edits(connection, record.id)) == [edit]


def test_edits_come_in_the_order_in_which_they_were_made(database: Database) -> None:
    one, other = (
        database.write(lambda connection: insert_record(connection, Record({}), None, 1)) for _ in range(2)
    )
    for number, at in ((one.id, 3), (other.id, 1), (one.id, 2), (one.id, 3)):
        edit = Edit(number, "modality", f"{at}", at, "mary")
        database.write(lambda connection, edit=edit: insert_edit(connection, edit))  # type: ignore[misc]
    assert [edit.at for edit in database.read(lambda connection: find_edits(connection, one.id))] == [2, 3, 3]


def test_edits_go_with_their_record(database: Database) -> None:
    record = database.write(lambda connection: insert_record(connection, Record({}), None, 1))
    edit = Edit(record.id, "modality", "CT", 2, "mary")
    database.write(lambda connection: insert_edit(connection, edit))
    database.write(lambda connection: connection.execute_text("DELETE FROM records"))
    assert database.read(lambda connection: find_edits(connection, record.id)) == []
