from pathlib import Path

import pytest

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


@pytest.mark.parametrize("sample", sorted(DATA.glob("batch_multi/*.hl7")), ids=lambda sample: sample.name)
def test_the_batches_of_the_samples(sample: Path) -> None:
    for message in split_messages(sample.read_bytes()):
        parse(decode(message).text)
