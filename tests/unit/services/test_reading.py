"""Whatever arrives, reading it gives an arrival that can be journalled and answered."""

import logging
from datetime import datetime, timedelta, tzinfo

import pytest

from openworklist.domain.options import Options
from openworklist.hl7.ack import explain
from openworklist.hl7.profile import preset
from openworklist.services.configuration import Configuration, using
from openworklist.services.reading import Arrival, Reader, Source

HEADER = "MSH|^~\\&|HIS|CLINIC|OWL|RAD|20260314101500||ORM^O01|MSG-1|P|2.5.1"
PATIENT = "PID|||4711||DOE^JANE"
ORDER = "ORC|NW|A1\rOBR|1|||CT1^CT BRAIN"
SOURCE = Source("mllp", "10.0.0.1:4242")


def read(*lines: str | bytes, reader: Reader | None = None) -> Arrival:
    raw = b"\r".join(line if isinstance(line, bytes) else line.encode() for line in lines)
    return (reader or Reader(using(preset("classic")))).read(raw, SOURCE, 0)


def refusal(arrival: Arrival) -> tuple[str, str, int]:
    """The code of our error, MSA-1 and the condition of table 0357."""
    assert arrival.error is not None
    assert arrival.orders == ()
    code, problem = explain(arrival.error)
    return arrival.error.code, code, problem.condition


def test_an_order_is_read() -> None:
    arrival = read(HEADER, PATIENT, ORDER)
    assert arrival.error is None
    assert [order.values["patient_id"] for order in arrival.orders] == ["4711"]
    assert (arrival.application, arrival.facility, arrival.control_id) == ("HIS", "CLINIC", "MSG-1")
    assert arrival.warnings == ()


def test_two_patients_in_a_message_are_not_swapped() -> None:
    arrival = read(HEADER, PATIENT, ORDER, "PID|||0815||ROE^JIM", "ORC|NW|A2", "OBR|2|||CT2^CT")
    names = [(each.values["patient_name"], each.values["accession_number"]) for each in arrival.orders]
    assert names == [("DOE^JANE", "A1"), ("ROE^JIM", "A2")]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((HEADER, PATIENT, ORDER, HEADER, PATIENT, ORDER), ("message.two-in-one", "AR", 100)),
        (
            (HEADER.replace("ORM^O01", "ADT^A08"), PATIENT, HEADER, PATIENT, ORDER),
            ("message.two-in-one", "AR", 100),
        ),
        ((HEADER, ORDER, PATIENT), ("message.segment-order", "AR", 100)),
        ((HEADER + "|1|next", PATIENT, ORDER), ("message.part", "AR", 200)),
        ((HEADER, PATIENT, ORDER, "DSC|next"), ("message.part", "AR", 200)),
        ((HEADER, PATIENT), ("message.unreadable", "AR", 100)),
        ((HEADER.replace("ORM^O01", "ORU^R01"), PATIENT), ("message.unsupported-type", "AR", 200)),
        ((HEADER + "||||||KLINGON", b"PID|||4711||M\xdcLLER", ORDER), ("charset.unknown", "AE", 102)),
        ((HEADER + "||||||UTF-8", b"PID|||4711||M\xdcLLER", ORDER), ("charset.undecodable", "AE", 102)),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_reason(
    lines: tuple[str | bytes, ...], expected: tuple[str, str, int]
) -> None:
    arrival = read(*lines)
    assert refusal(arrival) == expected
    assert arrival.control_id == "MSG-1"


def test_a_sequence_number_alone_is_no_reason_to_refuse() -> None:
    assert read(HEADER + "|17", PATIENT, ORDER).error is None


def test_versions_and_processing_ids_that_nobody_knows_are_taken() -> None:
    arrival = read(HEADER.replace("|P|2.5.1", "|X|FINAL"), PATIENT, ORDER)
    assert (arrival.error, len(arrival.warnings)) == (None, 2)


def test_another_hl7_than_v2_is_not_taken_nor_training_where_the_site_says_so() -> None:
    arrival = read(HEADER.replace("|2.5.1", "|3.0"), PATIENT, ORDER)
    assert arrival.error is not None
    assert (arrival.error.where, arrival.control_id) == ("MSH-12", "MSG-1")
    training = "\r".join((HEADER.replace("|P|2.5.1", "|T|2.5.1"), PATIENT, ORDER)).encode()
    configuration = Configuration(options=Options(training="refuse"))
    strict = Reader(lambda: configuration)
    arrival = strict.read(training, Source("mllp"), 0)
    assert arrival.error is not None
    assert (arrival.error.where, arrival.orders) == ("MSH-11", ())


def test_a_part_of_a_message_that_is_not_taken_anyway_holds_up_no_queue() -> None:
    arrival = read(HEADER.replace("ORM^O01", "ADT^A02") + "|1|next", PATIENT)
    assert arrival.error is None
    assert "changes no exam" in arrival.ignored


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf", b"\r\n\xef\xbb\xbf", b"\n\t "])
def test_a_message_that_cannot_be_decoded_is_answered_with_its_control_id(start: bytes) -> None:
    arrival = read(start + HEADER.encode() + b"||||||UNICODE UTF-8", b"PID|||4711||\xff")
    assert refusal(arrival)[0] == "charset.undecodable"
    assert arrival.control_id == "MSG-1"


@pytest.mark.parametrize(
    ("patient", "merge", "is_refused"),
    [
        (b"PID|||4711||M\xdcLLER", b"MRG|0815", False),
        (b"PID|||47\xdc11||DOE", b"MRG|0815", True),
        (b"PID|||4711||DOE", b"MRG|08\xdc15", True),
        (b"PID|||4711||DOE", b"MRG|0815^^^\xdc", True),
    ],
)
def test_nobody_is_merged_by_an_id_that_cannot_be_read(
    patient: bytes, merge: bytes, is_refused: bool
) -> None:
    configuration = Configuration(options=Options(undecodable="replace"))
    head = HEADER.replace("ORM^O01", "ADT^A40") + "||||||UNICODE UTF-8"
    arrival = read(head, patient, merge, reader=Reader(lambda: configuration))
    assert (arrival.error is not None, arrival.patients == ()) == (is_refused, is_refused)


def test_an_empty_control_id_is_accepted_with_a_warning() -> None:
    arrival = read(HEADER.replace("MSG-1", ""), PATIENT, ORDER)
    assert arrival.error is None
    assert len(arrival.warnings) == 1
    assert arrival.warnings[0].startswith("MSH-10 is empty")


class BrokenZone(tzinfo):
    """A fault that is not the sender's."""

    def utcoffset(self, moment: datetime | None) -> timedelta:
        raise RuntimeError("DOE^JANE")

    def fromutc(self, moment: datetime) -> datetime:
        raise RuntimeError("DOE^JANE")


def test_a_fault_of_ours_loses_no_message_and_tells_no_name(caplog: pytest.LogCaptureFixture) -> None:
    reader = Reader(using(preset("classic")), zone=BrokenZone())
    with caplog.at_level(logging.INFO):
        arrival = read(HEADER, PATIENT, "ORC|NW|A1" + "|" * 13 + "20260314101500+0100", reader=reader)
    assert refusal(arrival) == ("message.internal-error", "AR", 207)
    assert arrival.control_id == "MSG-1"
    assert b"DOE^JANE" in arrival.raw
    (record,) = caplog.records
    assert record.levelno == logging.ERROR
    assert vars(record)["error"] == "RuntimeError"
    assert vars(record)["at"].startswith("test_reading.py:")
    assert "DOE" not in repr(vars(record))
