"""The time zone of the machine, with its rules: for a site that names none in its settings."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_LINK: Final = Path("/etc/localtime")
_FOLDER: Final = "zoneinfo/"


def find_machine_zone(name: str | None, link: Path = _LINK) -> tzinfo:
    """The zone that `name`, the variable TZ, says; else that of the machine.

    Where it has no name, as on Windows or with rules in TZ (`EET-2EEST,M3.5.0/3,M10.5.0/4`), the C library
    is asked each time.
    """
    if name:
        name = name.removeprefix(":")
        return (_load(Path(name)) if name.startswith("/") else _find(name)) or LibraryZone()
    # TZ= without anything is UTC to the C library, no TZ at all is the machine's own.
    return (_load(link) if name is None else None) or LibraryZone()


def _find(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, ZoneInfoNotFoundError):
        return None


def _load(path: Path) -> ZoneInfo | None:
    try:
        with path.open("rb") as file:
            # Its name is that of the file it leads to: …/zoneinfo/Europe/Athens
            return ZoneInfo.from_file(file, key=path.resolve().as_posix().rpartition(_FOLDER)[2])
    except (OSError, ValueError):
        return None


class LibraryZone(tzinfo):
    """What the C library makes of a moment."""

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        return None if moment is None else _to_local(moment.replace(tzinfo=None)).utcoffset()

    def dst(self, moment: datetime | None) -> timedelta | None:
        return None

    def tzname(self, moment: datetime | None) -> str | None:
        return "local time" if moment is None else _to_local(moment.replace(tzinfo=None)).tzname()

    def fromutc(self, moment: datetime) -> datetime:
        there = _to_local(moment.replace(tzinfo=UTC))
        first = there.replace(tzinfo=self)
        # An hour that comes twice: fold says which of them it is (PEP 495).
        return first if self.utcoffset(first) == there.utcoffset() else first.replace(fold=1)


def _to_local(moment: datetime) -> datetime:
    try:
        return moment.astimezone()
    except (OSError, OverflowError, ValueError):
        # Windows knows no rules before 1970.
        standard = timezone(timedelta(seconds=-time.timezone))
        return moment.astimezone(standard) if moment.tzinfo else moment.replace(tzinfo=standard)
