"""A comparison as its page shows it: rows by meaning, bands by position, each difference with a number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Final

from markupsafe import Markup

from openworklist.hl7.compare import Row, Status
from openworklist.hl7.grid import Column, Gap, GridSegment, bands
from openworklist.services.comparison import Comparison
from openworklist.services.comparison_extent import choose, pair_runs
from openworklist.ui.shown import to_runs_markup

_BAND: Final = 110  # letters side by side
_WIDEST: Final = 38
MEANING: Final = "meaning"
POSITION: Final = "position"


@dataclass(frozen=True, slots=True)
class Cell:
    """A value on both sides; `number` counts the differences from 1, 0 where there is none."""

    name: str
    place: str
    status: str  # "" where nothing was compared
    left: Markup | None  # None where the message does not have it
    right: Markup | None
    number: int = 0
    feeds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A segment: by meaning it has one band, by position as many as its width needs."""

    name: str
    title: str
    which: str  # "2", "2 / 3"; "" for the first
    status: str
    bands: tuple[tuple[Cell | Gap, ...], ...]


@dataclass(frozen=True, slots=True)
class ComparisonView:
    comparison: Comparison
    blocks: tuple[Block, ...]
    differences: int
    notes: tuple[str, ...]


def make_comparison_view(comparison: Comparison, by: str, *, differences_only: bool) -> ComparisonView:
    """`by` is MEANING or POSITION."""
    shown, grid, notes = choose(comparison)
    numbers = count(1)
    if by == POSITION:
        segments = [each for each in grid if not (differences_only and each.is_same)]
        blocks = tuple(_lay_out(each, numbers) for each in segments)
    else:
        blocks = tuple(
            Block(
                segment.name,
                segment.title,
                _which(segment.left, segment.right),
                segment.status.value,
                (tuple(_to_cells(rows, numbers, differences_only)),),
            )
            for segment, rows in shown
            if not (differences_only and segment.status is Status.SAME)
        )
    return ComparisonView(comparison, blocks, next(numbers) - 1, tuple(notes))


def _which(left: int, right: int) -> str:
    numbers = dict.fromkeys(str(number) for number in (left, right) if number)
    return "" if list(numbers) == ["1"] else " / ".join(numbers)


def _to_cells(rows: list[Row], numbers: Iterator[int], differences_only: bool) -> Iterator[Cell]:
    for row in rows:
        is_same = row.status is Status.SAME
        if is_same and differences_only:
            continue
        own, other = pair_runs(row.left or "", row.right or "", row.status)
        yield Cell(
            row.name,
            str(row.path),
            row.status.value,
            None if row.left is None else to_runs_markup(own),
            None if row.right is None else to_runs_markup(other),
            0 if is_same else next(numbers),
            tuple(attribute.label for attribute in row.feeds),
        )


def _lay_out(segment: GridSegment, numbers: Iterator[int]) -> Block:
    laid = bands(segment.columns[1:], _BAND, _WIDEST)

    return Block(
        segment.name,
        segment.title,
        str(segment.occurrence) if segment.occurrence > 1 else "",
        _judge(segment),
        tuple(
            tuple(each if isinstance(each, Gap) else _to_column(each, segment, numbers) for each in band)
            for band in laid
        ),
    )


def _to_column(column: Column, segment: GridSegment, numbers: Iterator[int]) -> Cell:
    own, other = pair_runs(column.left, column.right, column.status)
    differs = column.status not in (None, Status.SAME)
    return Cell(
        column.name,
        str(column.number),
        column.status.value if column.status else "",
        to_runs_markup(own) if segment.has_left and column.status is not Status.RIGHT else None,
        to_runs_markup(other) if segment.has_right and column.status is not Status.LEFT else None,
        next(numbers) if differs else 0,
    )


def _judge(segment: GridSegment) -> str:
    whole = segment.columns[0].status
    if whole in (Status.LEFT, Status.RIGHT):
        return str(whole)
    return Status.SAME.value if segment.is_same else Status.CHANGED.value
