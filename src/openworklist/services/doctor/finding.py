"""What a check found, as the command line prints it and a page can show it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """A sentence about one thing, a `hint` to the way out, and `details`: what was measured, by name."""

    name: str
    level: Level
    sentence: str
    hint: str = ""
    details: tuple[tuple[str, str], ...] = ()


_ORDER = tuple(Level)


def worst(levels: Iterable[Level]) -> Level:
    """The level that counts for all of them."""
    return max(levels, key=_ORDER.index, default=Level.OK)
