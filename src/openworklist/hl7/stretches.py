"""A stream as the stretches it consists of: every byte belongs to one of them. The Deframer with its places.

Where `framing.Deframer` says what a stream holds, this says where it stands, for people who look for a fault.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from openworklist.hl7.framing import END, MAX_MESSAGE, MAX_TOKEN, START, TOKEN_END, TOKEN_START

_ANY_START = re.compile(rb"[\x0b\x10]")
_TOKEN_STOP = re.compile(rb"[\x0b\x0d\x10]")


class Kind(StrEnum):
    MESSAGE = "message"
    NO_CARRIAGE_RETURN = "message that ends in 0x1C alone"
    HALF = "half message"
    OVERSIZE = "message over the limit"
    OVERSIZE_HALF = "half message over the limit"
    TOKEN = "token query"
    LONG_TOKEN = "token query over the limit"
    LONE_START = "0x0B with nothing after it"
    HALF_TOKEN = "0x10 that begins no token query"
    NOISE = "bytes outside of any message"


@dataclass(frozen=True, slots=True)
class Stretch:
    """The bytes from `start` to before `end`, of which `head` and `tail` frame the content.

    `is_open`: the stream ended before the stretch did; with more bytes it may become another kind.
    """

    kind: Kind
    start: int
    end: int
    head: int = 0
    tail: int = 0
    is_open: bool = False

    @property
    def content_start(self) -> int:
        return self.start + self.head

    @property
    def content_end(self) -> int:
        return self.end - self.tail


def cut(
    data: bytes | bytearray, *, start: int = 0, max_message: int = MAX_MESSAGE, max_token: int = MAX_TOKEN
) -> Iterator[Stretch]:
    """The stretches of `data` from `start` on, in order and without a gap."""
    length = len(data)
    end = -2  # where the next END is: -2 not looked for, -1 nowhere
    while start < length:
        if data[start] == START:
            if end != -1 and end <= start:
                end = data.find(END, start + 1)
            restart = data.find(START, start + 1, length if end < 0 else end)
            stretch = _frame(data, start, restart, end, max_message)
        elif data[start] == TOKEN_START:
            stretch = _token(data, start, max_token)
        else:
            begin = _ANY_START.search(data, start)
            stretch = Stretch(Kind.NOISE, start, begin.start() if begin else length, is_open=begin is None)
        yield stretch
        start = stretch.end


def _frame(data: bytes | bytearray, start: int, restart: int, end: int, limit: int) -> Stretch:
    """What begins with the 0x0B at `start`, goes on to the END at `end` or is begun anew at `restart`."""
    if restart < 0 <= end:
        kind = Kind.OVERSIZE if end - start - 1 > limit else Kind.MESSAGE
        return Stretch(kind, start, end + len(END), 1, len(END))
    stop = restart if restart >= 0 else len(data)
    is_open = restart < 0
    if stop == start + 1:
        return Stretch(Kind.LONE_START, start, stop, 1, 0, is_open)
    has_end = data[stop - 1] == END[0]
    if stop - start - 1 > limit:
        return Stretch(Kind.OVERSIZE if has_end else Kind.OVERSIZE_HALF, start, stop, 1, 0, is_open)
    if has_end:
        return Stretch(Kind.NO_CARRIAGE_RETURN, start, stop, 1, 1, is_open)
    return Stretch(Kind.HALF, start, stop, 1, 0, is_open)


def _token(data: bytes | bytearray, start: int, limit: int) -> Stretch:
    stop = _TOKEN_STOP.search(data, start + 1)
    if stop is None:
        return Stretch(Kind.HALF_TOKEN, start, len(data), 1, 0, is_open=True)
    if stop[0] != TOKEN_END:
        return Stretch(Kind.HALF_TOKEN, start, stop.start(), 1)
    kind = Kind.LONG_TOKEN if stop.start() - start - 1 > limit else Kind.TOKEN
    return Stretch(kind, start, stop.end(), 1, 1)
