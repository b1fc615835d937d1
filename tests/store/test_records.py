"""The list of records, as the command line and pages show it."""

import pytest

from openworklist.domain.errors import NotFound
from openworklist.domain.query import PersonName, Range, Single, Wildcard, WorklistQuery
from openworklist.domain.record import Record, Status
from openworklist.services.records import Records, to_query
from openworklist.store.database import Database
from openworklist.store.records import insert_record

DATE = "scheduled_procedure_step_start_date"
TODAY = "20260314"
ALL = to_query({}, None, ())


@pytest.fixture
def stored(database: Database) -> Records:
    """Five CT steps about today, one without a date, and a cancelled MR far ahead."""
    days = ["20260312", "20260313", TODAY, "20260315", "20260316", ""]
    steps = [Record(values={"accession_number": f"A{day}", "modality": "CT", DATE: day}) for day in days]
    canceled = {"accession_number": "MR", "modality": "MR", DATE: "20270101"}
    steps.append(Record(values=canceled, status=Status.CANCELED))
    database.write(lambda connection: [insert_record(connection, step, None, 1) for step in steps])
    return Records(database)


def show(found: list[Record]) -> list[str]:
    return [record.text("accession_number") for record in found]


def test_what_is_asked_for_comes_in_the_order_of_start(stored: Records) -> None:
    found = stored.find(to_query({"modality": "CT"}, ("20260313", ""), ()), 3)

    assert show(found.records) == ["A20260313", "A20260314", "A20260315"]
    assert found.total == 4


def test_around_today_the_next_come_before_the_last(stored: Records) -> None:
    assert show(stored.find_around(ALL, TODAY, 2).records) == ["A20260314", "A20260315"]


def test_room_that_is_left_has_the_latest_before_today_and_then_those_without_a_date(stored: Records) -> None:
    upcoming = ["A20260314", "A20260315", "A20260316", "MR"]

    assert show(stored.find_around(ALL, TODAY, 5).records) == ["A20260313", *upcoming]
    assert show(stored.find_around(ALL, TODAY, 6).records) == ["A20260312", "A20260313", *upcoming]
    assert show(stored.find_around(ALL, TODAY, 7).records) == ["A", "A20260312", "A20260313", *upcoming]
    assert stored.find_around(ALL, TODAY, 1).total == 7


def test_a_question_that_columns_cannot_answer_is_counted_too(stored: Records) -> None:
    found = stored.find_around(to_query({"accession_number": "A*14"}, None, ()), TODAY, 1)

    assert (show(found.records), found.total) == (["A20260314"], 1)


def test_a_status_is_asked_for(stored: Records) -> None:
    assert show(stored.find(to_query({}, None, [Status.CANCELED]), 9).records) == ["MR"]


def test_values_match_as_a_scanners_keys_do() -> None:
    values = {"patient_name": "doe*", "modality": " CT ", "patient_id": "P?", "accession_number": ""}

    assert to_query(values | {"scheduled_station_ae_title": "*"}, ("20260314", ""), ()) == WorklistQuery(
        (
            PersonName("patient_name", "doe*"),
            Single("modality", "CT"),
            Wildcard("patient_id", "P?"),
            Range(DATE, "20260314", ""),
        ),
        frozenset(Status),
    )


def test_a_record_that_is_not_there_is_told(stored: Records) -> None:
    with pytest.raises(NotFound, match="There is no record 99"):
        stored.get(99)
