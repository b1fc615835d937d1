"""However a stream is cut, the events are the same; whatever it holds, nothing is raised or grows."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openworklist.hl7.framing import Deframer, Event, Frame, wrap

SAMPLES = sorted((Path(__file__).parents[1] / "data" / "hl7").glob("*/*.hl7"))

# Framing bytes far more often than chance would have them.
streams = st.lists(
    st.sampled_from([b"\x0b", b"\x1c\r", b"\x1c", b"\r", b"\x10", b"MSH|", b"x" * 12, b"\x0b\x0b"])
    | st.binary(max_size=6),
    max_size=40,
).map(b"".join)


def events_of(deframer: Deframer, *pieces: bytes) -> list[Event]:
    events = [event for piece in pieces for event in deframer.feed(piece)]
    return events + deframer.finish()


@given(streams, st.lists(st.integers(0, 300), max_size=8))
def test_the_events_do_not_depend_on_the_cuts(stream: bytes, cuts: list[int]) -> None:
    places = sorted({0, len(stream), *(cut for cut in cuts if cut < len(stream))})
    pieces = [stream[a:b] for a, b in pairwise(places)]
    whole, cut = Deframer(30, 10), Deframer(30, 10)
    assert events_of(cut, *pieces) == events_of(whole, stream)
    assert cut.noise == whole.noise


@given(streams)
def test_what_is_kept_is_bounded(stream: bytes) -> None:
    deframer = Deframer(30, 10)
    for position in range(len(stream)):
        deframer.feed(stream[position : position + 1])
        assert deframer.buffered <= 31


@given(st.lists(st.binary(max_size=50).filter(lambda content: not {0x0B, 0x1C} & set(content)), max_size=5))
def test_what_was_wrapped_comes_out(contents: list[bytes]) -> None:
    deframer = Deframer()
    assert deframer.feed(b"".join(map(wrap, contents))) == [Frame(content) for content in contents]
    assert deframer.noise == 0


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name[:40])
def test_every_sample_cut_at_every_byte_is_the_same_frame(sample: Path) -> None:
    content = sample.read_bytes().strip(b"\x0b\x1c\r\n").replace(b"\x0b", b"").replace(b"\x1c", b"")
    stream = wrap(content)
    for cut in range(len(stream) + 1):
        deframer = Deframer()
        assert deframer.feed(stream[:cut]) + deframer.feed(stream[cut:]) == [Frame(content)]
