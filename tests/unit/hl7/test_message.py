from pathlib import Path

import pytest

from openworklist.domain.errors import MessageError, UnsupportedMessage
from openworklist.hl7.charset import decode
from openworklist.hl7.delimiters import Delimiters
from openworklist.hl7.message import check_complete, check_single, format, parse

DATA = Path(__file__).parents[2] / "data" / "hl7"
SAMPLES = sorted(DATA.glob("*/*.hl7"))
MESSAGE = (
    "MSH|^~\\&|HIS|CLINIC|OWL|CLINIC|20260314101500||ORM^O01|42|P|2.3.1\r"
    "PID|||4711^^^CLINIC&1.2.3&ISO^PI~0815^^^OTHER||DOE^JOHN&J^^^DR\r"
    "NTE|1||one\rNTE|2||two\r"
)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("MSH-1", "|"),
        ("MSH-2", "^~\\&"),
        ("MSH-3", "HIS"),
        ("MSH-9.2", "O01"),
        ("MSH-10", "42"),
        ("PID-3", "4711^^^CLINIC&1.2.3&ISO^PI~0815^^^OTHER"),
        ("PID-3.0", "4711^^^CLINIC&1.2.3&ISO^PI~0815^^^OTHER"),
        ("PID-3.1", "4711"),
        ("PID-3.4", "CLINIC&1.2.3&ISO"),
        ("PID-3.4.2", "1.2.3"),
        ("PID-3(2)", "0815^^^OTHER"),
        ("PID-3(2).4", "OTHER"),
        ("PID-3(3).1", ""),
        ("PID-3.9", ""),
        ("PID-99.1", ""),
        ("NTE-3", "one"),
        ("NTE[2]-3", "two"),
        ("NTE[3]-3", ""),
        ("ZZZ-1", ""),
    ],
)
def test_a_value_is_found_by_its_path(path: str, text: str) -> None:
    assert parse(MESSAGE).get(path) == text


@pytest.mark.parametrize(
    "path", ["", "PID", "PID-", "PID-0", "pid-3", "PID-3.", "PID3.1", "PID-3.1.1.1", "PID-x"]
)
def test_a_path_that_is_not_readable_is_told(path: str) -> None:
    with pytest.raises(MessageError, match="no place in a message"):
        parse(MESSAGE).get(path)


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_line_ends_of_every_kind_separate_segments_and_are_kept(end: str) -> None:
    text = MESSAGE.replace("\r", end)
    message = parse(text)
    assert [segment.name for segment in message.segments] == ["MSH", "PID", "NTE", "NTE"]
    assert format(message) == text


@pytest.mark.parametrize(
    "text", ["MSH|^~\\&|HIS", "MSH|^~\\&|HIS\rPV1", "MSH|^~\\&\rZZ9|x|\r", "MSH|^~\\&|HIS\r"]
)
def test_a_well_formed_message_is_kept_to_the_letter(text: str) -> None:
    assert format(parse(text)) == text


def test_what_stands_before_the_header_is_no_part_of_it() -> None:
    assert parse("\ufeff\r\n" + MESSAGE).get("MSH-10") == "42"


def test_a_line_that_is_no_segment_continues_the_one_before() -> None:
    message = parse("MSH|^~\\&|HIS||||||ORM^O01|2019\n7|P|2.3.1|\nNTE|1||a\n52|||\n")
    assert message.get("MSH-10") == "20197"
    assert message.get("NTE-3") == "a52"
    assert message.was_wrapped


def test_a_line_feed_inside_a_text_stays_where_segments_end_in_carriage_returns() -> None:
    assert parse("MSH|^~\\&|\rNTE|1||first\nsecond\r").get("NTE-3") == "first\nsecond"


def test_an_indented_segment_is_a_segment_and_a_blank_line_is_nothing() -> None:
    message = parse("MSH|^~\\&|HIS\n  PID|||1\n\n \nPV1\nMRI\n")
    assert [segment.text for segment in message.segments] == ["MSH|^~\\&|HIS", "PID|||1", "PV1MRI"]


