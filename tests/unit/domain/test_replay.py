"""Records made again from their messages: a row of orders in, records with their ids out."""

from dataclasses import replace
from typing import Any

import pytest

from openworklist.domain.completion import complete
from openworklist.domain.edit import Edit
from openworklist.domain.errors import MessageError, OrderError
from openworklist.domain.order import Order
from openworklist.domain.record import Record, Status, Value
from openworklist.domain.replay import Heard, History, Replayed, StatusSet, replay

SENT: dict[str, Value] = {
    "patient_id": "1",
    "patient_name": "Doe^Jane",
    "accession_number": "A1",
    "requested_procedure_id": "RP1",
    "scheduled_procedure_step_id": "S1",
    "modality": "CT",
}


def make_order(control: str = "NW", **values: Value) -> Order:
    return Order(control, "", {**SENT, **values})


def hear(number: int, *orders: Order, **more: Any) -> Heard:
    """A message at that moment; those before it made record 1."""
    values = {"was_applied": True, "touched": (1,), "made": (1,) if number == 1 else (), **more}
    return Heard(number, number, orders, **values)


def stored(number: int = 1, *, status: Status = Status.SCHEDULED, **values: Value) -> Record:
    sent = {**SENT, **values}
    return Record(sent, complete(sent, uid_root="2.25"), status, id=number, version=3)


def run(*messages: Heard, records: tuple[Record, ...] = (stored(),), **more: Any) -> Replayed:
    history = History({record.id: record for record in records}, messages, **more)
    return replay(history, uid_root="2.25")


def test_a_record_that_its_messages_still_make_is_not_changed() -> None:
    (made,) = run(hear(1, make_order())).records
    assert (made.after, made.is_changed, made.messages) == (stored(), False, (1,))


def test_messages_are_applied_in_the_order_of_their_numbers() -> None:
    (made,) = run(hear(2, make_order(modality="MR")), hear(1, make_order(modality="US"))).records
    assert made.after.text("modality") == "MR"
    assert (made.after.id, made.after.version) == (1, 3)
    assert made.is_changed


def test_a_message_without_record_makes_a_new_one() -> None:
    (made,) = run(hear(1, make_order(), made=(), touched=(), was_applied=False), records=()).records
    assert (made.before, made.after.id, made.after.text("modality")) == (None, 0, "CT")


def test_a_message_that_was_applied_brings_nothing_deleted_back() -> None:
    assert run(hear(1, make_order()), records=()).records == ()


def test_a_record_that_took_the_place_of_a_deleted_one_has_nothing_of_it() -> None:
    old = hear(1, make_order(patient_sex="F"), touched=(1,))
    new = hear(5, make_order(), made=(2,), touched=(2,))
    (made,) = run(old, new, records=(stored(2),)).records
    assert (made.after.id, made.is_changed, made.messages) == (2, False, (5,))


def test_what_a_message_changed_before_it_was_deleted_stays_deleted() -> None:
    other = stored(2, scheduled_procedure_step_id="S2")
    orders = make_order(scheduled_procedure_step_id="S2"), make_order("XO", modality="MR")
    messages = hear(1, make_order()), hear(5, *orders, made=(2,), touched=(2, 1))
    (made,) = run(*messages, records=(other,)).records
    assert (made.after.id, made.is_changed) == (2, False)


def test_identifiers_that_were_made_up_stay() -> None:
    told = stored(accession_number="A9")
    (made,) = run(hear(1, make_order(accession_number="A2")), records=(told,)).records
    assert made.after.text("study_instance_uid") == told.text("study_instance_uid")
    assert made.after.text("accession_number") == "A2"


def test_of_two_steps_of_one_message_each_keeps_its_id() -> None:
    other = stored(2, scheduled_procedure_step_id="S2", modality="MR")
    # The second comes first now, and both have new IDs: what else they hold tells which is which.
    orders = (
        make_order(scheduled_procedure_step_id="T2", modality="MR"),
        make_order(scheduled_procedure_step_id="T1"),
    )
    made = run(hear(1, *orders, made=(1, 2), touched=(1, 2)), records=(stored(), other)).records
    assert [(each.after.id, each.after.text("scheduled_procedure_step_id")) for each in made] == [
        (1, "T1"),
        (2, "T2"),
    ]


@pytest.mark.parametrize(
    ("later", "name"),
    [
        ("Doe^Jane", "Doe^Janet"),  # a resend of what was there before the edit
        ("Roe^Jane", "Roe^Jane"),  # news
    ],
)
def test_an_edit_stands_until_a_newer_message_changes_that_value(later: str, name: str) -> None:
    edit = Edit(1, "patient_name", "Doe^Janet", 5, "mary")
    messages = hear(1, make_order()), hear(9, make_order(patient_name=later, modality="MR"))
    (made,) = run(*messages, edits=(edit,)).records
    assert (made.after.text("patient_name"), made.after.text("modality")) == (name, "MR")


