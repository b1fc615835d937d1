"""Records deleted beside a running server: DCMTK's findscu, which polls, gets what is there now."""

import json
import re
import shutil
import subprocess
from typing import Any

import pytest

from openworklist.clients.mllp import send_message
from players.hospital import make_order


def count_answers(server: Any) -> int:
    """The answers that findscu gets for its station."""
    if shutil.which("findscu") is None:
        pytest.skip("findscu not found: apt-get install dcmtk")
    keys = ["-k", "0010,0020", "-k", "(0040,0100)[0].0040,0001=CT01"]
    peer = ["-aec", "OPENWORKLIST", "127.0.0.1", str(server.dicom)]
    found = subprocess.run(["findscu", "-W", *keys, *peer], check=True, timeout=30, capture_output=True)
    return len(re.findall(rb"Find Response: \d+ \(Pending", found.stdout + found.stderr))


@pytest.fixture
def records(server: Any, openworklist: Any) -> Any:
    """Runs a command of that family beside the server."""
    return lambda *arguments: openworklist("records", *arguments, "--data", server.data)


def send(server: Any, records: Any, patient: str, **more: str) -> int:
    """Sends an order; the number of its record."""
    assert b"|AA|" in send_message("127.0.0.1", server.hl7, make_order(patient, **more))
    (record,) = json.loads(records("list", "--patient-id", patient, "--json").stdout)
    return int(record["id"])


def test_a_scanner_is_not_answered_with_a_deleted_record(server: Any, records: Any) -> None:
    number = send(server, records, "D1")
    before = count_answers(server)
    assert before > 0
    assert records("delete", "--yes", number).returncode == 0
    assert count_answers(server) == before - 1
    assert records("restore", number).returncode == 0
    assert count_answers(server) == before


def test_an_order_sent_again_brings_its_record_back(server: Any, records: Any) -> None:
    number = send(server, records, "D2")
    before = count_answers(server)
    assert records("delete", "--yes", number).returncode == 0
    again = send(server, records, "D2", time="20260314090000")
    assert again != number
    assert count_answers(server) == before
    assert "its record was deleted" in records("show", again).stdout
    ended = records("restore", number)
    assert (ended.returncode, "(order.identity-conflict)" in ended.stderr) == (1, True)
