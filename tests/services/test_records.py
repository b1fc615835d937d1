"""Records as people and scripts look them up."""

import pytest

from openworklist.domain.errors import NotFound
from openworklist.domain.query import WorklistQuery
from openworklist.domain.record import Status
from openworklist.services.intake import Intake
from openworklist.services.reading import Source
from openworklist.services.records import Records
from openworklist.store.database import Database
from players.hospital import make_order

EVERYTHING = WorklistQuery(statuses=frozenset(Status))
RIS = Source("mllp", "192.0.2.1:4711")


def order(number: str, start: str) -> bytes:
    return make_order(number).replace(b"20260314101500", start.encode())


def test_records_are_listed_by_start_those_without_a_date_first(database: Database, intake: Intake) -> None:
    for number, start in (
        ("B", "20260315090000"),
        ("A", "20260314100000"),
        ("C", ""),
        ("D", "20260315080000"),
    ):
        intake.receive_message(order(number, start), RIS)
    records = Records(database)
    whole, beginning = records.find(EVERYTHING, 10), records.find(EVERYTHING, 2)
    assert [record.text("patient_id") for record in whole.records] == ["C", "A", "D", "B"]
    assert [record.text("patient_id") for record in beginning.records] == ["C", "A"]
    assert whole.total == beginning.total == 4


def test_what_is_closed_is_listed_too(database: Database, intake: Intake) -> None:
    intake.receive_message(make_order("1"), RIS)
    intake.receive_message(make_order("1", control="CA", time="20260314090000"), RIS)
    (record,) = Records(database).find(EVERYTHING, 10).records
    assert record.status == "CANCELED"
    assert Records(database).get(record.id) == record


def test_a_number_that_nobody_has_is_told_with_the_way_out(database: Database) -> None:
    with pytest.raises(NotFound) as caught:
        Records(database).get(4711)
    assert caught.value.code == "record.not-found"
    assert "4711" in caught.value.sentence
    assert "records list" in caught.value.hint
