"""Frames of stored files as they are stored: nothing is decoded, and no file is read whole."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from openworklist.dicom.fragments import Frames
from openworklist.dicom.pixel_data import Span, find_dataset, find_pixel_data
from openworklist.dicom.transfer_syntaxes import DEFLATED, TRANSFER_SYNTAXES
from openworklist.domain.errors import PictureError

MOST_BYTES: Final = 256 * 1024 * 1024  # of one frame, compressed or not
_MOST_INFLATED: Final = 512 * 1024 * 1024
_PIECE: Final = 1 << 20
_VIDEO: Final = ("MPEG", "HEVC")


def read_frame(path: Path, frame: int) -> tuple[bytes, str]:
    """A frame's bytes, counted from 1, in the file's transfer syntax, and which that is.

    Of compressed pixels they are a codestream; of others the bytes of the file, for single bits those of the
    neighbours in the same byte with them. PictureError: `picture.not-an-image`, `picture.no-such-frame`,
    `picture.unreadable`, `picture.too-large`; `picture.unsupported` for a deflated file.
    """
    with open_frames(path) as frames:
        return frames.read(frame, most=MOST_BYTES), frames.pixels.transfer_syntax


def count_frames(path: Path) -> int:
    """How many frames a file says it has; errors as `read_frame`."""
    with open_frames(path) as frames:
        return frames.count


def split_frames(path: Path) -> list[tuple[Span, ...]]:
    """Where each frame lies in its file; errors as `read_frame`."""
    with open_frames(path) as frames:
        return [frames.spans(frame) for frame in range(1, frames.count + 1)]


def read_video(path: Path) -> Iterator[bytes]:
    """The stream of a video, piece by piece; errors as `read_frame`, before the first piece."""
    with open_frames(path) as frames:
        if not is_video(frames.pixels.transfer_syntax):
            raise PictureError("The instance is no video.", code="picture.not-an-image")
        spans = list(frames.fragments())
    return copy_spans(path, spans)


def is_video(transfer_syntax: str) -> bool:
    """Whether frames of this transfer syntax are one stream of MPEG-2, MPEG-4 or HEVC."""
    return TRANSFER_SYNTAXES.get(transfer_syntax, "").removeprefix("Fragmentable ").startswith(_VIDEO)


@contextmanager
def open_frames(path: Path, *, inflate: bool = False) -> Iterator[Frames]:
    """The frames of a file while it is open. With `inflate`, a deflated one is in memory."""
    try:
        with open(path, "rb") as file:
            transfer_syntax, start = find_dataset(file)
            if transfer_syntax == DEFLATED:
                if not inflate:
                    raise PictureError(
                        "The file is deflated.",
                        hint="ask for its pixels uncompressed",
                        code="picture.unsupported",
                    )
                whole = inflate_dataset(file, start)
                yield Frames(whole, find_pixel_data(whole, transfer_syntax, 0))
            else:
                yield Frames(file, find_pixel_data(file, transfer_syntax, start))
    except OSError as error:
        raise PictureError(f"The file cannot be read: {error.strerror}.") from None


def inflate_dataset(file: BinaryIO, start: int) -> BinaryIO:
    """The dataset of a deflated file (PS3.5 A.5), in memory; `picture.too-large` past 512 MB."""
    inflator = zlib.decompressobj(-zlib.MAX_WBITS)
    whole = io.BytesIO()
    file.seek(start)
    try:
        while not inflator.eof and (piece := inflator.unconsumed_tail or file.read(_PIECE)):
            if whole.write(inflator.decompress(piece, _PIECE)) and whole.tell() > _MOST_INFLATED:
                raise PictureError("The file is too large once it is inflated.", code="picture.too-large")
    except zlib.error:
        raise PictureError("The dataset is not deflated as its transfer syntax says.") from None
    return whole


def find_transfer_syntax(path: Path) -> str:
    """The transfer syntax of a file; PictureError if it has none."""
    try:
        with open(path, "rb") as file:
            return find_dataset(file)[0]
    except OSError as error:
        raise PictureError(f"The file cannot be read: {error.strerror}.") from None


def copy_spans(path: Path, spans: list[Span]) -> Iterator[bytes]:
    """Bytes of a file in pieces of 1 MB."""
    with open(path, "rb") as file:
        for span in spans:
            file.seek(span.offset)
            left = span.length
            while left and (piece := file.read(min(left, _PIECE))):
                left -= len(piece)
                yield piece
