"""Frames of stored instances: uncompressed, and how people want to see them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Window = tuple[float, float, str]  # centre, width, and how it is applied
WINDOW_FUNCTIONS: Final = ("linear", "linear-exact", "sigmoid")  # PS3.18 8.3.5.1.4
Media = Literal["image/jpeg", "image/png"]
MEDIA: Final = ("image/jpeg", "image/png")


@dataclass(frozen=True, slots=True)
class Frame:
    """The pixels of a frame as Explicit VR Little Endian has them, and the attributes that describe them.

    Samples of a pixel stand beside each other (Planar Configuration 0), nothing is subsampled. Single bits
    are packed, the first pixel in the lowest bit of the first byte (PS3.5 8.1.1). There is no padding.
    """

    rows: int
    columns: int
    samples: int
    bits_allocated: int
    bits_stored: int
    high_bit: int
    is_signed: bool
    is_float: bool
    photometric_interpretation: str
    data: bytes
