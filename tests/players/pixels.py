"""Images made for a test, and files that DCMTK compressed or decompressed."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from struct import pack
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian

from players.archive import make_slice

needs_dcmtk = pytest.mark.skipif(shutil.which("dcmj2pnm") is None, reason="apt-get install dcmtk")


def make_image(array: Any, *, syntax: str = ExplicitVRLittleEndian, **values: Any) -> Dataset:
    """An image of (frames,) rows, columns (and three samples); `values` are other attributes of it."""
    colours = array.ndim > 2 and array.shape[-1] == 3
    rows, columns = array.shape[-3:-1] if colours else array.shape[-2:]
    frames = array.size // (rows * columns * (3 if colours else 1))
    bits = array.dtype.itemsize * 8
    image = make_slice(
        pixels=array.astype(array.dtype.newbyteorder("<")).tobytes(),
        Rows=rows,
        Columns=columns,
        SamplesPerPixel=3 if colours else 1,
        PhotometricInterpretation="RGB" if colours else "MONOCHROME2",
        BitsAllocated=bits,
        BitsStored=bits,
        HighBit=bits - 1,
        PixelRepresentation=int(array.dtype.kind == "i"),
        NumberOfFrames=frames,
    )
    if colours:
        image.PlanarConfiguration = 0
    for keyword, value in values.items():
        setattr(image, keyword, value)
    image.file_meta.TransferSyntaxUID = syntax
    return image


def save(image: Dataset, path: Path) -> Path:
    image.save_as(path, enforce_file_format=True)
    return path


def save_fragments(
    image: Dataset, path: Path, syntax: str, fragments: Sequence[bytes], *, table: Sequence[int] = ()
) -> Path:
    """The file of an image whose pixels are these fragments, with these offsets, right or wrong."""
    image.file_meta.TransferSyntaxUID = syntax
    even = (each + b"\0" * (len(each) % 2) for each in fragments)
    items = [pack(f"<{len(table)}I", *table), *even]
    image.PixelData = b"".join(pack("<HHI", 0xFFFE, 0xE000, len(each)) + each for each in items)
    image["PixelData"].VR = "OB"
    image["PixelData"].is_undefined_length = True
    image.save_as(path, enforce_file_format=True, implicit_vr=False, little_endian=True)
    return path


def run_dcmtk(*words: object) -> bool:
    """Whether a tool of DCMTK did what it was told."""
    return not subprocess.run([str(each) for each in words], capture_output=True, timeout=60).returncode


def make_ramp(kind: str, shape: tuple[int, ...] = (48, 40), *, most: int = 4096) -> Any:
    """An image with every kind of neighbour, from 0 to `most`."""
    y, x = np.mgrid[0 : shape[-2], 0 : shape[-1]]
    plane = ((x * 37 + y * 91 + x * y) % most).astype(kind)
    return np.broadcast_to(plane, shape).copy()
