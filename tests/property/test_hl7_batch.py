"""A file is cut into the same messages however it comes in pieces, and none of its bytes gets lost."""

from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from openworklist.hl7.batch import Part, Splitter

TOKENS = [b"MSH|^~\\&|A", b"PID|1", b"\r", b"\n", b"\r\n", b"\x0b", b"\x1c\r", b"\x1a", b"FHS", b"BHS|x",
          b"BTS|1", b" ", b" " * 30, b"\xef\xbb\xbf", b"x" * 40, b"MSH", b"NTE|1||x"]  # fmt: skip
files = st.lists(st.sampled_from(TOKENS), max_size=14).map(b"".join)


def cut(pieces: Iterable[bytes], limit: int) -> list[Part]:
    splitter = Splitter(limit)
    parts = [part for piece in pieces for part in splitter.feed(piece)]
    return [*parts, *splitter.finish()]


@given(files, st.sampled_from([0, 10, 100]), st.data())
def test_pieces_make_no_difference(raw: bytes, limit: int, data: st.DataObject) -> None:
    whole = cut([raw], limit)
    places = sorted(data.draw(st.lists(st.integers(0, len(raw)), max_size=5)))
    pieces = [raw[start:end] for start, end in zip([0, *places], [*places, len(raw)], strict=True)]
    assert cut(pieces, limit) == whole
    assert cut((bytes([byte]) for byte in raw), limit) == whole


@given(st.lists(st.binary(max_size=80), max_size=5))
def test_every_header_begins_a_message_of_its_own(bodies: list[bytes]) -> None:
    bodies = [body.translate(None, b"\r\n\x0b\x1c\x1a") for body in bodies]
    raw = b"".join(b"MSH|^~\\&|" + body + b"\r\n" for body in bodies)
    parts = cut([raw], 0)
    assert [part.content for part in parts] == [b"MSH|^~\\&|" + body + b"\r\n" for body in bodies]
    assert [raw[part.offset :][: part.size] for part in parts] == [part.content for part in parts]
