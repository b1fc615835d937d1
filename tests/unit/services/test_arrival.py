from zoneinfo import ZoneInfo

import pytest

from openworklist.domain.errors import CharsetError, MessageError, OrderError, UnsupportedMessage
from openworklist.domain.options import Options
from openworklist.domain.system import System
from openworklist.hl7.profile import preset
from openworklist.services.configuration import Configuration, using
from openworklist.services.reading import Arrival, Reader, Source

MLLP = Source("mllp", "192.0.2.1:4711")
READER = Reader(using(preset("classic")), zone=ZoneInfo("Europe/Berlin"))


def message(
    kind: str = "ORM^O01", *, charset: str = "", name: bytes = b"Doe^Jane", time: str = "20260314080000"
) -> bytes:
    head = f"MSH|^~\\&|RIS|HOSPITAL|OW|RAD|{time}||{kind}|M1|P|2.3.1||||||{charset}\rPID|||P1||"
    return head.encode() + name + b"\rORC|NW|A1\rOBR||||RP1^CT Head\r"


def read(raw: bytes) -> Arrival:
    return READER.read(raw, MLLP, 1_000)


def test_an_order_is_read_with_what_its_journal_row_needs() -> None:
    raw = message()
    arrival = read(raw)
    assert (arrival.raw, arrival.source, arrival.received_at) == (raw, MLLP, 1_000)
    assert (arrival.application, arrival.facility) == ("RIS", "HOSPITAL")
    assert (arrival.control_id, arrival.message_type) == ("M1", "ORM^O01")
    assert arrival.actor == "hl7:RIS|HOSPITAL"
    assert (arrival.error, arrival.ignored, arrival.warnings) == (None, "", ())
    (order,) = arrival.orders
    assert (order.control, order.values["patient_name"]) == ("NW", "Doe^Jane")


@pytest.mark.parametrize("kind", ["ORM^O01", "OMI^O23^OMI_O23", "OMG^O19", "OMI^Z23", "orm^o01", "ORM"])
def test_orders_are_taken_by_their_message_code_with_any_trigger(kind: str) -> None:
    assert len(read(message(kind)).orders) == 1


@pytest.mark.parametrize("kind", ["ADT^A02", "ADT^A41^ADT_A39", "ACK"])
def test_what_we_have_no_use_for_is_no_error(kind: str) -> None:
    arrival = read(message(kind))
    assert (arrival.error, arrival.orders) == (None, ())
    assert kind in arrival.ignored


@pytest.mark.parametrize("kind", ["ORU^R01", "", "XXX"])
def test_other_types_are_not_taken(kind: str) -> None:
    arrival = read(message(kind))
    assert isinstance(arrival.error, UnsupportedMessage)
    assert (arrival.error.where, arrival.orders) == ("MSH-9", ())
    assert arrival.control_id == "M1"


def test_what_cannot_be_read_is_an_error_that_is_kept_not_raised() -> None:
    assert isinstance(read(b"").error, MessageError)
    assert isinstance(read(b"\x00\xff garbage").error, MessageError)
    assert isinstance(read(message().partition(b"ORC")[0]).error, MessageError)
    many = message() + b"ORC|NW\rOBR|1\r" * 2_000
    assert isinstance(read(many).error, OrderError)


def test_bytes_of_no_letter_still_leave_the_header_to_answer_with() -> None:
    arrival = read(message(charset="UNICODE UTF-8", name=b"D\xffe"))
    assert isinstance(arrival.error, CharsetError)
    assert (arrival.control_id, arrival.application) == ("M1", "RIS")


def test_an_order_knows_when_it_was_sent_and_never_after_it_came() -> None:
    came = 1_773_500_000_000_000  # 2026-03-14 14:53:20 UTC
    for time in ("20260314080000+0000", "20260314090000"):
        (order,) = READER.read(message(time=time), MLLP, came).orders
        assert (order.sent.sender, order.sent.first) == ("RIS|HOSPITAL", 1_773_475_200_000_000)
    (order,) = READER.read(message(time="20990101"), MLLP, came).orders
    assert order.sent.first == came


def test_what_was_odd_about_the_letters_is_a_warning() -> None:
    assert "KLINGON" in read(message(charset="KLINGON")).warnings[0]


def test_the_digest_tells_whether_two_messages_are_the_same() -> None:
    assert read(message()).digest == read(message()).digest
    assert read(message()).digest != read(message() + b"\r").digest


def test_of_a_message_that_never_ended_the_head_is_read() -> None:
    error = MessageError("Too long.", code="message.too-large")
    arrival = READER.read_head(message()[:80], MLLP, 1_000, error)
    assert (arrival.error, arrival.orders, arrival.control_id) == (error, (), "M1")


def test_an_order_found_wrong_later_is_the_same_arrival_without_orders() -> None:
    arrival = read(message())
    error = OrderError("No.")
    refused = arrival.refused(error)
    assert (refused.error, refused.orders, refused.digest) == (error, (), arrival.digest)


def sent_by(application: str, name: bytes, charset: str = "") -> bytes:
    return message(charset=charset, name=name).replace(b"|RIS|", f"|{application}|".encode())


def test_a_sender_may_have_a_character_set_of_its_own_where_it_names_none() -> None:
    system = System("OLDHIS", "*", charset="WINDOWS-1251", is_confirmed=True)
    configuration = Configuration().with_system(system)
    reader = Reader(lambda: configuration)

    def name_of(raw: bytes) -> object:
        (order,) = reader.read(raw, MLLP, 0).orders
        return order.values["patient_name"]

    assert name_of(sent_by("OLDHIS", "Иванов".encode("cp1251"))) == "Иванов"
    assert name_of(sent_by("OLDHIS", b"Ivanov")) == "Ivanov"
    assert name_of(sent_by("RIS", b"M\xfcller")) == "Müller"
    assert name_of(sent_by("OLDHIS", "Αννα".encode("iso8859_7"), "8859/7")) == "Αννα"


REPLACING = Configuration(options=Options(undecodable="replace"))
LOSSY = Reader(lambda: REPLACING)


def test_bytes_that_are_no_letters_may_be_replaced() -> None:
    raw = message(charset="UNICODE UTF-8", name=b"M\xfcller^Zo\xc3\xab")
    arrival = LOSSY.read(raw, MLLP, 0)
    assert arrival.raw == raw
    (order,) = arrival.orders
    assert order.values["patient_name"] == "M\ufffdller^Zoë"
    (warning,) = arrival.warnings
    assert f"0xFC at offset {raw.index(0xFC)} in PID-5" in warning


@pytest.mark.parametrize(("before", "after"), [(b"|P1|", b"|P\xfc|"), (b"|A1\r", b"|A\xfc\r")])
def test_no_letter_of_an_identifier_is_replaced(before: bytes, after: bytes) -> None:
    """Two patients, of whose IDs a letter each is not known, are not one."""
    raw = message(charset="UNICODE UTF-8").replace(before, after)
    arrival = LOSSY.read(raw, MLLP, 0)
    assert isinstance(arrival.error, CharsetError)
    assert "identifier" in arrival.error.sentence
    assert arrival.orders == ()
