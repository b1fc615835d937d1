"""What orders do to records; test_control has what each code asks for, test_finding which record is meant."""

import dataclasses
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openworklist.domain.control import Action
from openworklist.domain.errors import OrderError
from openworklist.domain.identity import identity_of
from openworklist.domain.order import Change, Order, decide
from openworklist.domain.record import Record, Status
from openworklist.domain.sent import Sent
from openworklist.domain.uids import is_valid_uid, make_uid

VALUES = {
    "patient_id": "P1",
    "patient_name": "Doe^Jane",
    "accession_number": "A1",
    "requested_procedure_id": "RP1",
    "scheduled_station_ae_title": "CT01",
    "scheduled_procedure_step_start_date": "20260314",
}
EIGHT, NINE, TEN = "20260314080000", "20260314090000", "20260314100000"
NULLS = ("patient_id", "patient_name", "accession_number")


def microseconds(time: str) -> int:
    return int(datetime.strptime(f"{time}+0000", "%Y%m%d%H%M%S%z").timestamp()) * 1_000_000


def at(time: str, sender: str = "RIS|") -> Sent:
    moment = microseconds(time)
    return Sent(sender, moment, moment, arrived=microseconds("20260314120000"))


def make_order(control: str = "NW", status: str = "", time: str = EIGHT, **values: str) -> Order:
    return Order(control, status, {**VALUES, **values}, sent=at(time))


def make_bare(control: str, time: str = NINE, **values: str) -> Order:
    """An order that says nothing but its patient, its number and these values."""
    named = {name: VALUES[name] for name in ("patient_id", "accession_number")}
    return Order(control, "", {**named, **values}, sent=at(time), detail="OBR" if values else "")


def decide_one(order: Order, *existing: Record) -> Change:
    (change,) = decide(order, existing, uid_root="2.25")
    return change


def record_of(change: Change) -> Record:
    assert change.record is not None
    return change.record


def code_of(change: Change) -> str:
    assert change.problem is not None
    return change.problem.code


def make_record(status: Status = Status.SCHEDULED, id: int = 7, **values: str) -> Record:
    created = record_of(decide_one(make_order(**values)))
    return dataclasses.replace(created, id=id, version=3, status=status)


def make_steps(*names: str) -> list[Record]:
    return [make_record(id=number, scheduled_procedure_step_id=name) for number, name in enumerate(names, 1)]


def test_a_new_order_is_created_with_what_scanners_need() -> None:
    change = decide_one(make_order())
    assert change.action is Action.CREATE
    record = record_of(change)
    assert is_valid_uid(record.text("study_instance_uid"))
    assert record.text("scheduled_procedure_step_id") == "RP1"
    assert record.text("scheduled_station_name") == "CT01"
    assert "study_instance_uid" not in record.values
    assert (record.message_time, record.senders) == (EIGHT, {"RIS|": microseconds(EIGHT)})


def test_a_resend_changes_nothing_that_scanners_see_and_is_remembered() -> None:
    before = make_record()
    change = decide_one(make_order(time=TEN), before)
    assert (change.action, change.problem) == (Action.IGNORE, None)
    assert "already" in change.reason
    assert record_of(change) == dataclasses.replace(
        before, message_time=TEN, senders={"RIS|": microseconds(TEN)}
    )
    assert decide_one(make_order(), before).record is None


def test_a_change_keeps_the_uid_that_a_scanner_may_have() -> None:
    before = make_record()
    changed = record_of(decide_one(make_order("XO", patient_name="Roe^Jane"), before))
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
    left = record_of(
        decide_one(dataclasses.replace(order, values=silent | {"patient_name": "X"}), make_record())
    )
    nullified = dataclasses.replace(order, values=silent, nullified=frozenset({"scheduled_station_ae_title"}))
    assert left.text("scheduled_station_ae_title") == "CT01"
    assert "scheduled_station_ae_title" not in record_of(decide_one(nullified, make_record())).values


# What must not be deleted.


