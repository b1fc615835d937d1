"""What the process that decodes can do, by name: arguments are those of the question."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np

from openworklist.services.pictures.decoding import decode
from openworklist.services.pictures.head_writing import write_head
from openworklist.services.pictures.rendering import encode, render
from openworklist.services.pictures.stored import open_frames
from openworklist.services.pictures.wire import Message


def _decode(path: Path, frame: int) -> Message:
    decoded = decode(path, frame)
    array, source = decoded.pixels, decoded.source
    data = np.packbits(array, bitorder="little") if source.bits_allocated == 1 else array
    values = {
        "rows": source.rows,
        "columns": source.columns,
        "samples": source.samples,
        "bits_allocated": source.bits_allocated,
        "bits_stored": decoded.bits_stored,
        "high_bit": decoded.high_bit,
        "is_signed": decoded.dataset.get("PixelRepresentation") == 1,
        "is_float": array.dtype.kind == "f",
        "photometric_interpretation": decoded.photometric,
    }
    return values, data.tobytes()


def _render(
    path: Path,
    frame: int | None,
    window: tuple[float, float, str] | None,
    viewport: tuple[int, int] | None,
    media: str,
    quality: int,
) -> Message:
    """The frame in the middle, if none is named."""
    if frame is None:
        with open_frames(path, inflate=True) as frames:
            frame = (frames.count + 1) // 2
    return {}, encode(render(decode(path, frame), frame, window, viewport), media, quality)


DUTIES: Final[dict[str, Callable[..., Message]]] = {"decode": _decode, "render": _render, "head": write_head}
