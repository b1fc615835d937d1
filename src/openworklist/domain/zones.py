"""Start date and time as they read on the clock of another time zone."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from openworklist.domain.query import canonical_time

_DAY: Final = re.compile(r"\d{8}", re.ASCII)
# PS3.3 C.12.1.1.8: &ZZXX, from -1200 to +1400.
_OFFSET: Final = re.compile(r"([+-])(\d\d)([0-5]\d)", re.ASCII)
_LOWEST: Final = timedelta(hours=-12)
_HIGHEST: Final = timedelta(hours=14)


def is_zone(name: str) -> bool:
    """Whether this machine knows a zone of that name, like Europe/Athens; "" is one."""
    try:
        ZoneInfo(name or "UTC")
    except (OSError, ValueError, ZoneInfoNotFoundError):
        return False
    return True


def parse_offset(text: str) -> tzinfo | None:
    """The zone of a Timezone Offset From UTC; None for what is none (PS3.3 C.12.1.1.8)."""
    found = _OFFSET.fullmatch(text.strip(" \0"))
    if not found:
        return None
    offset = timedelta(hours=int(found[2]), minutes=int(found[3]))
    offset = -offset if found[1] == "-" else offset
    return timezone(offset) if _LOWEST <= offset <= _HIGHEST else None


def format_offset(zone: tzinfo, date: str, time: str) -> str:
    """The Timezone Offset From UTC of a zone at a date and time of its own; "" if there is no such date."""
    moment = _to_moment(date, canonical_time(time) or "000000")
    offset = moment.replace(tzinfo=zone).utcoffset() if moment else None
    if offset is None:
        return ""
    minutes = int(offset.total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02d}{rest:02d}"


def shift(date: str, time: str, origin: tzinfo, target: tzinfo) -> tuple[str, str]:
    """A date and time of one zone in another, in the precision it had; without a time it stays as it is."""
    canonical = canonical_time(time)
    moment = _to_moment(date, canonical) if canonical else None
    if moment is None:
        return date, time
    try:
        there = moment.replace(tzinfo=origin).astimezone(target)
    except (OverflowError, ValueError):
        return date, time
    whole = f"{there.hour:02d}{there.minute:02d}{there.second:02d}{canonical[6:]}"
    return f"{there.year:04d}{there.month:02d}{there.day:02d}", whole[: max(4, len(time.strip(" ")))]


def move_day(date: str, days: int) -> str:
    """The day so many days later; as it is if it is none or there is no such day."""
    moment = _to_moment(date, "000000")
    try:
        there = moment + timedelta(days=days) if moment else None
    except OverflowError:
        there = None
    return f"{there.year:04d}{there.month:02d}{there.day:02d}" if there else date


def _to_moment(date: str, canonical: str) -> datetime | None:
    if not _DAY.fullmatch(date.strip(" ")) or not canonical:
        return None
    hour, minute, second = (int(canonical[place : place + 2]) for place in (0, 2, 4))
    try:
        day = datetime(int(date[:4]), int(date[4:6]), int(date[6:8]))
        # 24 o'clock is the beginning of the next day.
        return day + timedelta(hours=hour, minutes=minute, seconds=min(second, 59))
    except (OverflowError, ValueError):
        return None
