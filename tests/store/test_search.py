"""SQL finds what domain.query says matches, in order, page by page, and never by looking at everything."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from openworklist.domain.query import (
    OPEN,
    Condition,
    Interval,
    Nested,
    OneOf,
    PersonName,
    Range,
    Single,
    Wildcard,
    WorklistQuery,
    canonical_time,
    matches,
)
from openworklist.domain.record import Record, Status
from openworklist.domain.shortening import shorten
from openworklist.store.connection import Connection, Statement
from openworklist.store.database import Database, open_database
from openworklist.store.records import insert_record
from openworklist.store.schema import record_names, record_stations, records
from openworklist.store.search import count, is_quick, search, to_statement

DATE = "scheduled_procedure_step_start_date"
TIME = "scheduled_procedure_step_start_time"
STATION = "scheduled_station_ae_title"

names = st.sampled_from(
    ["", "Doe^John", "DOE^JOHN^^Dr.^", "Doe", "doe^jane", "D%e_\\x^A", "Müller^Jürgen", "MÜLLER", "Straße^Ä",
     "Yamada^Tarou=山田^太郎=やまだ^たろう", "=山田^太郎", "a*b"]
)  # fmt: skip
name_patterns = st.sampled_from(
    ["Doe^John", "DOE*", "d?e*", "*john*", "doe^*", "Doe", "müller*", "MÜ*", "strasse*", "*=山田*", "山田*",
     "yamada*=山*", "%", "D%*", "*_*", "?", "doe^j*n", "=", "*^太郎", "a*b", "Yamada^Tarou=="]
)  # fmt: skip
dates = st.sampled_from(["", "20260314", "20260315", "20260316", "20270101"])
times = st.sampled_from(["", "0800", "101500", "1015", "235959.5", "24", "000000"])
bounds = st.sampled_from(["", "080000", "101500", "101559.999999", "235959.999999", "000000"])
LONG = ("RADIOLOGY-2026-0001", "RADIOLOGY-2026-0002", "R?DIO*OGY-2026-0001")
SHORT = tuple(shorten(text, 16) for text in LONG)
stations = st.sampled_from(["", "CT1", "CT2", "MR1", "CT1\\MR1", "ct1", f"CT1\\{LONG[0]}"])
numbers = st.sampled_from(["", "A1", "A2", "a1", "B%", "A12", *LONG, *SHORT])

some_records = st.lists(
    st.builds(
        Record,
        values=st.fixed_dictionaries(
            {
                "patient_name": names,
                "patient_id": numbers,
                "accession_number": numbers,
                "modality": st.sampled_from(["CT", "MR", ""]),
                STATION: stations,
                DATE: dates,
                TIME: times,
                "study_instance_uid": st.sampled_from(["1.2", "1.2.3", "1.3"]),
                "patient_sex": st.sampled_from(["M", "F", ""]),
                "requested_procedure_code_sequence": st.sampled_from(
                    ["", ({"code_value": "C1", "code_meaning": "Head"},)]
                ),
            }
        ),
        status=st.sampled_from(Status),
    ),
    max_size=12,
)

conditions: st.SearchStrategy[Condition] = st.one_of(
    st.builds(
        Single,
        st.sampled_from(["patient_id", "accession_number"]),
        st.sampled_from(["A1", "A1 ", "B%", *LONG, *SHORT]),
    ),
    st.builds(Single, st.just("modality"), st.sampled_from(["CT", "MR"])),
    st.builds(Single, st.just(STATION), st.sampled_from(["CT1", "MR1", "ct1 ", SHORT[0]])),
    st.builds(Single, st.just("patient_sex"), st.just("F")),
    st.builds(Wildcard, st.just("accession_number"), st.sampled_from(["A*", "a?", "*1*", "B%*"])),
    st.builds(Wildcard, st.just(STATION), st.sampled_from(["C*", "?R1"])),
    st.builds(OneOf, st.just("study_instance_uid"), st.sampled_from([("1.2",), ("1.2.3", "1.3")])),
    st.builds(PersonName, st.just("patient_name"), name_patterns),
    st.builds(Range, st.just(DATE), dates, dates),
    st.builds(Range, st.just(TIME), bounds, bounds),
    st.builds(Interval, dates, bounds, dates, bounds),
    st.just(Nested("requested_procedure_code_sequence", (Single("code_value", "C1"),))),
)
queries = st.builds(
    WorklistQuery,
    st.lists(conditions, max_size=4).map(tuple),
    st.sampled_from([OPEN, frozenset(Status), frozenset({Status.CANCELED, Status.ON_HOLD})]),
)

_EMPTY = [Statement(delete(table)) for table in (record_names, record_stations, records)]


def _store(database: Database, wanted: list[Record]) -> list[Record]:
    def fill(connection: Connection) -> list[Record]:
        for statement in _EMPTY:
            connection.run_count(statement)
        return [insert_record(connection, record, None, 1) for record in wanted]

    return database.write(fill)


def _find(database: Database, query: WorklistQuery, size: int) -> list[Record]:
    found, after = [], None
    for _ in range(100):
        page = database.read(lambda connection, key=after: search(connection, query, key, size))  # type: ignore[misc]
        found += [row.record() for row in page.rows]
        after = page.after
        if after is None:
            return found
    raise AssertionError("the pages have no end")


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    wanted=some_records, asked=st.lists(queries, min_size=20, max_size=40), size=st.sampled_from([1, 3, 200])
)
def test_sql_agrees_with_the_meaning_of_matching(
    database: Database, wanted: list[Record], asked: list[WorklistQuery], size: int
) -> None:
    stored = _store(database, wanted)
    stored.sort(key=lambda each: (each.text(DATE), canonical_time(each.text(TIME)), each.id))
    for query in asked:
        expected = [record.id for record in stored if matches(record, query)]
        assert [record.id for record in _find(database, query, size)] == expected, query
        latest_first = _find(database, replace(query, is_latest_first=True), size)
        assert [record.id for record in latest_first] == expected[::-1], query
        assert database.read(lambda connection, key=query: count(connection, key)) == len(expected), query  # type: ignore[misc]


def test_what_is_stored_comes_back_equal(database: Database) -> None:
    record = Record(
        values={
            "patient_id": "P1", "patient_name": "Müller^Jürgen=山田",
            "requested_procedure_code_sequence": ({"code_value": "C1", "code_meaning": "Kopf"},),
        },
        completed={"study_instance_uid": "2.25.1"},
        message_time="20260314101500",
        warnings=("too long",),
    )  # fmt: skip
    (stored,) = _store(database, [record])
    assert _find(database, WorklistQuery(), 10) == [stored]
    assert (stored.values, stored.version, stored.created_at) == (record.values, 1, 1)


DAY = Range(DATE, "20260314", "20260314")
COMMON = {
    "date and station": ((Single(STATION, "CT1"), DAY), "ix_record_stations_start"),
    "date and modality": ((Single("modality", "CT"), DAY), "ix_records_modality"),
    "date": ((DAY,), "ix_records_start"),
    "date and time": ((Interval("20260314", "080000", "20260315", "120000"),), "ix_records_start"),
    "nothing": ((), "ix_records_start"),
    "patient ID": ((Single("patient_id", "P1"),), "ix_records_patient_id"),
    "accession": ((Single("accession_number", "A1"), DAY), "ix_records_accession_number"),
    "study": ((OneOf("study_instance_uid", ("1.2", "1.3")),), "ix_records_study_instance_uid"),
    "name": ((PersonName("patient_name", "doe*"),), "ix_record_names_folded"),
    "name and modality": (
        (PersonName("patient_name", "doe^j*"), Single("modality", "CT")),
        "ix_record_names",
    ),
}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Enough records for a planner to care."""
    url = request.getfixturevalue("make_postgresql")() if request.param == "postgresql" else ""
    database = open_database(url, tmp_path_factory.mktemp("filled"))

    def fill(connection: Connection) -> None:
        for number in range(4000):
            values = {
                "patient_id": f"P{number // 2}",
                "patient_name": f"{'Doe' if number % 400 == 0 else 'Roe'}{number}^Jane",
                "accession_number": f"A{number}",
                "modality": "CT" if number % 2 else "MR",
                STATION: f"CT{number % 40}",
                TIME: "1015",
                DATE: f"2026{number // 400 + 1:02}{number % 28 + 1:02}",
                "study_instance_uid": f"1.2.{number}",
            }
            insert_record(connection, Record(values=values), None, 1)

    database.write(fill)
    if request.param == "postgresql":
        database.write(lambda connection: connection.execute_text("ANALYZE"))
    yield database
    database.close()


