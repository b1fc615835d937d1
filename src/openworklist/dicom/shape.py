"""What makes two questions the same: a poll for today is that of yesterday with a new date."""

from __future__ import annotations

import re
from datetime import date
from hashlib import blake2b
from typing import Final

_LENGTH: Final = 16  # bytes of a digest
# Scheduled Procedure Step Start Date with its value, in Explicit VR and in Implicit: PS3.5 7.1.
_START_DATE: Final = re.compile(rb"(\x40\x00\x02\x00(?:DA..|....))([0-9-]{8,18})", re.DOTALL)
_DAY: Final = re.compile(rb"\d{8}")


def digest(*parts: bytes) -> bytes:
    """A digest of several parts, each told from the next."""
    found = blake2b(digest_size=_LENGTH)
    for part in parts:
        found.update(len(part).to_bytes(4, "big") + part)
    return found.digest()


def fold_days(identifier: bytes, today: date) -> bytes:
    """The identifier with the days of its start date told from today: two polls are the same if these are.

    It is read as bytes and only compared: what looks like a start date and is none does no harm.
    """

    def fold(found: re.Match[bytes]) -> bytes:
        return found[1] + _DAY.sub(lambda day: _count_from(day[0], today), found[2])

    return _START_DATE.sub(fold, identifier)


def _count_from(day: bytes, today: date) -> bytes:
    try:
        there = date(int(day[:4]), int(day[4:6]), int(day[6:]))
    except ValueError:
        return day
    return b"%+d" % (there - today).days
