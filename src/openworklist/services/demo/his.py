"""The hospital systems of the demo: what they sent before anybody looks, and what they send from then on."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Final

from openworklist.services.demo.hospital import (
    HIS,
    PORTAL,
    PROCEDURES,
    Fate,
    Planned,
    find_patient,
    make_exam,
    plan,
)
from openworklist.services.demo.patients import PATIENTS
from openworklist.services.simulate import Header, Patient, write_message, write_order

# ORC-1 and ORC-5 of the message that follows an order.
_SAID: Final = {
    Fate.REPORTED: ("SC", "CM"),
    Fate.HELD: ("HD", "HD"),
    Fate.CANCELED: ("CA", "CA"),
    Fate.MOVED: ("XO", "SC"),
}
_LATER: Final = timedelta(minutes=45)
_REMEMBERED: Final = 20


def tell_plan(today: date) -> Iterator[bytes]:
    """The messages about the exams around a day, one of a patient, and two that are refused.

    The same for the same day, so that a second start of the demo brings nothing twice.
    """
    # The evening before: nothing that is said later may count as older.
    sent = datetime.combine(today - timedelta(days=1), time(20))
    number = 0

    def head(sender: str) -> Header:
        nonlocal number
        number += 1
        return Header(sender, f"D{today:%y%m%d}M{number:04}", sent + timedelta(seconds=number))

    exams = [*plan(today)]
    for patient, exam, sender, _ in exams:
        yield write_order(head(sender), patient, exam)
    for each in exams:
        if each.fate in _SAID:
            yield _follow(head(each.sender), each)
    yield tell_patient(head(HIS), PATIENTS[0])
    yield refuse_order(head(PORTAL))
    yield write_message(head(HIS), "ORU^R01", PATIENTS[1], "OBR|1|||CRP", "OBX|1|NM|CRP||4|mg/l")


def _follow(header: Header, planned: Planned) -> bytes:
    control, status = _SAID[planned.fate]
    exam = planned.exam
    if planned.fate is Fate.MOVED:
        exam = exam._replace(start=exam.start + _LATER)
    return write_order(header, planned.patient, exam, control, status)


def tell_patient(header: Header, patient: Patient) -> bytes:
    """News of a patient, who has a room now."""
    return write_message(header, "ADT^A08", patient, "PV1|1|I|WARD 3^12^1^GENERAL")


def refuse_order(header: Header) -> bytes:
    """An order that nobody can take: it does not say for whom."""
    nobody = Patient("", "", "", "", "ASCII")
    procedure = PROCEDURES["CHEST"]
    return write_order(header, nobody, make_exam(header.control_id, procedure, header.sent, 0))


class Ward:
    """Thinks of the next message: mostly an order, sometimes a change, a cancel, news, or a faulty one.

    The same seed gives the same messages at the same times.
    """

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._count = 0
        self._sent: deque[Planned] = deque(maxlen=_REMEMBERED)
        self._cycle: tuple[Callable[[datetime], bytes], ...] = (
            self._order,
            self._order,
            self._move,
            self._order,
            self._order,
            self._cancel,
            self._order,
            self._fail,
            self._order,
            self._tell,
        )

    def next_message(self, now: datetime) -> bytes:
        write = self._cycle[self._count % len(self._cycle)]
        self._count += 1
        return write(now)

    def _order(self, now: datetime) -> bytes:
        draw = self._random
        procedure = draw.choice([*PROCEDURES.values()])
        start = now.replace(minute=now.minute // 5 * 5, second=0) + timedelta(
            minutes=5 * draw.randrange(0, 36)
        )
        exam = make_exam(f"L{now:%y%m%d%H%M%S}", procedure, start, self._count)
        patient = find_patient(procedure, draw.randrange(len(PATIENTS)))
        planned = Planned(patient, exam, draw.choice((HIS, HIS, PORTAL)), Fate.PLANNED)
        self._sent.append(planned)
        return write_order(self._head(planned.sender, now), planned.patient, exam)

    def _move(self, now: datetime) -> bytes:
        planned = self._sent[-1]
        return _follow(self._head(planned.sender, now), planned._replace(fate=Fate.MOVED))

    def _cancel(self, now: datetime) -> bytes:
        planned = self._sent.pop()
        return _follow(self._head(planned.sender, now), planned._replace(fate=Fate.CANCELED))

    def _fail(self, now: datetime) -> bytes:
        return refuse_order(self._head(PORTAL, now))

    def _tell(self, now: datetime) -> bytes:
        return tell_patient(self._head(HIS, now), self._random.choice(PATIENTS))

    def _head(self, sender: str, now: datetime) -> Header:
        return Header(sender, f"L{now:%y%m%d%H%M%S}N{self._count}", now)
