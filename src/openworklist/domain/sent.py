"""When messages were sent, and which of two is the older: told only where it is sure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final, NamedTuple

# Another sender's clock may be wrong, or stand in another time zone and not say so.
_APART: Final = 24 * 3600 * 1_000_000
_MOST_SENDERS: Final = 8


class Sent(NamedTuple):
    """When a message was sent and by whom: a span as wide as MSH-7 is imprecise, and never after `arrived`.

    Times are microseconds since 1970, UTC. `first` is 0 where MSH-7 says nothing, `arrived` where nobody
    knows: then the message is never older.
    """

    sender: str = ""
    first: int = 0
    last: int = 0
    arrived: int = 0


NEVER: Final = Sent()  # what did not come as a message
Marks = Mapping[str, int]  # by sender, when the newest of its messages about a record was sent


def find_newer(sent: Sent, marks: Marks) -> int:
    """When a message was sent that is newer beyond doubt; 0 if there is none.

    The clock of one sender tells which of its messages is the older. Those of two senders need not agree.
    """
    for sender, mark in marks.items():
        # What was sent after now was sent by a clock that was wrong.
        if mark <= sent.arrived and sent.last < (mark if sender == sent.sender else mark - _APART):
            return mark
    return 0


def remember(sent: Sent, marks: Marks) -> Marks:
    """The marks once a message was heeded."""
    mark = marks.get(sent.sender, 0)
    if not sent.first or sent.first <= mark <= sent.arrived:
        return marks
    others = sorted(((time, sender) for sender, time in marks.items() if sender != sent.sender), reverse=True)
    return {sent.sender: sent.first} | {sender: time for time, sender in others[: _MOST_SENDERS - 1]}


def newest(marks: Marks) -> str:
    """The last of the marks as YYYYMMDDHHMMSS, UTC; "" if there is none."""
    return _format(max(marks.values()) // 1_000_000, "%Y%m%d%H%M%S") if marks else ""


def show(time: int) -> str:
    """2026-03-14 08:00:00 UTC"""
    return _format(time // 1_000_000, "%Y-%m-%d %H:%M:%S UTC")


@lru_cache(maxsize=256)  # what comes in one second was mostly sent in one
def _format(seconds: int, form: str) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime(form)
