"""Counts for the dashboard look at the rows of their time alone, whatever else is stored."""

from typing import Any

import pytest

from openworklist.store.connection import Connection, Statement
from openworklist.store.database import Database
from openworklist.store.statistics import ARRIVALS, EXAMS, REFUSALS


@pytest.mark.parametrize(
    ("statement", "index"),
    [(ARRIVALS, "ix_messages_received_at"), (REFUSALS, "ix_messages_received_at"), (EXAMS, "ix_records_all")],
    ids=["arrivals", "refusals", "exams"],
)
def test_rows_are_found_by_an_index(database: Database, statement: Statement, index: str) -> None:
    text, names, given = statement.compile("sqlite" if database.reads_inline else "postgresql")
    values = {**given, "start": 5, "begin": 5, "day": "20260314"}

    def explain(connection: Connection) -> str:
        cursor: Any = connection._cursor
        words = "EXPLAIN QUERY PLAN "
        if connection.dialect == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
            words = "EXPLAIN "
        cursor.execute(words + text, [values[name] for name in names])
        return "\n".join(str(row[-1]) for row in cursor.fetchall())

    plan = database.read(explain)
    assert index in plan
    assert "SCAN messages" not in plan
    assert "SCAN records" not in plan