def test_an_edit_falls_even_if_the_sender_goes_back_to_what_was_before() -> None:
    edit = Edit(1, "patient_name", "Doe^Janet", 5, "mary")
    names = "Doe^Jane", "Roe^Jane", "Doe^Jane"
    messages = [
        hear(number, make_order(patient_name=name)) for number, name in zip((1, 8, 9), names, strict=True)
    ]
    (made,) = run(*messages, edits=(edit,)).records
    assert made.after.text("patient_name") == "Doe^Jane"


def test_an_edit_that_had_fallen_before_its_messages_went_does_not_rise() -> None:
    now = stored(patient_name="Roe^Jane", patient_sex="O")
    edits = Edit(1, "patient_name", "Doe^Janet", 5, "mary"), Edit(1, "patient_sex", "O", 5, "mary")
    later = hear(9, make_order(modality="MR", patient_name="Roe^Jane"))
    (made,) = run(later, records=(now,), edits=edits, incomplete=frozenset({1})).records
    assert made.after.text("patient_name") == "Roe^Jane"
    assert (made.after.text("patient_sex"), made.after.text("modality")) == ("O", "MR")


@pytest.mark.parametrize(
    ("statuses", "kept", "status"),
    [
        ((), (), Status.ON_HOLD),
        ((StatusSet(1, 5, Status.SCHEDULED),), (), Status.ON_HOLD),  # before the message that holds
        ((StatusSet(1, 10, Status.SCHEDULED),), (), Status.SCHEDULED),
        ((), (1,), Status.STARTED),
    ],
)
def test_a_status_that_no_message_gave_has_its_place_among_the_messages(
    statuses: tuple[StatusSet, ...], kept: tuple[int, ...], status: Status
) -> None:
    (made,) = run(
        hear(1, make_order()),
        hear(9, make_order("HD")),
        records=(stored(status=Status.STARTED),),
        statuses=statuses,
        kept_statuses=frozenset(kept),
    ).records
    assert made.after.status is status


def test_a_wrong_order_takes_its_whole_message_back() -> None:
    wrong = Order("NW", "", {})
    replayed = run(
        hear(1, make_order()), hear(2, make_order(modality="MR"), wrong, was_applied=False, touched=())
    )
    assert not replayed.records[0].is_changed
    fate = replayed.fates[1]
    assert fate.error is not None
    assert not fate.is_applied


@pytest.mark.parametrize("error", [None, MessageError("It cannot be read.")])
def test_a_message_that_was_applied_must_be_so_again(error: MessageError | None) -> None:
    orders = () if error else (Order("NW", "", {}),)
    with pytest.raises(OrderError, match="Message 2 was applied") as caught:
        run(hear(1, make_order()), hear(2, *orders, error=error))
    assert caught.value.code == "message.not-again"


def test_two_records_do_not_become_one() -> None:
    other = stored(2, patient_id="2")
    edit = Edit(2, "patient_id", "1", 9, "mary")
    messages = hear(1, make_order()), hear(2, make_order(patient_id="2"), made=(2,), touched=(2,))
    with pytest.raises(OrderError) as caught:
        run(*messages, records=(stored(), other), edits=(edit,))
    assert caught.value.code == "order.identity-conflict"


def test_a_record_that_nothing_makes_any_more_is_told() -> None:
    replayed = run(hear(1, make_order("CA")))
    assert (replayed.records, replayed.left) == ((), (1,))
    assert "not here" in replayed.fates[0].reason


def test_what_changes_nothing_says_why() -> None:
    replayed = run(hear(1, make_order()), hear(2, make_order(), was_applied=False), hear(3, ignored="ADT"))
    assert [(fate.is_applied, fate.reason) for fate in replayed.fates] == [
        (True, ""),
        (False, "the record is already as sent"),
        (False, "ADT"),
    ]


def test_stations_by_rule_are_those_that_the_rules_give_today() -> None:
    order = replace(make_order(), stations="CT2")
    before = replace(stored(), completed=complete(SENT, uid_root="2.25", stations="CT1"))
    (made,) = run(hear(1, order), records=(before,)).records
    assert made.after.text("scheduled_station_ae_title") == "CT2"
    (made,) = run(hear(1, make_order()), records=(before,)).records
    assert made.after.text("scheduled_station_ae_title") == ""


def test_a_record_whose_first_messages_are_gone_keeps_its_station_by_rule() -> None:
    before = replace(stored(), completed=complete(SENT, uid_root="2.25", stations="CT1"))
    later = hear(2, make_order("XO", modality="MR"))
    (made,) = run(later, records=(before,), incomplete=frozenset({1})).records
    assert made.after.text("scheduled_station_ae_title") == "CT1"


def test_a_filter_of_today_takes_away_nothing_that_is_there() -> None:
    replayed = run(hear(1, replace(make_order(), left_out="left out by the filter 'no lab'")))
    assert (replayed.records, replayed.left) == ((), (1,))
    assert replayed.fates[0].reason == "left out by the filter 'no lab'"
