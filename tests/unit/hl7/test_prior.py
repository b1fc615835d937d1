"""Exams of the past, which an OMG carries beside its orders (HL7 v2.5.1 4.4.4)."""

import pytest

from openworklist.domain.errors import MessageError
from openworklist.hl7.groups import order_groups
from openworklist.hl7.message import parse

RESULT = "OBR|p" + "|" * 24 + "F"


def orders_of(*lines: str, type: str = "OMG^O19^OMG_O19") -> list[tuple[str, str, str]]:
    """PID-1, ORC-2 and OBR-1 of each order."""
    message = parse("\r".join((f"MSH|^~\\&|HIS||||||{type}", "PID|A", "PV1|a", *lines)))
    found = []
    for group in order_groups(message):
        patient, orc, obr = (group.find(name) for name in ("PID", "ORC", "OBR"))
        found.append(
            (
                patient.field(1) if patient else "",
                orc.field(2) if orc else "",
                obr.field(1) if obr else "",
            )
        )
    return found


@pytest.mark.parametrize(
    "prior",
    [
        ("PID|A", "PV1|x", "AL1|x", "ORC|PR|p", "OBR|p", "OBX|1"),
        ("PID|old", "ORC|pr|p", "OBR|p", "OBX|1", "ORC|PR|q", "OBR|q", "OBX|1"),
        ("PV1|x", "ORC|PR|p", "OBR|p", "OBX|1"),
        ("ORC|PR|p", "OBR|p", "OBX|1"),
        ("PID|A", "OBR|p", "OBX|1", "OBR|q", "OBX|1"),
        ("PID|A", "ORC|NW|p", RESULT, "OBX|1"),
        ("PID|A", "ORC|NW|p", RESULT, "OBX|1", "ORC|NW|q", RESULT, "OBX|1"),
        ("PID|A", "ORC|PR|p", "OBR|p", "OBX|1", "PID|A", "ORC|PR|q", "OBR|q", "OBX|1"),
    ],
    ids=str,
)
def test_prior_results_are_no_orders_and_what_follows_is_the_patients(prior: tuple[str, ...]) -> None:
    before = ("ORC|NW|1", "TQ1|1", "OBR|1", "NTE|1", "OBX|1")
    assert orders_of(*before, *prior) == [("A", "1", "1")]
    assert orders_of(*before, *prior, "ORC|NW|2", "OBR|2") == [("A", "1", "1"), ("A", "2", "2")]


def test_what_belongs_to_a_prior_result_is_not_the_orders() -> None:
    lines = ("ORC|NW|1", "OBR|1", "PID|old", "PV1|x", "ORC|PR|p", "OBR|p", "NTE|p", "OBX|p", "ZDS|p")
    (group,) = order_groups(parse("\r".join(("MSH|^~\\&|||||||OMG^O19", "PID|A", *lines))))
    assert [group.find(name) for name in ("PV1", "NTE", "OBX", "ZDS")] == [None, None, None, None]


@pytest.mark.parametrize(
    "lines",
    [
        ("ORC|NW|1", "OBR|1", "PID|B", "ORC|NW|2", "OBR|2"),
        ("ORC|NW|1", "OBR|1", "PV1|b", "ORC|NW|2", "OBR|2"),
        ("ORC|NW|1", "OBR|1", "PID|B", "ORC|NW|2"),
        ("OBR|1", "PID|B", "OBR|2"),
    ],
    ids=str,
)
def test_what_may_be_another_order_is_refused_rather_than_left_out(lines: tuple[str, ...]) -> None:
    with pytest.raises(MessageError, match="not clear whether") as caught:
        orders_of(*lines)
    assert caught.value.code == "message.segment-order"


def test_orders_without_prior_results_are_all_taken() -> None:
    lines = ("ORC|NW|1", "OBR|1", "OBR|2", "ORC|NW|3", RESULT)
    assert orders_of(*lines) == [("A", "1", "1"), ("A", "1", "2"), ("A", "3", "p")]


def test_an_orm_has_no_group_of_prior_results_but_may_mark_one() -> None:
    two = ("ORC|NW|1", "OBR|1", "PID|B", "ORC|NW|2", "OBR|2")
    assert orders_of(*two, type="ORM^O01") == [("A", "1", "1"), ("B", "2", "2")]
    marked = ("ORC|NW|1", "OBR|1", "ORC|PR^x|p", "OBR|p", "ORC|NW|2", "OBR|2")
    assert orders_of(*marked, type="ORM^O01") == [("A", "1", "1"), ("A", "2", "2")]


def test_a_visit_at_the_end_is_that_of_the_orders() -> None:
    message = parse("MSH|^~\\&|||||||OMG^O19\rPID|A\rORC|NW\rOBR|1\rPV1|a\r")
    (group,) = order_groups(message)
    visit = group.find("PV1")
    assert visit is not None
    assert visit.field(1) == "a"
