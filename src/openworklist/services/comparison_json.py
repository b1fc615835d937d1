"""The comparison as JSON values, for scripts: `null` is what a message does not have."""

from __future__ import annotations

from typing import Any

from openworklist.hl7.compare import Row, SegmentPair
from openworklist.hl7.grid import Column, GridSegment
from openworklist.services.comparison import Comparison, Side

Json = dict[str, Any]


def meaning_to_json(comparison: Comparison) -> Json:
    """By meaning: the segments that belong together, with a row for each field."""
    return _head(comparison, comparison.is_same) | {
        "counts": {status.value: count for status, count in comparison.meaning.count().items()},
        "profile": comparison.profile,
        "segments": [_segment(segment) for segment in comparison.meaning.segments],
    }


def grid_to_json(comparison: Comparison) -> Json:
    """By position: every position of every segment, as it stands in either message."""
    return _head(comparison, comparison.grid.is_same) | {
        "segments": [_grid_segment(segment) for segment in comparison.grid.segments]
    }


def _head(comparison: Comparison, is_same: bool) -> Json:
    return {
        "left": _side(comparison.left),
        "right": _side(comparison.right),
        "same": is_same,
        "left_out": list(comparison.meaning.left_out),
    }


def _side(side: Side) -> Json:
    return {
        "name": side.name,
        "number": side.number,
        "count": side.count,
        "facts": dict(side.facts),
        "notes": list(side.notes),
    }


def _segment(segment: SegmentPair) -> Json:
    return {
        "segment": segment.name,
        "name": segment.title,
        "left": segment.left or None,
        "right": segment.right or None,
        "status": segment.status.value,
        "rows": [_row(row) for row in segment.rows],
    }


def _row(row: Row) -> Json:
    found: Json = {
        "path": str(row.path),
        "name": row.name,
        "status": row.status.value,
        "left": row.left,
        "right": row.right,
        "feeds": [attribute.name for attribute in row.feeds],
    }
    if row.parts:
        found["parts"] = [_row(part) for part in row.parts]
    return found


def _grid_segment(segment: GridSegment) -> Json:
    return {
        "segment": segment.name,
        "name": segment.title,
        "occurrence": segment.occurrence,
        "columns": [_column(column, segment) for column in segment.columns],
    }


def _column(column: Column, segment: GridSegment) -> Json:
    return {
        "number": column.number,
        "name": column.name,
        "status": column.status.value if column.status else None,
        "left": column.left if segment.has_left else None,
        "right": column.right if segment.has_right else None,
    }
