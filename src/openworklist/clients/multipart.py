"""The parts of a multipart body (RFC 2046 5.1) as its bytes come: little of it is in memory at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from enum import Enum
from typing import Final

from openworklist.domain.errors import PeerError

_MOST_HEAD: Final = 16 * 1024  # bytes of the headers of a part, and of what stands before the first
_LONGEST_BOUNDARY: Final = 200  # RFC 2046 5.1.1 says 70; there are archives with longer ones


@dataclass(frozen=True, slots=True)
class PartBegins:
    """A part begins; its media type in small letters, without parameters."""

    media_type: str


class PartEnds:
    """The part is whole."""


Event = PartBegins | PartEnds | bytes


class _State(Enum):
    PREAMBLE = 1
    DELIMITER = 2  # behind one: two hyphens, or the end of the line
    HEAD = 3
    BODY = 4
    OVER = 5


class MultipartReader:
    """Takes bytes, cut anywhere, and gives what they say; `finish` at their end.

    PeerError (archive.protocol) for what is no such body, or ends before its last boundary.
    """

    def __init__(self, boundary: str) -> None:
        if not boundary or len(boundary) > _LONGEST_BOUNDARY or not boundary.isascii():
            raise unfit("it names no boundary")
        self._delimiter = b"\r\n--" + boundary.encode("ascii")
        self._buffer = bytearray(b"\r\n")  # the first delimiter may be the very beginning
        self._state = _State.PREAMBLE

    @property
    def is_over(self) -> bool:
        """Whether the last boundary was there: what follows is of no meaning."""
        return self._state is _State.OVER

    def receive(self, data: bytes) -> Iterator[Event]:
        """What is known with these bytes."""
        self._buffer += data
        while True:
            state, size = self._state, len(self._buffer)
            yield from self._go_on()
            if self._state is state and len(self._buffer) == size:
                return

    def finish(self) -> None:
        """PeerError if there should be more."""
        if not self.is_over:
            raise unfit("it ends before its last boundary")

    def _go_on(self) -> Iterator[Event]:
        if self._state is _State.PREAMBLE:
            self._skip_preamble()
        elif self._state is _State.DELIMITER:
            self._read_delimiter()
        elif self._state is _State.HEAD:
            yield from self._read_head()
        elif self._state is _State.BODY:
            yield from self._read_body()
        else:
            self._buffer.clear()

    def _skip_preamble(self) -> None:
        at = self._buffer.find(self._delimiter)
        if at >= 0:
            self._take(at + len(self._delimiter))
            self._state = _State.DELIMITER
        elif len(self._buffer) > _MOST_HEAD:
            raise unfit("it does not begin with its boundary")

    def _read_delimiter(self) -> None:
        if self._buffer.startswith(b"--"):
            self._state = _State.OVER
            return
        at = self._buffer.find(b"\r\n")
        if at >= 0:
            if self._buffer[:at].strip(b" \t"):
                raise unfit("a boundary goes on with other letters")
            # The line's end stays: without headers the empty line follows at once.
            self._take(at)
            self._state = _State.HEAD
        elif len(self._buffer) > _MOST_HEAD:
            raise unfit("a boundary does not end")

    def _read_head(self) -> Iterator[Event]:
        at = self._buffer.find(b"\r\n\r\n")
        if at >= 0:
            yield PartBegins(_find_media_type(self._take(at + 4)))
            self._state = _State.BODY
        elif len(self._buffer) > _MOST_HEAD:
            raise unfit("the headers of a part do not end")

    def _read_body(self) -> Iterator[Event]:
        at = self._buffer.find(self._delimiter)
        if at >= 0:
            if at:
                yield self._take(at)
            self._take(len(self._delimiter))
            yield PartEnds()
            self._state = _State.DELIMITER
            return
        known = len(self._buffer) - len(self._delimiter) + 1  # what can be no beginning of a delimiter
        if known > 0:
            yield self._take(known)

    def _take(self, count: int) -> bytes:
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken


def find_boundary(content_type: str) -> str:
    """The boundary of a Content-Type, "" if it has none."""
    return str(_parse(content_type).get_param("boundary") or "")


def find_media_type(content_type: str) -> str:
    """The media type of a Content-Type in small letters, without parameters."""
    return content_type.partition(";")[0].strip().lower()


def unfit(reason: str) -> PeerError:
    """The error for a body that cannot be read."""
    return PeerError(
        f"The archive's answer cannot be read: {reason}.",
        hint="look into its log; a proxy between may have cut the answer",
        code="archive.protocol",
    )


def _find_media_type(head: bytes) -> str:
    for line in head.decode("latin-1").split("\r\n"):
        name, _, value = line.partition(":")
        if name.strip().lower() == "content-type":
            return find_media_type(value)
    return ""


def _parse(content_type: str) -> Message:
    message = Message()
    message["Content-Type"] = content_type.replace("\r", "").replace("\n", "")
    return message