def test_quotes_do_not_delete_the_patient() -> None:
    order = make_order("XO", modality="CT")
    values = {name: value for name, value in order.values.items() if name != "patient_name"}
    order = dataclasses.replace(order, values=values, nullified=frozenset({"patient_name"}))
    change = decide_one(order, make_record())
    assert record_of(change).text("patient_name") == "Doe^Jane"
    assert record_of(change).text("modality") == "CT"
    assert change.warnings == ('Patient name: "" does not delete it, no record is without',)
    assert record_of(change).warnings == change.warnings


def test_quotes_do_not_delete_the_last_order_number() -> None:
    filler = "filler_order_number_imaging_service_request"
    before = make_record(**{filler: "F1"})
    one = dataclasses.replace(
        make_order("XO", **{filler: "F1"}),
        values={"patient_id": "P1", filler: "F1"},
        nullified=frozenset({"accession_number"}),
    )
    assert "accession_number" not in record_of(decide_one(one, before)).values
    both = dataclasses.replace(
        make_order("XO", modality="CT"),
        values={"patient_id": "P1", "accession_number": "A1", "modality": "CT"},
        nullified=frozenset({filler}),
    )
    assert filler not in record_of(decide_one(both, before)).values
    assert record_of(decide_one(both, before)).text("accession_number") == "A1"


@given(st.sets(st.sampled_from([*NULLS, "modality", "requested_procedure_id"])))
def test_no_quotes_make_a_record_that_nobody_finds_again(nulls: set[str]) -> None:
    before = make_record(filler_order_number_imaging_service_request="F1", modality="CT")
    values = {name: value for name, value in before.values.items() if name not in nulls}
    order = Order("XO", "", values, frozenset(nulls), sent=at(NINE))
    (change,) = decide(order, [before], uid_root="2.25") if "patient_id" not in nulls else (None,)
    if change is not None and change.record is not None:
        after = change.record
        assert all(after.text(name) for name in ("patient_id", "patient_name", "requested_procedure_id"))
        assert decide_one(dataclasses.replace(order, nullified=frozenset()), after).before is after


# Older messages.


def test_an_older_message_undoes_nothing_and_its_sender_is_told() -> None:
    change = decide_one(make_order("CA", time="20260314070000"), make_record())
    assert (change.action, change.record, code_of(change)) == (Action.IGNORE, None, "order.older")
    assert change.reason == (
        "the message is older than what is stored, which was sent 2026-03-14 08:00:00 UTC"
    )


def test_a_message_older_than_a_resend_undoes_nothing() -> None:
    first = dataclasses.replace(record_of(decide_one(make_order(patient_name="A"))), id=7)
    resent = record_of(decide_one(make_order(patient_name="A", time=TEN), first))
    late = decide_one(make_order("XO", patient_name="B", time=NINE), resent)
    assert code_of(late) == "order.older"


def test_a_cancel_of_another_sender_counts_though_its_clock_is_behind() -> None:
    cancel = dataclasses.replace(make_order("CA"), sent=at("20260314075500", "HIS|"))
    assert decide_one(cancel, make_record()).action is Action.CANCEL


def test_a_second_cancel_is_remembered_so_that_an_order_between_them_stays_ended() -> None:
    canceled = make_record(Status.CANCELED)
    again = record_of(decide_one(make_order("CA", time=TEN), canceled))
    assert again.status is Status.CANCELED
    assert code_of(decide_one(make_order("NW", time=NINE), again)) == "order.older"


# What ended.


def test_a_newer_order_brings_a_cancelled_one_back_with_a_note() -> None:
    change = decide_one(make_order(time=NINE, patient_name="Roe^Jane"), make_record(Status.CANCELED))
    assert (change.action, change.reason) == (Action.REOPEN, "NW brings back what was CANCELED")
    assert (record_of(change).status, record_of(change).text("patient_name")) == (
        Status.SCHEDULED,
        "Roe^Jane",
    )


