import tracemalloc

import pytest

from openworklist.hl7.framing import Deframer, Event, Frame, HalfFrame, Oversize, TokenQuery, wrap, wrap_token

STREAM = (
    b"noise\r\n"
    + wrap(b"MSH|1\rPID|1\r")
    + b"\n"
    + wrap(b"MSH|with \x1c inside and \x10 and \r")
    + wrap_token(b"1.2.3")
    + wrap(b"")
    + b"\x0bMSH|half"
    + wrap(b"MSH|anew")
    + b"\x10never ended"
    + wrap(b"MSH|after a token")
    + b"\x0b\x0bMSH|forgotten end\x1c"
    + b"\x0b"
    + b"Y" * 30
    + b"\x0b"
    + b"Z" * 30
    + b"\x1c"
    + wrap(b"X" * 30)
    + wrap_token(b"T" * 30)
    + wrap(b"MSH|last")
    + b"tail"
)
EVENTS: list[Event] = [
    Frame(b"MSH|1\rPID|1\r"),
    Oversize(b"MSH|with \x1c inside an"[:20], 29),
    TokenQuery(b"1.2.3"),
    Frame(b""),
    HalfFrame(b"MSH|half"),
    Frame(b"MSH|anew"),
    Frame(b"MSH|after a token"),
    Frame(b"MSH|forgotten end"),
    Oversize(b"Y" * 20, 30, is_half=True),
    Oversize(b"Z" * 20, 31),
    Oversize(b"X" * 20, 30),
    TokenQuery(b"", is_too_long=True),
    Frame(b"MSH|last"),
]
NOISE = len(b"noise\r\n") + len(b"\n") + len(b"\x10never ended") + len(b"\x0b") + len(b"tail")


def small() -> Deframer:
    return Deframer(max_message=20, max_token=20)


def test_a_frame_comes_out_without_its_framing() -> None:
    assert Deframer().feed(b"\x0bMSH|\r\x1c\r") == [Frame(b"MSH|\r")]


def test_every_kind_of_event_in_one_piece() -> None:
    deframer = small()
    assert deframer.feed(STREAM) == EVENTS
    assert deframer.noise == NOISE
    assert not deframer.is_inside


@pytest.mark.parametrize("size", [1, 2, 3, 7, 19, 20, 21, 22])
def test_the_events_do_not_depend_on_the_size_of_the_pieces(size: int) -> None:
    deframer = small()
    events = [e for i in range(0, len(STREAM), size) for e in deframer.feed(STREAM[i : i + size])]
    assert events == EVENTS
    assert deframer.noise == NOISE


def test_the_events_do_not_depend_on_where_the_stream_is_cut() -> None:
    for cut in range(len(STREAM) + 1):
        deframer = small()
        assert deframer.feed(STREAM[:cut]) + deframer.feed(STREAM[cut:]) == EVENTS
        assert deframer.noise == NOISE


def test_a_file_separator_that_no_carriage_return_follows_is_content() -> None:
    assert Deframer().feed(b"\x0ba\x1cb\x1c\x1c\r") == [Frame(b"a\x1cb\x1c")]


def test_what_the_sender_left_unfinished_is_told_at_the_end() -> None:
    deframer = Deframer()
    assert deframer.feed(b"\x0bMSH|") == []
    assert deframer.is_inside
    assert deframer.finish() == [HalfFrame(b"MSH|")]
    assert not deframer.is_inside
    assert deframer.finish() == []


def test_a_message_that_lacks_only_the_last_carriage_return_is_whole() -> None:
    deframer = Deframer()
    assert deframer.feed(b"\x0bMSH|\x1c") == []
    assert deframer.finish() == [Frame(b"MSH|")]


def test_the_stream_goes_on_after_it_was_given_up() -> None:
    deframer = Deframer()
    deframer.feed(b"\x10half a token")
    assert deframer.finish() == []
    assert deframer.noise == len(b"\x10half a token")
    assert deframer.feed(wrap(b"MSH|")) == [Frame(b"MSH|")]


def test_a_message_of_exactly_the_limit_passes() -> None:
    deframer = Deframer(max_message=5, max_token=5)
    assert deframer.feed(wrap(b"12345") + wrap(b"123456")) == [Frame(b"12345"), Oversize(b"12345", 6)]


def test_a_message_of_20_megabytes_is_skipped_in_bounded_memory() -> None:
    deframer = Deframer(max_message=1_000_000)
    piece = b"x" * 16_384
    tracemalloc.start()
    events = deframer.feed(b"\x0bMSH|^~\\&|BIG")
    for _ in range(1280):
        events += deframer.feed(piece)
    events += deframer.feed(b"\x1c")
    events += deframer.feed(b"\r" + wrap(b"MSH|next"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    oversize, after = events
    assert isinstance(oversize, Oversize)
    assert oversize.size == 1280 * 16_384 + len(b"MSH|^~\\&|BIG")
    assert oversize.head.startswith(b"MSH|^~\\&|BIG")
    assert after == Frame(b"MSH|next")
    assert peak < 3_000_000


def test_the_beginning_that_is_kept_holds_the_header() -> None:
    header = (
        b"MSH|^~\\&|" + b"A" * 400 + b"|HOSPITAL|OWL|RADIOLOGY|20260314101500||ORM^O01|CONTROL-ID|P|2.5\r"
    )
    for size in (100_000, 4096, 1000):
        deframer = Deframer(max_message=8192)
        stream = wrap(header + b"x" * 100_000)
        events = [e for i in range(0, len(stream), size) for e in deframer.feed(stream[i : i + size])]
        (oversize,) = events
        assert isinstance(oversize, Oversize)
        assert (len(oversize.head), oversize.size) == (4096, len(header) + 100_000)
        assert oversize.head.startswith(header)


def test_an_endless_token_does_not_grow() -> None:
    deframer = Deframer()
    deframer.feed(b"\x10")
    for _ in range(100):
        assert deframer.feed(b"x" * 10_000) == []
    assert deframer.buffered < 1000
    assert deframer.feed(b"\r") == [TokenQuery(b"", is_too_long=True)]


def test_a_flood_of_start_bytes_is_read_in_one_pass() -> None:
    # Each start byte once made the rest of the piece be searched again: minutes for a megabyte.
    deframer = Deframer()
    assert deframer.feed(b"\x0b" * 1_000_000) == []
    assert deframer.noise == 999_999
    assert len(deframer.feed(b"\x0ba" * 100_000)) == 99_999
    assert deframer.finish() == [HalfFrame(b"a")]
    assert deframer.feed(b"\x10" * 1_000_000) == []
