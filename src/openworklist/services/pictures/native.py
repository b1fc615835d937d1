"""Uncompressed pixels of a file, as Explicit VR Little Endian has them. For the process that decodes."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
from pydicom.pixels.processing import convert_color_space

from openworklist.dicom.fragments import Frames
from openworklist.dicom.pixel_data import PixelData
from openworklist.dicom.transfer_syntaxes import EXPLICIT_BIG_ENDIAN
from openworklist.domain.errors import PictureError
from openworklist.services.pictures.stored import MOST_BYTES

Pixels = npt.NDArray[Any]  # rows, columns, and samples if there are several

_SIZES: Final = (8, 16, 32, 64)
_FLOATS: Final = (0x7FE0_0008, 0x7FE0_0009)


def type_of(pixels: PixelData, *, is_signed: bool) -> np.dtype[Any]:
    """How a sample lies in memory; single bits have a byte each."""
    if pixels.bits_allocated == 1:
        return np.dtype("u1")
    if pixels.bits_allocated not in _SIZES:
        raise PictureError(
            f"Pixels of {pixels.bits_allocated} bits cannot be decoded.", code="picture.unsupported"
        )
    kind = "f" if pixels.tag in _FLOATS else "i" if is_signed else "u"
    return np.dtype(f"<{kind}{pixels.bits_allocated // 8}")


def read_native(frames: Frames, frame: int, kind: np.dtype[Any]) -> Pixels:
    pixels = frames.pixels
    if pixels.bits_allocated == 1:
        return _read_bits(frames, frame)
    data = frames.read(frame, most=MOST_BYTES)
    if pixels.transfer_syntax == EXPLICIT_BIG_ENDIAN:
        if kind.itemsize > 1:
            data = np.frombuffer(data, kind.newbyteorder(">")).astype(kind).tobytes()
        elif pixels.vr == "OW":
            data = _read_swapped(frames, frame)
    return arrange(data, pixels, kind)


def arrange(data: bytes, pixels: PixelData, kind: np.dtype[Any]) -> Pixels:
    """Samples of a frame in rows and columns, those of a pixel beside each other, none subsampled.

    YBR_FULL_422 becomes RGB.
    """
    shape = (pixels.rows, pixels.columns)
    values = np.frombuffer(data, kind)
    if pixels.photometric == "YBR_FULL_422" and pixels.is_subsampled:
        return _expand(values.reshape(pixels.rows, -1, 4), pixels)
    if pixels.samples == 1:
        return values.reshape(shape)
    if pixels.planar:
        return np.ascontiguousarray(values.reshape(pixels.samples, *shape).transpose(1, 2, 0))
    return values.reshape(*shape, pixels.samples)


def unpack(data: Pixels, pixels: PixelData, first: int = 0) -> Pixels:
    """A frame of single bits, a byte for each, from the bit `first` of `data`."""
    bits = np.unpackbits(data, bitorder="little")[first : first + pixels.frame_bits]
    return bits.reshape(pixels.rows, pixels.columns)


def _read_bits(frames: Frames, frame: int) -> Pixels:
    """PS3.5 8.1.1: bits follow each other, whatever frame they are of; the first is the lowest."""
    pixels = frames.pixels
    data = np.frombuffer(frames.read(frame, most=MOST_BYTES // 8), "u1")
    if pixels.transfer_syntax == EXPLICIT_BIG_ENDIAN and pixels.vr == "OW":
        data = np.frombuffer(_read_swapped(frames, frame), "u1")
    first = (frame - 1) * pixels.frame_bits % 8
    return unpack(data, pixels, first)


def _read_swapped(frames: Frames, frame: int) -> bytes:
    """PS3.5 7.3: bytes in words of the other order; the last one of an odd frame is where the padding is."""
    (span,) = frames.spans(frame)
    value = frames.pixels.value
    first = (span.offset - value.offset) // 2 * 2
    last = min((span.offset - value.offset + span.length + 1) // 2 * 2, value.length // 2 * 2)
    words = np.frombuffer(frames.read_value(first, last), ">u2").astype("<u2").tobytes()
    skipped = span.offset - value.offset - first
    return words[skipped : skipped + span.length]


def _expand(pairs: Pixels, pixels: PixelData) -> Pixels:
    """PS3.3 C.7.6.3.1.2: two luminances, then the chrominances of both."""
    whole = np.empty((pixels.rows, pixels.columns, 3), pairs.dtype)
    whole[:, 0::2, 0] = pairs[:, :, 0]
    whole[:, 1::2, 0] = pairs[:, :, 1]
    for sample in (1, 2):
        whole[:, 0::2, sample] = whole[:, 1::2, sample] = pairs[:, :, sample + 1]
    colours: Pixels = convert_color_space(whole, "YBR_FULL", "RGB")
    return colours
