"""A day's work of a department: exams that differ in every column of the worklist, with ties and gaps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from openworklist.clients.mllp import send_message

# Where it is noon now: no midnight comes between an order and the question for its day.
ZONE: Final = f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"
TODAY: Final = datetime.now(ZoneInfo(ZONE)).date()
# What a sender says after the order so that the step has this status: ORC-1 and ORC-5.
_DEEDS: Final = {
    "scheduled": None,
    "started": ("SC", "IP"),
    "completed": ("SC", "CM"),
    "discontinued": ("DC", ""),
    "canceled": ("CA", ""),
    "on-hold": ("HD", ""),
}


@dataclass(frozen=True, slots=True)
class Exam:
    """`day` counts from today; None is no start at all. `number` is that of its record."""

    number: int
    name: str
    patient_id: str
    birth: str
    sex: str
    accession: str
    physician: str
    procedure: str
    modality: str
    day: int | None
    time: str
    status: str
    station: str
    room: str
    procedure_id: str

    @property
    def start(self) -> str:
        """YYYYMMDD, "" for none."""
        return "" if self.day is None else f"{TODAY + timedelta(self.day):%Y%m%d}"

    @property
    def messages(self) -> list[bytes]:
        """The order, and what is said of it later."""
        deed = _DEEDS[self.status]
        return [self._write("NW", ""), *([self._write(*deed)] if deed else [])]

    def _write(self, control: str, status: str) -> bytes:
        start = self.start + self.time
        latin, _, own = self.name.partition("=")
        name = f"{latin}^^^^^L^A~{own}^^^^^L^I" if own else latin
        fields = {4: f"{self.procedure_id}^{self.procedure}", 16: self.physician, 18: self.modality}
        fields |= {21: self.station, 24: self.room}
        observation = "|".join(fields.get(place, "") for place in range(1, 25))
        return (
            f"MSH|^~\\&|RIS|HOSPITAL|OW|RAD|20260314080000||ORM^O01|E{self.number}{control}|P|2.3.1||||||"
            "UNICODE UTF-8\r"
            f"PID|||{self.patient_id}^^^HOSP||{name}||{self.birth}|{self.sex}\r"
            f"ORC|{control}|{self.accession}|||{status}||||||||||{start}\r"
            f"OBR|{observation}\r"
        ).encode()


def send(port: int, exams: Iterable[Exam]) -> None:
    """To an HL7 port, one after another."""
    for exam in exams:
        for message in exam.messages:
            assert b"MSA|AA|" in send_message("127.0.0.1", port, message)


_ROWS: Final = """
Doe^Jane|P0012|19700101|F|A0012|House|CT brain|CT|0|0800|scheduled|CT1|ROOM 1|RP1
DOE^John|P0013|19650203|M|A0013|house|ct BRAIN|CT|0|0800|started|CT2|ROOM 2|RP2
Müller^Änne|P0014|19700101|F|A0014|Ångström|MR knee|MR|0|091500|completed|MR1|Room 3|RP3
Van der Berg^Jan|P0015|19991231|M|A0015|Wilson|Knee MR|MR|0|1015|discontinued|MR1|room 3|RP4
Smith-Doe^Ann|P0016||O|B0016|Wilson|US liver|US|0|1015|canceled|US1|ROOM 4|RP5
Yamada^Taro=山田^太郎|P0017|19800814|M|B0017|Cuddy|US thyroid|US|0|2359|on-hold|US1|ROOM 4|RP6
Kim^Huijung=김^희중|P0018|19800814|F|B0018|Cuddy|Chest|CR|-1|0700|completed|CR1|ROOM 5|RP7
Ødegård^Åse|P0019|19800815|F|B0019|Foreman|Chest lateral|CR|-1|0800|scheduled|CR1|ROOM 5|RP8
doe^jane^marie|P0020|19700101|F|C0020||Γόνατο|DX|-1|0800|scheduled|CR2||RP9
O'Neil^[x]|P0021|20240229||C0021|Chase|50% of a_test|DX|-2|1200|scheduled|CR2|ROOM 6|RQ10
Pär_cent%^Q|P0022|20240301|O|C0022|Chase|50_of a%test|MG|-3|1200|completed|MG1|ROOM 7|RQ11
Παπάς^Ίων|P0023|19450509|M|C0023|Παπαδόπουλος|Πνεύμονας|MG|-6|1300|scheduled|MG1|ROOM 7|RQ12
محمد^علي|P0024|19450509|M|C0024|Иванов|Лёгкие|XA|-7|1300|scheduled|XA1|ROOM 8|RQ13
Иванов^Иван|P0025|19450510|M|D0025|Иванов|лёгкие|XA|-8||scheduled|XA1|ROOM 8|RQ14
Li^Wei|Q0026|20000101|F|D0026|Thirteen|PET whole body|PT|-30|0000|canceled|PT1|ROOM 9|RQ15
Li^Wei|Q0026|20000101|F|D0027|Thirteen|PET brain|PT|1|0800|scheduled|PT1|ROOM 9|RQ16
Li^Weimin|q0026|20000101||D0028|thirteen|Bone scan|NM|1|0800|scheduled|NM1|ROOM 10|RQ17
De Souza^Ana|Q0029|19550707|F|D0029|Taub|Bone scan|NM|2|1500|on-hold|NM1|ROOM 10|RQ18
Souza^Ana|Q0030|19550707|F|D0030|Taub|bone SCAN|NM|7|1500|started|NM2|ROOM 11|RQ19
McCoy^Leonard^H|Q0031|19200120|M|E0031||Hip|CR|30|0930|scheduled|CR1|ROOM 5|RR20
Nodate^Nora|Q0032|19330303|F|E0032|Adams|Hip|CR|||scheduled|CR1|ROOM 5|RR21
Nodate^Norbert|Q0033|19330304|M|E0033|Adams|Hip|CR|||canceled|CR2|ROOM 6|RR22
zz top^billy|Q0034|19490101|M|E0034|Park|Beard|CT|0|0800|scheduled|CT1|ROOM 1|RR23
Zz Top^Dusty|Q0035|19490519|M|E0035|Park|Beard|CT|0|0800|scheduled|CT1|ROOM 1|RR24
Ant^Adam|0036|19541103|M|0036|Adams||CT|0|1800|scheduled|CT3|ROOM 1|0036
Lost^Lou|0037|19541104|F|||Hand||0|1900|scheduled|||RS26
"""


def _read(number: int, row: str) -> Exam:
    *patient, day, time, status, station, room, procedure_id = row.split("|")
    return Exam(number, *patient, int(day) if day else None, time, status, station, room, procedure_id)


EXAMS: Final = tuple(_read(number, row) for number, row in enumerate(_ROWS.split("\n")[1:-1], 1))
