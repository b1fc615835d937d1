"""The stretches hold every byte once, and say of it what the Deframer says."""

from hypothesis import given
from hypothesis import strategies as st

from openworklist.hl7.framing import Deframer, Event, Frame, HalfFrame, Oversize, TokenQuery
from openworklist.hl7.stretches import Kind, Stretch, cut

EVENTLESS = frozenset({Kind.LONE_START, Kind.HALF_TOKEN, Kind.NOISE})  # the Deframer's noise

# Framing bytes far more often than chance would have them.
streams = st.lists(
    st.sampled_from([b"\x0b", b"\x1c\r", b"\x1c", b"\r", b"\n", b"\x10", b"MSH|", b"x" * 12, b"\x0b\x0b"])
    | st.binary(max_size=6),
    max_size=40,
).map(b"".join)


def to_event(stretch: Stretch, data: bytes) -> Event:
    content = data[stretch.content_start : stretch.content_end]
    if stretch.kind in (Kind.MESSAGE, Kind.NO_CARRIAGE_RETURN):
        return Frame(content)
    if stretch.kind is Kind.HALF:
        return HalfFrame(content)
    if stretch.kind in (Kind.OVERSIZE, Kind.OVERSIZE_HALF):
        return Oversize(content[:30], len(content), stretch.kind is Kind.OVERSIZE_HALF)
    return TokenQuery(b"", True) if stretch.kind is Kind.LONG_TOKEN else TokenQuery(content)


@given(streams)
def test_every_byte_stands_in_one_stretch(stream: bytes) -> None:
    place = 0
    for stretch in cut(stream, max_message=30, max_token=10):
        assert stretch.start == place
        assert stretch.start < stretch.end
        assert stretch.start <= stretch.content_start <= stretch.content_end <= stretch.end
        place = stretch.end
    assert place == len(stream)


@given(streams)
def test_they_are_the_events_of_the_deframer(stream: bytes) -> None:
    deframer = Deframer(30, 10)
    events = deframer.feed(stream) + deframer.finish()

    found = list(cut(stream, max_message=30, max_token=10))

    assert [to_event(each, stream) for each in found if each.kind not in EVENTLESS] == events
    assert sum(each.end - each.start for each in found if each.kind in EVENTLESS) == deframer.noise


@given(streams, st.integers(0, 300))
def test_what_is_not_open_stays_as_it_is_when_more_comes(stream: bytes, length: int) -> None:
    first = [each for each in cut(stream[:length], max_message=30, max_token=10) if not each.is_open]

    assert list(cut(stream, max_message=30, max_token=10))[: len(first)] == first
