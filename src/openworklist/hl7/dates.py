"""HL7 dates and times (TS, DTM) to DICOM's DA and TM."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo
from typing import NamedTuple

# HL7 writes 20190315095000.5+0100. 2019-03-15T09:50:00Z and the like are not HL7, but seen, and clear.
_HL7 = re.compile(r"\d{10,14}(?:\.\d*)?(?:[+-]\d{4})?$", re.ASCII)
_DAY = re.compile(r"(\d{4})([-/.]?)(\d{2})\2(\d{2})", re.ASCII)
_TIME = re.compile(r"[T ]? *(\d{2})(?::?(\d{2})(?::?(\d{2})(\.\d*)?)?)?", re.ASCII)
_OFFSET = re.compile(r" *(?:(Z)|([+-]\d{2})(?::?(\d{2}))?)(?!\d)", re.ASCII)


class Stamp(NamedTuple):
    """`date` is YYYYMMDD, `time` HHMMSS with a fraction if there was one, each "" where there is none."""

    date: str = ""
    time: str = ""
    problem: str = ""


def read_stamp(text: str, zone: tzinfo | None = None) -> Stamp:
    """The longest valid beginning of an HL7 time stamp; a stamp with an offset is brought to `zone`.

    Without `zone` date and time are as the sender wrote them. A stamp without offset, or without time, is
    local to the site and never shifted. What is odd is told in `problem`; `date` is empty if not even a
    day could be read.
    """
    if len(text) in (8, 12, 14) and text.isdecimal() and text.isascii() and _is_moment(text):
        return Stamp(text[:8], text[8:].ljust(6, "0") if len(text) > 8 else "")
    text = text.strip()
    day = _DAY.match(text)
    if day is None:
        return Stamp(problem="is not a whole date" if text[:4].isdecimal() else "is not a date")
    date = "".join(day.group(1, 3, 4))
    if _to_datetime(date) is None:
        return Stamp(problem="is not a whole date")
    time, position = _read_time(text, date, day.end())
    if time is None:
        return Stamp(date, "", _tell_rest(text[position:], 8))
    offset = _OFFSET.match(text, position)
    if offset:
        position = offset.end()
    problem = _tell_rest(text[position:], time.digits)
    if not problem and not day[2] and not _HL7.match(text, 0, position):
        problem = f"is not written as HL7 writes a time, but clear: all {time.digits} digits were read"
    moment = time.moment
    if offset and zone is not None:
        moment = _shift(moment, offset, zone)
    return Stamp(_date(moment), _time(moment, time.fraction), problem)


class _Time(NamedTuple):
    moment: datetime
    fraction: str | None
    digits: int  # of date and time together


def _read_time(text: str, date: str, position: int) -> tuple[_Time | None, int]:
    """The longest valid time that begins there, and where it ends."""
    match = _TIME.match(text, position)
    if match is None:
        return None, position
    for count in (3, 2, 1):
        digits = "".join(part or "" for part in match.group(*range(1, count + 1)))
        if len(digits) == 2 * count and (moment := _to_datetime(date + digits)):
            fraction = match[4] if count == 3 else None
            return _Time(moment, fraction, 8 + len(digits)), match.end(4 if fraction else count)
    return None, position


def _tell_rest(rest: str, digits: int) -> str:
    """What is said of what follows the part that could be read."""
    if not rest:
        return ""
    if rest[0].isdecimal():
        return f"has more digits than a date: the first {digits} were read"
    if digits == 8 and _OFFSET.fullmatch(rest):
        return "has an offset, but no time: only the day was read"
    return f"does not end as a date does: the first {digits} digits were read"


def _is_moment(digits: str) -> bool:
    try:
        datetime.fromisoformat(f"{digits[:8]}T{digits[8:]}" if len(digits) > 8 else digits)
    except ValueError:
        return False
    return True


def _to_datetime(digits: str) -> datetime | None:
    values = [int(digits[:4]), *(int(digits[i : i + 2]) for i in range(4, len(digits), 2))]
    try:
        return datetime(*values)  # type: ignore[arg-type]
    except ValueError:
        # A leap second is a time for HL7, not for datetime.
        if len(values) == 6 and values[5] == 60:
            return _to_datetime(digits[:12] + "59")
        return None


def _shift(moment: datetime, offset: re.Match[str], zone: tzinfo) -> datetime:
    """The moment in `zone`, by the rules that it has on that day."""
    hours, minutes = int(offset[2] or 0), int(offset[3] or 0)
    away = timedelta(hours=hours, minutes=-minutes if offset[0].strip()[0] == "-" else minutes)
    try:
        return moment.replace(tzinfo=timezone(away)).astimezone(zone)
    except (ValueError, OverflowError):
        return moment


def _date(moment: datetime) -> str:
    return f"{moment.year:04d}{moment.month:02d}{moment.day:02d}"


def _time(moment: datetime, fraction: str | None) -> str:
    kept = (fraction or "").rstrip("0").rstrip(".")[:7]
    return f"{moment.hour:02d}{moment.minute:02d}{moment.second:02d}{kept}"
