"""What is set up by commands counts in the server that runs beside them."""

import json
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from openworklist.clients.mllp import MllpClient, send_message
from openworklist.domain.errors import PeerError
from players.hospital import make_order
from players.scanner import ask, make_question

_TRIES = 400  # orders sent until the server has heard of a change: at one a few milliseconds, seconds


def run(openworklist: Any, server: Any, *arguments: object) -> str:
    ended = openworklist(*arguments, "--data", server.data)
    assert (ended.returncode, ended.stderr) == (0, "")
    return str(ended.stdout)


def test_a_new_system_is_listed_and_confirmed_with_a_mapping_of_its_own(
    start_server: Any, openworklist: Any, tmp_path: Path
) -> None:
    server = start_server(tmp_path / "data")
    send_message("127.0.0.1", server.hl7, make_order("1"))
    send_message("127.0.0.1", server.hl7, make_order("2"))
    assert "new: mapped by auto, please confirm" in run(openworklist, server, "systems", "list")

    run(openworklist, server, "mapping", "show", "classic", "-o", tmp_path / "own.json")
    document = json.loads((tmp_path / "own.json").read_text())
    document |= {"name": "own"}
    document["rules"]["modality"] = {"constant": "MR"}
    (tmp_path / "own.json").write_text(json.dumps(document))
    tried = run(openworklist, server, "mapping", "try", tmp_path / "own.json", "--sender", "RIS|HOSPITAL")
    assert "Modality: CT → MR" in tried
    assert "2 records would be changed" in tried
    run(openworklist, server, "mapping", "import", tmp_path / "own.json", "--note", "MR alone")
    run(openworklist, server, "systems", "set", "RIS|HOSPITAL", "--profile", "own")
    assert "RIS|HOSPITAL  own" in run(openworklist, server, "systems", "list")

    def sees(number: str) -> str:
        return str(
            ask(server.dicom, make_question(PatientID=number))[0].ScheduledProcedureStepSequence[0].Modality
        )

    with MllpClient("127.0.0.1", server.hl7) as client:
        for number in map(str, count(3)):
            assert int(number) < _TRIES
            assert b"MSA|AA|" in client.send(make_order(number))
            if sees(number) == "MR":
                break
    assert sees("1") == "CT"  # what came before is mapped by it when it is processed again
    run(openworklist, server, "messages", "reprocess", "1", "--yes")
    assert sees("1") == "MR"
    assert server.stop() == 0


def test_a_system_that_wants_no_answers_gets_none(
    start_server: Any, openworklist: Any, tmp_path: Path
) -> None:
    server = start_server(tmp_path / "data")
    assert b"MSA|AA|" in send_message("127.0.0.1", server.hl7, make_order("1"))
    assert server.stop() == 0
    run(openworklist, server, "systems", "set", "RIS|HOSPITAL", "--acknowledge", "no")
    server = start_server(tmp_path / "data")
    with pytest.raises(PeerError), MllpClient("127.0.0.1", server.hl7, timeout=0.2) as client:
        client.send(make_order("2"))
    assert server.stop() == 0
    listed = json.loads(run(openworklist, server, "messages", "list", "--json"))
    assert [(each["id"], each["outcome"]) for each in listed] == [(2, "applied"), (1, "applied")]


def test_options_are_shown_set_and_told_of(start_server: Any, openworklist: Any, tmp_path: Path) -> None:
    server = start_server(tmp_path / "data")
    assert run(openworklist, server, "options", "set", "auto_delete", "14 days") == "auto_delete: 14 days\n"
    assert json.loads(run(openworklist, server, "options", "list", "--json"))["auto_delete"] == "14 days"
    assert "cli:" in run(openworklist, server, "options", "history", "auto_delete")
    assert run(openworklist, server, "options", "reset", "auto_delete") == "auto_delete: never\n"
    refused = openworklist("options", "set", "auto_delete", "soon", "--data", server.data)
    assert refused.returncode == 1
    assert "(settings.invalid)" in refused.stderr
    assert server.stop() == 0


@pytest.mark.parametrize("has_own_mappings", [False, True], ids=["auto", "a mapping each"])
def test_two_systems_with_the_modality_in_different_places_send_at_the_same_time(
    start_server: Any, openworklist: Any, tmp_path: Path, has_own_mappings: bool
) -> None:
    data = tmp_path / "data"
    if has_own_mappings:
        server = start_server(data)
        assert server.stop() == 0
        own = tmp_path / "own.json"
        document = {"format": "openworklist-mapping", "version": 1, "name": "own", "base": "classic"}
        rules = {
            "modality": "OBR-21",
            "scheduled_station_ae_title": "OBR-24.1",
            "scheduled_station_name": None,
        }
        own.write_text(json.dumps({**document, "rules": rules}))
        run(openworklist, server, "mapping", "import", own)
        run(openworklist, server, "systems", "set", "RIS1|HOSPITAL", "--profile", "classic")
        run(openworklist, server, "systems", "set", "RIS2|HOSPITAL", "--profile", "own")
    server = start_server(data)

    def order(number: int) -> bytes:
        raw = make_order(str(number)).replace(b"|RIS|", f"|RIS{number % 2 + 1}|".encode())
        return raw if number % 2 == 0 else raw.replace(b"|CT|||CT01", b"||||MR|||MR01")

    with (
        MllpClient("127.0.0.1", server.hl7) as first,
        MllpClient("127.0.0.1", server.hl7) as second,
    ):
        for number in range(0, 20, 2):
            assert b"MSA|AA|" in first.send(order(number))
            assert b"MSA|AA|" in second.send(order(number + 1))
    for number in range(20):
        (answer,) = ask(server.dicom, make_question(PatientID=str(number)))
        (step,) = answer.ScheduledProcedureStepSequence
        assert step.Modality == ("MR" if number % 2 else "CT")
        assert answer.AccessionNumber == f"A{number}"
        assert step.ScheduledProcedureStepStartTime == "101500"
        if number % 2 == 0 or has_own_mappings:
            assert step.ScheduledStationAETitle == ("MR01" if number % 2 else "CT01")
    assert server.stop() == 0
