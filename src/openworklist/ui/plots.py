"""Stacked bars as shapes of an SVG: numbers in, places and sizes out; templates/_plot.html draws them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH: Final = 640.0
_HEIGHT: Final = 150.0  # of upright bars
_ROW: Final = 26.0  # of lying ones
_SHORTEST: Final = 110.0  # room for labels before bars
_LETTER: Final = 12.0  # of a label in capitals, as an AE title is
_NUMBER: Final = 60.0
_GAP: Final = 0.22  # of a bar's place


@dataclass(frozen=True, slots=True)
class Bar:
    """What is counted: a label, and a number for each series."""

    label: str
    numbers: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.numbers)


@dataclass(frozen=True, slots=True)
class Shape:
    """A rectangle of a series, by its number."""

    series: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Word:
    """A label, or a number that the page writes as its language does."""

    text: str | int
    x: float
    y: float
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Plot:
    """`top` is the number at the upper edge, where the bars stand upright."""

    bars: tuple[Bar, ...]
    shapes: tuple[Shape, ...]
    words: tuple[Word, ...]
    height: float
    top: int = 0


def draw_upright(bars: Sequence[Bar], every: int = 3) -> Plot:
    """Bars beside each other, with the label of each so-manyth below."""
    top = _find_top(max((bar.total for bar in bars), default=0))
    place = WIDTH / max(len(bars), 1)
    shapes: list[Shape] = []
    words: list[Word] = []
    for number, bar in enumerate(bars):
        x, y = number * place + place * _GAP / 2, _HEIGHT
        for series, count in enumerate(bar.numbers):
            height = _HEIGHT * count / top
            y -= height
            if count:
                shapes.append(Shape(series, _round(x), _round(y), _round(place * (1 - _GAP)), _round(height)))
        if number % every == 0:
            words.append(Word(bar.label, _round(number * place + place / 2), _HEIGHT + 16))
    return Plot(tuple(bars), tuple(shapes), tuple(words), _HEIGHT + 22, top)


def draw_lying(bars: Sequence[Bar]) -> Plot:
    """Bars below each other, the label before and the total behind each."""
    top = max((bar.total for bar in bars), default=0) or 1
    begin = max(_SHORTEST, max((len(bar.label) for bar in bars), default=0) * _LETTER + 8)
    room = WIDTH - begin - _NUMBER
    shapes: list[Shape] = []
    words: list[Word] = []
    for number, bar in enumerate(bars):
        x, y = begin, number * _ROW
        for series, count in enumerate(bar.numbers):
            width = room * count / top
            if count:
                shapes.append(Shape(series, _round(x), _round(y + 4), _round(width), _ROW - 8))
            x += width
        words.append(Word(bar.label, begin - 8, y + _ROW / 2 + 4, "end"))
        words.append(Word(bar.total, _round(x + 6), y + _ROW / 2 + 4, "start"))
    return Plot(tuple(bars), tuple(shapes), tuple(words), max(len(bars), 1) * _ROW)


def _find_top(most: int) -> int:
    """A round number that is no smaller: 1, 2 or 5 with noughts behind."""
    step = 1
    while True:
        for factor in (1, 2, 5):
            if step * factor >= most:
                return step * factor
        step *= 10


def _round(number: float) -> float:
    return round(number, 2)
