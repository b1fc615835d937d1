"""Records as rows: what follows a change, and which records an order may belong to."""

import pytest
from sqlalchemy import select

from openworklist.domain.errors import StoreError
from openworklist.domain.query import PersonName, Single, WorklistQuery
from openworklist.domain.record import Record, Status
from openworklist.store.connection import Statement
from openworklist.store.database import Database
from openworklist.store.records import find_candidates, find_record, insert_record, update_record
from openworklist.store.schema import record_names, record_stations
from openworklist.store.search import search

STATION = "scheduled_station_ae_title"
DATE = "scheduled_procedure_step_start_date"
VALUES = {
    "patient_id": "P1",
    "patient_name": "Yamada^Tarou=山田^太郎",
    "accession_number": "A1",
    "requested_procedure_id": "RP1",
    STATION: "CT1\\CT2\\CT1",
    DATE: "20260314",
    "scheduled_procedure_step_start_time": "1015",
}


def store(database: Database, identity: str | None = None, **values: str) -> Record:
    record = Record(VALUES | values)
    return database.write(lambda connection: insert_record(connection, record, identity, 1_000))


def change(database: Database, before: Record, status: Status = Status.SCHEDULED, **values: str) -> Record:
    record = Record({**before.values, **values}, status=status)
    return database.write(lambda connection: update_record(connection, before, record, None, 2_000))


def find(database: Database, condition: Single | PersonName) -> list[int]:
    query = WorklistQuery((condition,))
    return [row.id for row in database.read(lambda connection: search(connection, query, None, 100)).rows]


def stations(database: Database) -> list[tuple[str, int]]:
    statement = Statement(
        select(record_stations.c.ae_title, record_stations.c.is_open).order_by(record_stations.c.ae_title)
    )
    return database.read(lambda connection: connection.run(statement))


def names(database: Database) -> list[str]:
    statement = Statement(select(record_names.c.folded).order_by(record_names.c.component_group))
    return [row[0] for row in database.read(lambda connection: connection.run(statement))]


def test_each_station_and_each_component_group_is_a_row(database: Database) -> None:
    store(database)
    assert stations(database) == [("CT1", 1), ("CT2", 1)]
    assert names(database) == ["yamada^tarou", "山田^太郎"]


def test_a_change_counts_a_version_and_keeps_when_it_was_made(database: Database) -> None:
    before = store(database)
    after = change(database, before, accession_number="A2")
    assert (after.id, after.version, after.created_at, after.updated_at) == (before.id, 2, 1_000, 2_000)
    assert database.read(lambda connection: find_record(connection, before.id)) == after


def test_what_a_scanner_finds_follows_the_change(database: Database) -> None:
    before = store(database)
    after = change(database, before, **{STATION: "MR1", "patient_name": "Doe^Jane"})
    assert find(database, Single(STATION, "CT1")) == []
    assert find(database, Single(STATION, "MR1")) == [after.id]
    assert find(database, PersonName("patient_name", "yamada*")) == []
    assert find(database, PersonName("patient_name", "doe*")) == [after.id]
    assert (stations(database), names(database)) == ([("MR1", 1)], ["doe^jane"])


def test_a_cancelled_record_leaves_its_stations_lists(database: Database) -> None:
    before = store(database)
    canceled = change(database, before, Status.CANCELED)
    assert stations(database) == [("CT1", 0), ("CT2", 0)]
    assert find(database, Single(STATION, "CT1")) == []
    change(database, canceled, Status.SCHEDULED)
    assert find(database, Single(STATION, "CT1")) == [before.id]


def test_a_number_that_nobody_has_is_none(database: Database) -> None:
    assert database.read(lambda connection: find_record(connection, 4711)) is None


@pytest.mark.parametrize(
    "sent",
    [
        {"accession_number": "A1"},
        {"accession_number": " A1 "},
        {"requested_procedure_id": "RP1"},
        {DATE: "20260314"},
    ],
)
def test_an_order_may_belong_to_what_shares_a_number_a_procedure_or_the_day(
    database: Database, sent: dict[str, str]
) -> None:
    stored = store(database)
    store(database, patient_id="P2")
    values = {"patient_id": "P1", **sent}
    assert database.read(lambda connection: find_candidates(connection, values)) == [stored]


@pytest.mark.parametrize(
    "sent",
    [
        {"patient_id": "P1"},
        {"patient_id": "P1", "accession_number": "A2"},
        {"patient_id": "P1", "accession_number": ""},
        {"patient_id": "", "accession_number": "A1"},
        {"accession_number": "A1"},
    ],
)
def test_what_shares_nothing_is_no_candidate(database: Database, sent: dict[str, str]) -> None:
    store(database)
    store(database, **{"accession_number": "", "requested_procedure_id": "", DATE: ""})
    assert database.read(lambda connection: find_candidates(connection, sent)) == []


def test_two_records_never_have_one_identity(database: Database) -> None:
    """Whatever races happen: the database itself forbids it."""
    store(database, "one")
    with pytest.raises(StoreError):
        store(database, "one")
    store(database, None)
    store(database, None)
