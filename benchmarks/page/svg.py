"""What every plot is made of: its frame, its colours for light and dark pages, its numbers."""

from html import escape
from typing import Final

WIDTH: Final = 820
LEFT: Final = 72
TOP: Final = 58

# Light and dark shades, each readable on its ground; in the order of Style.colour.
_COLOURS: Final = (
    ("#0057ae", "#74b6ff"),
    ("#a84300", "#ffa05c"),
    ("#006e58", "#43d3b0"),
    ("#90308a", "#e893df"),
)


def open_plot(title: str, unit: str, left: int, height: int) -> list[str]:
    """The frame with its title, and the unit of what is drawn under it."""
    return [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{escape(title)}</title>",
        _make_style_sheet(),
        f'<rect class="bg" width="{WIDTH}" height="{height}"/>',
        f'<text class="t" x="{left}" y="24">{escape(title)}</text>',
        f'<text class="n" x="{left}" y="42">{escape(unit)}</text>',
    ]


def write_text(x: float, y: float, text: str, anchor: str = "start", kind: str = "") -> str:
    """Text with its base line at y; `kind` are classes of the style sheet."""
    named = f' class="{kind}"' if kind else ""
    return f'<text{named} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def format_number(value: float) -> str:
    """As in the tables."""
    return f"{value:,.0f}" if value >= 1 else f"{value:g}"


def _make_style_sheet() -> str:
    # No variables and no media query for anything but colour: what draws SVG outside browsers knows neither.
    return (
        "<style>text{font:12px system-ui,-apple-system,'Segoe UI',sans-serif;fill:#1f2328}"
        ".t{font-size:15px;font-weight:600}.n{font-size:11px}.k{font-weight:500}.h{font-weight:600}"
        ".bg{fill:#fff}.g{stroke:#d8dee4}.a{stroke:#818b98}"
        ".l{fill:none;stroke-width:2}.w .l{stroke-width:3}.d{stroke-dasharray:6 4}"
        ".r{fill:none;stroke-width:1;opacity:.5}.p{opacity:.6}"
        f"{_make_colour_rules(0)}@media(prefers-color-scheme:dark){{text{{fill:#e6edf3}}.bg{{fill:#0d1117}}"
        f".g{{stroke:#2a313a}}.a{{stroke:#7d8590}}{_make_colour_rules(1)}}}</style>"
    )


def _make_colour_rules(shade: int) -> str:
    return "".join(
        f".c{number} .l,.c{number} .r{{stroke:{pair[shade]}}}.c{number} .m,.c{number}.k{{fill:{pair[shade]}}}"
        for number, pair in enumerate(_COLOURS)
    )
