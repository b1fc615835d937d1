"""Files with many messages: one after the other, framed or not, or in an FHS/BHS batch (HL7 v2.9 2.10.3)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from openworklist.hl7.framing import HEAD_LENGTH
from openworklist.hl7.tally import Tally

BOM: Final = b"\xef\xbb\xbf"
_PEEK: Final = 64  # bytes of a line that tell what it is
_LINE = re.compile(rb"[^\r\n]+[\r\n]*")
_REST_OF_LINE = re.compile(rb"[^\r\n]*[\r\n]*")
_BREAK = re.compile(rb"[\r\n]")
_BREAKS = re.compile(rb"[\r\n]*")
_BEGIN = re.compile(
    rb"(?:\xef\xbb\xbf)?[ \t]*"
    rb"(?:(MSH)[^A-Za-z0-9\s]|(FHS|BHS|BTS|FTS)(?:([^A-Za-z0-9\s])([0-9]{0,9})|\s*$))"
)
_SEGMENT = re.compile(rb"[A-Z][A-Z0-9]{2}([^A-Za-z0-9\s])")
# Blanks are never given back: else a megabyte of them is looked at again from each of them.
_ENVELOPE = re.compile(rb"[\r\n\t ]*+(?:\xef\xbb\xbf[\r\n\t ]*+)?(?:FHS|BHS)(?:[^A-Za-z0-9]|$)")
# MLLP's framing bytes, and 0x1A, with which DOS programs end a file: no character set has them in a letter.
_NO_LETTERS = bytes.maketrans(b"\x0b\x1c\x1a", b"\r\r\r")


@dataclass(frozen=True, slots=True)
class Part:
    """A message of a file; of one over the limit only the first bytes.

    `offset` is the byte of the file at which it begins. `is_utf8`: a byte order mark before it, in this file,
    says so of all that follows.
    """

    content: bytes
    offset: int
    size: int
    is_utf8: bool = False

    @property
    def is_cut(self) -> bool:
        return self.size > len(self.content)


class Splitter:
    """Cuts the bytes of a file into its messages; they are the same however the file comes in pieces.

    They are as they stand there, without framing and batch envelope. What precedes the first MSH is a
    message, and so are segments between an envelope and the next MSH: they are to be refused, not to get
    lost. A file of blanks has no messages. Memory stays under `max_message` (0: no limit) plus two pieces.
    After `finish`, `tally` knows what its envelopes say that is not so.
    """

    def __init__(self, max_message: int = 0) -> None:
        self.tally = Tally()
        self._limit = max_message
        self._buffer = b""
        self._offset = 0  # of the buffer in the file
        self._is_utf8 = False
        self._is_envelope = False
        self._separator = b"|"  # of the envelope's fields
        # The line that was begun in an earlier piece: whether there is one, has come to its end, is kept.
        self._is_in_line = self._is_line_ended = self._is_line_kept = False
        self._lines: list[bytes] = []  # of the message under way
        self._size = 0
        self._begin = 0

    def feed(self, data: bytes) -> list[Part]:
        """The messages that are known to be whole now that `data` has come."""
        self._buffer += data.translate(_NO_LETTERS)
        return self._cut(is_last=False)

    def finish(self) -> list[Part]:
        """The file has ended: what is left of it."""
        parts = self._cut(is_last=True)
        self._close(parts)
        self.tally.close()
        return parts

    def _cut(self, *, is_last: bool) -> list[Part]:
        buffer = self._buffer
        parts: list[Part] = []
        here = self._go_on() if self._is_in_line else 0
        for match in _LINE.finditer(buffer, here):
            line = match[0]
            self._is_line_ended = line[-1] in b"\r\n"
            if not (self._is_line_ended or is_last or len(line) >= _PEEK):
                here = match.start()  # too little of it to tell
                self._is_in_line = False
                break
            self._begin_line(line, self._offset + match.start(), parts)
            self._is_in_line = True
        else:
            here = len(buffer)
        self._offset += here
        self._buffer = buffer[here:]
        return parts

    def _go_on(self) -> int:
        """Take the rest of the line that was begun; where it ends in the buffer."""
        match = (_BREAKS if self._is_line_ended else _REST_OF_LINE).match(self._buffer)
        rest = match[0] if match else b""
        if rest:
            self._is_line_ended = rest[-1] in b"\r\n"
            if self._is_line_kept:
                self._add(rest)
        self._is_in_line = len(rest) == len(self._buffer)
        return len(rest)

    def _begin_line(self, line: bytes, offset: int, parts: list[Part]) -> None:
        head = line[:_PEEK]  # all that is looked at, so that it is the same for a line that came in pieces
        is_long = len(line) >= _PEEK and not _BREAK.search(head)
        begin = _BEGIN.match(head)
        if begin is not None:
            self.tally.note((begin[1] or begin[2]).decode("ascii"), begin[4] or b"")
        if begin is not None and not begin[1]:
            self._is_envelope = True
            self._separator = begin[3] or b"|"
        elif begin is not None or (self._is_envelope and self._is_segment(head)):
            self._is_envelope = False
            self._close(parts)
        if head.startswith(BOM) and (begin is not None or offset == 0):
            self._is_utf8 = True
            line, head = line[len(BOM) :], head[len(BOM) :]
        self._is_line_kept = not self._is_envelope and bool(head.strip() or is_long)
        if self._is_line_kept:
            if not self._size:
                self._begin = offset
            self._add(line)

    def _is_segment(self, head: bytes) -> bool:
        match = _SEGMENT.match(head)
        return match is not None and match[1] == self._separator

    def _add(self, line: bytes) -> None:
        self._size += len(line)
        if not self._limit or self._size <= self._limit:
            self._lines.append(line)
        elif self._size - len(line) <= self._limit:
            self._lines = [b"".join((*self._lines, line))[: min(HEAD_LENGTH, self._limit)]]

    def _close(self, parts: list[Part]) -> None:
        if self._size:
            parts.append(Part(b"".join(self._lines), self._begin, self._size, self._is_utf8))
        self._lines = []
        self._size = 0


def is_batch(raw: bytes) -> bool:
    """Whether what came in one piece is an envelope around messages: FHS or BHS stands first."""
    return _ENVELOPE.match(raw) is not None


def split_messages(raw: bytes) -> list[bytes]:
    """The messages of a file that is in memory, as `Splitter` cuts them."""
    splitter = Splitter()
    return [part.content for part in (*splitter.feed(raw), *splitter.finish())]
