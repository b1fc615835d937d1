"""One frame of a file, decoded. For the process that does so: here numpy and the codecs are loaded."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from pydicom import dcmread
from pydicom.encaps import encapsulate
from pydicom.pixels import get_decoder
from pydicom.uid import UID

from openworklist.dicom.fragments import Frames
from openworklist.dicom.pixel_data import PixelData
from openworklist.dicom.transfer_syntaxes import TRANSFER_SYNTAXES
from openworklist.domain.errors import PictureError
from openworklist.services.pictures.extended_jpeg import JPEG_EXTENDED, decode_extended
from openworklist.services.pictures.native import Pixels, arrange, read_native, type_of, unpack
from openworklist.services.pictures.stored import MOST_BYTES, is_video, open_frames

_ENCAPSULATED_UNCOMPRESSED: Final = "1.2.840.10008.1.2.1.98"
_DEFLATED_FRAMES: Final = "1.2.840.10008.1.2.8.1"
_RLE: Final = "1.2.840.10008.1.2.5"
_DEFERRED: Final = 1 << 20  # bytes of values that stay in the file until somebody wants them


@dataclass(frozen=True, slots=True)
class Decoded:
    """`pixels` are as they are stored, `photometric` is what they are once they are decoded."""

    pixels: Pixels
    photometric: str
    dataset: Any  # without the pixels
    source: PixelData

    @property
    def bits_stored(self) -> int:
        return _at_most(self.dataset.get("BitsStored"), self.source.bits_allocated)

    @property
    def high_bit(self) -> int:
        high = self.dataset.get("HighBit")
        fits = isinstance(high, int) and self.bits_stored <= high + 1 <= self.source.bits_allocated
        return high if fits else self.bits_stored - 1


def decode(path: Path, frame: int) -> Decoded:
    """A frame, counted from 1. PictureError says why not, or any error that a library makes of it."""
    with open_frames(path, inflate=True) as frames:
        dataset = load_head(path)
        pixels = frames.pixels
        if pixels.rows * pixels.columns * pixels.samples * max(8, pixels.bits_allocated) > 8 * MOST_BYTES:
            raise PictureError(
                f"A frame of {pixels.rows} rows and {pixels.columns} columns is too large.",
                code="picture.too-large",
            )
        kind = type_of(pixels, is_signed=dataset.get("PixelRepresentation") == 1)
        if not pixels.is_encapsulated:
            photometric = "RGB" if pixels.is_subsampled else pixels.photometric
            return Decoded(read_native(frames, frame, kind), photometric, dataset, pixels)
        array, photometric = _decompress(frames, frame, kind, dataset)
    return Decoded(array, photometric, dataset, pixels)


def load_head(path: Path) -> Any:
    """The dataset without its pixels, as pydicom reads it."""
    status = path.stat()
    return _load(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=4)
def _load(path: Path, changed: int, size: int) -> Any:
    return dcmread(path, stop_before_pixels=True, defer_size=_DEFERRED)


def _decompress(frames: Frames, frame: int, kind: np.dtype[Any], dataset: Any) -> tuple[Pixels, str]:
    pixels = frames.pixels
    syntax = pixels.transfer_syntax
    if is_video(syntax):
        raise PictureError(
            f"{TRANSFER_SYNTAXES[syntax]} is video, which is not decoded.",
            hint="fetch its stream and play it",
            code="picture.unsupported",
        )
    if syntax in (_ENCAPSULATED_UNCOMPRESSED, _DEFLATED_FRAMES):
        return _read_plain(frames, frame, kind), pixels.photometric
    codestream = frames.read(frame, most=MOST_BYTES)
    bits_stored = _at_most(dataset.get("BitsStored"), pixels.bits_allocated)
    if syntax == JPEG_EXTENDED and bits_stored > 8:
        return arrange(decode_extended(codestream, pixels, bits_stored), pixels, kind), pixels.photometric
    decoder = _find_decoder(syntax)
    array, properties = decoder.as_array(
        encapsulate([codestream], has_bot=False),
        index=0,
        # What JPEG made of colours for its own sake is undone; RLE made nothing of them.
        raw=syntax == _RLE,
        correct_unused_bits=False,
        validate=True,
        number_of_frames=1,
        rows=pixels.rows,
        columns=pixels.columns,
        samples_per_pixel=pixels.samples,
        planar_configuration=pixels.planar,
        photometric_interpretation=pixels.photometric,
        bits_allocated=pixels.bits_allocated,
        bits_stored=bits_stored,
        pixel_representation=int(dataset.get("PixelRepresentation") == 1),
        pixel_keyword="PixelData",
    )
    return array, str(properties["photometric_interpretation"])


def _read_plain(frames: Frames, frame: int, kind: np.dtype[Any]) -> Pixels:
    """A frame in fragments that is as native ones are, or that but deflated."""
    pixels = frames.pixels
    data = frames.read(frame, most=MOST_BYTES)
    size = (pixels.frame_bits + 7) // 8
    if pixels.transfer_syntax == _DEFLATED_FRAMES:
        data = zlib.decompressobj(-zlib.MAX_WBITS).decompress(data, size)
    if pixels.bits_allocated == 1:
        return unpack(np.frombuffer(data, "u1"), pixels)
    return arrange(data[:size], pixels, kind)


def _find_decoder(syntax: str) -> Any:
    try:
        decoder = get_decoder(UID(syntax))
    except NotImplementedError:
        decoder = None
    if decoder is None or not decoder.is_available:
        name = TRANSFER_SYNTAXES.get(syntax, syntax)
        raise PictureError(
            f"{name} cannot be decoded here.",
            hint="fetch the frame as it is stored",
            code="picture.unsupported",
        )
    return decoder


def _at_most(value: Any, most: int) -> int:
    return value if isinstance(value, int) and 1 <= value <= most else most