def test_segments_that_nobody_knows_are_kept() -> None:
    message = parse("MSH|^~\\&|\rZXY|a\rWTF|b\r")
    assert message.get("WTF-1") == "b"


@pytest.mark.parametrize(
    ("header", "delimiters"),
    [
        ("MSH|^~\\&|", Delimiters("|", "^", "~", "\\", "&")),
        ("MSH|^~\\&#|", Delimiters("|", "^", "~", "\\", "&", "#")),
        ("MSH|^~&|", Delimiters("|", "^", "~", "", "&")),
        ("MSH|^~_&|", Delimiters("|", "^", "~", "\\", "&")),
        ("MSH|^~\\\\&|", Delimiters("|", "^", "~", "\\", "&")),
        ("MSH|^|", Delimiters("|", "^", "", "", "")),
        ("MSH||", Delimiters()),
        ("MSH$%*!@$", Delimiters("$", "%", "*", "!", "@")),
        ("MSH|^~\\&\r", Delimiters("|", "^", "~", "\\", "&")),
    ],
)
def test_the_delimiters_are_those_of_the_header(header: str, delimiters: Delimiters) -> None:
    assert parse(header + "x").delimiters == delimiters


def test_other_delimiters_separate_too() -> None:
    message = parse("MSH$%*!@$HIS\rPID$$$1%2@3*4")
    assert message.get("PID-3.2.2") == "3"
    assert message.get("PID-3(2)") == "4"


@pytest.mark.parametrize(
    "text", ["", "PID|1", "MSH", "MSHx^~\\&|", "MSH ^~\\& ", "EVN|A01\rMSH|^~\\&|", "\x00\x01"]
)
def test_a_message_without_a_readable_header_is_refused(text: str) -> None:
    with pytest.raises(MessageError):
        parse(text)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name[:40])
def test_the_samples_lose_nothing(sample: Path) -> None:
    text = decode(sample.read_bytes().strip(b"\x0b\x1c\r\n ")).text
    if text.startswith(("BHS", "FHS")):
        with pytest.raises(MessageError):
            parse(text)
        return
    joined = "".join(segment.text for segment in parse(text).segments)
    assert joined.replace("\n", "") == text.replace("\r", "").replace("\n", "").lstrip("\ufeff")


def test_the_manuals_wrapped_sample_has_its_whole_control_id() -> None:
    message = parse((DATA / "manual" / "settings-1.hl7").read_text())
    assert message.get("MSH-10") == "201903150904097"
    assert [segment.name for segment in message.segments] == ["MSH", "PID", "PV1", "ORC", "OBR"]
    assert message.get("OBR-4.2") == "CT"


def test_two_messages_in_one_frame_are_told() -> None:
    check_single(parse(MESSAGE))
    with pytest.raises(MessageError, match="two messages in one frame"):
        check_single(parse(MESSAGE + MESSAGE))


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (MESSAGE.replace("|2.3.1", "|2.3.1|1|pointer"), "MSH-14"),
        (MESSAGE + "DSC|pointer|F\r", "DSC-1"),
    ],
)
def test_a_part_of_a_longer_message_is_told(text: str, where: str) -> None:
    with pytest.raises(UnsupportedMessage, match="part of a longer one") as caught:
        check_complete(parse(text))
    assert caught.value.where == where


def test_a_sequence_number_alone_is_no_part() -> None:
    check_complete(parse(MESSAGE.replace("|2.3.1", "|2.3.1|17")))
    check_complete(parse(MESSAGE + "DSC\r"))


def test_more_segments_than_any_order_has_are_refused() -> None:
    with pytest.raises(MessageError, match="more than 200000 segments"):
        parse("MSH|^~\\&|HIS\r" + "ZZZ|\r" * 200_000)
