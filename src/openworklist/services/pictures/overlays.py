"""Overlays of group 60xx, drawn white over their picture (PS3.3 C.9.2): graphics, not regions of interest.

Those that lie in unused bits of the pixels, as it was done long ago, are not drawn.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from openworklist.services.pictures.grey import Levels

_GROUPS: Final = range(0x6000, 0x6020, 2)
_WHITE: Final = 255
_ROWS, _COLUMNS, _FRAMES, _TYPE, _ORIGIN, _FIRST, _DATA = 0x10, 0x11, 0x15, 0x40, 0x50, 0x51, 0x3000


def burn_in(levels: Levels, dataset: Any, frame: int) -> None:
    for group in _GROUPS:
        if (group, _DATA) in dataset and _find(dataset, group, _TYPE) == "G":
            _draw(levels, dataset, group, frame)


def _draw(levels: Levels, dataset: Any, group: int, frame: int) -> None:
    rows, columns = (int(_find(dataset, group, each) or 0) for each in (_ROWS, _COLUMNS))
    index = frame - int(_find(dataset, group, _FIRST) or 1)
    count = int(_find(dataset, group, _FRAMES) or 1)
    if count == 1 and (group, _FIRST) not in dataset:
        index = 0  # one for all frames
    data = np.frombuffer(bytes(dataset[group, _DATA].value), "u1")
    size = rows * columns
    if not size or not 0 <= index < count or len(data) * 8 < (index + 1) * size:
        return
    first = index * size
    bits = np.unpackbits(data[first // 8 : (first + size + 7) // 8], bitorder="little")
    plane = bits[first % 8 : first % 8 + size].reshape(rows, columns).astype(bool)
    origin = _find(dataset, group, _ORIGIN) or (1, 1)
    top, left = (int(each) - 1 for each in origin)
    # The part of the plane that lies within the picture.
    plane = plane[
        max(0, -top) : max(0, levels.shape[0] - top), max(0, -left) : max(0, levels.shape[1] - left)
    ]
    top, left = max(0, top), max(0, left)
    target = levels[top : top + plane.shape[0], left : left + plane.shape[1]]
    target[plane] = _WHITE


def _find(dataset: Any, group: int, element: int) -> Any:
    found = dataset.get((group, element))
    return None if found is None else found.value
