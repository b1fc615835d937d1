"""What of a comparison fits into a page, and how two values stand beside each other in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from openworklist.hl7.compare import Row, SegmentPair, Status
from openworklist.hl7.grid import GridSegment
from openworklist.services.comparison import Comparison
from openworklist.services.shown_text import Run, show, show_both

LONGEST: Final = 1200  # letters of a value that are shown
# A browser chokes on more; beyond, what is the same is not shown, and a note says so.
MOST_ROWS: Final = 5000
MOST_SEGMENTS: Final = 1000

Shown = tuple[SegmentPair, list[Row]]


def choose(comparison: Comparison) -> tuple[list[Shown], list[GridSegment], list[str]]:
    """What is shown in either view, and a note on what is not."""
    shown = [(segment, list(segment.leaves())) for segment in comparison.meaning.segments]
    grid = list(comparison.grid.segments)
    notes: list[str] = []
    if sum(len(rows) for _, rows in shown) > MOST_ROWS:
        notes.append("By meaning, what is the same is not shown: there is too much of it for a page.")
        shown = [(segment, _only_differing(rows)) for segment, rows in shown]
        shown = [(segment, rows) for segment, rows in shown if segment.status is not Status.SAME]
        notes += _cut(shown)
    if len(grid) > MOST_SEGMENTS:
        notes.append("By position, segments that are the same are not shown: there are too many for a page.")
        grid = [segment for segment in grid if not segment.is_same]
    if len(grid) > MOST_SEGMENTS:
        notes.append(f"By position, {len(grid) - MOST_SEGMENTS:,} more segments differ.")
        del grid[MOST_SEGMENTS:]
    return shown, grid, notes


def _only_differing(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row.status is not Status.SAME]


def _cut(shown: list[Shown]) -> Iterator[str]:
    """Cut the rows down to what fits into a page."""
    room = MOST_ROWS
    for place, (_, rows) in enumerate(shown):
        if len(rows) > room:
            left_away = sum(len(others) for _, others in shown[place:]) - room
            del rows[room:], shown[place + 1 :]
            yield f"By meaning, {left_away:,} more paths differ."
            return
        room -= len(rows)


def count_differences(segment: SegmentPair) -> int:
    count = sum(row.status is not Status.SAME for row in segment.leaves())
    return max(count, int(segment.status is not Status.SAME))


def count_differing(segment: GridSegment) -> int:
    count = sum(column.status not in (None, Status.SAME) for column in segment.columns[1:])
    return max(count, int(not segment.is_same))


def pair_runs(left: str, right: str, status: Status | None) -> tuple[list[Run], list[Run]]:
    """Two values as runs, with what differs marked where they share something."""
    if status is not Status.CHANGED:
        return show(left, LONGEST), show(right, LONGEST)
    own, other = show_both(left, right, LONGEST)
    if all(run.is_marked or run.is_sign for run in (*own, *other)):
        own, other = ([run._replace(is_marked=False) for run in runs] for runs in (own, other))
    return own, other
