"""`openworklist explain` as a person or a script runs it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from openworklist.cli.application import application
from openworklist.domain.errors import MappingError

ORDER = (
    "MSH|^~\\&|RIS|HOSPITAL|OWL|RAD|20260101||ORM^O01|1|P|2.5||||||UNICODE UTF-8\r"
    "PID|||4711||DOE^ŠÁRKA||soon|F\rORC|NW|A1\rOBR|1|||CT1^Head^L\r"
)
MINE = """{
  "format": "openworklist-mapping", "version": 1, "name": "mine",
  "rules": {"modality": {"sources": ["OBR-24", "OBR-4.1"], "pattern": "^[A-Z]{2}"}}
}"""

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "order.hl7").write_bytes(ORDER.encode())
    (tmp_path / "omi.hl7").write_bytes((ORDER + "IPC|A1|R1|1.2.3|S1|CT\r").encode())
    (tmp_path / "adt.hl7").write_bytes(b"MSH|^~\\&|RIS||||20260101||ADT^A08|2|P|2.5\rPID|||4711\r")
    (tmp_path / "unclear.hl7").write_bytes(ORDER.replace("ORC", "PID|||1\rORC").encode())
    (tmp_path / "mine.json").write_text(MINE)
    return lambda *arguments, stdin=b"": CliRunner().invoke(application, ["explain", *arguments], stdin)


def test_each_value_has_its_place_and_what_is_odd_is_told(run: Run) -> None:
    ended = run("order.hl7", "--letters", "8859/1", "--profile", "classic")
    assert ended.exit_code == 0
    lines = [" ".join(line.split()) for line in ended.stdout.splitlines()]
    assert lines[:5] == [
        "message 1: ORM^O01 1",
        "profile classic",
        "",
        "order 1 of 1 NW",
        "attribute value from passed over",
    ]
    assert "Patient ID 4711 PID-3.1" in lines
    assert "Patient birth date PID-7.1 'soon' is not a date" in lines
    assert "warning: Patient birth date is not a date. [PID-7.1]" in lines
    assert "warning: Patient name has a letter that Latin 1 has not. [PID-5]" in lines
    assert "warning: Modality is missing: scanners need it. [OBR-18.1]" in lines
    assert "completed: Study Instance UID" in lines
    assert not any(line.startswith("Modality") for line in lines)


def test_every_rule_is_shown_if_asked_for(run: Run) -> None:
    shown = run("order.hl7", "--all", "--profile", "classic").stdout
    assert "OBR-18.1 is empty" in shown
    assert "there is no ZDS" in shown


def test_a_profile_comes_from_a_file_or_is_a_preset(run: Run) -> None:
    shown = run("order.hl7", "--profile", "mine.json").stdout
    assert "profile mine\n" in shown
    assert "Modality   CT     OBR-4.1  OBR-24 is empty" in shown
    shown = run("omi.hl7", "--profile", "ihe").stdout
    assert "profile ihe, ihe_omi because of IPC\n" in shown


def test_without_a_profile_it_is_read_as_the_server_does(run: Run) -> None:
    assert "profile auto, steps because of IPC\n" in run("omi.hl7").stdout


def test_a_script_gets_everything(run: Run) -> None:
    (found,) = json.loads(run("-", "--json", "--profile", "mine.json", stdin=ORDER.encode()).stdout)
    assert (found["profile"], found["variant"], found["error"]) == ("mine", "", "")
    (order,) = found["orders"]
    assert order["attributes"] == {
        "modality": {
            "value": "CT",
            "from": "OBR-4.1",
            "is_deleted": False,
            "looks": [
                {"source": "OBR-24", "place": "OBR-24", "held": "", "outcome": "empty", "reason": "is empty"},
                {"source": "OBR-4.1", "place": "OBR-4.1", "held": "CT1", "outcome": "taken", "reason": ""},
            ],
        }
    }
    assert {
        "kind": "missing",
        "attribute": "patient_id",
        "where": "",
        "sentence": "is missing: scanners need it.",
        "is_serious": True,
    } in order["warnings"]


def test_a_message_without_an_order_has_none(run: Run) -> None:
    ended = run("adt.hl7")
    assert "There is no order in it." in ended.stdout
    assert ended.exit_code == 0


def test_a_message_that_is_refused_says_why(run: Run) -> None:
    ended = run("unclear.hl7")
    assert "error: It is not clear which orders a PID in this place is about." in ended.stdout
    assert ended.exit_code == 1


@pytest.mark.parametrize(
    ("profile", "code"),
    [
        ("modern", "mapping.preset-unknown"),
        ("none.json", "mapping.unreadable"),
        ("order.json", "mapping.unreadable"),
    ],
)
def test_a_profile_that_cannot_be_read_is_told(run: Run, tmp_path: Path, profile: str, code: str) -> None:
    (tmp_path / "order.json").write_bytes(b"\xff{")
    ended = run("order.hl7", "--profile", profile)
    assert isinstance(ended.exception, MappingError)
    assert ended.exception.code == code


def test_a_set_that_nobody_knows_is_told(run: Run) -> None:
    ended = run("order.hl7", "--letters", "EBCDIC")
    assert ended.exit_code == 2
    assert "is no character set" in ended.output
