import pytest

from openworklist.domain.errors import MessageError, OrderError
from openworklist.hl7.groups import Group, order_groups
from openworklist.hl7.message import parse


def groups(*lines: str, type: str = "ORM^O01", patient: str = "PID|A") -> list[Group]:
    return order_groups(parse("\r".join((f"MSH|^~\\&|HIS||||||{type}", patient, *lines))))


def fields(group: Group, *names: str) -> tuple[str, ...]:
    found = [group.find(name) for name in names]
    return tuple(segment.field(1) if segment else "" for segment in found)


def test_each_orc_begins_an_order() -> None:
    first, second = groups("PV1|I", "ORC|NW1", "OBR|1", "ORC|NW2", "OBR|2", "NTE|2")
    assert fields(first, "ORC", "OBR", "NTE", "PV1") == ("NW1", "1", "", "I")
    assert fields(second, "ORC", "OBR", "NTE", "PV1") == ("NW2", "2", "2", "I")


def test_a_second_obr_shares_the_orc_and_timing_before_the_first() -> None:
    first, second = groups("ORC|NW", "TQ1|1", "OBR|1", "NTE|a", "OBR|2")
    assert fields(first, "ORC", "TQ1", "OBR", "NTE") == ("NW", "1", "1", "a")
    assert fields(second, "ORC", "TQ1", "OBR", "NTE") == ("NW", "1", "2", "")


def test_each_ipc_is_a_step() -> None:
    first, second, third = groups("ORC|A", "OBR|1", "IPC|x", "IPC|y", "ORC|B", "OBR|2", "IPC|z")
    assert fields(first, "ORC", "OBR", "IPC") == ("A", "1", "x")
    assert fields(second, "ORC", "OBR", "IPC") == ("A", "1", "y")
    assert fields(third, "ORC", "OBR", "IPC") == ("B", "2", "z")


def test_a_zds_stands_for_the_orders_before_it() -> None:
    first, second, third = groups("ORC|A", "OBR|1", "ORC|B", "OBR|2", "ZDS|u", "ORC|C", "OBR|3")
    assert [fields(group, "ZDS") for group in (first, second, third)] == [("u",), ("u",), ("",)]


def test_an_order_may_lack_its_orc_or_its_obr() -> None:
    assert [fields(group, "ORC", "OBR") for group in groups("OBR|1", "OBR|2")] == [("", "1"), ("", "2")]
    assert [fields(group, "ORC", "OBR") for group in groups("ORC|CA")] == [("CA", "")]


def test_a_message_without_orders_has_no_groups() -> None:
    assert groups("PV1|I") == []


def test_a_note_about_the_patient_is_no_note_about_the_step() -> None:
    (group,) = groups("NTE|patient", "ORC|NW", "OBR|1")
    assert fields(group, "NTE") == ("",)


def test_occurrences_are_counted_in_the_group() -> None:
    (group,) = groups("ORC|NW", "OBR|1", "NTE|a", "NTE|b")
    second = group.find("NTE", 2)
    assert second is not None
    assert second.field(1) == "b"
    assert group.find("NTE", 3) is None
    assert [note.field(1) for note in group.all("NTE")] == ["a", "b"]


def test_more_steps_than_anybody_orders_are_refused() -> None:
    with pytest.raises(OrderError, match="more than 200 steps"):
        groups("ORC|NW", "OBR|1", *["NTE|x"] * 1000, *["IPC|x"] * 100_000)


def test_a_patient_behind_an_order_is_that_of_the_orders_that_follow() -> None:
    lines = ("PV1|a", "AL1|a", "ORC|1", "OBR|1", "PID|B", "PV1|b", "ORC|2", "OBR|2", "OBR|3")
    first, second, third = groups(*lines)
    assert fields(first, "PID", "PV1", "AL1", "ORC", "OBR") == ("A", "a", "a", "1", "1")
    assert fields(second, "PID", "PV1", "AL1", "ORC", "OBR") == ("B", "b", "", "2", "2")
    assert fields(third, "PID", "PV1", "AL1", "ORC", "OBR") == ("B", "b", "", "2", "3")
    assert [segment.field(3) for segment in second.all("MSH")] == ["HIS"]


def test_an_order_of_the_next_patient_shares_no_orc_and_no_study_with_the_one_before() -> None:
    first, second = groups("ORC|1", "OBR|1", "PID|B", "OBR|2", "ZDS|b")
    assert fields(first, "PID", "ORC", "OBR", "ZDS") == ("A", "1", "1", "")
    assert fields(second, "PID", "ORC", "OBR", "ZDS") == ("B", "", "2", "b")


def test_each_order_may_repeat_its_patient_before_it() -> None:
    found = groups("ORC|1", "OBR|1", "PID|A", "ORC|2", "OBR|2", "PID|A", "ORC|3", "OBR|3")
    assert [fields(group, "PID", "ORC") for group in found] == [("A", "1"), ("A", "2"), ("A", "3")]


def test_a_visit_behind_an_order_is_that_of_the_orders_that_follow() -> None:
    first, second = groups("PV1|a", "PV2|a", "AL1|x", "ORC|1", "OBR|1", "PV1|b", "ORC|2", "OBR|2")
    assert fields(first, "PID", "PV1", "PV2", "AL1") == ("A", "a", "a", "x")
    assert fields(second, "PID", "PV1", "PV2", "AL1") == ("A", "b", "", "x")


def test_the_only_visit_is_that_of_every_order_wherever_it_stands() -> None:
    found = groups("ORC|1", "OBR|1", "ORC|2", "OBR|2", "PV1|a")
    assert [fields(group, "PV1", "OBR") for group in found] == [("a", "1"), ("a", "2")]


@pytest.mark.parametrize(
    ("patient", "lines"),
    [
        ("NTE|1", ("ORC|1", "OBR|1", "PID|A")),
        ("NTE|1", ("ORC|1", "OBR|1", "PID|A", "ORC|2", "OBR|2", "PID|B")),
        ("PID|A", ("PID|B", "ORC|1", "OBR|1")),
        ("PID|A", ("ORC|1", "OBR|1", "PID|B")),
        ("PID|A", ("PV1|a", "ORC|1", "OBR|1", "PV1|b")),
        ("PID|A", ("ORC|1", "OBR|1", "PV1|a", "ORC|2", "OBR|2", "PV1|b")),
    ],
)
def test_where_it_is_not_clear_whose_an_order_is_the_message_is_refused(
    patient: str, lines: tuple[str, ...]
) -> None:
    with pytest.raises(MessageError, match="not clear which orders") as caught:
        groups(*lines, patient=patient)
    assert caught.value.code == "message.segment-order"


def test_more_patients_than_anybody_sends_are_refused() -> None:
    with pytest.raises(OrderError, match="more than 200 steps"):
        groups(*["ORC|1", "PID|B"] * 1001, "ORC|2")