def test_an_order_sent_in_the_second_of_its_cancel_and_behind_it_brings_it_back() -> None:
    canceled = record_of(decide_one(make_order("CA", time=NINE), make_record()))
    assert decide_one(make_order("NW", time=NINE), canceled).action is Action.REOPEN


@pytest.mark.parametrize("status", [Status.COMPLETED, Status.DISCONTINUED])
@pytest.mark.parametrize("control", ["NW", "XO", "HD"])
def test_what_was_done_is_final_and_the_sender_is_told(status: Status, control: str) -> None:
    change = decide_one(make_order(control, time=NINE, patient_name="Roe^Jane"), make_record(status))
    assert (change.action, code_of(change)) == (Action.IGNORE, "order.ended")
    assert change.reason == f"the step is {status}; {control} does not bring it back"
    assert record_of(change).values == make_record().values


def test_a_cancel_of_what_ended_is_nothing_to_tell() -> None:
    change = decide_one(make_order("CA", time=NINE), make_record(Status.COMPLETED))
    assert (change.action, change.problem, record_of(change).status) == (
        Action.IGNORE,
        None,
        Status.COMPLETED,
    )


# What changes the status changes nothing else.


@pytest.mark.parametrize("control", ["CA", "DC", "HD", "SC"])
def test_a_change_of_status_leaves_every_other_value(control: str) -> None:
    """ORC-15, the start in the classic profile, is when the order was cancelled then."""
    order = make_order(
        control, "CM", scheduled_procedure_step_start_date="20260401", order_status="CM", time=NINE
    )
    change = decide_one(order, make_record())
    assert record_of(change).values == {**VALUES, "order_status": "CM"}
    assert change.identity == identity_of(VALUES)


def test_a_hold_is_lifted_by_a_new_order_and_kept_by_a_change() -> None:
    held = make_record(Status.ON_HOLD)
    assert record_of(decide_one(make_order("NW", time=NINE), held)).status is Status.SCHEDULED
    changed = record_of(decide_one(make_order("XO", time=NINE, modality="MR"), held))
    assert (changed.status, changed.text("modality")) == (Status.ON_HOLD, "MR")


# Which record is meant.


@pytest.mark.parametrize("control", ["XO", "XX", "XR"])
def test_a_change_of_the_procedure_is_a_change_of_the_one_step(control: str) -> None:
    """The classic profile reads both IDs from OBR-4.1: they change with the procedure."""
    ct1 = {"requested_procedure_id": "CT1", "scheduled_procedure_step_id": "CT1"}
    ct2 = {"requested_procedure_id": "CT2", "scheduled_procedure_step_id": "CT2"}
    before = make_record(**ct1)
    change = decide_one(make_order(control, time=NINE, **ct2), before)
    after = record_of(change)
    assert (change.action, after.id) == (Action.UPDATE, before.id)
    assert (after.text("requested_procedure_id"), after.text("scheduled_procedure_step_id")) == ("CT2", "CT2")
    assert change.identity == identity_of({**VALUES, **ct2})
    assert change.warnings == ("OBR-4 names another procedure or step: taken for the one step of the order",)


@pytest.mark.parametrize("control", ["CA", "OC", "DC", "HD", "RP"])
def test_an_order_with_another_procedure_ends_the_one_step_and_leaves_its_ids(control: str) -> None:
    change = decide_one(make_order(control, time=NINE, requested_procedure_id="CT2"), make_record())
    assert change.action is not Action.IGNORE
    assert record_of(change).text("requested_procedure_id") == "RP1"
    assert "OBR-4 names another" in change.warnings[0]


def test_a_new_order_with_another_procedure_is_another_exam_under_its_number() -> None:
    assert decide_one(make_order(requested_procedure_id="CT2"), make_record()).action is Action.CREATE


def test_a_cancel_without_steps_cancels_them_all() -> None:
    changes = decide(make_bare("CA"), make_steps("S1", "S2"), uid_root="2.25")
    assert [(each.action, each.record and each.record.id) for each in changes] == [
        (Action.CANCEL, 1),
        (Action.CANCEL, 2),
    ]


