"""Records that people make, change and look back on; and searches that are kept."""

from itertools import count

import pytest

from openworklist.domain.errors import NotFound, OrderError, RecordChanged, RequestError, ValuesError
from openworklist.domain.record import Status
from openworklist.services.creation import Checks
from openworklist.services.history import History, ValueChange
from openworklist.services.intake import Intake
from openworklist.services.reading import Source
from openworklist.services.records import Records
from openworklist.services.searches import Searches
from openworklist.services.typed_values import read_values, write_value
from openworklist.store.database import Database
from openworklist.store.deliveries import Delivery, keep_deliveries
from players.hospital import make_order

BEGIN = 1_773_478_800_000_000
DAY = 86_400_000_000
MARY = "mary"
VALUES = {"patient_id": "P1", "patient_name": "Doe^Jane", "requested_procedure_id": "RP1"}


@pytest.fixture
def records(database: Database) -> Records:
    return Records(database, clock=count(BEGIN, 1_000_000).__next__)


def test_a_record_made_by_hand_is_completed_as_an_order_is(database: Database, records: Records) -> None:
    made = records.create({**VALUES, "modality": "CT", "patient_sex": ""}, MARY)
    assert records.get(made.id) == made
    assert made.text("study_instance_uid").startswith("2.25.")
    assert made.text("scheduled_procedure_step_id") == "RP1"
    assert "patient_sex" not in made.values
    (event,) = History(database).find(made.id)
    assert (event.kind, event.actor, event.sentence) == ("create", MARY, "created by hand")


def test_all_that_is_missing_or_too_long_is_told_at_once(records: Records) -> None:
    with pytest.raises(ValuesError) as caught:
        records.create({"patient_id": "P" * 65}, MARY, checks=Checks(refuses_long=True))
    assert [error.where for error in caught.value.errors] == [
        "patient_name", "requested_procedure_id", "patient_id",
    ]  # fmt: skip


def test_two_records_never_have_the_same_ids(records: Records, intake: Intake) -> None:
    first = records.create(VALUES, MARY)
    with pytest.raises(OrderError, match=f"Record {first.id} has these IDs"):
        records.create(VALUES, MARY)


def test_an_order_finds_the_record_that_was_made_for_it(records: Records, intake: Intake) -> None:
    intake.receive_message(make_order("1"), Source("mllp", "192.0.2.1:4711"))
    ordered = records.get(1)
    records.delete([1], MARY)
    made = records.create(ordered.values, MARY)
    again = make_order("1").replace(b"Doe^Jane", b"Roe^Jane")
    intake.receive_message(again, Source("mllp", "192.0.2.1:4711"))
    assert records.get(made.id).text("patient_name") == "Roe^Jane"


def test_a_draft_is_the_record_without_what_makes_it_that_exam(records: Records) -> None:
    made = records.create({**VALUES, "accession_number": "A1", "study_instance_uid": "1.2"}, MARY)
    assert records.draft_of(made.id) == VALUES


def test_the_duplicate_of_an_order_has_no_twin_and_the_next_one_has(records: Records, intake: Intake) -> None:
    intake.receive_message(make_order("1"), Source("mllp", "192.0.2.1:4711"))
    draft = records.draft_of(1)
    assert records.find_twin(draft) is None
    made = records.create(draft, MARY)
    assert records.find_twin(records.draft_of(1)) == made.id
    assert records.find_twin({**draft, "requested_procedure_id": "RP2"}) is None


def test_a_request_that_is_repeated_makes_one_record(records: Records) -> None:
    first = records.create(VALUES, MARY, idempotency_key="k", key_owner="a")
    assert records.create(VALUES, MARY, idempotency_key="k", key_owner="a") == first
    with pytest.raises(RequestError):
        records.create({**VALUES, "modality": "CT"}, MARY, idempotency_key="k", key_owner="a")
    other = {**VALUES, "patient_id": "P2"}
    assert records.create(other, MARY, idempotency_key="k", key_owner="b").id != first.id
    records.delete([first.id], MARY)
    with pytest.raises(NotFound):
        records.create(VALUES, MARY, idempotency_key="k", key_owner="a")


def test_a_key_is_forgotten_after_a_day(database: Database) -> None:
    for number, at in enumerate((BEGIN, BEGIN + DAY + 1)):
        later = Records(database, clock=lambda at=at: at)  # type: ignore[misc]
        made = later.create({**VALUES, "patient_id": f"P{number}"}, MARY, idempotency_key="k")
        assert made.text("patient_id") == f"P{number}"


