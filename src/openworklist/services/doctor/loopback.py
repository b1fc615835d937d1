"""A made-up order through the whole running server: sent, found by a scanner's question, and cancelled."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final

from openworklist.clients.dicom import Node
from openworklist.clients.mllp import send_message
from openworklist.domain.errors import OpenWorklistError
from openworklist.hl7.ack import ACCEPTED
from openworklist.hl7.charset import decode
from openworklist.hl7.message import parse
from openworklist.services.doctor.case import Case, Port
from openworklist.services.doctor.finding import Finding, Level

NAME: Final = "OPENWORKLIST^DOCTOR^NO PATIENT"
_PATIENCE: Final = 10.0  # seconds
_TITLE: Final = "loop-back order"
FOUND: Final = "found by a scanner's question"
GONE: Final = "gone from the scanners' answers"
NOT_OPEN: Final = Finding(
    _TITLE, Level.WARNING, "It needs the HL7 port and the DICOM port; one is switched off."
)


@dataclass(frozen=True, slots=True)
class Loop:
    """The way of a made-up order: into one port, and out of the other. `number` tells it from all others."""

    hl7: Port
    dicom: Port
    ae_title: str
    zone: tzinfo
    number: str

    @property
    def patient(self) -> str:
        return f"DOCTOR{self.number}"

    @property
    def is_open(self) -> bool:
        return bool(self.hl7.number and self.dicom.number)


def make_loop(hl7: Port, dicom: Port, ae_title: str, zone: tzinfo) -> Loop:
    return Loop(hl7, dicom, ae_title, zone, f"{time.time_ns() // 1_000_000:X}")


def check_loopback(case: Case) -> Iterator[Finding]:
    """A finding for each step, with how long it took. It leaves one cancelled record, and two messages."""
    loop = make_loop(case.hl7, case.dicom, case.ae_title, case.zone)
    if not loop.is_open:
        yield NOT_OPEN
        return
    sent = send_order(loop, "NW", "sent")
    yield sent
    if sent.level is Level.PROBLEM:
        return
    try:
        found = find_order(loop, 1, FOUND)
    finally:  # whatever ends this, no made-up exam stays on a list
        cancelled = send_order(loop, "CA", "cancelled")
    yield found
    yield cancelled
    yield find_order(loop, 0, GONE, f" A cancelled record of patient {loop.patient} stays.")


def _make_order(control: str, number: str, patient: str, now: datetime) -> bytes:
    stamp = f"{now:%Y%m%d%H%M%S}"
    segments = (
        f"MSH|^~\\&|OPENWORKLIST|DOCTOR|OPENWORKLIST||{stamp}||ORM^O01|{number}{control}|P|2.3.1||||||ASCII",
        f"PID|1||{patient}||{NAME}||19000101|O",
        f"ORC|{control}|D{number}|||SC||||{stamp}||||||{stamp}",
        f"OBR|1|D{number}||D{number}^Loop-back test^DOCTOR||||||||||||||OT|||DOCTOR|||DOCTOR|||R",
    )
    return "".join(f"{segment}\r" for segment in segments).encode("ascii")


def send_order(loop: Loop, control: str, done: str) -> Finding:
    """Send it with an order control code, and wait for the acknowledgement."""
    message = _make_order(control, loop.number, loop.patient, datetime.now(loop.zone))
    began = time.perf_counter()
    try:
        answer = send_message(loop.hl7.target, loop.hl7.number, message, timeout=_PATIENCE)
        took = time.perf_counter() - began
        acknowledgement = parse(decode(answer).text)
    except OpenWorklistError as error:
        return _failure(f"It was not {done}: {error.sentence}", error.hint)
    code = acknowledgement.get("MSA-1")
    if code != ACCEPTED:
        reason = acknowledgement.get("MSA-3") or acknowledgement.get("ERR-8")
        return _failure(f"It was not {done}: the answer is {code} {reason}", "look at the server's log")
    return _success(f"It was {done}, and acknowledged after {took * 1000:.1f} ms.", took)


def find_order(loop: Loop, wanted: int, done: str, remark: str = "") -> Finding:
    """Ask for it as a scanner does, and count the answers; `remark` is told where they are as many."""
    patient = loop.patient
    node = Node(loop.dicom.target, loop.dicom.number, called=loop.ae_title, timeout=_PATIENCE)
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
    return _success(f"It is {done} after {took * 1000:.1f} ms.{remark}", took)


def _success(sentence: str, took: float) -> Finding:
    return Finding(_TITLE, Level.OK, sentence, "", (("took", f"{took * 1000:.1f} ms"),))


def _failure(sentence: str, hint: str) -> Finding:
    return Finding(_TITLE, Level.PROBLEM, sentence, hint)
