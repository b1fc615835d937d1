"""When a message was sent, by its MSH-7: a moment of UTC, or a span where MSH-7 is less precise."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final, NamedTuple

from openworklist.domain.sent import Sent

_STAMP: Final = re.compile(
    r"(\d{4})[-/]?(\d\d)[-/]?(\d\d)"
    r"(?:[ T]?(\d\d)(?::?(\d\d)(?::?(\d\d)(?:\.(\d{1,6})\d*)?)?)?)?"
    r"[\d.]*?(?:([+-])(\d\d):?(\d\d)|(Z))?",
    re.ASCII,
)
_SECOND: Final = 1_000_000
_MINUTE: Final = 60 * _SECOND
_HOUR: Final = 60 * _MINUTE
_DAY: Final = 24 * _HOUR
# Letters of a stamp that may be one: what is remembered must not be as long as a message.
_LONGEST: Final = 64
# A clock may be ahead by so much before its time is taken for that of an hour ago.
_AHEAD: Final = 5 * _MINUTE


class _Stamp(NamedTuple):
    """What MSH-7 says, in microseconds; `early` and `late` differ in the hour that clocks show twice."""

    early: int
    late: int
    width: int


def read_sent(text: str, sender: str, *, zone: tzinfo | None = None, received_at: int = 0) -> Sent:
    """The span that MSH-7 may mean. `zone` is the site's, None the machine's, for stamps without offset.

    `received_at` is in microseconds since 1970, 0 if nobody knows. Nothing is sent after it arrived, so both
    ends are capped there: a clock that is ahead by years keeps no later message from being heeded.
    """
    stamp = _read(text, zone) if len(text) <= _LONGEST else None
    if stamp is None:
        return Sent(sender, 0, received_at, received_at)
    if not received_at:
        return Sent(sender, stamp.late, stamp.late + stamp.width - 1)
    first = stamp.late if stamp.late <= received_at + _AHEAD else stamp.early
    return Sent(sender, min(first, received_at), min(first + stamp.width - 1, received_at), received_at)


@lru_cache(maxsize=256)  # what comes in one second was mostly sent in one
def _read(text: str, zone: tzinfo | None) -> _Stamp | None:
    match = _STAMP.fullmatch(text.strip())
    if match is None:
        return None
    *numbers, fraction, sign, hours, minutes, zulu = match.groups()
    year, month, day, hour, minute, second = (int(number or 0) for number in numbers)
    # A leap second is a time for HL7, not for datetime.
    second = min(second, 59)
    try:
        moment = datetime(year, month, day, hour, minute, second, int((fraction or "").ljust(6, "0")))
        if sign or zulu:
            offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
            zone = timezone(-offset if sign == "-" else offset)
        early, late = (_to_microseconds(moment.replace(tzinfo=zone, fold=fold)) for fold in (0, 1))
    except (ValueError, OverflowError):
        return None
    return _Stamp(early, late, _width(numbers, fraction))


def _to_microseconds(moment: datetime) -> int:
    return (moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _width(numbers: list[str | None], fraction: str | None) -> int:
    if fraction:
        return 1
    _, _, _, hour, minute, second = numbers
    if second:
        return _SECOND
    if minute:
        return _MINUTE
    return _HOUR if hour else _DAY
