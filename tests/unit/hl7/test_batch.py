from pathlib import Path

import pytest

from openworklist.domain.errors import MessageError
from openworklist.hl7.batch import split_messages
from openworklist.hl7.charset import decode
from openworklist.hl7.framing import wrap
from openworklist.hl7.message import parse

DATA = Path(__file__).parents[2] / "data" / "hl7"
ONE = b"MSH|^~\\&|HIS||||||ORM^O01|1\rPID|1\r"
TWO = b"MSH|^~\\&|HIS||||||ORM^O01|2\rPID|2\r"


@pytest.mark.parametrize(
    "raw",
    [
        ONE + TWO,
        wrap(ONE) + b"\n" + wrap(TWO),
        b"\xef\xbb\xbf" + ONE + b"\r\n\r\n" + TWO,
        b"FHS|^~\\&|\rBHS|^~\\&|\r" + ONE + TWO + b"BTS|2\rFTS|1\r",
    ],
)
def test_a_file_may_hold_several_messages(raw: bytes) -> None:
    assert [message.rstrip() + b"\r" for message in split_messages(raw)] == [ONE, TWO]


def test_wrapped_lines_stay_with_their_message() -> None:
    raw = (DATA / "manual" / "settings-1.hl7").read_bytes()
    (message,) = split_messages(raw)
    assert parse(decode(message).text).get("MSH-10") == "201903150904097"


@pytest.mark.parametrize(
    ("raw", "messages"), [(b"", []), (b" \r\n ", []), (b"garbage", [b"garbage"]), (b"FHS\r", [])]
)
def test_a_file_that_holds_none(raw: bytes, messages: list[bytes]) -> None:
    assert split_messages(raw) == messages


@pytest.mark.parametrize(
    ("sample", "begins"),
    [("305", []), ("306", [b"EVN|A04|20060705000000\rPID|1"]), ("307", [b"PID|1||0000112234"])],
)
def test_what_is_in_a_batch_without_a_header_is_not_passed_over(sample: str, begins: list[bytes]) -> None:
    (path,) = DATA.glob(f"batch_multi/{sample}*.hl7")
    messages = split_messages(path.read_bytes())
    assert [message[: len(begin)] for message, begin in zip(messages, begins, strict=True)] == begins
    for message in messages:
        assert b"BTS" not in message
        with pytest.raises(MessageError):
            parse(decode(message).text)


def test_a_broken_batch_header_is_none_of_a_message() -> None:
    raw = b"FHS|^~\\&|A\nBC|\nBHS|^~\\&|a long\nname|\n" + ONE + b"BTS|1|the\nend\nFTS|1\n"
    assert split_messages(raw) == [ONE]
