"""The frames that an address names, `1,3,5`, and how many there are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from openworklist.domain.errors import PictureError, RequestError
from openworklist.services import pictures
from openworklist.services.pictures.stored import open_frames

_MOST: Final = 10_000
_NUMBERS: Final = re.compile(r"[1-9][0-9]{0,9}(?:,[1-9][0-9]{0,9})*", re.ASCII)


def read_frames(text: str, path: Path) -> list[int]:
    """The frames of a file that are asked for, each at least 1.

    RequestError for what is no such list; PictureError `picture.no-such-frame`, or why it has none.
    """
    if not _NUMBERS.fullmatch(text) or text.count(",") >= _MOST:
        raise RequestError(
            "That is no list of frames.",
            where="frames",
            hint=f"numbers from 1 on with commas between, at most {_MOST}",
            code="request.bad-parameter",
        )
    numbers = [int(each) for each in text.split(",")]
    count = count_frames(path)
    for each in numbers:
        if each > count:
            raise PictureError(
                f"The instance has no frame {each}.", hint=f"it has {count}", code="picture.no-such-frame"
            )
    return numbers


def count_frames(path: Path) -> int:
    """How many frames a file has, deflated or not; PictureError if it has none."""
    try:
        return pictures.count_frames(path)
    except PictureError as error:
        if error.code != "picture.unsupported":  # a deflated file, which is inflated for this
            raise
    with open_frames(path, inflate=True) as frames:
        return frames.count
