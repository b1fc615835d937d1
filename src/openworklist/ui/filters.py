"""What lists with filters in their address share: the chip of a filter, and days as a form gives them."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from openworklist.domain.errors import SearchError


class Chip(NamedTuple):
    """A filter that counts: what it is called, what it says, and the address without it."""

    name: str
    value: str
    address: str


def read_day(text: str, where: str, zone: tzinfo, *, days: int = 0) -> int:
    """The beginning of a day at the site, in microseconds since 1970; 0 for none."""
    if not text:
        return 0
    try:
        day = datetime.strptime(text, "%Y-%m-%d") + timedelta(days=days)
        return max(0, int(day.replace(tzinfo=zone).timestamp())) * 1_000_000
    except (ValueError, OverflowError, OSError):
        raise SearchError(f"{text!r} is no day.", where=where, hint="write it like 2026-03-14") from None
