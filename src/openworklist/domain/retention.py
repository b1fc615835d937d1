"""How long records stay, by the calendar from their start; from their arrival where they have none."""

from __future__ import annotations

import calendar
import re
from datetime import date, datetime, timedelta, tzinfo
from typing import Final, NamedTuple

from openworklist.domain.errors import SettingsError

NEVER: Final = "never"
_AGES: Final[dict[str, tuple[int, int]]] = {  # days, months
    "7 days": (7, 0),
    "14 days": (14, 0),
    "1 month": (0, 1),
    "3 months": (0, 3),
}
AGES: Final = (NEVER, *_AGES)
_DAY: Final = re.compile(r"\d{8}", re.ASCII)


class Cutoff(NamedTuple):
    """Older is what starts before `day` (YYYYMMDD), or without a day came before it began.

    `moment` is when it began: microseconds since 1970, UTC.
    """

    day: str
    moment: int

    def is_before(self, start_date: str, created_at: int) -> bool:
        """Whether a record is older."""
        return start_date < self.day if _DAY.fullmatch(start_date) else created_at < self.moment


def find_cutoff(age: str, now: int, zone: tzinfo | None) -> Cutoff | None:
    """What is older than an age of AGES; None for never. SettingsError if nobody knows the age.

    `now` is in microseconds since 1970, `zone` the site's, None for this machine's. A month ago is the same
    day of the month before, or its last.
    """
    if age == NEVER:
        return None
    if age not in _AGES:
        raise SettingsError(f"{age!r} is no age of records: {', '.join(AGES)}.", where="auto_delete")
    days, months = _AGES[age]
    today = datetime.fromtimestamp(now / 1_000_000, zone).date()
    day = _go_back(today, months) - timedelta(days=days)
    begin = datetime(day.year, day.month, day.day, tzinfo=zone)
    return Cutoff(f"{day:%Y%m%d}", int(begin.timestamp()) * 1_000_000)


def _go_back(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
