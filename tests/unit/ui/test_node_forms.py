"""Forms of nodes: every setting of a scanner and a node has a field, and what is written is read again."""

from dataclasses import fields
from datetime import UTC, date
from typing import Any

import pytest
from starlette.datastructures import FormData

from openworklist.domain.destination import Tls
from openworklist.domain.node import SavedNode, Vanished
from openworklist.domain.query import START_DATE
from openworklist.domain.scanner import Scanner
from openworklist.domain.system import System
from openworklist.services.configuration import Configuration
from openworklist.ui.forms import node as nodes
from openworklist.ui.forms import scanner as scanners
from openworklist.ui.forms.fields import texts_of
from openworklist.ui.forms.query import find_node, read_query
from openworklist.ui.forms.rule import SHAPES, read_rule, write_conditions, write_rule
from openworklist.ui.forms.system import read_subscriber, read_system, write_subscriber, write_system

TODAY = date(2026, 3, 14)


def test_every_setting_of_a_scanner_has_a_field() -> None:
    names = {each.name for each in fields(Scanner)} - {"ae_title", "is_confirmed"}
    assert scanners.FIELDS.keys() == names | {scanners.STUDY_UIDS}


def test_every_setting_of_a_node_has_a_field() -> None:
    assert {each.name for each in fields(SavedNode)} - nodes.FIELDS.keys() == {"tls"}


def test_scanner_is_read_as_it_was_written() -> None:
    scanner = Scanner(
        "CT01", "in the cellar", ("CT", "PT"), True, False, "none", "ISO_IR 100", "unicode",
        ("SCHEDULED", "ON HOLD"), "1,7", 20, "refuse", True, "Europe/Athens",
    )  # fmt: skip
    changes = scanners.read_scanner(scanners.write_scanner(scanner, Configuration()))
    assert Scanner("CT01", **changes) == scanner


def test_empty_fields_of_a_scanner_are_as_the_site_has_it() -> None:
    changes = scanners.read_scanner({"is_refused": "no"})
    assert Scanner("CT01", **changes) == Scanner("CT01")
    defaults = scanners.find_defaults(Configuration(), UTC)
    assert (defaults["answer_limit"], defaults["use_calling_ae"], defaults["time_zone"]) == (
        "0",
        "Yes",
        "UTC",
    )


def test_all_that_is_wrong_with_a_scanner_is_said_at_once() -> None:
    changes = scanners.read_scanner(
        {"day_window": "soon", "answer_limit": "many", "answer_charset": "KLINGON"}
    )
    assert scanners.check_scanner("CT01", changes).keys() == {"day_window", "answer_limit", "answer_charset"}


def test_node_is_read_as_it_was_written() -> None:
    node = SavedNode("ris", "::1", 104, interval=90.5, station="CT01", vanished=Vanished.CANCEL, limit=7)
    assert nodes.read_node(nodes.write_node(node)) == (node, {})


def test_node_with_tls_names_a_file_that_is_not_there() -> None:
    node = SavedNode("ris", "host", 104, tls=Tls(ca="/nowhere/ca.pem"))
    found, errors = nodes.read_node(nodes.write_node(node))
    assert found is None
    assert errors.keys() == {"tls_ca"}


def test_all_that_is_wrong_with_a_node_is_said_at_once() -> None:
    found, errors = nodes.read_node({"name": "a:b", "port": "0", "ae_title": "A" * 17, "interval": "1"})
    assert found is None
    assert errors.keys() == {"name", "host", "port", "ae_title", "interval"}


def test_system_is_read_as_it_was_written() -> None:
    system = System("RIS", "*", "classic", {"OMI": "ihe"}, False, "8859/1", True)
    assert read_system(write_system(system)) == (system, {})
    assert read_system({"application": "", "profiles": "OMI"})[1].keys() == {"application", "profiles"}


def test_system_that_is_told_is_read_as_it_was_written() -> None:
    texts = {"application": "PACS", "facility": "A", "host": "h", "port": "3001", "senders": "RIS|*\r\nHIS|*"}
    found, errors = read_subscriber(write_subscriber(None) | texts)
    assert errors == {}
    assert found is not None
    assert found.senders == ("RIS|*", "HIS|*")
    assert read_subscriber(write_subscriber(found)) == (found, {})
    assert read_subscriber(write_subscriber(None))[1].keys() == {"application", "host", "port"}


@pytest.mark.parametrize(
    ("shape", "document"),
    [
        ("filter", {"effect": "leave", "rank": 2, "when": {"modality": ["CT", "MR"], "patient_id": [""]}}),
        ("rule", {"stations": ["CT1", "CT2"], "replaces": True, "rank": 1, "when": {}}),
        ("group", {"ae_titles": ["CT1"], "shares": False}),
    ],
)
def test_rule_is_read_as_it_was_written(shape: str, document: dict[str, Any]) -> None:
    fields_ = list(write_rule(SHAPES[shape], "name", document).items())
    for name, patterns in write_conditions(document):
        fields_ += [("condition", name), ("patterns", patterns)]
    form = FormData(fields_)
    assert read_rule(SHAPES[shape], form, texts_of(form)) == ("name", document)


@pytest.mark.parametrize(
    ("texts", "days"),
    [
        ({"when": "today"}, "20260314"),
        ({"when": "yesterday"}, "20260313"),
        ({"when": "week"}, "20260308-20260314"),
        ({"when": "any"}, ""),
        ({"when": "range", "from": "2026-03-01", "to": "2026-03-02"}, "20260301-20260302"),
        ({"when": "range", "from": "2026-03-01"}, "20260301-"),
        ({"when": "range", "from": "2026-03-01", "to": "2026-03-01"}, "20260301"),
    ],
)
def test_days_of_a_question(texts: dict[str, str], days: str) -> None:
    assert read_query(texts, Configuration(), TODAY).keys[START_DATE] == days


def test_question_with_days_that_are_none_is_refused() -> None:
    swapped = {"when": "range", "from": "2026-03-02", "to": "2026-03-01"}
    assert "to" in read_query(swapped, Configuration(), TODAY).errors
    assert "from" in read_query({"when": "range", "from": "soon"}, Configuration(), TODAY).errors


def test_node_that_is_not_saved_has_a_name_that_no_saved_one_has() -> None:
    texts = {"host": "127.0.0.1", "port": "104", "ae_title": "FAR", "calling": "US", "use_tls": "yes"}
    node, errors = find_node(texts, Configuration())
    assert errors == {}
    assert node is not None
    assert (node.name, node.calling, node.tls) == ("FAR@127.0.0.1:104", "US", Tls())
