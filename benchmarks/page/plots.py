"""Plots as SVG text: lines over logarithmic axes, and bars."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final, NamedTuple

from benchmarks.page.styles import STYLES, Style, name_servers
from benchmarks.page.svg import LEFT, TOP, WIDTH, format_number, open_plot, write_text
from benchmarks.results import Result

Points = Sequence[tuple[float, float]]

_HEIGHT: Final = 420
_RIGHT: Final = 220  # for the names
_BOTTOM: Final = 56
_LINE: Final = 16.0  # between two names
# A mark a colour, around 0,0: circle, square, triangle, diamond.
_MARKS: Final = (
    "M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0 -7 0",
    "M-3.2 -3.2h6.4v6.4h-6.4z",
    "M0 -4.2l4.2 7.4h-8.4z",
    "M0 -4.6l4.6 4.6l-4.6 4.6l-4.6 -4.6z",
)


@dataclass(frozen=True, slots=True)
class Axis:
    """A logarithmic axis from `low` to `high`, drawn from pixel `start` to pixel `end`."""

    low: float
    high: float
    start: float
    end: float

    def place(self, value: float) -> float:
        """The pixel of a value; what is less than `low` stands at the start."""
        share = math.log10(max(value, self.low) / self.low) / math.log10(self.high / self.low)
        return self.start + share * (self.end - self.start)


class Bar(NamedTuple):
    """A bar of a group, and the text beside it."""

    group: str
    name: str
    value: float
    text: str
    style: Style


def draw_results(
    file: Path, title: str, labels: tuple[str, str], results: Sequence[Result], column: str
) -> list[str]:
    """Write a line a server over `column`; the Markdown that shows it, or nothing if there is no line."""
    series = {
        server: [
            (float(getattr(one, column)), one.value)
            for one in sorted(results, key=lambda one: int(getattr(one, column)))
            if one.server == server and one.is_answered
        ]
        for server in name_servers(results)
    }
    series = {server: points for server, points in series.items() if points}
    if len({point[0] for points in series.values() for point in points}) < 2:
        return []
    file.write_text(draw_lines(title, labels, series, STYLES))
    return [f"![{title}]({file.parent.name}/{file.name})\n"]


def draw_lines(
    title: str, labels: tuple[str, str], series: Mapping[str, Points], styles: Mapping[str, Style]
) -> str:
    """A line a series, named at its end; `labels` are those of x and y. An x of 0 stands first."""
    ticks = sorted({point[0] for points in series.values() for point in points})
    x = Axis(_find_low(ticks), ticks[-1], LEFT, WIDTH - _RIGHT)
    y = Axis(
        *_find_decades([point[1] for points in series.values() for point in points]), _HEIGHT - _BOTTOM, TOP
    )
    out = open_plot(title, labels[1], LEFT, _HEIGHT)
    out += _draw_grid(x, y)
    out += _draw_ticks(x, y, ticks, labels[0])
    ends: dict[str, tuple[float, float]] = {}
    # Ours is drawn last, over the others.
    for name, points in reversed([*series.items()]):
        spots = [(x.place(across), y.place(up)) for across, up in points]
        out += _draw_line(spots, styles[name])
        ends[name] = spots[-1]
    heights = spread({name: ends[name][1] for name in series}, _LINE, TOP, _HEIGHT - _BOTTOM)
    for name, height in heights.items():
        out += _draw_name(name, ends[name], (x.end, height), styles[name])
    return "\n".join([*out, "</svg>\n"])


def spread(places: Mapping[str, float], gap: float, low: float, high: float) -> dict[str, float]:
    """Move names apart so that none lies on another, and none beyond `high` if there is room above."""
    order = sorted(places, key=lambda name: places[name])
    found: dict[str, float] = {}
    last = low - gap
    for name in order:
        found[name] = last = max(places[name], last + gap)
    limit = high
    for name in reversed(order):
        found[name] = min(found[name], limit)
        limit = found[name] - gap
    return found


def draw_bars(title: str, unit: str, bars: Sequence[Bar]) -> str:
    """Horizontal bars on a linear scale from 0, in groups that have a heading each."""
    left, room = 260, WIDTH - 260 - 180
    longest = max(bar.value for bar in bars) or 1.0
    out: list[str] = []
    top = float(TOP)
    for group, members in groupby(bars, lambda bar: bar.group):
        out.append(write_text(left, top + 14, group, kind="h"))
        top += 22
        for bar in members:
            length = max(1.0, bar.value / longest * room)
            pale = " p" if bar.style.is_dashed else ""
            out.append(write_text(left - 10, top + 15, bar.name, "end"))
            out.append(
                f'<g class="c{bar.style.colour}"><rect class="m{pale}" x="{left}" y="{top}" '
                f'width="{length:.1f}" height="20"/></g>'
            )
            out.append(write_text(left + length + 8, top + 15, bar.text))
            top += 26
        top += 8
    return "\n".join([*open_plot(title, unit, left, round(top)), *out, "</svg>\n"])


def _find_low(ticks: Sequence[float]) -> float:
    """The value at the start of the axis; a quarter of the first one if 0 stands there."""
    first = next((tick for tick in ticks if tick), 1.0)
    return first / 4 if ticks[0] == 0 else first


def _find_decades(values: Sequence[float]) -> tuple[float, float]:
    low = 10.0 ** math.floor(math.log10(min(values)))
    high = 10.0 ** math.ceil(math.log10(max(values)))
    return low, high if high > low else low * 10


def _draw_grid(x: Axis, y: Axis) -> Iterator[str]:
    first, last = round(math.log10(y.low)), round(math.log10(y.high))
    for exponent in range(first, last + 1):
        at = y.place(10.0**exponent)
        yield f'<line class="g" x1="{x.start}" x2="{x.end}" y1="{at:.1f}" y2="{at:.1f}"/>'
        yield write_text(x.start - 8, at + 4, format_number(10.0**exponent), "end")


def _draw_ticks(x: Axis, y: Axis, ticks: Sequence[float], label: str) -> Iterator[str]:
    yield f'<line class="a" x1="{x.start}" x2="{x.end}" y1="{y.start}" y2="{y.start}"/>'
    for tick in ticks:
        at = x.place(tick)
        yield f'<line class="a" x1="{at:.1f}" x2="{at:.1f}" y1="{y.start}" y2="{y.start + 5}"/>'
        yield write_text(at, y.start + 19, format_number(tick) if tick else "none", "middle")
    yield write_text((x.start + x.end) / 2, y.start + 42, label, "middle", "n")


def _draw_line(spots: Sequence[tuple[float, float]], style: Style) -> Iterator[str]:
    path = " ".join(f"{across:.1f},{up:.1f}" for across, up in spots)
    dash = " d" if style.is_dashed else ""
    wide = " w" if style.colour == 0 else ""
    yield f'<g class="c{style.colour}{wide}"><polyline class="l{dash}" points="{path}"/>'
    for across, up in spots:
        yield f'<path class="m" d="{_MARKS[style.colour]}" transform="translate({across:.1f} {up:.1f})"/>'
    yield "</g>"


def _draw_name(
    name: str, end: tuple[float, float], place: tuple[float, float], style: Style
) -> Iterator[str]:
    """The name beside the plot, and a thin line to it from where the series ends."""
    across, up = place
    points = f"{end[0] + 6:.1f},{end[1]:.1f} {across + 4:.1f},{end[1]:.1f} {across + 16:.1f},{up:.1f}"
    yield f'<g class="c{style.colour}"><polyline class="r" points="{points}"/></g>'
    yield write_text(across + 20, up + 4, name, kind=f"k c{style.colour}")
