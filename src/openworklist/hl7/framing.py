"""MLLP framing without a socket: bytes in, frames out. What is in a frame is not looked at here.

A frame is 0x0B, content, 0x1C 0x0D (HL7 v2 appendix C, MLLP release 1). A token query is 0x10, content, 0x0D.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

START: Final = 0x0B
END: Final = b"\x1c\x0d"
TOKEN_START: Final = 0x10
TOKEN_END: Final = b"\x0d"
MAX_MESSAGE: Final = 8 * 1024 * 1024
MAX_TOKEN: Final = 256
HEAD_LENGTH: Final = 4096

_STARTS = frozenset((START, TOKEN_START))
_ANY_START = re.compile(rb"[\x0b\x10]")
_TOKEN_STOP = re.compile(rb"[\x0b\x0d\x10]")


@dataclass(frozen=True, slots=True)
class Frame:
    """A whole message, without its framing bytes."""

    content: bytes


@dataclass(frozen=True, slots=True)
class HalfFrame:
    """A message whose sender broke off: began a new one, or closed. Nobody waits for its answer."""

    content: bytes


@dataclass(frozen=True, slots=True)
class Oversize:
    """A message over the limit, skipped to its end: its length, and its beginning, enough for the MSH.

    `is_half`: its sender broke off, as in a HalfFrame.
    """

    head: bytes
    size: int
    is_half: bool = False


@dataclass(frozen=True, slots=True)
class TokenQuery:
    """What stood between 0x10 and 0x0D; `content` is empty when it `is_too_long` to be a question."""

    content: bytes
    is_too_long: bool = False


Event = Frame | HalfFrame | Oversize | TokenQuery


def wrap(content: bytes) -> bytes:
    return b"\x0b" + content + END


def wrap_token(content: bytes) -> bytes:
    return b"\x10" + content + TOKEN_END


class Deframer:
    """Cuts a byte stream into frames; the events are the same however the stream arrives in pieces.

    Memory stays under `max_message` plus one piece. `noise` counts the bytes that belonged to no frame.
    0x0B never occurs in a message, so a second one means that the sender began anew: what came before is
    a HalfFrame. If it ended in 0x1C only the 0x0D was forgotten, and it is a Frame.
    """

    __slots__ = ("_buffer", "_dropped", "_heads", "_kind", "_limits", "_scanned", "noise")

    def __init__(self, max_message: int = MAX_MESSAGE, max_token: int = MAX_TOKEN) -> None:
        self.noise = 0
        self._limits = {START: max_message, TOKEN_START: max_token}
        self._heads = {START: min(HEAD_LENGTH, max_message), TOKEN_START: min(HEAD_LENGTH, max_token)}
        self._kind = 0  # the start byte of what is unfinished
        self._buffer = bytearray()  # its content so far; of one that is too long the head and the last byte
        self._dropped = 0  # the number of bytes between that head and that last byte
        self._scanned = 0  # no end stands before this place: a long message is searched once

    @property
    def is_inside(self) -> bool:
        """Whether a frame or a token query has begun and not ended."""
        return self._kind != 0

    @property
    def is_end_begun(self) -> bool:
        """Whether a frame has come to a 0x1C, and nothing after it yet."""
        return self._kind == START and self._buffer[-1:] == b"\x1c"

    @property
    def buffered(self) -> int:
        return len(self._buffer)

    def feed(self, data: bytes) -> list[Event]:
        """The frames that end in `data`, in order."""
        events: list[Event] = []
        buffer: bytes | bytearray = data
        scan = self._scanned
        if self._buffer:
            buffer = self._buffer
            buffer += data
        length = len(buffer)
        kind = self._kind
        start = 0
        end = -2  # where the next END is: -2 not looked for, -1 nowhere in this buffer
        while True:
            if kind == START:
                if end != -1 and end < scan:
                    end = buffer.find(END, scan)
                restart = buffer.find(START, scan, length if end < 0 else end)
                if restart >= 0:
                    self._finish(buffer[start:restart], events, is_broken=True)
                    start = scan = restart + 1
                elif end >= 0:
                    self._finish(buffer[start:end], events, is_broken=False)
                    start = scan = end + 2
                    kind = 0
                else:
                    break
            elif kind == TOKEN_START:
                stop = _TOKEN_STOP.search(buffer, scan)
                if stop is None:
                    break
                self._finish_token(buffer[start : stop.start()], events, is_broken=stop[0] != TOKEN_END)
                kind = 0
                start = scan = stop.end() if stop[0] == TOKEN_END else stop.start()
            else:
                if start < length and buffer[start] not in _STARTS:
                    begin = _ANY_START.search(buffer, start)
                    here = begin.start() if begin else length
                    self.noise += here - start
                    start = here
                if start >= length:
                    break
                kind = buffer[start]
                start = scan = start + 1
        self._kind = kind
        self._keep(buffer, start)
        return events

    def finish(self) -> list[Event]:
        """The stream has ended, or its sender has fallen silent: give up what is unfinished."""
        events: list[Event] = []
        if self._kind == START:
            self._finish(self._buffer, events, is_broken=True)
        elif self._kind == TOKEN_START:
            self._finish_token(self._buffer, events, is_broken=True)
        self._kind = self._scanned = 0
        self._buffer = bytearray()
        return events

    def _finish(self, content: bytes | bytearray, events: list[Event], *, is_broken: bool) -> None:
        size = len(content) + self._dropped
        self._dropped = 0
        if size > self._limits[START]:
            is_half = is_broken and not content.endswith(b"\x1c")
            events.append(Oversize(bytes(content[: self._heads[START]]), size, is_half))
        elif not is_broken:
            events.append(Frame(bytes(content)))
        elif content.endswith(b"\x1c"):
            events.append(Frame(bytes(content[:-1])))
        elif content:
            events.append(HalfFrame(bytes(content)))
        else:
            self.noise += 1

    def _finish_token(self, content: bytes | bytearray, events: list[Event], *, is_broken: bool) -> None:
        size = len(content) + self._dropped
        self._dropped = 0
        if is_broken:
            self.noise += 1 + size
        elif size > self._limits[TOKEN_START]:
            events.append(TokenQuery(b"", is_too_long=True))
        else:
            events.append(TokenQuery(bytes(content)))

    def _keep(self, buffer: bytes | bytearray, start: int) -> None:
        """Store what follows `start`; of content over the limit only the head and the last byte."""
        if start >= len(buffer):
            if self._buffer:
                self._buffer = bytearray()
            self._scanned = 0
            return
        if isinstance(buffer, bytearray):
            del buffer[:start]
            kept = buffer
        else:
            kept = bytearray(buffer[start:])
        head = self._heads[self._kind]
        if len(kept) + self._dropped > self._limits[self._kind] and len(kept) > head + 1:
            self._dropped += len(kept) - head - 1
            kept = kept[:head] + kept[-1:]
        self._buffer = kept
        self._scanned = len(kept) - 1  # the last byte may be the first half of END
