"""Which orders become records; test_conditions has when one fits."""

import json

import pytest

from openworklist.domain.conditions import Condition
from openworklist.domain.errors import SettingsError
from openworklist.domain.filters import (
    Effect,
    Filter,
    find_reason,
    from_document,
    in_order,
    leave_out,
    to_document,
)
from openworklist.domain.order import Order

CT = Filter("only CT", Effect.TAKE, (Condition("modality", ("CT",)),), rank=1)
NO_LAB = Filter("no lab", Effect.LEAVE, (Condition("requested_procedure_id", ("LAB*",)),))
NOTHING_ELSE = Filter("nothing else", Effect.LEAVE, rank=2)


def reason(*filters: Filter, **values: str) -> str:
    return find_reason(Order("NW", "", values), "ORM^O01", "RIS|NORTH", in_order(filters))


def test_an_order_is_taken_where_no_filter_fits() -> None:
    assert reason() == ""
    assert reason(NO_LAB, modality="CT") == ""


def test_an_order_left_out_has_a_reason_that_names_the_filter_and_why_it_fits() -> None:
    assert reason(NO_LAB, requested_procedure_id="LAB17") == (
        "left out by the filter 'no lab': Requested procedure ID is LAB*"
    )


def test_a_reason_says_nothing_of_the_patient() -> None:
    mine = Filter("vip", Effect.LEAVE, (Condition("patient_name", ("?*",)),))
    assert "Doe" not in reason(mine, patient_name="Doe^Jane")


def test_the_first_filter_that_fits_decides() -> None:
    assert reason(NOTHING_ELSE, CT, modality="CT") == ""
    assert reason(NOTHING_ELSE, CT, modality="MR") == (
        "left out by the filter 'nothing else': it leaves out every order"
    )
    assert "no lab" in reason(NOTHING_ELSE, CT, NO_LAB, modality="CT", requested_procedure_id="LAB1")


def test_filters_of_one_rank_are_tried_by_name() -> None:
    a, b = Filter("a", Effect.TAKE), Filter("b", Effect.LEAVE)
    assert in_order([b, a]) == (a, b)


def test_an_order_is_marked_only_where_it_is_left_out() -> None:
    order = Order("NW", "", {"requested_procedure_id": "LAB17"})
    assert leave_out(order, "ORM^O01", "RIS|", ()) is order
    assert leave_out(order, "ORM^O01", "RIS|", (CT,)) is order
    assert leave_out(order, "ORM^O01", "RIS|", (NO_LAB,)).left_out == NO_LAB.reason


@pytest.mark.parametrize("each", [CT, NO_LAB, NOTHING_ELSE])
def test_a_filter_comes_back_from_its_document(each: Filter) -> None:
    assert from_document(each.name, json.loads(json.dumps(to_document(each)))) == each


def test_a_document_may_leave_out_what_goes_without_saying() -> None:
    assert from_document("none", {"effect": "leave"}) == Filter("none", Effect.LEAVE)


@pytest.mark.parametrize(
    ("document", "where"),
    [
        ([], "filter 'a'"),
        ({}, "filter 'a'.effect"),
        ({"effect": "drop"}, "filter 'a'.effect"),
        ({"effect": ["take"]}, "filter 'a'.effect"),
        ({"effect": "take", "rank": 1.5}, "filter 'a'.rank"),
        ({"effect": "take", "if": {}}, "filter 'a'.if"),
        ({"effect": "take", "when": {"modalty": "CT"}}, "filter 'a'.when.modalty"),
    ],
)
def test_what_is_wrong_in_a_document_is_told_with_its_place(document: object, where: str) -> None:
    with pytest.raises(SettingsError) as caught:
        from_document("a", document)
    assert (caught.value.where, caught.value.code) == (where, "rule.invalid")


def test_a_filter_has_one_condition_on_a_name() -> None:
    with pytest.raises(SettingsError, match="filter 'a' has two conditions on modality"):
        Filter("a", Effect.TAKE, (Condition("modality", ("CT",)), Condition("modality", ("MR",))))
