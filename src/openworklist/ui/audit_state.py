"""The address of the audit trail: filters and page, all that a reload restores."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import tzinfo
from typing import Final
from urllib.parse import urlencode

from openworklist.domain.audit import Deed, DeedFilter
from openworklist.domain.errors import SearchError
from openworklist.ui.filters import Chip, read_day

PATH: Final = "/audit"
NOBODY: Final = ("local", "unknown", "first-start")  # actors that are neither a user nor a key nor a command
_LONGEST_NUMBER: Final = 18


@dataclass(frozen=True, slots=True)
class AuditState:
    """All as it was typed: days are YYYY-MM-DD; `after` is the last row of the page before."""

    actor: str = ""
    action: str = ""
    record: str = ""
    day: str = ""
    until: str = ""
    after: str = ""

    def address(self, path: str = PATH, **changes: str) -> str:
        """The address of this state, with changes."""
        state = replace(self, **changes)
        given = {each.name: getattr(state, each.name) for each in fields(state)}
        query = urlencode({name: value for name, value in given.items() if value})
        return f"{path}?{query}" if query else path

    @property
    def chips(self) -> Iterator[Chip]:
        """The filters that count."""
        for name in ("actor", "action", "record", "day", "until"):
            if value := getattr(self, name):
                yield Chip(name, value, self.address(**{name: "", "after": ""}))

    def to_filter(self, zone: tzinfo) -> DeedFilter:
        """What is asked for; SearchError names the field whose value is none."""
        since, until = read_day(self.day, "day", zone), read_day(self.until, "until", zone, days=1)
        record = 0
        if self.record:
            record = _read_number(self.record)
            if not record:
                raise SearchError(f"{self.record!r} is no number of a record.", where="record")
        return DeedFilter(_to_actor(self.actor), self.action, record_id=record, since=since, until=until)

    def to_key(self) -> tuple[int, int] | None:
        """Behind which row the page begins; the first page for what is no row."""
        at, _, number = self.after.partition(".")
        key = _read_number(at), _read_number(number)
        return key if all(key) else None


def to_place(deed: Deed) -> str:
    """A row as the page behind it names it."""
    return f"{deed.at}.{deed.id}"


def _to_actor(text: str) -> str:
    """Who is meant by a name: a user, where it is not said."""
    return text if not text or ":" in text or text in NOBODY else f"user:{text.casefold()}"


def _read_number(text: str) -> int:
    text = text.strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER else 0
