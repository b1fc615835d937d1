"""What becomes of exams on the list when orders change, as DCMTK sees it; and what is not answered."""

import re
import shutil
import socket
import subprocess
from datetime import datetime, timedelta
from typing import Any

import pytest

from openworklist.clients.mllp import send_message

NOW = datetime.now().replace(microsecond=0)


def make_order(control: str, procedure: str, patient: str, minutes: int, time: str = "") -> bytes:
    """An order sent so many minutes after the first, which was an hour ago."""
    sent = time or f"{NOW - timedelta(minutes=60 - minutes):%Y%m%d%H%M%S}"
    return (
        f"MSH|^~\\&|RIS|HOSPITAL|OW|RAD|{sent}||ORM^O01|{patient}{control}{minutes}|P|2.5.1\r"
        f"PID|||{patient}||Doe^Jane||19700101|F\r"
        f"ORC|{control}|A{patient}|||||||||||||20260314101500\r"
        f"OBR||||{procedure}^Exam||||||||||||||CT|||CT01\r"
    ).encode()


def show(server: Any, *keys: str) -> str:
    """What findscu shows of the answers to these keys."""
    if shutil.which("findscu") is None:
        pytest.skip("findscu not found: apt-get install dcmtk")
    asked = [part for key in keys for part in ("-k", key)]
    peer = ["-aec", "OPENWORKLIST", "127.0.0.1", str(server.dicom)]
    found = subprocess.run(["findscu", "-W", *asked, *peer], check=True, timeout=30, capture_output=True)
    return (found.stdout + found.stderr).decode("latin_1")


def listed(server: Any, patient: str) -> list[str]:
    """The step IDs that findscu shows for a patient."""
    shown = show(server, f"0010,0020={patient}", "(0040,0100)[0].0040,0009")
    return re.findall(r"\(0040,0009\) SH \[(\w+)", shown)


def send(server: Any, raw: bytes) -> str:
    return send_message("127.0.0.1", server.hl7, raw).decode()


def test_an_exam_changes_its_procedure_is_cancelled_and_ordered_again(server: Any) -> None:
    send(server, make_order("NW", "CT1", "L1", 0))
    assert listed(server, "L1")[-1:] == ["CT1"]
    send(server, make_order("XO", "CT2", "L1", 10))
    assert set(listed(server, "L1")) == {"CT2"}
    send(server, make_order("CA", "CT2", "L1", 20))
    assert listed(server, "L1") == []
    assert "|W|" in send(server, make_order("NW", "CT2", "L1", 15))
    assert listed(server, "L1") == []
    send(server, make_order("NW", "CT2", "L1", 30))
    assert set(listed(server, "L1")) == {"CT2"}


def test_a_cancel_counts_after_a_message_from_the_year_2099(server: Any) -> None:
    send(server, make_order("NW", "CT1", "L2", 0, time="20990101000000"))
    answer = send(server, make_order("CA", "CT1", "L2", 0, time=f"{datetime.now():%Y%m%d}"))
    assert "|W|" not in answer
    assert listed(server, "L2") == []


def make_message(kind: str, patient: str, *lines: str) -> bytes:
    head = f"MSH|^~\\&|HIS|HOSPITAL|OW|RAD|{datetime.now():%Y%m%d%H%M%S}||{kind}|{kind}{patient}|P|2.5.1"
    return "\r".join((head, *lines, "")).encode()


def test_scanners_see_news_of_patients_and_who_was_merged(server: Any) -> None:
    send(server, make_order("NW", "CT1", "M1", 0))
    send(server, make_message("ADT^A08", "M1", "EVN|A08", "PID|||M1||Roe^Jane"))
    assert "Roe^Jane" in show(server, "0010,0020=M1", "0010,0010")
    send(server, make_message("ADT^A40", "M2", "EVN|A40", "PID|||M2||Poe^Jane", "MRG|M1"))
    assert listed(server, "M1") == []
    assert set(listed(server, "M2")) == {"CT1"}
    send(server, make_order("CA", "CT1", "M1", 70, time=f"{datetime.now():%Y%m%d%H%M%S}"))
    assert listed(server, "M2") == []


def test_scanners_see_appointments(server: Any) -> None:
    lines = "SCH|AS1|||||||||^^^20260320101500", "PID|||S1||Doe^Jane", "AIS|1||CT7^Head^99X", "AIG|1||CT01"
    send(server, make_message("SIU^S12", "S1", *lines))
    assert set(listed(server, "S1")) == {"CT7"}
    send(server, make_message("SIU^S15", "S1", *lines[:2]))
    assert listed(server, "S1") == []


def test_an_acknowledgement_is_not_answered(server: Any) -> None:
    """Two systems that answer each other's acknowledgements would go on for ever."""
    acknowledgement = b"MSH|^~\\&|RIS|HOSPITAL|OW|RAD|20260314||ACK^O01|K1|P|2.5.1\rMSA|AA|OW1\r"
    order = make_order("NW", "CT1", "L3", 0)
    with socket.create_connection(("127.0.0.1", server.hl7), 30) as line:
        line.sendall(b"".join(b"\x0b" + raw + b"\x1c\r" for raw in (acknowledgement, order)))
        line.shutdown(socket.SHUT_WR)
        answers = b"".join(iter(lambda: line.recv(65536), b""))
    assert answers.count(b"\x0b") == 1
    assert b"\rMSA|AA|L3NW0\r" in answers
