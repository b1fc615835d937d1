"""Printing for people and for scripts: tables, JSON, and progress on a terminal."""

from __future__ import annotations

import json
import sys
import time
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo
from typing import Any


def print_json(value: Any) -> None:
    """JSON with its letters as they are, or by number where the output cannot hold them."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    try:
        text.encode(sys.stdout.encoding or "utf_8")
    except UnicodeEncodeError:
        text = json.dumps(value, indent=2)
    print(text)


def print_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns as wide as what stands in them; a wide letter takes two places."""
    lines = [[_clean(text) for text in row] for row in [heads, *rows]]
    widths = [max(_width(line[column]) for line in lines) for column in range(len(heads))]
    for line in lines:
        padded = [text + " " * (width - _width(text)) for text, width in zip(line, widths, strict=True)]
        print("  ".join(padded).rstrip())


def _clean(text: str) -> str:
    """What a peer sent must not steer the terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _width(text: str) -> int:
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )


def printable(text: str) -> str:
    """A message as lines, with control characters blanked."""
    lines = text.replace("\r\n", "\r").replace("\n", "\r").split("\r")
    return "\n".join(_clean(line) for line in lines if line)


def format_moment(at: int, zone: tzinfo, timespec: str = "seconds") -> str:
    """Microseconds since 1970 on the clock of a zone, with its offset."""
    return datetime.fromtimestamp(at / 1_000_000, zone).isoformat(sep=" ", timespec=timespec)


class Progress:
    """One line on stderr that is written over, only if that is a terminal; use it in a `with` statement."""

    _PAUSE = 0.1  # seconds between two lines: a terminal is slower than a worklist

    def __init__(self) -> None:
        self._is_shown = sys.stderr is not None and sys.stderr.isatty()
        self._shown_at = 0.0

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()

    def show(self, text: str) -> None:
        if self._is_shown and time.monotonic() - self._shown_at >= self._PAUSE:
            self._shown_at = time.monotonic()
            print(f"\r\x1b[K{_clean(text)}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Take the line away, before something else is printed."""
        if self._is_shown and self._shown_at:
            self._shown_at = 0.0
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
