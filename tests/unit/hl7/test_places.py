import pytest

from openworklist.hl7.groups import order_groups
from openworklist.hl7.message import parse
from openworklist.hl7.places import find_detail, number_groups


@pytest.mark.parametrize(
    ("lines", "detail"),
    [
        (["ORC|NW", "OBR|1"], "OBR"),
        (["ORC|NW", "OBR|1", "RXO|contrast"], "OBR"),
        (["ORC|NW", "OBR|1", "IPC|1"], "OBR"),
        (["IPC|1"], "IPC"),
        (["ORC|NW", "RXO|aspirin"], "RXO"),
        (["ORC|NW", "ODS|D|soup"], "ODS"),
        (["ORC|CA"], ""),
    ],
)
def test_what_says_what_is_ordered(lines: list[str], detail: str) -> None:
    (group,) = order_groups(parse("\r".join(("MSH|^~\\&|HIS", *lines))))
    assert find_detail(group) == detail


def test_each_order_has_segments_of_its_own() -> None:
    lines = ("MSH|^~\\&|HIS", "ORC|NW|1", "OBR|1", "OBR|2", "ORC|NW|2", "OBR|1", "IPC|a", "IPC|b", "ORC|CA|3")
    assert number_groups(order_groups(parse("\r".join(lines)))) == [
        {"ORC": 1, "OBR": 1},
        {"ORC": 1, "OBR": 2},
        {"ORC": 2, "OBR": 3, "IPC": 1},
        {"ORC": 2, "OBR": 3, "IPC": 2},
        {"ORC": 3},
    ]
