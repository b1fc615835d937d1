"""A person sees which scanners received a record, and how often."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from openworklist.clients.mllp import send_message
from players.scanner import ask_for_status, make_question


def order(number: str) -> str:
    return (
        f"MSH|^~\\&|RIS|HOSPITAL|OW|RAD|20260314080000||ORM^O01|{number}|P|2.3.1\r"
        f"PID|||{number}^^^HOSP||Doe^Jane||19700101|F\rORC|NW|A{number}|||||||||||||20260314101500\r"
        f"OBR||||RP{number}^CT Head||||||||||||||CT|||CT01\r"
    )


def test_it_is_shown_with_the_record(
    start_server: Callable[..., Any], openworklist: Callable[..., Any], tmp_path: Path
) -> None:
    server = start_server(tmp_path / "data")
    for number in ("D1", "D2"):
        assert b"MSA|AA" in send_message("127.0.0.1", server.hl7, order(number).encode())
    for calling, keys in (("CT1", {}), ("CT1", {"PatientID": "D1"}), ("MR1", {"PatientID": "D2"})):
        *answers, _ = ask_for_status(server.dicom, make_question(**keys), calling=calling)
        assert len(answers) == 2 - len(keys)
    assert server.stop() == 0
    data = ("--data", server.data, "--time-zone", "UTC")
    shown = {}
    for each in json.loads(openworklist("records", "list", "--json", *data).stdout):
        found = json.loads(openworklist("records", "show", each["id"], "--json", *data).stdout)
        shown[each["values"]["patient_id"]] = found["deliveries"]
    assert {each["ae_title"]: each["times"] for each in shown["D1"]} == {"CT1": 2}
    assert {each["ae_title"]: each["times"] for each in shown["D2"]} == {"CT1": 1, "MR1": 1}
    (received,) = shown["D1"]
    first, last = (datetime.fromisoformat(received[name]) for name in ("first_at", "last_at"))
    assert first <= last
    told = openworklist("records", "show", 1, *data).stdout
    assert f"received by CT1 2 times, first {first}, last {last}" in told
