import tracemalloc
from collections.abc import Iterable
from pathlib import Path

import pytest

from openworklist.domain.errors import MessageError
from openworklist.hl7.batch import BOM, Part, Splitter, is_batch, split_messages
from openworklist.hl7.charset import decode
from openworklist.hl7.framing import wrap
from openworklist.hl7.message import parse

DATA = Path(__file__).parents[2] / "data" / "hl7"
ONE = b"MSH|^~\\&|HIS||||||ORM^O01|1\rPID|1\r"
TWO = b"MSH|^~\\&|HIS||||||ORM^O01|2\rPID|2\r"


def pieces(raw: bytes, size: int) -> list[bytes]:
    return [raw[start : start + size] for start in range(0, len(raw), size)]


def cut(pieces: Iterable[bytes], max_message: int = 0) -> list[Part]:
    splitter = Splitter(max_message)
    parts = [part for piece in pieces for part in splitter.feed(piece)]
    return [*parts, *splitter.finish()]


def find_faults(raw: bytes, size: int) -> tuple[str, ...]:
    splitter = Splitter()
    for piece in pieces(raw, size):
        splitter.feed(piece)
    splitter.finish()
    return splitter.tally.faults


@pytest.mark.parametrize("begin", [b"", BOM])
def test_blanks_without_end_are_looked_at_once(begin: bytes) -> None:
    """Else this would not end in the time of anybody's patience."""
    blanks = b" \r\n\t" * 250_000
    assert not is_batch(blanks + begin + blanks)
    assert is_batch(blanks + begin + blanks + b"FHS|")


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


def test_segments_of_a_batch_without_msh_are_no_message_and_do_not_get_lost() -> None:
    found = {sample.name[:3]: split_messages(sample.read_bytes()) for sample in DATA.glob("batch_multi/*")}
    assert found["305"] == []  # a batch of none
    (no_msh,) = found["306"]
    assert no_msh.startswith(b"EVN|A04|")
    assert split_messages(b"BHS|^~\\&|\r" + b"PID|9\r" + TWO) == [b"PID|9\r", TWO]


def test_a_file_that_grew_from_several_keeps_their_messages_apart() -> None:
    raw = BOM + ONE + b"\x1a" + BOM + b"BHS|\r" + BOM + TWO + b"\x1a"
    parts = cut([raw])
    assert [part.content.rstrip() + b"\r" for part in parts] == [ONE, TWO]
    assert all(part.is_utf8 for part in parts)


def test_a_byte_order_mark_is_about_what_follows_it() -> None:
    assert [part.is_utf8 for part in cut([ONE + BOM + TWO + ONE])] == [False, True, True]


def test_an_indented_header_begins_a_message() -> None:
    assert split_messages(ONE + b"  " + TWO) == [ONE, b"  " + TWO]


def test_of_a_message_over_the_limit_only_the_beginning_is_kept() -> None:
    large = ONE + b"NTE|1||" + b"x" * 10_000_000 + b"\r"
    first, cut_off, last = cut([ONE, *pieces(large, 65_536), TWO], max_message=8192)
    assert (first.content, last.content) == (ONE, TWO)
    assert cut_off.is_cut
    assert not first.is_cut
    assert (cut_off.offset, cut_off.size, cut_off.content) == (len(ONE), len(large), large[:4096])
    assert last.offset == len(ONE) + len(large)


def test_what_is_kept_of_a_file_that_never_ends_a_line_stays_small() -> None:
    splitter = Splitter(max_message=8192)
    tracemalloc.start()
    for _ in range(1000):
        assert splitter.feed(b"x" * 10_000) == []
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    (part,) = splitter.finish()
    assert part.size == 10_000_000
    assert peak < 100_000


@pytest.mark.parametrize(
    "raw", [b"FHS|^~\\&|\r", b"BHS|^~\\&|\r", b"\r\n\xef\xbb\xbf BHS|", b"FHS\rBHS\r", b"FHS"]
)
def test_an_envelope_is_known_by_its_begin(raw: bytes) -> None:
    assert is_batch(raw)


@pytest.mark.parametrize("raw", [ONE, b"", b"BTS|1\r", b"FHSX|", ONE + b"BHS|\r", b"PID|BHS|"])
def test_everything_else_is_none(raw: bytes) -> None:
    assert not is_batch(raw)


HEAD = b"BHS|^~\\&|\r"


@pytest.mark.parametrize(
    "raw",
    [
        HEAD + ONE + TWO + b"BTS|2\r",
        HEAD + ONE + b"BTS|1|a comment\r" + HEAD + TWO + b"BTS|1\rFTS|2\r",
        b"FHS|^~\\&|\r" + HEAD + ONE + b"BTS|\rFTS\r",
        b"FHS|^~\\&|\r" + ONE + TWO + b"FTS|1\r",  # BHS and BTS may be left out
        b"\xef\xbb\xbfFHS$^~\\&$\n" + HEAD.replace(b"|", b"$") + ONE + b"BTS$1\nFTS$1\n",
    ],
)
def test_a_batch_that_is_what_it_says(raw: bytes) -> None:
    assert find_faults(raw, 1000) == ()
    assert find_faults(raw, 1) == ()


@pytest.mark.parametrize(
    ("raw", "faults"),
    [
        (HEAD + ONE + TWO + b"BTS|3\r", ["BTS-1 says 3 messages, but 2 came."]),
        (HEAD + ONE, ["BHS has no BTS: the batch may have been cut off."]),
        (HEAD + ONE + HEAD + TWO + b"BTS|1\r", ["BHS has no BTS: the batch may have been cut off."]),
        (
            b"FHS|^~\\&|\r" + HEAD + ONE + b"BTS|1\r",
            ["FHS has no FTS: the batch may have been cut off."],
        ),
        (
            b"FHS|^~\\&|\r" + HEAD + ONE + b"BTS|1\rFTS|2\r",
            ["FTS-1 says 2 batches, but 1 came."],
        ),
        (
            b"FHS|^~\\&|\r" + HEAD + ONE,
            [
                "BHS has no BTS: the batch may have been cut off.",
                "FHS has no FTS: the batch may have been cut off.",
            ],
        ),
    ],
)
def test_a_batch_that_is_not_what_it_says(raw: bytes, faults: list[str]) -> None:
    assert list(find_faults(raw, 1000)) == faults
    assert list(find_faults(raw, 1)) == faults