def test_a_change_of_a_step_that_the_order_does_not_have_adds_it() -> None:
    change = decide_one(make_order("XO", scheduled_procedure_step_id="S3"), *make_steps("S1", "S2"))
    assert (change.action, change.reason) == (
        Action.CREATE,
        "the order is new here, though XO was sent",
    )


def test_a_change_that_fits_two_steps_is_refused_rather_than_guessed() -> None:
    with pytest.raises(OrderError) as caught:
        decide_one(make_order("XO"), *make_steps("S1", "S2"))
    assert caught.value.code == "order.identity-conflict"


def test_a_change_that_would_make_two_steps_one_is_refused() -> None:
    """Without its filler order number the second order would have the IDs of the first."""
    filler = "filler_order_number_imaging_service_request"
    canceled = make_record(Status.CANCELED, id=1, scheduled_procedure_step_id="S1")
    live = make_record(id=2, scheduled_procedure_step_id="S1", **{filler: "F1"})
    order = dataclasses.replace(make_order("XO", time=NINE), nullified=frozenset({filler}))
    with pytest.raises(OrderError, match="the IDs of another") as caught:
        decide_one(order, canceled, live)
    assert caught.value.code == "order.identity-conflict"


def test_a_cancel_of_an_order_that_is_not_here_is_told() -> None:
    change = decide_one(make_bare("CA"))
    assert (change.action, code_of(change)) == (Action.IGNORE, "order.unknown")
    assert change.reason == "CA speaks of an order that is not here: there is nothing to cancel"


def test_another_patient_with_the_same_number_is_another_record() -> None:
    assert decide_one(make_order(patient_id="P2"), make_record()).action is Action.CREATE
    assert code_of(decide_one(make_order("CA", patient_id="P2"), make_record())) == "order.unknown"


def test_a_replacement_ends_the_old_order_and_makes_the_new() -> None:
    before = make_record()
    assert record_of(decide_one(make_bare("RP"), before)).status is Status.CANCELED
    assert decide_one(make_order("RO", accession_number="A2"), before).action is Action.CREATE


def unnumbered(**values: str) -> dict[str, str]:
    return {"patient_id": "P1", "patient_name": "Doe", **values}


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"scheduled_procedure_step_start_date": "20260314"},
        {"requested_procedure_description": "CT"},
    ],
)
def test_an_order_that_nothing_tells_from_others_is_refused(values: dict[str, str]) -> None:
    with pytest.raises(OrderError, match="neither a number"):
        decide_one(Order("NW", "", unnumbered(**values)))


# What orders no imaging.


@pytest.mark.parametrize("detail", ["RXO", "RXE", "ODS", "RQD"])
@pytest.mark.parametrize("control", ["NW", "CA", "XO", "OP"])
def test_what_a_pharmacy_or_a_kitchen_is_sent_is_ignored_with_the_reason(detail: str, control: str) -> None:
    change = decide_one(dataclasses.replace(make_order(control), detail=detail), make_record())
    assert (change.action, change.record, change.reason) == (
        Action.IGNORE,
        None,
        f"ignored because {detail} orders no imaging",
    )


def test_a_new_order_needs_something_that_says_what_is_to_be_done() -> None:
    change = decide_one(make_bare("NW"))
    assert (change.action, change.reason) == (
        Action.IGNORE,
        "ignored because no OBR or IPC says what is to be done",
    )
    assert decide_one(make_bare("NW", patient_name="Roe^Jane"), make_record()).action is Action.UPDATE


@pytest.mark.parametrize("control", ["", "QQ"])
def test_an_unknown_code_is_taken_as_new_if_there_is_a_procedure(control: str) -> None:
    change = decide_one(make_order(control))
    assert (change.action, change.warnings[0][:5]) == (Action.CREATE, "ORC-1")
    without = decide_one(make_order(control, requested_procedure_id=""), make_record())
    assert (without.action, code_of(without)) == (Action.IGNORE, "order.no-procedure")