def test_who_comes_second_is_told_and_nothing_is_written(records: Records) -> None:
    made = records.create(VALUES, MARY)
    records.edit(made.id, {"modality": "CT"}, MARY, expected_version=made.version)
    with pytest.raises(RecordChanged) as caught:
        records.edit(made.id, {"modality": "MR"}, "john", expected_version=made.version)
    assert caught.value.record == records.get(made.id)
    assert records.get(made.id).text("modality") == "CT"


@pytest.mark.parametrize("status", list(Status))
def test_a_person_may_set_any_status(database: Database, records: Records, status: Status) -> None:
    made = records.create(VALUES, MARY)
    stored = records.set_status(made.id, status, "john")
    assert records.get(made.id).status is stored.status is status
    assert (stored.version > made.version) is (status is not Status.SCHEDULED)
    events = History(database).find(made.id)
    assert [event.actor for event in events] == ([MARY] if stored == made else [MARY, "john"])


def test_the_history_tells_what_came_what_was_written_over_it_and_what_was_deleted(
    database: Database, intake: Intake
) -> None:
    intake.receive_message(make_order("1"), Source("mllp", "192.0.2.1:4711"))
    records = Records(database, clock=count(BEGIN + DAY, 1_000_000).__next__)
    sent = records.get(1).text("modality")
    records.edit(1, {"modality": "MR"}, MARY)
    records.edit(1, {"modality": "US"}, "john")
    records.delete([1], MARY)
    records.restore(1, "john")
    database.write(
        lambda connection: keep_deliveries(connection, [Delivery(1, "CT1", BEGIN, BEGIN + 2 * DAY, 3)])
    )
    *events, sent_to = History(database).find(1)
    assert (sent_to.kind, sent_to.sentence) == ("delivery", "sent to CT1 3 times")
    assert [(event.kind, event.actor) for event in events[1:]] == [
        ("edit", MARY), ("edit", "john"), ("delete", MARY), ("restore", "john"),
    ]  # fmt: skip
    assert events[0].message_id == 1
    assert events[0].control_id
    assert events[0].sender
    assert events[1].values == (ValueChange("modality", sent, "MR"),)
    assert events[2].values == (ValueChange("modality", "MR", "US"),)
    with pytest.raises(NotFound):
        History(database).find(99)


def test_values_are_read_as_people_type_them() -> None:
    assert read_values(
        {
            "patient_birth_date": "01.02.1970",
            "scheduled_procedure_step_start_time": "9:05",
            "modality": " CT ",
            "patient_sex": " ",
            "requested_procedure_code_sequence": "B1^Brain^L",
        }
    ) == {
        "patient_birth_date": "19700201",
        "scheduled_procedure_step_start_time": "090500",
        "modality": "CT",
        "patient_sex": "",
        "requested_procedure_code_sequence": (
            {"code_value": "B1", "coding_scheme_designator": "L", "code_meaning": "Brain"},
        ),
    }


def test_every_bad_field_is_told_with_its_name() -> None:
    with pytest.raises(ValuesError) as caught:
        read_values(
            {
                "patient_birth_date": "soon",
                "study_instance_uid": "x",
                "nothing": "1",
                "modality": "CT",
                "patient_id": "\ud800",
            }
        )
    assert [(error.where, error.code) for error in caught.value.errors] == [
        ("patient_birth_date", "record.value-unfit"),
        ("study_instance_uid", "record.value-unfit"),
        ("nothing", "record.unknown-attribute"),
        ("patient_id", "record.value-unfit"),
    ]


def test_what_a_text_cannot_say_whole_is_not_written_as_one() -> None:
    values = read_values({"requested_procedure_code_sequence": "B1^Brain^L"})
    code = values["requested_procedure_code_sequence"]
    assert isinstance(code, tuple)
    assert write_value("requested_procedure_code_sequence", code) == "B1^Brain^L"
    assert write_value("requested_procedure_code_sequence", (*code, *code)) is None
    assert write_value("modality", "CT") == "CT"


def test_a_search_is_kept_for_its_user_until_nobody_used_it_for_a_month(database: Database) -> None:
    now = BEGIN
    searches = Searches(database, clock=lambda: now)
    number = searches.save("doe", MARY, sort="start", is_descending=True)
    assert searches.save("doe", MARY, sort="start", is_descending=True) == number
    assert searches.find(number, "john") is None
    now += 29 * DAY
    found = searches.find(number, MARY)
    assert found is not None
    assert (found.text, found.sort, found.is_descending) == ("doe", "start", True)
    now += 29 * DAY
    assert searches.find(number, MARY) is not None
    now += 31 * DAY
    assert searches.find(number, MARY) is None
    assert searches.save("doe", MARY, sort="start", is_descending=True) != number
