"""The comparison as an HTML file that stands alone: no script, no other file, nothing from the network.

Every text that came with a message goes through `_runs`, which escapes it and shows what cannot be seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

from openworklist import __version__
from openworklist.hl7.compare import Row, SegmentPair, Status
from openworklist.hl7.grid import Column, Gap, GridSegment, bands
from openworklist.services.comparison import Comparison, Side
from openworklist.services.comparison_extent import (
    LONGEST,
    Shown,
    choose,
    count_differences,
    count_differing,
    pair_runs,
)
from openworklist.services.comparison_style import STYLE
from openworklist.services.shown_text import Run, show

_SIGNS: Final = {Status.SAME: "=", Status.CHANGED: "≠", Status.LEFT: "◀", Status.RIGHT: "▶"}
_HEADS: Final = ("Status", "Path", "Name", "Left", "Right", "Feeds")
# Whatever a message may smuggle in, a browser runs and fetches nothing.
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"
_BAND: Final = 120  # letters side by side in the grid
_WIDEST: Final = 38
_MOST_LINKS: Final = 80


def render(comparison: Comparison, *, made: str = "") -> str:
    """The page, to be written as UTF-8; `made` says when, for the foot of the page."""
    return "".join(_page(comparison, made))


def _page(comparison: Comparison, made: str) -> Iterator[str]:
    shown, grid, notes = choose(comparison)
    yield (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex">\n'
        f"<title>HL7 messages compared</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        '<input class="switch" type="radio" name="view" id="meaning-view" checked aria-label="By meaning">\n'
        '<input class="switch" type="radio" name="view" id="position-view" aria-label="By position">\n'
        '<input class="switch" type="checkbox" id="differences" aria-label="Differences only">\n'
    )
    yield from _header(comparison, notes)
    yield from _navigation(shown, grid)
    yield '<main>\n<div class="meaning">\n'
    for number, (segment, rows) in enumerate(shown, 1):
        yield from _segment(number, segment, rows)
    yield '</div>\n<div class="position">\n'
    for number, laid_out in enumerate(grid, 1):
        yield from _grid_segment(number, laid_out)
    yield "</div>\n</main>\n"
    when = f" on {escape(made)}" if made else ""
    yield f"<footer>Made by OpenWorklist {escape(__version__)}{when}.</footer>\n</body>\n</html>\n"


def _header(comparison: Comparison, notes: list[str]) -> Iterator[str]:
    left, right = comparison.left, comparison.right
    counts = comparison.meaning.count()
    yield (
        '<header>\n<div class="title"><h1>HL7 messages compared</h1>\n'
        '<p class="care">Contains patients’ data: keep it like a medical record.</p></div>\n'
        '<div class="card"><table class="facts"><colgroup><col><col><col></colgroup>\n<thead><tr>'
        f'<td></td><th scope="col" class="left">{_side(left, "Left")}</th>'
        f'<th scope="col" class="right">{_side(right, "Right")}</th></tr></thead>\n<tbody>\n'
    )
    facts, others = dict(left.facts), dict(right.facts)
    for label in dict.fromkeys((*facts, *others)):
        yield _fact(label, facts.get(label, ""), others.get(label, ""))
    if left.notes or right.notes:
        yield f'<tr><th scope="row">Notes</th><td>{_notes(left)}</td><td>{_notes(right)}</td></tr>\n'
    result = "The messages say the same" if comparison.is_same else "The messages differ"
    yield f'</tbody></table></div>\n<ul class="verdict"><li class="result">{result}</li>'
    yield from (f"<li>{_badge(status, f'{counts[status]:,}')}</li>" for status in Status)
    yield "</ul>\n"
    if comparison.meaning.left_out:
        notes = [f"Not compared: {', '.join(comparison.meaning.left_out)}.", *notes]
    yield from (f'<p class="note">{escape(note)}</p>\n' for note in notes)
    yield "</header>\n"


def _side(side: Side, title: str) -> str:
    number = f" · message {side.number} of {side.count}" if side.count > 1 else ""
    return f'<span class="side">{title}{number}</span>{_runs(show(side.name, LONGEST))}'


def _fact(label: str, *values: str) -> str:
    cells = "".join(f'<td class="value">{_runs(show(value, LONGEST))}</td>' for value in values)
    return f'<tr><th scope="row">{escape(label)}</th>{cells}</tr>\n'


def _notes(side: Side) -> str:
    items = "".join(f"<li>{_runs(show(note, LONGEST))}</li>" for note in side.notes)
    return f"<ul>{items}</ul>" if items else ""


def _navigation(shown: list[Shown], grid: list[GridSegment]) -> Iterator[str]:
    yield (
        '<nav aria-label="View"><span class="views"><label for="meaning-view">By meaning</label>'
        '<label for="position-view">By position</label></span>\n'
        '<label class="only" for="differences">Differences only</label>\n<ul class="jump of-meaning">'
    )
    by_meaning = [(segment.name, count_differences(segment)) for segment, _ in shown]
    yield from _jumps("m", by_meaning)
    yield '</ul>\n<ul class="jump of-position">'
    yield from _jumps("p", [(segment.name, count_differing(segment)) for segment in grid])
    yield "</ul></nav>\n"


def _jumps(prefix: str, segments: list[tuple[str, int]]) -> Iterator[str]:
    """A link to each segment; of many only to those that differ, as far as a person would look."""
    links = [(f"{prefix}{number}", *segment) for number, segment in enumerate(segments, 1)]
    if len(links) > _MOST_LINKS:
        links = [link for link in links if link[2]][:_MOST_LINKS]
    return (_jump(*link) for link in links)


def _jump(anchor: str, name: str, differences: int) -> str:
    count = f" <b>{differences}</b>" if differences else ""
    kind = "" if differences else ' class="same"'
    return f'<li{kind}><a href="#{anchor}">{_runs(show(name, LONGEST))}{count}</a></li>'


def _segment(number: int, segment: SegmentPair, rows: list[Row]) -> Iterator[str]:
    kind = " is-same" if segment.status is Status.SAME else ""
    yield f'<section class="card{kind}" id="m{number}">\n{_heading(segment)}\n'
    if not rows:
        reason = "Too much for this page." if segment.rows else "No values."
        yield f'<p class="nothing">{reason}</p></section>\n'
        return
    yield (
        '<table class="rows"><colgroup><col class="c-status"><col class="c-path"><col class="c-name">'
        '<col><col><col class="c-feeds"></colgroup>\n<thead><tr>'
    )
    yield "".join(f'<th scope="col">{head}</th>' for head in _HEADS)
    yield "</tr></thead>\n<tbody>\n"
    yield from map(_row, rows)
    yield "</tbody></table></section>\n"


def _heading(segment: SegmentPair) -> str:
    parts = [f"<h2><code>{_runs(show(segment.name, LONGEST))}</code>"]
    if segment.title:
        parts.append(f"<span>{escape(segment.title)}</span>")
    if segment.left and segment.right and max(segment.left, segment.right) > 1:
        parts.append(f'<span class="quiet">number {segment.left} left, {segment.right} right</span>')
    elif max(segment.left, segment.right) > 1:
        parts.append(f'<span class="quiet">number {max(segment.left, segment.right)}</span>')
    if segment.status is Status.CHANGED:
        count = count_differences(segment)
        parts.append(f'<span class="tally">{count} difference{"" if count == 1 else "s"}</span>')
    else:
        parts.append(_badge(segment.status))
    return " ".join(parts) + "</h2>"


def _row(row: Row) -> str:
    kind = "is-same" if row.status is Status.SAME else _css(row.status)
    left, right = _show_pair(row.left or "", row.right or "", row.status)
    feeds = "".join(f'<span class="feed">{escape(attribute.label)}</span> ' for attribute in row.feeds)
    return (
        f'<tr class="{kind}"><td>{_badge(row.status)}</td>'
        f'<th scope="row"><code>{escape(str(row.path))}</code></th><td>{_name(row.name)}</td>'
        f"{_value('left', left, row.left)}{_value('right', right, row.right)}<td>{feeds}</td></tr>\n"
    )


def _show_pair(left: str, right: str, status: Status | None) -> tuple[str, str]:
    """Two values, with what differs marked where they share something."""
    own, other = pair_runs(left, right, status)
    return _runs(own), _runs(other)


def _name(name: str) -> str:
    *outer, last = name.split(": ")
    return "".join(f'<span class="of">{escape(each)}</span>' for each in outer) + escape(last)


def _value(side: str, shown: str, value: str | None) -> str:
    if value is None:
        return f'<td class="v-{side} none"><span class="spoken">nothing</span></td>'
    return f'<td class="value v-{side}">{shown}</td>'


def _grid_segment(number: int, segment: GridSegment) -> Iterator[str]:
    kind = " is-same" if segment.is_same else ""
    which = f' <span class="quiet">number {segment.occurrence}</span>' if segment.occurrence > 1 else ""
    status = segment.columns[0].status
    title = f" <span>{escape(segment.title)}</span>" if segment.title else ""
    tally = f" {_badge(status)}" if status not in (None, Status.SAME) else ""
    yield (
        f'<section class="card{kind}" id="p{number}">\n'
        f"<h2><code>{_runs(show(segment.name, LONGEST))}</code>{title}{which}{tally}</h2>\n"
        '<div class="bands">\n'
    )
    for band in bands(segment.columns[1:], _BAND, _WIDEST):
        yield from _band(segment, band)
    yield "</div></section>\n"


def _band(segment: GridSegment, band: tuple[Column | Gap, ...]) -> Iterator[str]:
    shown = [
        ("", "") if isinstance(each, Gap) else _show_pair(each.left, each.right, each.status) for each in band
    ]
    yield f'<table class="grid"><thead><tr><td>{_runs(show(segment.name, LONGEST))}</td>'
    yield from map(_column_head, band)
    yield "</tr></thead>\n<tbody>\n"
    for side, is_there in (("left", segment.has_left), ("right", segment.has_right)):
        yield f'<tr class="{side}"><th scope="row">{side.title()}</th>'
        for column, texts in zip(band, shown, strict=True):
            yield _cell(side, column, texts[side == "right"], is_there)
        yield "</tr>\n"
    yield "</tbody></table>\n"


def _column_head(column: Column | Gap) -> str:
    if isinstance(column, Gap):
        return (
            f'<th scope="col" class="gap">{column.first}–{column.last}<span class="field">empty</span></th>'
        )
    how = ""
    if column.status not in (None, Status.SAME):
        how = f'<span class="how" title="{column.status}">{_SIGNS[column.status]}</span>'
        how += f'<span class="spoken"> {column.status}</span>'
    kind = f' class="{_css(column.status)}"' if column.status else ""
    return f'<th scope="col"{kind}>{column.number}{how}<span class="field">{escape(column.name)}</span></th>'


def _cell(side: str, column: Column | Gap, text: str, is_there: bool) -> str:
    if isinstance(column, Gap) or not is_there:
        return '<td class="none"></td>' if not is_there else '<td class="gap"></td>'
    kind = " differs" if column.status not in (None, Status.SAME) else ""
    missing = Status.RIGHT if side == "left" else Status.LEFT
    if column.status is missing:
        return '<td class="none"><span class="spoken">nothing</span></td>'
    return f'<td class="value v-{side}{kind}">{text}</td>'


def _badge(status: Status, count: str = "") -> str:
    number = f"{count} " if count else ""
    sign = f'<b aria-hidden="true">{_SIGNS[status]}</b>'
    return f'<span class="badge {_css(status)}">{sign}{number}{status}</span>'


def _css(status: Status) -> str:
    return status.replace(" ", "-")


def _runs(runs: Iterable[Run]) -> str:
    """Runs as HTML: isolated, so that letters of one value never turn those of another around."""
    parts = []
    for run in runs:
        text = escape(run.text)
        if run.is_sign:
            kind = "sign cut" if run.text.startswith("…") else "sign"
            text = f'<span class="{kind}">{text}</span>'
            if run.text == "LF":
                text += "<br>"
        parts.append(f"<mark>{text}</mark>" if run.is_marked else text)
    return f'<bdi dir="auto">{"".join(parts)}</bdi>' if parts else ""
