import hl7
import pytest

from openworklist.domain.errors import CharsetError, MessageError
from openworklist.hl7.charset import decode
from openworklist.services.composition import Addresses, address, check, encode_as_is

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


def test_a_type_that_nobody_takes_and_a_missing_segment_are_told() -> None:
    (remark,) = check("MSH|^~\\&|A|B|C|D|20260314||XYZ|1|P|2.5\r")
    assert (remark.where, remark.is_error) == ("MSH-9", False)
    assert [each.where for each in check("MSH|^~\\&|A|B|C|D|20260314||ORM^O01|1|P|2.5\rORC|NW|1\r")] == [
        "PID"
    ]
    assert [each.where for each in check(TEXT.replace("||1||Doe", "||||Doe"))] == ["PID-3"]


def test_a_character_set_that_the_message_does_not_name_or_nobody_knows_is_told() -> None:
    head = "MSH|^~\\&|A|B|C|D|20260314||ADT^A08|1|P|2.5||||||{}\rPID|||1||M\u00fcller\r"
    assert [each.where for each in check(head.format(""))] == ["MSH-18"]
    assert [each.where for each in check(head.format("8859/99"))] == ["MSH-18"]
    assert check(head.format("UNICODE UTF-8")) == ()


def test_what_is_sent_as_it_is_keeps_its_header_and_its_character_set() -> None:
    text = "MSH|^~\\&|A|B|C|D|||ORM^O01||P|2.5||||||8859/1\r\nPID|||1||M\u00fcller\n"
    assert encode_as_is(text) == text.replace("\r\n", "\r").replace("\n", "\r").encode("latin_1")
    with pytest.raises(CharsetError):
        encode_as_is(text.replace("M\u00fcller", "\u5f20"))
    with pytest.raises(CharsetError):
        encode_as_is(text.replace("8859/1", "nonsense"))
