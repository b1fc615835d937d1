"""A saved node: what it may be, and what it asks for by schedule."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from openworklist.domain.destination import Tls
from openworklist.domain.errors import SettingsError
from openworklist.domain.node import SavedNode, Vanished, check, from_document, to_document

NODE = SavedNode("ris", "ris.example", 104)


@pytest.mark.parametrize(
    "node",
    [
        NODE,
        replace(NODE, interval=60.5, vanished=Vanished.CANCEL, tls=Tls("ca.pem"), assumed_charset="GB18030"),
        replace(NODE, charset="\\ISO 2022 IR 87", station="CT01", modality="CT", days_before=3),
    ],
)
def test_a_node_is_read_as_it_was_saved(node: SavedNode) -> None:
    assert from_document("ris", to_document(node)) == node


def test_what_is_not_said_is_the_default() -> None:
    assert from_document("ris", {"host": "ris.example", "port": 104}) == NODE


@pytest.mark.parametrize(
    "changed",
    [
        {"name": ""},
        {"name": "a:b"},
        {"name": "x" * 65},
        {"name": "a\nb"},
        {"host": ""},
        {"host": "a b"},
        {"port": 0},
        {"port": 70_000},
        {"port": True},
        {"ae_title": "A" * 17},
        {"calling": "CT\\01"},
        {"timeout": 0},
        {"timeout": float("nan")},
        {"timeout": float("inf")},
        {"total_timeout": 5},
        {"charset": "EBCDIC"},
        {"assumed_charset": "EBCDIC"},
        {"interval": 1},
        {"interval": -60},
        {"days_before": -1},
        {"days_after": 1.5},
        {"station": "CTÜ"},
        {"modality": "CT\\MR"},
        {"limit": 0},
    ],
)
def test_what_no_node_can_be(changed: dict[str, Any]) -> None:
    with pytest.raises(SettingsError) as caught:
        check(replace(NODE, **changed))
    assert (caught.value.code, caught.value.where) == ("node.invalid", next(iter(changed)))


@pytest.mark.parametrize(
    ("document", "where"),
    [
        ([], "ris"),
        ({"host": "a"}, "port"),
        ({"host": "a", "port": 104, "colour": "red"}, "colour"),
        ({"host": "a", "port": "104"}, "port"),
        ({"host": 1, "port": 104}, "host"),
        ({"host": "a", "port": 104, "vanished": "burn"}, "vanished"),
        ({"host": "a", "port": 104, "tls": {"ca": 1}}, "tls"),
        ({"host": "a", "port": 104, "tls": "yes"}, "tls"),
    ],
)
def test_a_document_that_is_no_node(document: object, where: str) -> None:
    with pytest.raises(SettingsError) as caught:
        from_document("ris", document)
    assert caught.value.where == where


@pytest.mark.parametrize("name", ["name", "host"])
def test_what_is_empty_is_said_to_be_missing(name: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name} is missing"):
        check(replace(NODE, **{name: ""}))


def test_the_days_around_today() -> None:
    node = replace(NODE, days_before=1, days_after=2, station="CT01", modality="CT")
    assert node.make_keys(date(2026, 2, 28)) == {
        "scheduled_procedure_step_start_date": "20260227-20260302",
        "scheduled_station_ae_title": "CT01",
        "modality": "CT",
    }


def test_an_address_with_colons_has_brackets() -> None:
    assert replace(NODE, host="::1").address == "[::1]:104"
    assert NODE.address == "ris.example:104"
