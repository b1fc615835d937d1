"""A made-up order through the whole running server: sent, found by a scanner's question, and cancelled."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Final

from openworklist.clients.dicom import Node
from openworklist.clients.mllp import send_message
from openworklist.domain.errors import OpenWorklistError
from openworklist.hl7.ack import ACCEPTED
from openworklist.hl7.charset import decode
from openworklist.hl7.message import parse
from openworklist.services.doctor.case import Case
from openworklist.services.doctor.finding import Finding, Level

NAME: Final = "OPENWORKLIST^DOCTOR^NO PATIENT"
_PATIENCE: Final = 10.0  # seconds
_TITLE: Final = "loop-back order"


def check_loopback(case: Case) -> Iterator[Finding]:
    """A finding for each step, with how long it took. It leaves one cancelled record, and two messages."""
    if not case.hl7.number or not case.dicom.number:
        yield Finding(_TITLE, Level.WARNING, "It needs the HL7 port and the DICOM port; one is switched off.")
        return
    now = datetime.now(case.zone)
    number = f"{time.time_ns() // 1_000_000:X}"
    patient = f"DOCTOR{number}"
    sent = _send(case, _make_order("NW", number, patient, now), "sent")
    yield sent
    if sent.level is Level.PROBLEM:
        return
    try:
        found = _find(case, patient, 1, "found by a scanner's question")
    finally:  # whatever ends this, no made-up exam stays on a list
        cancelled = _send(case, _make_order("CA", number, patient, now), "cancelled")
    yield found
    yield cancelled
    yield _find(case, patient, 0, "gone from the scanners' answers")


def _make_order(control: str, number: str, patient: str, now: datetime) -> bytes:
    stamp = f"{now:%Y%m%d%H%M%S}"
    segments = (
        f"MSH|^~\\&|OPENWORKLIST|DOCTOR|OPENWORKLIST||{stamp}||ORM^O01|{number}{control}|P|2.3.1||||||ASCII",
        f"PID|1||{patient}||{NAME}||19000101|O",
        f"ORC|{control}|D{number}|||SC||||{stamp}||||||{stamp}",
        f"OBR|1|D{number}||D{number}^Loop-back test^DOCTOR||||||||||||||OT|||DOCTOR|||DOCTOR|||R",
    )
    return "".join(f"{segment}\r" for segment in segments).encode("ascii")


def _send(case: Case, message: bytes, done: str) -> Finding:
    began = time.perf_counter()
    try:
        answer = send_message(case.hl7.target, case.hl7.number, message, timeout=_PATIENCE)
        took = time.perf_counter() - began
        acknowledgement = parse(decode(answer).text)
    except OpenWorklistError as error:
        return _failure(f"It was not {done}: {error.sentence}", error.hint)
    code = acknowledgement.get("MSA-1")
    if code != ACCEPTED:
        reason = acknowledgement.get("MSA-3") or acknowledgement.get("ERR-8")
        return _failure(f"It was not {done}: the answer is {code} {reason}", "look at the server's log")
    return _success(f"It was {done}, and acknowledged after {took * 1000:.1f} ms.", took)


def _find(case: Case, patient: str, wanted: int, done: str) -> Finding:
    node = Node(case.dicom.target, case.dicom.number, called=case.ae_title, timeout=_PATIENCE)
    began = time.perf_counter()
    try:
        found = len(node.find({"patient_id": patient}))
    except OpenWorklistError as error:
        return _failure(f"It could not be asked for: {error.sentence}", error.hint)
    took = time.perf_counter() - began
    if found != wanted:
        return _failure(
            f"It should be {done}, but patient {patient} has {found} answers instead of {wanted}.",
            f"`openworklist records list --patient-id {patient}` shows what became of it",
        )
    remains = "" if wanted else f" A cancelled record of patient {patient} stays."
    return _success(f"It is {done} after {took * 1000:.1f} ms.{remains}", took)


def _success(sentence: str, took: float) -> Finding:
    return Finding(_TITLE, Level.OK, sentence, "", (("took", f"{took * 1000:.1f} ms"),))


def _failure(sentence: str, hint: str) -> Finding:
    return Finding(_TITLE, Level.PROBLEM, sentence, hint)
