"""A HIS that asks an HL7 port for tokens, byte by byte; none of our code reads for it."""

from __future__ import annotations

import re
import socket
from types import TracebackType
from typing import NamedTuple

from pydicom.dataset import Dataset

from players.archive import make_slice

STUDY = "1.2.826.0.1.3748527.1.4.2.0.20181120.185921.384642"
PATIENT = "ID200631zw609"
STUDIES = tuple(f"1.2.840.113619.2.55.3.2831173124.78.1375418120.{number}" for number in (812, 813, 814))
TOKEN = re.compile(rb"[A-Za-z0-9]{64}")
UNKNOWN = b"\x10\x0d"
_PATIENCE = 30


class Offered(NamedTuple):
    uid: bytes
    date: bytes
    description: bytes
    token: bytes


def make_exams() -> list[Dataset]:
    """The studies of the manual's two examples, an image each."""
    first = make_slice(StudyInstanceUID=STUDY, SeriesInstanceUID=f"{STUDY}.1", PatientID="P384642")
    others = (
        make_slice(
            StudyInstanceUID=uid,
            SeriesInstanceUID=f"{uid}.1",
            PatientID=PATIENT,
            StudyDate="20190603",
            StudyDescription="THORAX",
        )
        for uid in STUDIES
    )
    return [first, *others]


class His:
    """One connection; use it in a `with` statement."""

    def __init__(self, port: int, host: str = "127.0.0.1") -> None:
        self._socket = socket.create_connection((host, port), _PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> His:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def send(self, *pieces: bytes) -> None:
        for piece in pieces:
            self._socket.sendall(piece)

    def read_answers(self, count: int) -> None:
        """As many answers as that, each `UNKNOWN`."""
        left = len(UNKNOWN) * count
        while left:
            answers = self._socket.recv(min(left, 65_536))
            assert answers, "the port has closed"
            assert not answers.strip(UNKNOWN)
            left -= len(answers)

    def ask_study(self, uid: str) -> bytes:
        """The token of a study, b"" if it is unknown."""
        self.send(*(bytes([byte]) for byte in b"\x10" + uid.encode() + b"\x0d"))
        return self.read_study()

    def ask_patient(self, patient_id: bytes) -> list[Offered]:
        self.send(*(bytes([byte]) for byte in b"\x10" + patient_id + b"\x0d"))
        return self.read_patient()

    def read_study(self) -> bytes:
        """What stands between 0x10 and the first 0x0D."""
        assert self._read() == b"\x10"
        found = b""
        while (byte := self._read()) != b"\x0d":
            found += byte
        return found

    def read_patient(self) -> list[Offered]:
        """What stands before two 0x0D; none if it is unknown."""
        answer = self._read() + self._read()
        while answer != UNKNOWN and not answer.endswith(b"\x0d\x0d"):
            answer += self._read()
        if answer == UNKNOWN:
            return []
        assert answer[:1] == b"\x10"
        lines = answer[1:-2].split(b"\x0d")
        assert len(lines) % 4 == 0
        return [Offered(*lines[at : at + 4]) for at in range(0, len(lines), 4)]

    def read_frame(self) -> bytes:
        """The content of an MLLP frame."""
        assert self._read() == b"\x0b"
        found = b""
        while not found.endswith(b"\x1c\x0d"):
            found += self._read()
        return found[:-2]

    def _read(self) -> bytes:
        byte = self._socket.recv(1)
        assert byte, "the port has closed"
        return byte
