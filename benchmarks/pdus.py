"""The bytes a scanner sends, encoded once before anything is timed; no sockets here."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from pydicom.dataset import Dataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset

CONTEXT = b"1.2.840.10008.3.1.1.1"
WORKLIST = b"1.2.840.10008.5.1.4.31"
IMPLICIT = b"1.2.840.10008.1.2"
MAX_PDU = 65536

RELEASE = b"\x05\x00\x00\x00\x00\x04\x00\x00\x00\x00"  # PS3.8 9.3.6
# The head of (0000,0900) Status in a command set; the two bytes after it are the status (PS3.7 9.1.2.1).
STATUS = b"\x00\x00\x00\x09\x02\x00\x00\x00"
PENDING = (STATUS + b"\x00\xff", STATUS + b"\x01\xff")


@dataclass(frozen=True, slots=True)
class Question:
    """An encoded C-FIND request and how many answers a correct server gives to it."""

    request: bytes
    expected: int


def _item(kind: int, content: bytes) -> bytes:
    return struct.pack(">BBH", kind, 0, len(content)) + content


def encode_associate(called: str, calling: str = "BENCHMARK") -> bytes:
    """An A-ASSOCIATE-RQ for the Modality Worklist in Implicit VR Little Endian (PS3.8 9.3.2)."""
    context = _item(0x20, b"\x01\x00\x00\x00" + _item(0x30, WORKLIST) + _item(0x40, IMPLICIT))
    user = _item(
        0x50, _item(0x51, struct.pack(">I", MAX_PDU)) + _item(0x52, b"1.2.826.0.1.3680043.10.1234.9")
    )
    body = struct.pack(">HH16s16s32x", 1, 0, called.ljust(16).encode(), calling.ljust(16).encode())
    body += _item(0x10, CONTEXT) + context + user
    return struct.pack(">BBI", 1, 0, len(body)) + body


def _encode_implicit(dataset: Dataset) -> bytes:
    stream = DicomBytesIO()
    stream.is_little_endian, stream.is_implicit_VR = True, True
    write_dataset(stream, dataset)
    return bytes(stream.getvalue())


def _encode_command() -> bytes:
    out = BytesIO()
    for element, value in (
        (0x0002, WORKLIST),
        (0x0100, struct.pack("<H", 0x0020)),  # C-FIND-RQ
        (0x0110, struct.pack("<H", 1)),
        (0x0700, struct.pack("<H", 0)),
        (0x0800, struct.pack("<H", 1)),  # an identifier follows
    ):
        padded = value + b"\0" * (len(value) % 2)
        out.write(struct.pack("<HHI", 0, element, len(padded)) + padded)
    body = out.getvalue()
    return struct.pack("<HHII", 0, 0, 4, len(body)) + body


def _data_pdu(control: int, fragment: bytes) -> bytes:
    return struct.pack(">BBIIBB", 4, 0, len(fragment) + 6, len(fragment) + 2, 1, control) + fragment


def _make_identifier(station: str, day: str) -> Dataset:
    """The broad query of a scanner: station and day as keys, 25 attributes to return."""
    step = Dataset()
    step.Modality = ""
    step.ScheduledStationAETitle = station
    step.ScheduledProcedureStepStartDate = day
    step.ScheduledProcedureStepStartTime = ""
    step.ScheduledPerformingPhysicianName = ""
    step.ScheduledProcedureStepDescription = ""
    step.ScheduledProcedureStepID = ""
    step.ScheduledStationName = ""
    step.ScheduledProcedureStepLocation = ""
    identifier = Dataset()
    for keyword in (
        "AccessionNumber",
        "ReferringPhysicianName",
        "PatientName",
        "PatientID",
        "PatientBirthDate",
        "PatientSex",
        "PatientWeight",
        "MedicalAlerts",
        "Allergies",
        "PregnancyStatus",
        "StudyInstanceUID",
        "RequestingPhysician",
        "RequestedProcedureDescription",
        "AdmissionID",
        "RequestedProcedureID",
        "RequestedProcedurePriority",
    ):
        setattr(identifier, keyword, None)
    identifier.ScheduledProcedureStepSequence = [step]
    return identifier


def encode_question(station: str, day: str, expected: int) -> Question:
    """A C-FIND request for one station (empty: all) on one day; command and identifier leave in one write."""
    identifier = _encode_implicit(_make_identifier(station, day))
    return Question(_data_pdu(0x03, _encode_command()) + _data_pdu(0x02, identifier), expected)


def split_data(body: bytes) -> Iterator[tuple[bool, bool, bytes]]:
    """The fragments in the body of a P-DATA-TF: is it of a command, is it the last, its bytes (PS3.8 E.2)."""
    at = 0
    while at < len(body):
        length = int.from_bytes(body[at : at + 4], "big")
        control = body[at + 5]
        yield bool(control & 1), bool(control & 2), body[at + 6 : at + 4 + length]
        at += 4 + length
