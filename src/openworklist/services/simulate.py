"""A hospital that orders: realistic messages for trying out and for tests. No patient here exists."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

# Family and given names by the character set they are sent in; the third is the ideographic form.
_NAMES: Final[dict[str, tuple[tuple[str, str, str], ...]]] = {
    "ASCII": (("SMITH", "MARY", ""), ("JOHNSON", "PETER", ""), ("GARCIA", "LUCIA", ""), ("DOE", "JOHN", "")),
    "8859/1": (("MÜLLER", "JÜRGEN", ""), ("SØRENSEN", "BJØRN", ""), ("LEFÈVRE", "ZOÉ", "")),
    "8859/2": (("DVOŘÁK", "JIŘÍ", ""), ("WIŚNIEWSKA", "ŁUCJA", ""), ("NAGY", "ERZSÉBET", "")),
    "8859/5": (("ИВАНОВ", "ПЁТР", ""), ("КОВАЛЕНКО", "ОЛЬГА", ""), ("ПЕТРОВИЋ", "МИЛИЦА", "")),
    "8859/6": (("الحسيني", "أحمد", ""), ("قباني", "لنزار", "")),
    "8859/7": (("ΠΑΠΑΔΟΠΟΎΛΟΥ", "ΕΛΈΝΗ", ""), ("ΔΙΟΝΥΣΙΟΣ", "ΓΕΏΡΓΙΟΣ", "")),
    "8859/8": (("כהן", "שרון", ""), ("לוי", "דבורה", "")),
    "8859/9": (("YILDIZ", "AYŞE", ""), ("ÇELİK", "OĞUZ", "")),
    "UNICODE UTF-8": (
        ("YAMADA", "TAROU", "山田^太郎"),
        ("HONG", "GILDONG", "洪^吉洞"),
        ("WANG", "XIAODONG", "王^小东"),
        ("ใจดี", "สมชาย", ""),
    ),
    "GB 18030-2000": (("ZHANG", "WEI", "张^伟"), ("LI", "NA", "李^娜")),
}
_CODECS: Final = {
    "ASCII": "ascii",
    "UNICODE UTF-8": "utf_8",
    "GB 18030-2000": "gb18030",
    **{f"8859/{number}": f"iso8859_{number}" for number in (1, 2, 5, 6, 7, 8, 9)},
}
_PROCEDURES: Final = (
    ("CTHEAD", "CT head without contrast", "CT", ("CT01", "CT02")),
    ("CTABD", "CT abdomen with contrast", "CT", ("CT01", "CT02")),
    ("MRBRAIN", "MR brain", "MR", ("MR01",)),
    ("MRKNEE", "MR knee left", "MR", ("MR01", "MR02")),
    ("CHEST2V", "Chest two views", "DX", ("DX01", "DX02", "DX03")),
    ("HANDR", "Hand right", "DX", ("DX01", "DX02")),
    ("USABD", "Ultrasound abdomen", "US", ("US01", "US02", "US03")),
    ("MAMMO", "Mammography both sides", "MG", ("MG01",)),
    ("BONESC", "Bone scan", "NM", ("NM01",)),
)
_PHYSICIANS: Final = ("WELBY", "GREY", "HOUSE", "QUINN")
_STAMP: Final = "%Y%m%d%H%M%S"


class Patient(NamedTuple):
    """`name` is PID-5; `charset` the one that messages about the patient are sent in."""

    number: str
    name: str
    birth_date: str
    sex: str
    charset: str


class Exam(NamedTuple):
    """A procedure that is ordered, for a station at a time."""

    accession: str
    code: str
    description: str
    modality: str
    station: str
    start: datetime
    physician: str
    priority: str = "R"


class Header(NamedTuple):
    """`sender` is MSH-3 and MSH-4 with | between them."""

    sender: str
    control_id: str
    sent: datetime


def write_name(name: str) -> str:
    """PID-5 of a name in up to three groups: YAMADA^TAROU=山田^太郎."""
    groups = name.split("=")
    if len(groups) == 1:
        return name
    return "~".join(f"{group}^^^^^L^{kind}" for group, kind in zip(groups, "AIP", strict=False) if group)


def write_order(
    header: Header, patient: Patient, exam: Exam, control: str = "NW", status: str = "SC"
) -> bytes:
    """An ORM^O01 with the fields where the classic profile looks for them; `status` is ORC-5."""
    requested = f"RP{exam.accession}"
    return write_message(
        header,
        "ORM^O01",
        patient,
        "PV1|1|O|RAD^^^GENERAL",
        f"ORC|{control}|{exam.accession}|||{status}||||{header.sent:{_STAMP}}||||||{exam.start:%Y%m%d%H%M}",
        "|".join(
            (
                *("OBR", "1", exam.accession, "", f"{requested}^{exam.description}^{exam.code}"),
                *("", "", "", "", "", "", "", "", "", "", ""),
                exam.physician,
                *("", exam.modality, "", "", exam.station, "", "", exam.station, "", "", exam.priority),
            )
        ),
    )


def write_message(header: Header, message_type: str, patient: Patient, *segments: str) -> bytes:
    """A message about a patient, in the patient's character set."""
    sender, control_id, sent = header
    lines = (
        f"MSH|^~\\&|{sender}|OPENWORKLIST|RADIOLOGY|{sent:{_STAMP}}||{message_type}|{control_id}|P|2.3.1||||||"
        f"{patient.charset}",
        f"PID|1||{patient.number}^^^GENERAL||{patient.name}||{patient.birth_date}|{patient.sex}",
        *segments,
    )
    return ("\r".join(lines) + "\r").encode(_CODECS[patient.charset])


@dataclass(slots=True)
class Hospital:
    """Orders one after the other, for one of its stations at a time of the coming days.

    The same seed, `run` and clock give the same orders; `run` keeps the numbers of two runs apart.
    """

    random: random.Random
    run: str
    count: int = 0

    def next_order(self, now: datetime) -> bytes:
        """One ORM^O01 of `write_order`."""
        self.count += 1
        draw = self.random
        charset = draw.choice(tuple(_NAMES))
        family, given, ideographic = draw.choice(_NAMES[charset])
        code, description, modality, stations = draw.choice(_PROCEDURES)
        station = draw.choice(stations)
        start = now + timedelta(minutes=5 * draw.randrange(0, 600))
        birth = now - timedelta(days=draw.randrange(1, 36_000))
        accession = f"{self.run}{self.count:06}"
        name = write_name(f"{family}^{given}" + (f"={ideographic}" if ideographic else ""))
        number = f"P{draw.randrange(10**7):07}"
        patient = Patient(number, name, f"{birth:%Y%m%d}", draw.choice("FMO"), charset)
        exam = Exam(accession, code, description, modality, station, start, draw.choice(_PHYSICIANS))
        return write_order(Header("HIS|GENERAL", accession, now), patient, exam)
