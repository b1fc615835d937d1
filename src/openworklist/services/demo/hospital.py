"""The exams of the demo: what the hospital does, and what is planned for the days around today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from openworklist.services.demo.patients import PATIENTS
from openworklist.services.simulate import Exam, Patient

HIS: Final = "HIS|CITY"
PORTAL: Final = "PORTAL|CLINIC"  # orders of a clinic outside
_PHYSICIANS: Final = ("LINDQVIST^EVA", "MORETTI^PAOLO", "ADEYEMI^GRACE", "KESSLER^HANNA")


class Fate(StrEnum):
    """What becomes of an exam before anybody looks; those that scanners tell of come first."""

    PERFORMED = "performed"
    BEGUN = "begun"
    GIVEN_UP = "given up"
    REPORTED = "reported"  # completed, says the hospital system
    HELD = "held"
    CANCELED = "canceled"
    MOVED = "moved"
    PLANNED = "planned"


class Procedure(NamedTuple):
    code: str
    description: str
    modality: str
    station: str


class Planned(NamedTuple):
    """An exam of a patient, who ordered it, and what becomes of it."""

    patient: Patient
    exam: Exam
    sender: str
    fate: Fate


PROCEDURES: Final = {
    each.code: each
    for each in (
        Procedure("CTHEAD", "CT head without contrast", "CT", "CT1"),
        Procedure("CTTHOR", "CT thorax with contrast", "CT", "CT1"),
        Procedure("CTABD", "CT abdomen and pelvis", "CT", "CT1"),
        Procedure("MRBRAIN", "MR brain", "MR", "MR1"),
        Procedure("MRKNEE", "MR knee left", "MR", "MR1"),
        Procedure("MRLSP", "MR lumbar spine", "MR", "MR1"),
        Procedure("USABD", "Ultrasound abdomen", "US", "US1"),
        Procedure("USTHY", "Ultrasound thyroid", "US", "US1"),
        Procedure("CHEST", "Chest two views", "CR", "CR1"),
        Procedure("HANDR", "Hand right two views", "CR", "CR1"),
        Procedure("XACORO", "Coronary angiography", "XA", "XA1"),
        Procedure("MAMMO", "Mammography both sides", "MG", "MG1"),
        Procedure("NMBONE", "Bone scan", "NM", "NM1"),
    )
}

# By day from today on: the start, the procedure, and what becomes of it; "" is planned.
_DAYS: Final = {
    -2: """0800 CHEST performed, 0830 CTHEAD performed, 0930 MRKNEE performed, 1030 NMBONE reported,
           1130 XACORO reported, 1400 USABD performed""",
    -1: """0800 CTTHOR performed, 0830 CHEST performed, 0900 MRBRAIN performed, 0930 USTHY performed,
           1000 MAMMO reported, 1030 HANDR performed, 1100 CTABD given up, 1300 XACORO canceled,
           1400 MRLSP performed, 1500 NMBONE reported""",
    0: """0730 CHEST performed, 0745 CTHEAD performed, 0800 MRBRAIN performed, 0800 USABD performed,
          0815 XACORO reported, 0830 CTTHOR performed, 0845 MAMMO reported, 0900 HANDR performed,
          0915 MRKNEE given up, 0930 CTABD begun, 0945 USTHY begun, 1000 MRLSP begun, 1015 NMBONE canceled,
          1030 CHEST begun, 1045 MAMMO, 1100 CTHEAD held, 1115 XACORO, 1130 MRBRAIN, 1145 USABD canceled,
          1200 CTTHOR moved, 1300 CHEST, 1330 MRKNEE moved, 1345 MAMMO, 1400 CTABD, 1430 NMBONE, 1500 USTHY,
          1530 MRLSP held, 1600 HANDR, 1630 XACORO""",
    1: """0730 CHEST, 0800 CTHEAD, 0800 MRBRAIN, 0830 USABD, 0900 XACORO, 0915 MAMMO, 0930 CTTHOR,
          1000 MRKNEE, 1030 NMBONE, 1100 USTHY held, 1130 CTABD, 1300 MRLSP, 1330 CHEST, 1400 MAMMO,
          1500 HANDR, 1530 XACORO""",
}


def plan(today: date) -> Iterator[Planned]:
    """The exams around a day, the same for the same day."""
    rows = ((day, row.split(maxsplit=2)) for day, text in _DAYS.items() for row in text.split(","))
    for number, (day, (clock, code, *fate)) in enumerate(rows):
        start = datetime.combine(today + timedelta(day), time(int(clock[:2]), int(clock[2:])))
        procedure = PROCEDURES[code]
        yield Planned(
            find_patient(procedure, number * 3),
            make_exam(f"D{today:%y%m%d}{number:03}", procedure, start, number),
            PORTAL if number % 4 == 3 else HIS,
            Fate(fate[0]) if fate else Fate.PLANNED,
        )


def find_patient(procedure: Procedure, number: int) -> Patient:
    """The patient of a number, or the next one to whom this is done: mammography is of women."""
    after = (PATIENTS[(number + step) % len(PATIENTS)] for step in range(len(PATIENTS)))
    return next(each for each in after if procedure.modality != "MG" or each.sex == "F")


def make_exam(accession: str, procedure: Procedure, start: datetime, number: int) -> Exam:
    code, description, modality, station = procedure
    physician = _PHYSICIANS[number % len(_PHYSICIANS)]
    return Exam(
        accession, code, description, modality, station, start, physician, "S" if number % 9 == 5 else "R"
    )