@pytest.mark.parametrize("asked", COMMON)
@pytest.mark.parametrize("is_first", [True, False])
def test_common_questions_are_answered_from_an_index(filled: Database, asked: str, is_first: bool) -> None:
    question, index = COMMON[asked]
    plan = filled.write(lambda connection: _explain(connection, WorklistQuery(question), is_first))
    assert not re.search(r"Seq Scan on records|SCAN", plan), plan
    if "ix_records_start" in index or filled.reads_inline:
        assert not re.search(r"TEMP B-TREE FOR ORDER BY|Sort ", plan) or not index.endswith(
            ("start", "modality")
        ), plan
    if filled.reads_inline:
        # PostgreSQL weighs its statistics; SQLite does what the search tells it to.
        assert index in plan, plan


@pytest.mark.parametrize("is_latest_first", [False, True])
def test_a_list_of_whatever_status_is_read_from_an_index(filled: Database, is_latest_first: bool) -> None:
    query = WorklistQuery((), frozenset(Status), is_latest_first=is_latest_first)
    plan = filled.write(lambda connection: _explain(connection, query, False))
    assert "ix_records_all" in plan
    assert not re.search(r"TEMP B-TREE|Sort ", plan), plan


def _explain(connection: Connection, query: WorklistQuery, is_first: bool) -> str:
    statement, values = to_statement(query, is_first=is_first)
    text, order, given = statement.compile(connection.dialect)
    key = {"after_date": "20260314", "after_time": "", "after_id": 1}
    known: dict[str, Any] = {**given, **values, **key, "size": 10}
    explain = "EXPLAIN QUERY PLAN " if connection.dialect == "sqlite" else "EXPLAIN "
    cursor = connection._cursor
    cursor.execute(explain + text, [known[name] for name in order])
    return "; ".join(str(row[-1]) for row in cursor.fetchall())


def test_a_number_as_it_was_answered_is_looked_for_away_from_the_loop() -> None:
    # Of a site's long numbers all may begin alike.
    assert is_quick(WorklistQuery((Single("accession_number", LONG[0]),)))
    assert not is_quick(WorklistQuery((Single("accession_number", SHORT[0]),)))
