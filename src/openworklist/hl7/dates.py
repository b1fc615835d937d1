"""HL7 dates and times (TS, DTM) to DICOM's DA and TM."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone, tzinfo
from typing import NamedTuple

_STAMP = re.compile(r"(\d{4,})(\.\d*)?([+-]\d{4})?", re.ASCII)
# 2019-03-15T09:50:00 and the like: not HL7, but seen, and nothing to guess about.
_ISO = re.compile(
    r"(\d{4})[-/.](\d{2})[-/.](\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2})(\.\d*)?)?\s*(Z|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)
_LENGTHS = (14, 12, 10, 8)


class Stamp(NamedTuple):
    """`date` is YYYYMMDD, `time` HHMMSS with a fraction if there was one, each "" where there is none."""

    date: str = ""
    time: str = ""
    problem: str = ""


def read_stamp(text: str, zone: tzinfo | None = None) -> Stamp:
    """The longest valid beginning of an HL7 time stamp; a stamp with an offset is brought to `zone`.

    What cannot be used is told in `problem`; then `date` is empty if not even a day could be read.
    """
    if len(text) in (8, 12, 14) and text.isdecimal() and text.isascii() and _is_moment(text):
        return Stamp(text[:8], text[8:].ljust(6, "0") if len(text) > 8 else "")
    text = text.strip()
    match = _STAMP.fullmatch(text)
    digits, fraction, offset = match.groups() if match else _read_iso(text)
    if not digits:
        return Stamp(problem="is not a date")
    for length in _LENGTHS:
        if len(digits) < length:
            continue
        moment = _to_datetime(digits[:length])
        if moment is None:
            continue
        is_whole = len(digits) == length
        problem = "" if is_whole else f"has more digits than a date: the first {length} were read"
        if length == 8:
            return Stamp(digits[:8], "", problem)
        exact = fraction if is_whole and length == 14 else None
        if offset and zone is not None:
            moment = _shift(moment, offset, zone)
        return Stamp(_date(moment), _time(moment, exact), problem)
    return Stamp(problem="is not a whole date")


def _is_moment(digits: str) -> bool:
    try:
        datetime.fromisoformat(f"{digits[:8]}T{digits[8:]}" if len(digits) > 8 else digits)
    except ValueError:
        return False
    return True


def _read_iso(text: str) -> tuple[str, str | None, str | None]:
    match = _ISO.fullmatch(text)
    if match is None:
        return "", None, None
    *parts, fraction, offset = match.groups()
    if offset:
        offset = "+0000" if offset == "Z" else offset.replace(":", "")
    return "".join(part or "" for part in parts), fraction, offset


def _to_datetime(digits: str) -> datetime | None:
    values = [int(digits[:4]), *(int(digits[i : i + 2]) for i in range(4, len(digits), 2))]
    try:
        return datetime(*values)  # type: ignore[arg-type]
    except ValueError:
        # A leap second is a time for HL7, not for datetime.
        if len(values) == 6 and values[5] == 60:
            return _to_datetime(digits[:12] + "59")
        return None


def _shift(moment: datetime, offset: str, zone: tzinfo) -> datetime:
    minutes = int(offset[1:3]) * 60 + int(offset[3:])
    try:
        sender = timezone(timedelta(minutes=-minutes if offset[0] == "-" else minutes))
        return moment.replace(tzinfo=sender).astimezone(zone)
    except (ValueError, OverflowError):
        return moment


def _date(moment: datetime) -> str:
    return f"{moment.year:04d}{moment.month:02d}{moment.day:02d}"


def _time(moment: datetime, fraction: str | None) -> str:
    kept = (fraction or "").rstrip("0").rstrip(".")[:7]
    return f"{moment.hour:02d}{moment.minute:02d}{moment.second:02d}{kept}"
