"""`openworklist mapping suggest` on files, as a person or a script runs it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from openworklist.cli.application import application
from openworklist.domain.errors import MessageError
from openworklist.hl7.profile_json import read_profile
from players.hospital import make_order

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    for number in range(1, 4):
        (tmp_path / f"{number}.hl7").write_bytes(make_order(str(number)))
    (tmp_path / "adt.hl7").write_bytes(b"MSH|^~\\&|RIS||||20260101||ADT^A08|2|P|2.5\rPID|||4711\r")
    return lambda *arguments: CliRunner().invoke(application, ["mapping", "suggest", *arguments])


def test_each_place_has_its_reason(run: Run) -> None:
    ended = run("1.hl7", "2.hl7", "3.hl7")
    assert ended.exit_code == 0
    assert "OBR-18.1 holds a modality in 3 of 3 messages" in ended.stdout
    assert "no place holds a UID" in ended.stdout


def test_a_script_gets_everything_and_the_mapping_can_be_read(run: Run, tmp_path: Path) -> None:
    ended = run("1.hl7", "2.hl7", "3.hl7", "--json", "--name", "north", "-o", "north.json")
    told = json.loads(ended.stdout)
    assert told["messages"] == 3
    assert told["suggestions"]["modality"]["candidates"][0] == {"place": "OBR-18.1", "fits": 3, "misfits": 0}
    assert told["mapping"]["name"] == "north"
    profile = read_profile((tmp_path / "north.json").read_text("utf-8"))
    sources = {rule.attribute.name: str(rule.sources[0]) for rule in profile.rules}
    assert sources["scheduled_station_ae_title"] == "OBR-21.1 as ae_title"


def test_the_messages_of_a_sender_are_in_the_journal(run: Run) -> None:
    taken = CliRunner().invoke(application, ["import", "1.hl7", "2.hl7", "3.hl7", "--data", "data"])
    assert taken.exit_code == 0
    ended = run("--sender", "RIS|HOSPITAL", "--last", "2", "--data", "data")
    assert "OBR-18.1 holds a modality in 2 of 2 messages" in ended.stdout


def test_without_an_order_there_is_nothing_to_propose(run: Run) -> None:
    ended = run("adt.hl7")
    assert isinstance(ended.exception, MessageError)
    assert run().exit_code == 2
    assert run("1.hl7", "--sender", "RIS|HOSPITAL").exit_code == 2
