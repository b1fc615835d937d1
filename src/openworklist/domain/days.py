"""Days as people write them, and the spans of days that they search by."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final

RELATIVE: Final = {"yesterday": -1, "today": 0, "tomorrow": 1}
WEEK: Final = 7  # days, the last of them today
_YEAR_FIRST: Final = re.compile(r"(\d{4})([-/.]?)(\d\d)\2(\d\d)", re.ASCII)
_YEAR_LAST: Final = re.compile(r"(\d\d?)([-/.])(\d\d?)\2(\d{4})", re.ASCII)


def read_day(text: str) -> date | None:
    """The day of 2026-03-14, 20260314, 2026/03/14, 14.03.2026, 14/3/2026 or 14-03-2026; None for no day.

    Where the year is last, the day is first.
    """
    text = text.strip()
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = (int(found[place]) for place in (1, 3, 4))
    elif found := _YEAR_LAST.fullmatch(text):
        year, month, day = (int(found[place]) for place in (4, 3, 1))
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def format_day(day: date) -> str:
    """As DICOM has it: YYYYMMDD."""
    return f"{day.year:04d}{day.month:02d}{day.day:02d}"


def normalize_span(text: str) -> str | None:
    """A span of days in the one way of writing it: `today`, `week`, `2026-03-14`, `2026-03-14..`.

    None for what is none, as `..` is and a last day before the first.
    """
    word = text.strip().lower()
    if word == "week":
        return word
    low, dots, high = word.partition("..")
    ends = [_normalize_end(each.strip()) for each in (low, high)]
    if None in ends or not any(ends):
        return None
    first, last = ends
    if not dots:
        return first
    if first and last and first[0].isdigit() and last[0].isdigit() and last < first:
        return None
    return f"{first}..{last}"


def _normalize_end(text: str) -> str | None:
    if not text or text in RELATIVE:
        return text
    day = read_day(text)
    return day.isoformat() if day else None


def to_bounds(span: str, today: date) -> tuple[str, str]:
    """The first and the last day of a normalized span, both included, "" for no bound."""
    if span == "week":
        return format_day(_move(today, 1 - WEEK)), format_day(today)
    low, dots, high = span.partition("..")
    first = _to_end(low, today)
    return first, _to_end(high, today) if dots else first


def _to_end(text: str, today: date) -> str:
    if text in RELATIVE:
        return format_day(_move(today, RELATIVE[text]))
    return text.replace("-", "")


def _move(day: date, days: int) -> date:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return day
