"""Plots as SVG text, with logarithmic axes and colours for light and dark pages."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

Points = Sequence[tuple[float, float]]

_WIDTH, _HEIGHT = 760, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 72, 180, 46, 52
# Light and dark shades. A dashed line is the variant of the same colour.
_COLOURS = (
    ("#0059b3", "#6db3ff"),
    ("#b34700", "#ff9e57"),
    ("#00705a", "#3fd0ac"),
    ("#96308c", "#e58fdc"),
    ("#5c5c5c", "#b0b0b0"),
)


@dataclass(frozen=True, slots=True)
class Style:
    """Which colour a line has (0 to 4), and whether it is dashed."""

    colour: int
    is_dashed: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """A logarithmic axis from `low` to `high`, drawn from pixel `start` to pixel `end`."""

    low: float
    high: float
    start: float
    end: float

    def place(self, value: float) -> float:
        """The pixel of a value."""
        span = math.log10(self.high) - math.log10(self.low)
        share = (math.log10(max(value, self.low)) - math.log10(self.low)) / span
        return self.start + share * (self.end - self.start)


def _colour_rules(shade: int) -> str:
    rules = (
        f".c{number} .l{{stroke:{pair[shade]}}}.c{number} .m,.c{number}.k{{fill:{pair[shade]}}}"
        for number, pair in enumerate(_COLOURS)
    )
    return "".join(rules)


def _style_sheet() -> str:
    return (
        "<style>text{font:12px system-ui,sans-serif;fill:#222}"
        ".t{font-size:15px;font-weight:600}.n{font-size:11px}"
        ".bg{fill:#fff}.g{stroke:#ddd}.a{stroke:#888}.l{fill:none;stroke-width:2}.d{stroke-dasharray:5 4}"
        f"{_colour_rules(0)}@media(prefers-color-scheme:dark){{text{{fill:#ddd}}.bg{{fill:#0d1117}}"
        f".g{{stroke:#2c333b}}{_colour_rules(1)}}}</style>"
    )


def _format_number(value: float) -> str:
    if value >= 1_000_000:
        return f"{value / 1_000_000:g} M"
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"


def _find_decades(values: Sequence[float]) -> tuple[float, float]:
    low = 10 ** math.floor(math.log10(min(values)))
    high = 10 ** math.ceil(math.log10(max(values)))
    return low, high if high > low else low * 10


def _open(title: str, height: int = _HEIGHT) -> list[str]:
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img">',
        f"<title>{escape(title)}</title>",
        _style_sheet(),
        f'<rect class="bg" width="{_WIDTH}" height="{height}"/>',
        f'<text class="t" x="{_LEFT}" y="24">{escape(title)}</text>',
    ]


def _draw_grid(x: Axis, y: Axis, x_ticks: Sequence[float], labels: tuple[str, str]) -> list[str]:
    out = []
    exponent = round(math.log10(y.low))
    while 10**exponent <= y.high * 1.001:
        at = y.place(10**exponent)
        out.append(f'<line class="g" x1="{x.start}" x2="{x.end}" y1="{at:.1f}" y2="{at:.1f}"/>')
        text = _format_number(10**exponent)
        out.append(f'<text x="{x.start - 8}" y="{at + 4:.1f}" text-anchor="end">{text}</text>')
        exponent += 1
    for tick in x_ticks:
        at = x.place(tick)
        out.append(f'<line class="a" x1="{at:.1f}" x2="{at:.1f}" y1="{y.start}" y2="{y.start + 5}"/>')
        out.append(
            f'<text x="{at:.1f}" y="{y.start + 19}" text-anchor="middle">{_format_number(tick)}</text>'
        )
    out.append(f'<line class="a" x1="{x.start}" x2="{x.end}" y1="{y.start}" y2="{y.start}"/>')
    middle = (x.start + x.end) / 2
    out.append(f'<text x="{middle}" y="{y.start + 40}" text-anchor="middle">{escape(labels[0])}</text>')
    out.append(
        f'<text class="n" x="{x.start}" y="{y.end - 6}" text-anchor="start">{escape(labels[1])}</text>'
    )
    return out


def _spread(places: dict[str, float], gap: float = 15.0) -> dict[str, float]:
    """Move labels apart so that none lies on another."""
    spread: dict[str, float] = {}
    last = -math.inf
    for name, place in sorted(places.items(), key=lambda one: one[1]):
        last = max(place, last + gap)
        spread[name] = last
    return spread


def draw_lines(
    title: str, labels: tuple[str, str], series: Mapping[str, Points], styles: Mapping[str, Style]
) -> str:
    """A line a series over logarithmic axes; `labels` are those of x and y. Every value must be above 0."""
    x_ticks = sorted({point[0] for points in series.values() for point in points})
    x_low, x_high = min(x_ticks), max(x_ticks)
    x = Axis(x_low, x_high if x_high > x_low else x_low * 10, _LEFT, _WIDTH - _RIGHT)
    low, high = _find_decades([point[1] for points in series.values() for point in points])
    y = Axis(low, high, _HEIGHT - _BOTTOM, _TOP)
    out = _open(title) + _draw_grid(x, y, x_ticks, labels)
    ends: dict[str, float] = {}
    for name, points in series.items():
        style = styles[name]
        spots = [(x.place(across), y.place(up)) for across, up in points]
        dash = " d" if style.is_dashed else ""
        path = " ".join(f"{across:.1f},{up:.1f}" for across, up in spots)
        out.append(f'<g class="c{style.colour}"><polyline class="l{dash}" points="{path}"/>')
        out += [f'<circle class="m" cx="{across:.1f}" cy="{up:.1f}" r="3"/>' for across, up in spots]
        out.append("</g>")
        ends[name] = spots[-1][1]
    for name, at in _spread(ends).items():
        text = (
            f'<text class="k c{styles[name].colour}" x="{x.end + 14}" y="{at + 4:.1f}">{escape(name)}</text>'
        )
        out.append(text)
    return "\n".join([*out, "</svg>\n"])


def draw_bars(title: str, label: str, bars: Sequence[tuple[str, float, str]], colours: Sequence[int]) -> str:
    """Horizontal bars on a linear scale from 0: name, value, and the text beside the bar."""
    height = _TOP + 30 * len(bars) + 34
    longest = max(value for _, value, _ in bars)
    left, room = 250, _WIDTH - 250 - 190
    out = _open(title, height)
    for number, (name, value, text) in enumerate(bars):
        top = _TOP + 30 * number
        length = max(1.0, value / longest * room)
        out.append(f'<text x="{left - 8}" y="{top + 16}" text-anchor="end">{escape(name)}</text>')
        out.append(
            f'<g class="c{colours[number]}">'
            f'<rect class="m" x="{left}" y="{top + 2}" width="{length:.1f}" height="20"/></g>'
        )
        out.append(f'<text x="{left + length + 8:.1f}" y="{top + 16}">{escape(text)}</text>')
    out.append(f'<text class="n" x="{left}" y="{height - 12}">{escape(label)}</text>')
    return "\n".join([*out, "</svg>\n"])
