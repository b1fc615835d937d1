"""Which order takes the place of which in one message."""

import pytest

from openworklist.domain.change import Order
from openworklist.hl7 import mapping
from openworklist.hl7.message import parse
from openworklist.hl7.profile import preset
from openworklist.hl7.replacements import link_replacements


def link(*lines: str) -> list[Order]:
    message = parse("\r".join(("MSH|^~\\&|RIS||||||ORM^O01", "PID|||P1", *lines)))
    return list(link_replacements(message, mapping.apply(message, preset("classic"))))


def parent(text: str) -> str:
    return "||||||" + text


@pytest.mark.parametrize(
    ("lines", "replaced_by"),
    [
        (["ORC|RP|A1", "ORC|RO|A2"], ["A2", ""]),
        (["ORC|RU|A1", "ORC|RO||F2"], ["F2", ""]),
        (["ORC|RP|A1", "ORC|RP|A2", "ORC|RO|B1"], ["B1", "B1", ""]),
        (["ORC|RP|A1", "ORC|RO|B1", "ORC|RP|A2", "ORC|RO|B2"], ["B1", "", "B2", ""]),
        (
            ["ORC|RP|A1", "ORC|RP|A2", "ORC|RO|B1" + parent("A2"), "ORC|RO|B2" + parent("A1")],
            ["B2", "B1", "", ""],
        ),
        (["ORC|RP|A1"], [""]),
        (["ORC|RO|B1", "ORC|RP|A1"], ["", ""]),
        (["ORC|CA|A1", "ORC|NW|A2"], ["", ""]),
    ],
)
def test_who_takes_whose_place(lines: list[str], replaced_by: list[str]) -> None:
    assert [order.replaced_by for order in link(*lines)] == replaced_by


@pytest.mark.parametrize(
    ("text", "number"),
    [("A1", "A1"), ("A1&HIS^F1&RIS", "A1"), ("^F1&RIS", "F1"), ("A\\T\\1", "A&1"), ("", "")],
)
def test_the_parent_is_the_placers_number_else_the_fillers(text: str, number: str) -> None:
    (order,) = link("ORC|RO|A2" + parent(text))
    assert order.parent == number


def test_of_several_orders_each_has_its_own_parent() -> None:
    first, second = link("ORC|RO|B1" + parent("A1"), "OBR|1", "OBR|2", "ORC|RO|B2" + parent("A2"))[::2]
    assert (first.parent, second.parent) == ("A1", "A2")