# What is told.


@pytest.mark.parametrize(("name", "where"), [("patient_id", "PID-3"), ("patient_name", "PID-5")])
def test_an_order_without_patient_is_refused_with_the_place(name: str, where: str) -> None:
    with pytest.raises(OrderError) as caught:
        decide_one(make_order(**{name: ""}))
    assert (caught.value.code, caught.value.where) == ("order.field-missing", where)


def test_of_several_orders_in_a_message_the_one_is_named() -> None:
    second = {"ORC": 1, "OBR": 2}
    with pytest.raises(OrderError) as caught:
        decide_one(dataclasses.replace(make_order("XO"), places=second), *make_steps("S1", "S2"))
    assert caught.value.where == "OBR[2]-4"
    with pytest.raises(OrderError) as caught:
        decide_one(Order("NW", "", unnumbered(), places=second))
    assert caught.value.where == "ORC[1]-2"
    unknown = decide_one(dataclasses.replace(make_bare("CA"), places={"ORC": 3}))
    assert unknown.problem is not None
    assert unknown.problem.where == "ORC[3]-2"


def test_warnings_are_those_of_the_message_that_set_the_values() -> None:
    warned = dataclasses.replace(make_order(), warnings=("PID-7 is not a date.",))
    before = dataclasses.replace(record_of(decide_one(warned)), id=7)
    assert before.warnings == ("PID-7 is not a date.",)
    assert record_of(decide_one(make_order("XO", time=NINE, modality="MR"), before)).warnings == ()
    assert record_of(decide_one(make_order("CA", time=NINE), before)).warnings == before.warnings
    resent = decide_one(make_order(time=NINE), before)
    assert (resent.action, record_of(resent).warnings) == (Action.IGNORE, before.warnings)


# Identity.


def test_steps_of_a_procedure_share_their_study_and_not_their_identity() -> None:
    one, other = make_steps("S1", "S2")
    assert one.get("study_instance_uid") == other.get("study_instance_uid")
    assert identity_of(one.values) != identity_of(other.values)


texts = st.text(max_size=20)
some_values = st.dictionaries(
    st.sampled_from(
        [
            "accession_number",
            "filler_order_number_imaging_service_request",
            "requested_procedure_id",
            "scheduled_procedure_step_id",
            "scheduled_station_ae_title",
            "scheduled_procedure_step_start_date",
            "scheduled_procedure_step_start_time",
            "requested_procedure_description",
        ]
    ),
    st.sampled_from(["1", "2", '""']),
)


@given(st.lists(st.tuples(st.sampled_from(["NW", "XO", "CA", "SC"]), some_values), max_size=8))
def test_no_orders_make_two_records_of_one_identity(orders: list[tuple[str, dict[str, str]]]) -> None:
    """The database would refuse the second, and its sender would send it for ever."""
    stored: dict[int, Record] = {}
    for control, sent in orders:
        nulls = frozenset(name for name, value in sent.items() if value == '""')
        values = {name: value for name, value in sent.items() if name not in nulls}
        order = Order(control, "SC", {"patient_id": "P1", "patient_name": "Doe"} | values, nulls)
        try:
            changes: Any = decide(order, list(stored.values()), uid_root="2.25")
        except OrderError:
            continue
        for change in changes:
            if change.record is not None:
                number = change.before.id if change.before else len(stored) + 1
                stored[number] = dataclasses.replace(change.record, id=number)
    identities = [identity_of(record.values) for record in stored.values()]
    assert len(set(identities)) == len(identities)


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
    record = record_of(decide_one(order))
    assert decide_one(order, record).action is Action.IGNORE


def test_an_exam_whose_procedure_was_changed_keeps_its_study_for_itself() -> None:
    first = make_record()
    moved = record_of(decide_one(make_order("XO", time=NINE, requested_procedure_id="RP2"), first))
    again = record_of(decide_one(make_order(time=TEN), moved))
    assert again.id == 0  # the first procedure, ordered anew: another exam
    studies = [record.text("study_instance_uid") for record in (first, moved, again)]
    assert studies[0] == studies[1] != studies[2]
    assert is_valid_uid(studies[2])


