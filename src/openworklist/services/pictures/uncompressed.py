"""A file with uncompressed pixels, put together piece by piece."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from struct import Struct
from typing import Final

from openworklist.domain.errors import PictureError

_ELEMENT: Final = Struct("<HH2sHI")


def write_pixels(head: bytes, pieces: Iterable[bytes], *, tag: int, vr: str, length: int) -> Iterator[bytes]:
    """A head, and behind it the element of the pixels in Explicit VR Little Endian, `length` bytes of them.

    PictureError if the pieces are not as long: a receiver must not take what follows for pixels.
    """
    padding = length % 2
    yield head + _ELEMENT.pack(tag >> 16, tag & 0xFFFF, vr.encode(), 0, length + padding)
    left = length
    for piece in pieces:
        left -= len(piece)
        if left < 0:
            break
        yield piece
    if left:
        raise PictureError("The pixels of the instance are not as many as it says.")
    if padding:
        yield b"\0"


def join_bits(frames: Iterable[bytes], bits: int) -> Iterator[bytes]:
    """Frames of single bits, each of which begins a byte, one behind the other (PS3.5 8.1.1)."""
    rest, held = 0, 0
    for frame in frames:
        rest |= (int.from_bytes(frame, "little") & (1 << bits) - 1) << held
        held += bits
        whole = held // 8
        yield (rest & (1 << 8 * whole) - 1).to_bytes(whole, "little")
        rest >>= 8 * whole
        held -= 8 * whole
    if held:
        yield rest.to_bytes(1, "little")
