"""The oldest records are found in the order of an index, as many as are asked for."""

from typing import Any

import pytest

from openworklist.domain.record import Record, Status
from openworklist.store.ageing import BEFORE_ALL, FIND, find_aged
from openworklist.store.connection import Connection
from openworklist.store.database import Database
from openworklist.store.deleted import _EXPIRE, _LAST
from openworklist.store.records import insert_record

DATE, TIME = "scheduled_procedure_step_start_date", "scheduled_procedure_step_start_time"
STARTS = [("20260302", ""), ("", ""), ("20260301", "1015"), ("20260303", ""), ("", "0900"), ("20260301", "")]


@pytest.fixture
def filled(database: Database) -> Database:
    """Records of every status, the third but last on the day asked for."""

    def fill(connection: Connection) -> None:
        for (day, time), status in zip(STARTS, Status, strict=True):
            record = Record({"patient_id": "1", DATE: day, TIME: time}, status=status)
            insert_record(connection, record, None, 1)

    database.write(fill)
    return database


def test_those_without_a_date_come_first_then_by_start_whatever_their_status(filled: Database) -> None:
    found = filled.read(lambda connection: find_aged(connection, "20260303", BEFORE_ALL, 10))
    assert [(each.start_date, each.start_time, each.id) for each in found] == [
        ("", "", 2), ("", "090000", 5), ("20260301", "", 6), ("20260301", "101500", 3), ("20260302", "", 1),
    ]  # fmt: skip


def test_they_come_page_by_page(filled: Database) -> None:
    numbers: list[int] = []
    after = BEFORE_ALL
    while found := filled.read(lambda connection: find_aged(connection, "20260303", after, 2)):  # noqa: B023
        assert len(found) <= 2
        numbers += [each.id for each in found]
        after = found[-1].key
    assert numbers == [2, 5, 6, 3, 1]


def explain(database: Database, statement: Any, **values: object) -> str:
    text, names, given = statement.compile("sqlite" if database.reads_inline else "postgresql")

    def run(connection: Connection) -> str:
        cursor: Any = connection._cursor
        if connection.dialect == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
            cursor.execute("EXPLAIN " + text, [{**given, **values}[name] for name in names])
        else:
            cursor.execute("EXPLAIN QUERY PLAN " + text, [{**given, **values}[name] for name in names])
        return "\n".join(str(row[-1]) for row in cursor.fetchall())

    return database.read(run)


def test_the_work_for_a_page_is_that_page(database: Database) -> None:
    plan = explain(database, FIND, after_date="20260301", after_time="", after_id=1, day="20260303", most=100)
    assert "ix_records_all" in plan
    assert "Sort" not in plan
    assert "B-TREE" not in plan


def test_what_was_deleted_is_looked_up_by_an_index(database: Database) -> None:
    assert "ix_deleted_records_identity" in explain(database, _LAST, identity="A1:x")
    assert "ix_deleted_records_at" in explain(database, _EXPIRE, cutoff=1, most=100)
