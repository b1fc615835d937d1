"""SQL finds what domain.query says matches, in order, page by page, and never by looking at everything."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from openworklist.domain.query import (
    OPEN,
    AnyOf,
    Condition,
    Interval,
    Nested,
    Offered,
    OneOf,
    PersonName,
    Range,
    Single,
    Unassigned,
    Wildcard,
    WorklistQuery,
    canonical_time,
    matches,
)
from openworklist.domain.record import Record, Status
from openworklist.domain.shortening import shorten
from openworklist.store.connection import Connection, Statement
from openworklist.store.database import Database, open_database
from openworklist.store.prepared import prepare
from openworklist.store.records import insert_record, update_record
from openworklist.store.schema import record_names, record_stations, records
from openworklist.store.search import Key, Page, count, is_quick, search

DATE = "scheduled_procedure_step_start_date"
TIME = "scheduled_procedure_step_start_time"
STATION = "scheduled_station_ae_title"

names = st.sampled_from(
    ["", "Doe^John", "DOE^JOHN^^Dr.^", "Doe", "doe^jane", "D%e_\\x^A", "Müller^Jürgen", "MÜLLER", "Straße^Ä",
     "Yamada^Tarou=山田^太郎=やまだ^たろう", "=山田^太郎", "a*b", "Doe\\Roe", "a[b]^c"]
)  # fmt: skip
name_patterns = st.sampled_from(
    ["Doe^John", "DOE*", "d?e*", "*john*", "doe^*", "Doe", "müller*", "MÜ*", "strasse*", "*=山田*", "山田*",
     "yamada*=山*", "%", "D%*", "*_*", "?", "doe^j*n", "=", "*^太郎", "a*b", "Yamada^Tarou==", "=*",
     "yamada*=*", "*=*=*", "doe^*^*", "d*e^*", "^*", "*^*", "a[b]*", "*]^?", "doe\\roe", "*\\*", "?*?*o*",
     "d" + "?*" * 600]
)  # fmt: skip
dates = st.sampled_from(["", "20260314", "20260315", "20260316", "20270101"])
times = st.sampled_from(["", "0800", "101500", "1015", "235959.5", "24", "000000"])
bounds = st.sampled_from(["", "080000", "101500", "101559.999999", "235959.999999", "000000"])
LONG = ("RADIOLOGY-2026-0001", "RADIOLOGY-2026-0002", "R?DIO*OGY-2026-0001")
SHORT = tuple(shorten(text, 16) for text in LONG)
stations = st.sampled_from(["", "CT1", "CT2", "MR1", "CT1\\MR1", "ct1", f"CT1\\{LONG[0]}"])
numbers = st.sampled_from(
    ["", "A1", "A2", "a1", "B%", "A12", "A1\\A2", "A[1]", "[A]", "A\nB", " A1", *LONG, *SHORT]
)
codes = st.sampled_from(["C1", "C2", ""])
items = st.lists(st.fixed_dictionaries({"code_value": codes, "code_meaning": st.sampled_from(["Head", ""])}))
statuses = st.sampled_from(Status)

some_records = st.builds(
    Record,
    values=st.fixed_dictionaries(
        {
            "patient_name": names,
            "scheduled_performing_physician_name": names,
            "patient_id": numbers,
            "accession_number": numbers,
            "scheduled_procedure_step_id": numbers,
            "modality": st.sampled_from(["CT", "MR", ""]),
            STATION: stations,
            DATE: dates,
            TIME: times,
            "study_instance_uid": st.sampled_from(["1.2", "1.2.3", "1.3"]),
            "patient_sex": st.sampled_from(["M", "F", ""]),
            "requested_procedure_code_sequence": items.map(lambda found: tuple(found) or ""),
        }
    ),
    status=statuses,
)
some_names = st.builds(
    PersonName, st.sampled_from(["patient_name", "scheduled_performing_physician_name"]), name_patterns
)
identifiers = st.sampled_from(["patient_id", "accession_number", "scheduled_procedure_step_id"])
values = st.sampled_from(["A1", "A1 ", "B%", "A1\\A2", "A[1]", "", "A2", *LONG, *SHORT])
patterns = st.sampled_from(
    ["A*", "a?", "*1*", "B%*", "A[*", "[*]", "A1\\*", "?", "*", "A?B", "", "A" + "?*" * 600]
)
some_stations = st.sampled_from(["CT1", "MR1", "ct1 ", "CT1\\MR1", "", SHORT[0]])

conditions: st.SearchStrategy[Condition] = st.one_of(
    st.builds(Single, identifiers, values),
    st.builds(Single, st.just("modality"), st.sampled_from(["CT", "MR", ""])),
    st.builds(Single, st.just(STATION), some_stations),
    st.builds(Single, st.just("patient_sex"), st.just("F")),
    st.builds(Single, st.just("scheduled_procedure_step_status"), statuses.map(str)),
    st.builds(Wildcard, identifiers, patterns),
    st.builds(Wildcard, st.just("modality"), st.sampled_from(["C*", "?", "*R"])),
    st.builds(Wildcard, st.just(STATION), st.sampled_from(["C*", "?R1", "*", "*T", "?*"])),
    st.sampled_from([Unassigned(None), Unassigned("CT"), Unassigned("")]),
    st.builds(
        Offered,
        st.sampled_from(["CT1", "MR1"]),
        st.sampled_from([(Unassigned(None),), (Unassigned("CT"), Unassigned("")), (Unassigned("MR"),)]),
    ),
    st.builds(OneOf, st.just("study_instance_uid"), st.sampled_from([("1.2",), ("1.2.3", "1.3"), ("",)])),
    st.builds(OneOf, st.just("modality"), st.sampled_from([("CT", "MR"), ("US", ""), ()])),
    st.builds(OneOf, st.just(STATION), st.sampled_from([("CT1", "MR1"), ("CT2",)])),
    st.builds(OneOf, identifiers, st.lists(values, max_size=3).map(tuple)),
    some_names,
    st.builds(Range, st.just(DATE), dates, dates),
    st.builds(Range, st.just(TIME), bounds, bounds),
    st.builds(Interval, dates, bounds, dates, bounds),
    st.just(Nested("requested_procedure_code_sequence", (Single("code_value", "C1"),))),
    st.just(
        Nested(
            "requested_procedure_code_sequence",
            (Single("code_value", "C2"), Wildcard("code_meaning", "H*")),
        )
    ),
    st.just(
        AnyOf("accession_number", (Wildcard("accession_number", "A*"), Single("accession_number", "B%")))
    ),
    st.just(AnyOf("patient_name", (PersonName("patient_name", "doe*"), PersonName("patient_name", "=山*")))),
    st.just(AnyOf(DATE, (Range(DATE, "20260314", "20260314"), Range(DATE, "20270101", "")))),
    st.just(AnyOf("patient_sex", (Single("patient_sex", "M"), Wildcard("patient_sex", "?")))),
)
queries = st.builds(
    WorklistQuery,
    st.lists(conditions, max_size=4).map(tuple),
    st.sampled_from([OPEN, frozenset(Status), frozenset({Status.CANCELED, Status.ON_HOLD})]),
    is_latest_first=st.booleans(),
)

_EMPTY = [Statement(delete(table)) for table in (record_names, record_stations, records)]


def _store(database: Database, wanted: list[Record]) -> list[Record]:
    def fill(connection: Connection) -> list[Record]:
        for statement in _EMPTY:
            connection.run_count(statement)
        return [insert_record(connection, record, None, 1) for record in wanted]

    return database.write(fill)


def _change(database: Database, stored: list[Record], changed: list[Record]) -> list[Record]:
    def change(connection: Connection) -> list[Record]:
        return [
            update_record(connection, before, after, None, 2)
            for before, after in zip(stored, changed, strict=False)
        ]

    after = database.write(change)
    return after + stored[len(after) :]


def _read_page(database: Database, query: WorklistQuery, after: Key | None, size: int) -> Page:
    return database.read(lambda connection: search(connection, query, after, size))


def _find(database: Database, query: WorklistQuery, size: int) -> list[Record]:
    found, after = [], None
    for _ in range(100):
        page = _read_page(database, query, after, size)
        assert len(page.rows) <= size
        found += [row.record() for row in page.rows]
        after = page.after
        if after is None:
            return found
    raise AssertionError("the pages have no end")


def _compare(database: Database, stored: list[Record], asked: list[WorklistQuery], size: int) -> None:
    stored = sorted(stored, key=lambda each: (each.text(DATE), canonical_time(each.text(TIME)), each.id))
    for query in asked:
        expected = [record.id for record in stored if matches(record, query)]
        if query.is_latest_first:
            expected.reverse()
        assert [record.id for record in _find(database, query, size)] == expected, query
        total = database.read(lambda connection, query=query: count(connection, query))  # type: ignore[misc]
        assert total == len(expected), query


@pytest.fixture(params=["as they are", "small"])
def _sizes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With small ones a dozen records are too many to be sorted and need several slices."""
    if request.param == "small":
        small = {"_FEW": 2, "_CHUNK": 2, "_SLICES": (1, 2), "_RESIDUAL_SLICES": (2, 1)}
        for name, size in small.items():
            monkeypatch.setattr(f"openworklist.store.search.{name}", size)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    wanted=st.lists(some_records, max_size=12),
    changed=st.lists(some_records, max_size=4),
    asked=st.lists(queries, min_size=10, max_size=20),
    size=st.sampled_from([1, 3, 200]),
)
@pytest.mark.usefixtures("_sizes")
def test_sql_agrees_with_the_meaning_of_matching(
    database: Database,
    wanted: list[Record],
    changed: list[Record],
    asked: list[WorklistQuery],
    size: int,
) -> None:
    stored = _store(database, wanted)
    _compare(database, stored, asked, size)
    _compare(database, _change(database, stored, changed), asked, size)


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
PHYSICIAN = "scheduled_performing_physician_name"
# By question: the index that SQLite is told to use. What is named `start` or `modality` is walked in order.
COMMON: dict[str, tuple[tuple[Condition, ...], str]] = {
    "date and station": ((Single(STATION, "CT1"), DAY), "ix_record_stations_start"),
    "date, station, modality": (
        (Single(STATION, "CT1"), DAY, Single("modality", "CT")),
        "ix_record_stations_start",
    ),
    "date and modality": ((Single("modality", "CT"), DAY), "ix_records_modality"),
    "date and modalities": ((OneOf("modality", ("CT", "MR")), DAY), "ix_records_start"),
    "date": ((DAY,), "ix_records_start"),
    "date and time": ((Interval("20260314", "080000", "20260315", "120000"),), "ix_records_start"),
    "time": ((Range(TIME, "080000", "085959"),), "ix_records_start"),
    "nothing": ((), "ix_records_start"),
    "patient ID": ((Single("patient_id", "P1"),), "ix_records_patient_id"),
    "accession": ((Single("accession_number", "A1"), DAY), "ix_records_accession_number"),
    "accessions": ((Wildcard("accession_number", "A123*"),), "ix_records_accession_number"),
    "procedure": ((Single("requested_procedure_id", "RP1"),), "ix_records_requested_procedure_id"),
    "procedure that many share": ((Single("requested_procedure_id", "CTHEAD"),), "ix_records_start"),
    "step": ((Single("scheduled_procedure_step_id", "S1"),), "ix_records_scheduled_procedure_step_id"),
    "placer": (
        (Single("placer_order_number_imaging_service_request", "PL1"),),
        "ix_records_placer_order_number_imaging_service_request",
    ),
    "filler": (
        (Single("filler_order_number_imaging_service_request", "FI1"),),
        "ix_records_filler_order_number_imaging_service_request",
    ),
    "study": ((OneOf("study_instance_uid", ("1.2.1", "1.2.2")),), "ix_records_study_instance_uid"),
    "name": ((PersonName("patient_name", "doe*"),), "ix_record_names_folded"),
    "name and modality": (
        (PersonName("patient_name", "doe^j*"), Single("modality", "CT")),
        "ix_record_names_folded",
    ),
    "name and date": ((PersonName("patient_name", "doe*"), DAY), "ix_record_names_folded"),
    "name that many have": ((PersonName("patient_name", "r*"),), "ix_records_start"),
    "name without its beginning that many have": (
        (PersonName("patient_name", "*jane"),),
        "ix_records_start",
    ),
    "name without its beginning, and date": (
        (PersonName("patient_name", "*oe400^*"), DAY),
        "ix_records_start",
    ),
    "physician": ((PersonName(PHYSICIAN, "who*"),), "ix_record_names_folded"),
    "physician and date": ((PersonName(PHYSICIAN, "*who*"), DAY), "ix_records_start"),
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
                PHYSICIAN: f"{'Who' if number % 400 == 0 else 'No'}^Doctor",
                "accession_number": f"A{number}",
                "placer_order_number_imaging_service_request": f"PL{number}",
                "filler_order_number_imaging_service_request": f"FI{number}",
                "requested_procedure_id": f"RP{number}" if number % 2 else "CTHEAD",
                "scheduled_procedure_step_id": f"S{number}",
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


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("asked", COMMON)
def test_common_questions_are_answered_from_an_index(
    filled: Database, asked: str, is_first: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As far from the number of the records as the real ones are from a million.
    for name, size in {"_FEW": 20, "_SLICES": (20,), "_RESIDUAL_SLICES": (20,)}.items():
        monkeypatch.setattr(f"openworklist.store.search.{name}", size)
    question, index = COMMON[asked]
    after = None if is_first else ("20260314", "101500", 1)
    ran = filled.read(lambda connection: _explain(connection, WorklistQuery(question), after))
    for plan in ran:
        # Where half the records have a value, PostgreSQL may count the first of them without an index.
        assert plan.startswith("Aggregate") or not re.search(r"Seq Scan|SCAN rec", plan), plan
    if filled.reads_inline:
        # PostgreSQL weighs its statistics; SQLite does what the search tells it to.
        assert f"{index} " in ran[-1], ran
        assert ("TEMP B-TREE" in ran[-1]) is not index.endswith(("start", "modality")), ran


def test_a_rare_name_without_its_beginning_is_looked_for_among_all_names(filled: Database) -> None:
    """Reading an index of names takes a tenth of what a look at each record does."""
    query = WorklistQuery((PersonName("patient_name", "*oe400^*"),))
    *_, plan = filled.read(lambda connection: _explain(connection, query, None))
    assert not re.search(r"Seq Scan on records|SCAN records", plan), plan
    assert re.search(r"ix_record_names_folded \(attribute=|Seq Scan on record_names", plan), plan
    assert [row.record().text("patient_name") for row in _read_page(filled, query, None, 9).rows] == [
        "Doe400^Jane"
    ]


class _Explaining(Connection):
    """A connection that keeps the plan of each statement it runs."""

    __slots__ = ("plans",)

    def _execute(self, statement: Statement, values: Any) -> None:
        text, order, given = statement.compile(self.dialect)
        known: dict[str, Any] = {**given, **values}
        explain = "EXPLAIN QUERY PLAN " if self.dialect == "sqlite" else "EXPLAIN "
        self._cursor.execute(explain + text, [known[name] for name in order])
        self.plans.append("; ".join(str(row[-1]) for row in self._cursor.fetchall()))
        super()._execute(statement, values)


def _explain(connection: Connection, query: WorklistQuery, after: Key | None) -> list[str]:
    """The plans of all that is run for a page."""
    explaining = _Explaining(connection._cursor, connection.dialect)
    explaining.plans = []
    search(explaining, query, after, 10)
    return explaining.plans


QUICK: dict[str, tuple[tuple[Condition, ...], bool]] = {
    "nothing": ((), True),
    "station and modality": ((Single(STATION, "CT1"), Single("modality", "CT")), True),
    "day": ((DAY,), True),
    "since a day": ((Range(DATE, "20260314", ""),), True),
    "interval": ((Interval("20260314", "080000", "", ""),), True),
    "patient ID": ((Single("patient_id", "P1"),), True),
    "patient ID and what is no column": ((Single("patient_id", "P1"), Single("patient_sex", "F")), True),
    "studies": ((OneOf("study_instance_uid", ("1.2", "1.3")),), True),
    "procedure, which many may share": ((Single("requested_procedure_id", "CTHEAD"),), False),
    "step, which many may share": ((Single("scheduled_procedure_step_id", "CTHEAD"),), False),
    "two stations": ((Single(STATION, "CT1"), Single(STATION, "CT2")), False),
    "time alone": ((Range(TIME, "080000", "090000"),), False),
    "name": ((PersonName("patient_name", "doe*"),), False),
    "pattern": ((Wildcard("patient_id", "P*"),), False),
    "what is no column": ((DAY, Single("patient_sex", "F")), False),
}


@pytest.mark.parametrize("asked", QUICK)
def test_a_question_is_quick_where_no_record_is_looked_at_in_vain(asked: str) -> None:
    conditions, expected = QUICK[asked]
    assert is_quick(WorklistQuery(conditions)) is expected


def test_records_of_other_statuses_are_looked_through() -> None:
    assert is_quick(WorklistQuery((), frozenset(Status)))
    assert not is_quick(WorklistQuery((), frozenset({Status.CANCELED})))


def test_a_page_ends_after_so_many_records_though_none_was_found(filled: Database) -> None:
    """4,000 records, of which 2,000 are looked at for a page that only domain.query can decide on."""
    query = WorklistQuery((Single("patient_sex", "F"),))
    first = _read_page(filled, query, None, 200)
    assert (first.rows, first.after is None) == ([], False)
    assert filled.read(lambda connection: _position(connection, first.after)) == 2000
    second = _read_page(filled, query, first.after, 200)
    third = _read_page(filled, query, second.after, 200)
    assert [second.rows, third.rows, third.after] == [[], [], None]


def _position(connection: Connection, key: Key | None) -> int:
    assert key is not None
    upto = Range(DATE, "", key[0])
    rows = search(connection, WorklistQuery((upto,)), None, 4000).rows
    return sum((row.start_date, row.start_time, row.id) <= key for row in rows)


def test_questions_of_one_shape_share_their_statements() -> None:
    one, other = (
        prepare(WorklistQuery((Single("accession_number", number), PersonName("patient_name", name))))
        for number, name in (("A1", "doe*"), ("A2", "roe*"))
    )
    assert one.statements is other.statements
    assert set(one.values) == set(other.values)


def test_a_number_as_it_was_answered_is_looked_for_away_from_the_loop() -> None:
    # Of a site's long numbers all may begin alike.
    assert is_quick(WorklistQuery((Single("accession_number", LONG[0]),)))
    assert not is_quick(WorklistQuery((Single("accession_number", SHORT[0]),)))
