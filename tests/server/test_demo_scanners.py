"""A scanner of the demo at a server that is none: it goes from exam to exam, as they become due."""

import json
from datetime import datetime, timedelta
from typing import Any

from openworklist.clients.mllp import send_message
from openworklist.services.demo.hospital import HIS, PROCEDURES, make_exam
from openworklist.services.demo.patients import PATIENTS
from openworklist.services.demo.scanners import HABITS, Scanner
from openworklist.services.simulate import Header, write_order

NOW = datetime(2026, 3, 14, 10, 0, 0)
LATER = NOW + timedelta(minutes=10)


def test_an_exam_ends_when_the_next_one_is_due(server: Any, openworklist: Any) -> None:
    scanner = Scanner(HABITS[0], "127.0.0.1", server.dicom, "OPENWORKLIST")

    def order(number: int, start: datetime) -> None:
        exam = make_exam(f"A{number}", PROCEDURES["CTHEAD"], start, number)
        message = write_order(Header(HIS, f"C{number}", NOW), PATIENTS[number], exam)
        assert b"MSA|AA" in send_message("127.0.0.1", server.hl7, message)

    def find_statuses(now: datetime) -> dict[str, str]:
        """After as many polls as an exam lasts."""
        for _ in range(4):
            scanner.poll(now)
        listed = json.loads(openworklist("records", "list", "--json", "--data", server.data).stdout)
        return {each["values"]["accession_number"]: each["status"] for each in listed}

    order(1, NOW)
    order(2, LATER)
    assert find_statuses(NOW) == {"A1": "STARTED", "A2": "SCHEDULED"}
    assert find_statuses(NOW) == {"A1": "STARTED", "A2": "SCHEDULED"}
    assert find_statuses(LATER) == {"A1": "COMPLETED", "A2": "STARTED"}
