"""How a picture is to be rendered (PS3.18 8.3.5.1): window, viewport, quality."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isfinite
from typing import Annotated, Final

from fastapi import Depends, Request

from openworklist.domain.errors import RequestError
from openworklist.services.pictures import WINDOW_FUNCTIONS, Window

_LARGEST: Final = 8_192  # pixels each way
_QUALITY: Final = 90
_THUMBNAIL: Final = 128
_NUMBER: Final = re.compile(r"[0-9]{1,5}", re.ASCII)


@dataclass(frozen=True, slots=True)
class View:
    window: Window | None
    viewport: tuple[int, int] | None
    quality: int

    @property
    def thumbnail(self) -> int:
        """How large a small picture is at most, each way."""
        return min(self.viewport) if self.viewport else _THUMBNAIL


def read_view(request: Request) -> View:
    """RequestError for what cannot be; what is not known is ignored (PS3.18 8.3)."""
    named = request.query_params
    return View(
        _read_window(named["window"]) if "window" in named else None,
        _read_viewport(named["viewport"]) if "viewport" in named else None,
        _read_quality(named.get("quality", str(_QUALITY))),
    )


TheView = Annotated[View, Depends(read_view)]


def _read_window(text: str) -> Window:
    """PS3.18 8.3.5.1.4: centre, width and function."""
    centre, width, function = (*text.split(","), "linear", "", "")[:3]
    try:
        numbers = float(centre), float(width)
    except ValueError:
        numbers = 0.0, 0.0
    function = function.strip().lower()
    if text.count(",") not in (1, 2) or not all(map(isfinite, numbers)) or numbers[1] <= 0:
        raise _wrong("window", "centre and width with a comma between, and a function behind them")
    if function not in WINDOW_FUNCTIONS:
        raise _wrong("window", f"functions are {', '.join(WINDOW_FUNCTIONS)}")
    return *numbers, function


def _read_viewport(text: str) -> tuple[int, int]:
    """PS3.18 8.3.5.1.3: width and height; a region of the picture behind them is none of ours."""
    parts = [each.strip() for each in text.split(",")]
    if len(parts) != 2 or not all(map(_NUMBER.fullmatch, parts)):
        raise _wrong(
            "viewport", "width and height in pixels with a comma between; a region cannot be asked for"
        )
    width, height = map(int, parts)
    if not (1 <= width <= _LARGEST and 1 <= height <= _LARGEST):
        raise _wrong("viewport", f"1 to {_LARGEST} pixels each way")
    return width, height


def _read_quality(text: str) -> int:
    if not _NUMBER.fullmatch(text) or not 1 <= int(text) <= 100:
        raise _wrong("quality", "1 to 100")
    return int(text)


def _wrong(name: str, hint: str) -> RequestError:
    return RequestError(
        f"The parameter {name} cannot be that.", where=name, hint=hint, code="request.bad-parameter"
    )