def test_a_default_fills_a_new_record_and_never_replaces_what_one_has() -> None:
    order = dataclasses.replace(make_order(modality="OT"), defaults=frozenset({"modality"}))
    made = record_of(decide_one(order))
    assert made.values["modality"] == "OT"
    known = dataclasses.replace(made, id=1, values={**made.values, "modality": "CT"})
    later = dataclasses.replace(order, sent=at(NINE), values={**order.values, "patient_name": "Roe^Jane"})
    after = record_of(decide_one(later, known))
    assert (after.values["modality"], after.values["patient_name"]) == ("CT", "Roe^Jane")


def leave_out(order: Order) -> Order:
    return dataclasses.replace(order, left_out="left out by the filter 'no lab'")


@pytest.mark.parametrize("control", ["NW", "XO", "CA", "HD"])
def test_what_a_filter_leaves_out_makes_no_record_and_its_sender_is_not_warned(control: str) -> None:
    change = decide_one(leave_out(make_order(control)))
    assert (change.action, change.record, change.problem) == (Action.IGNORE, None, None)
    assert change.reason == "left out by the filter 'no lab'"


def test_what_a_filter_leaves_out_need_not_be_whole() -> None:
    assert decide_one(leave_out(Order("NW", "", {}))).action is Action.IGNORE


@pytest.mark.parametrize(
    ("control", "action"),
    [("NW", Action.UPDATE), ("XO", Action.UPDATE), ("CA", Action.CANCEL), ("HD", Action.HOLD)],
)
def test_a_filter_leaves_out_nothing_that_speaks_of_a_record(control: str, action: Action) -> None:
    order = leave_out(make_order(control, time=NINE, modality="OT"))
    assert decide_one(order, make_record()).action is action


def without_station(control: str = "NW", stations: str = "", time: str = EIGHT, **values: str) -> Order:
    order = make_order(control, time=time, **values)
    sent = {name: value for name, value in order.values.items() if name != "scheduled_station_ae_title"}
    return dataclasses.replace(order, values=sent, stations=stations)


def assigned(stations: str) -> Record:
    return dataclasses.replace(record_of(decide_one(without_station(stations=stations))), id=7)


def station_of(order: Order, before: Record) -> str:
    return (decide_one(order, before).record or before).text("scheduled_station_ae_title")


def test_a_new_order_without_a_station_gets_that_of_a_rule() -> None:
    record = assigned("CT1\\CT2")
    assert record.text("scheduled_station_ae_title") == "CT1\\CT2"
    assert "scheduled_station_ae_title" not in record.values


def test_a_changed_order_moves_to_the_station_of_its_rule() -> None:
    order = without_station("XO", "MR1", NINE, modality="MR")
    assert station_of(order, assigned("CT1")) == "MR1"
    assert decide_one(order, assigned("CT1")).action is Action.UPDATE


@pytest.mark.parametrize("control", ["XO", "SC", "CA"])
def test_a_message_that_no_rule_fits_leaves_an_exam_at_its_station(control: str) -> None:
    assert station_of(without_station(control, "", NINE), assigned("CT1")) == "CT1"


def test_a_cancel_moves_nothing() -> None:
    assert station_of(without_station("CA", "MR1", NINE), assigned("CT1")) == "CT1"


def test_a_station_that_was_sent_counts_more_than_that_of_a_rule() -> None:
    assert station_of(without_station("XO", "MR1", NINE), make_record()) == "CT01"
    assert station_of(make_order("XO", time=NINE), assigned("MR1")) == "CT01"


def test_a_station_that_the_sender_deletes_gives_way_to_that_of_a_rule() -> None:
    order = without_station("XO", "MR1", NINE)
    order = dataclasses.replace(order, nullified=frozenset({"scheduled_station_ae_title"}))
    assert station_of(order, make_record()) == "MR1"
