import hl7
import pytest

from openworklist.domain.errors import MessageError
from openworklist.hl7.charset import decode
from openworklist.services.composition import Addresses, address, check

TEXT = "MSH|^~\\&|A|B|C|D|20260314080000||ORM^O01|1|P|2.3.1\nPID|||1||Doe^Jane\nORC|NW|1\n"
NOW = 1_773_478_800_000_000  # 2026-03-14 09:00:00 UTC


def test_a_good_message_has_no_remarks() -> None:
    assert check(TEXT) == ()


def test_what_is_no_message_is_an_error_with_its_place() -> None:
    (remark,) = check("PID|||1")
    assert (remark.where, remark.is_error) == ("MSH", True)
    (remark,) = check("  \n")
    assert remark.is_error


def test_what_a_receiver_may_stumble_over_is_told() -> None:
    remarks = check("MSH|^~\\&|A\rXYZ|1\rZZZ|1")
    assert [(remark.where, remark.is_error) for remark in remarks] == [
        ("MSH-9", False), ("MSH-10", False), ("MSH-12", False), ("XYZ", False),
    ]  # fmt: skip


def test_addresses_take_the_place_of_those_in_the_text() -> None:
    given = Addresses("OW", "", "RIS|1", "NORTH")
    message = hl7.parse(address(TEXT, given, control_id="X", now=NOW).decode())
    header = message.segment("MSH")
    assert [str(header[number]) for number in (3, 4, 5, 6)] == ["OW", "B", "RIS\\F\\1", "NORTH"]
    assert (str(header[7]), str(header[10])) == ("20260314080000", "1")
    assert [str(segment[0]) for segment in message] == ["MSH", "PID", "ORC"]


def test_time_and_control_id_are_made_where_they_are_empty() -> None:
    text = TEXT.replace("20260314080000", "").replace("|1|P", "||P")
    header = hl7.parse(address(text, Addresses(), control_id="X", now=NOW).decode()).segment("MSH")
    assert str(header[7])[:6] == "202603"
    assert str(header[10]) == "X"


def test_letters_beyond_ascii_go_out_as_utf_8() -> None:
    raw = address(TEXT.replace("Doe", "Müller山"), Addresses(), control_id="X", now=NOW)
    assert "Müller山" in decode(raw).text
    assert b"|UNICODE UTF-8" in raw


def test_no_text_cannot_be_sent() -> None:
    with pytest.raises(MessageError):
        address("", Addresses(), control_id="X", now=NOW)
