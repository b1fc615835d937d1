"""What orders do to records: a row of the table is a test, and what no row may do is another."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openworklist.domain.errors import OrderError
from openworklist.domain.identity import identity_of
from openworklist.domain.order import RULES, Action, Change, Order, decide
from openworklist.domain.record import Record, Status
from openworklist.domain.uids import is_valid_uid, make_uid

VALUES = {
    "patient_id": "P1",
    "patient_name": "Doe^Jane",
    "accession_number": "A1",
    "requested_procedure_id": "RP1",
    "scheduled_station_ae_title": "CT01",
    "scheduled_procedure_step_start_date": "20260314",
}


def make_order(control: str = "NW", status: str = "", time: str = "20260314080000", **values: str) -> Order:
    return Order(control, status, {**VALUES, **values}, message_time=time)


def decide_one(order: Order, *existing: Record) -> Change:
    (change,) = decide(order, existing, uid_root="2.25")
    return change


def make_record(status: Status = Status.SCHEDULED, **values: str) -> Record:
    created = decide_one(make_order(**values)).record
    assert created is not None
    return dataclasses.replace(created, id=7, version=3, status=status)


def test_a_new_order_is_created_with_what_scanners_need() -> None:
    change = decide_one(make_order())
    assert change.action is Action.CREATE
    assert change.record is not None
    assert is_valid_uid(change.record.text("study_instance_uid"))
    assert change.record.text("scheduled_procedure_step_id") == "RP1"
    assert change.record.text("scheduled_station_name") == "CT01"
    assert "study_instance_uid" not in change.record.values


@pytest.mark.parametrize(("control", "status"), RULES)
def test_every_row_says_what_becomes_of_a_record_and_of_none(control: str, status: str) -> None:
    rule = RULES[control, status]
    known = decide_one(make_order(control, status, patient_name="Roe^Jane"), make_record(Status.ON_HOLD))
    unknown = decide_one(make_order(control, status))
    assert known.action is rule.action
    assert known.record is not None
    assert known.record.status is (rule.status or Status.ON_HOLD)
    assert known.record.id == 7
    assert unknown.action is (Action.CREATE if rule.creates else Action.IGNORE)
    assert known.reason
    assert unknown.reason


def test_a_resend_changes_nothing_and_says_so() -> None:
    change = decide_one(make_order(), make_record())
    assert (change.action, change.record) == (Action.IGNORE, None)
    assert "already" in change.reason


def test_a_change_keeps_the_uid_that_a_scanner_may_have() -> None:
    before = make_record()
    after = decide_one(make_order("XO", accession_number="A1", requested_procedure_id=""), before).record
    changed = decide_one(make_order("XO", patient_name="Roe^Jane"), before).record
    assert after is None or after.get("study_instance_uid") == before.get("study_instance_uid")
    assert changed is not None
    assert changed.get("study_instance_uid") == before.get("study_instance_uid")


def test_a_moved_exam_has_the_name_of_its_new_station() -> None:
    before = make_record(scheduled_station_ae_title="CT1")
    moved = decide_one(make_order("XO", scheduled_station_ae_title="MR9"), before).record
    assert moved is not None
    assert moved.text("scheduled_station_ae_title") == moved.text("scheduled_station_name") == "MR9"
    for name in ("scheduled_procedure_step_id", "requested_procedure_id", "study_instance_uid"):
        assert moved.text(name) == before.text(name) != ""


def test_what_a_scanner_was_told_stays_though_it_would_be_made_otherwise_now() -> None:
    order = make_order(requested_procedure_id="")
    before = decide_one(order).record
    assert before is not None
    change = make_order("XO", requested_procedure_id="", filler_order_number_imaging_service_request="F1")
    nullified = dataclasses.replace(
        change,
        values={**change.values, "accession_number": ""},
        nullified=frozenset({"accession_number"}),
    )
    after = decide_one(change, before).record
    assert after is not None
    later = decide_one(nullified, after).record
    assert later is not None
    assert later.text("requested_procedure_id") == before.text("requested_procedure_id") == "A1"
    assert later.text("study_instance_uid") == before.text("study_instance_uid")


def test_an_empty_field_leaves_a_value_and_quotes_delete_it() -> None:
    order = make_order("XO")
    silent = {name: value for name, value in VALUES.items() if name != "scheduled_station_ae_title"}
    left = decide_one(dataclasses.replace(order, values=silent | {"patient_name": "X"}), make_record()).record
    deleted = decide_one(
        dataclasses.replace(order, values=silent, nullified=frozenset({"scheduled_station_ae_title"})),
        make_record(),
    ).record
    assert left is not None
    assert deleted is not None
    assert left.text("scheduled_station_ae_title") == "CT01"
    assert "scheduled_station_ae_title" not in deleted.values


def test_an_older_message_undoes_nothing() -> None:
    change = decide_one(make_order("CA", time="20260314070000"), make_record())
    assert change.action is Action.IGNORE
    assert "older" in change.reason


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.CANCELED, Status.DISCONTINUED])
def test_what_ended_is_not_brought_back_by_a_resend(status: Status) -> None:
    change = decide_one(make_order(patient_name="Roe^Jane"), make_record(status))
    assert change.action is Action.IGNORE
    assert status in change.reason


def test_an_unknown_control_code_is_taken_as_new_with_a_warning() -> None:
    assert decide_one(make_order("QQ")).action is Action.CREATE
    assert "ORC-1" in decide_one(make_order("")).warnings[0]


@pytest.mark.parametrize(("name", "where"), [("patient_id", "PID-3"), ("patient_name", "PID-5")])
def test_an_order_without_patient_is_refused_with_the_place(name: str, where: str) -> None:
    with pytest.raises(OrderError) as caught:
        decide_one(make_order(**{name: ""}))
    assert (caught.value.code, caught.value.where) == ("order.field-missing", where)


def test_an_order_that_nothing_tells_from_others_is_refused() -> None:
    values = {"patient_id": "P1", "patient_name": "Doe"}
    with pytest.raises(OrderError, match="neither a number"):
        decide_one(Order("NW", "", values))


def test_another_patient_with_the_same_number_is_another_record() -> None:
    assert decide_one(make_order(patient_id="P2"), make_record()).action is Action.CREATE


def test_a_cancel_without_steps_cancels_them_all() -> None:
    steps = [
        dataclasses.replace(make_record(scheduled_procedure_step_id=step), id=number)
        for number, step in enumerate(("S1", "S2"), 1)
    ]
    cancel = Order("CA", "", {"patient_id": "P1", "accession_number": "A1"}, message_time="20260314090000")
    changes = decide(cancel, steps, uid_root="2.25")
    assert [(each.action, each.record and each.record.id) for each in changes] == [
        (Action.CANCEL, 1),
        (Action.CANCEL, 2),
    ]


def test_a_change_that_fits_two_steps_is_refused_rather_than_guessed() -> None:
    steps = [make_record(scheduled_procedure_step_id=step) for step in ("S1", "S2")]
    with pytest.raises(OrderError) as caught:
        decide_one(make_order("XO"), *steps)
    assert caught.value.code == "order.identity-conflict"


def test_steps_of_a_procedure_share_their_study_and_not_their_identity() -> None:
    one, other = (make_record(scheduled_procedure_step_id=step) for step in ("S1", "S2"))
    assert one.get("study_instance_uid") == other.get("study_instance_uid")
    assert identity_of(one.values) != identity_of(other.values)


texts = st.text(max_size=20)


@given(st.sampled_from(["2.25", "1.2.826.0.1.3680043.10.99"]), st.lists(texts, min_size=1, max_size=4))
def test_uids_are_valid_and_the_same_each_time(root: str, parts: list[str]) -> None:
    uid = make_uid(root, *parts)
    assert is_valid_uid(uid)
    assert uid.startswith(f"{root}.")
    assert uid == make_uid(root, *parts)
    assert uid != make_uid(root, *parts, "")


@given(st.dictionaries(st.sampled_from(list(VALUES)), texts))
def test_the_same_order_twice_is_the_same_record(values: dict[str, str]) -> None:
    order = Order("NW", "", {**VALUES, **{name: text for name, text in values.items() if text.strip()}})
    record = decide_one(order).record
    assert record is not None
    assert decide_one(order, record).action is Action.IGNORE
