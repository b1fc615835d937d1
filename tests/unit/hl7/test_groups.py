import pytest

from openworklist.domain.errors import OrderError
from openworklist.hl7.groups import Group, order_groups
from openworklist.hl7.message import parse


def groups(*lines: str) -> list[Group]:
    return order_groups(parse("\r".join(("MSH|^~\\&|HIS", "PID|||1", *lines))))


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
    with pytest.raises(OrderError, match="more than 1000 steps"):
        groups("ORC|NW", "OBR|1", *["NTE|x"] * 1000, *["IPC|x"] * 100_000)


def test_a_second_patient_among_the_orders_is_refused_rather_than_given_anothers_exam() -> None:
    with pytest.raises(OrderError, match="two patients") as caught:
        groups("ORC|A", "OBR|1", "PID|||2", "ORC|B", "OBR|2")
    assert (caught.value.code, caught.value.where) == ("order.two-patients", "PID[2]-3")


def test_the_same_patient_said_again_is_the_one_said_first() -> None:
    first, second = groups("ORC|A", "OBR|1", "PID|again||1^^^HOSP", "ORC|B", "OBR|2")
    assert fields(first, "PID") == fields(second, "PID") == ("",)


def test_a_patient_behind_each_orc_is_that_orders_own() -> None:
    message = parse("MSH|^~\\&|HIS\rORC|A\rPID|1\rOBR|1\rORC|B\rPID|2\rOBR|2")
    assert [fields(group, "ORC", "PID") for group in order_groups(message)] == [("A", "1"), ("B", "2")]
