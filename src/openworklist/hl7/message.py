"""An HL7 v2 message as text: segments, and values by path, split only when asked for. Loses nothing.

Bytes become text in hl7.charset, escapes become letters in hl7.escapes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from openworklist.domain.errors import MessageError, UnsupportedMessage
from openworklist.hl7.delimiters import STANDARD, Delimiters, read_delimiters
from openworklist.hl7.lines import cut
from openworklist.hl7.path import Path, parse_path

_USUAL_HEADER: Final = "MSH|^~\\&|"
# An object each, so that they are bounded beside the bytes: real orders have some dozens.
MAX_SEGMENTS: Final = 200_000
# Beyond these no letter of MSH-2 is looked at: it has five.
_ENCODING_LENGTH: Final = 16


class Segment:
    """One line of a message. `text` is the line as it came, joined again where it was broken."""

    __slots__ = ("_fields", "delimiters", "name", "text")

    def __init__(self, text: str, delimiters: Delimiters) -> None:
        self.text = text
        self.name = text[:3]
        self.delimiters = delimiters
        self._fields: list[str] | None = None

    @property
    def fields(self) -> list[str]:
        """The fields by number: `fields[0]` is the name; in a header `fields[1]` is the separator itself."""
        fields = self._fields
        if fields is None:
            fields = self.text.split(self.delimiters.field)
            if self.name in _HEADERS:
                fields.insert(1, self.delimiters.field)
            self._fields = fields
        return fields

    def field(self, number: int) -> str:
        """The whole field with its repetitions, as it came; "" where there is none."""
        fields = self.fields
        return fields[number] if number < len(fields) else ""

    def repetitions(self, number: int) -> list[str]:
        """The repetitions of a field; a field that is not there has none."""
        text = self.field(number)
        if not text:
            return []
        if self.name in _HEADERS and number <= 2:
            return [text]
        return split(text, self.delimiters.repetition)

    def part(self, path: Path) -> str:
        """What stands at `path` in this segment, as it came, escapes and all; "" where nothing does."""
        text = self.field(path.field)
        if not text or (self.name in _HEADERS and path.field <= 2):
            return text
        delimiters = self.delimiters
        if path.repetition or path.component:
            text = nth(text, delimiters.repetition, path.repetition or 1)
        return component(text, path, delimiters) if path.component else text

    def __repr__(self) -> str:
        return f"<Segment {self.name}>"


_HEADERS = frozenset({"MSH", "FHS", "BHS"})


def split(text: str, delimiter: str) -> list[str]:
    return text.split(delimiter) if delimiter else [text]


def nth(text: str, delimiter: str, number: int) -> str:
    """The part `number`, counted from 1; "" beyond the last."""
    if not delimiter or delimiter not in text:
        return text if number == 1 else ""
    parts = text.split(delimiter, number)
    return parts[number - 1] if number <= len(parts) else ""


def component(text: str, path: Path, delimiters: Delimiters) -> str:
    """The component and subcomponent of one repetition that `path` names; all of it if it names none."""
    if path.component:
        text = nth(text, delimiters.component, path.component)
    if path.subcomponent:
        text = nth(text, delimiters.subcomponent, path.subcomponent)
    return text


class Message:
    """The segments of one message in order. `was_wrapped`: lines broken in mid-segment were joined."""

    __slots__ = ("delimiters", "end", "length", "segments", "terminator", "was_wrapped")

    def __init__(
        self,
        segments: tuple[Segment, ...],
        delimiters: Delimiters,
        *,
        length: int = 0,
        terminator: str = "\r",
        end: str = "\r",
        was_wrapped: bool = False,
    ) -> None:
        self.segments = segments
        self.delimiters = delimiters
        self.length = length  # in letters: no field is longer
        self.terminator = terminator
        self.end = end  # what follows the last segment: a terminator, or nothing
        self.was_wrapped = was_wrapped

    @property
    def header(self) -> Segment:
        return self.segments[0]

    def all(self, name: str) -> Iterator[Segment]:
        return (segment for segment in self.segments if segment.name == name)

    def find(self, name: str, occurrence: int = 1) -> Segment | None:
        for segment in self.segments:
            if segment.name == name:
                occurrence -= 1
                if occurrence <= 0:
                    return segment
        return None

    def get(self, path: str) -> str:
        """What stands at a path such as `PID-3.1`, as it came, escapes and all; "" where nothing does.

        A path without component is the whole field with its repetitions; with one it means the first
        repetition, unless it names another. MessageError if the path is not readable.
        """
        place = parse_path(path)
        segment = self.find(place.segment, place.occurrence or 1)
        return segment.part(place) if segment else ""


def parse(text: str) -> Message:
    """Read a message; tolerant of line ends, a byte order mark, wrapped lines and unknown segments.

    MessageError when it does not begin with a readable MSH, or has more segments than MAX_SEGMENTS.
    """
    text = text.lstrip("\ufeff\r\n\t ")
    if text[:3] != "MSH" or len(text) < 5:
        raise MessageError(
            "The message does not begin with an MSH segment.", where="MSH", hint="check what the sender sends"
        )
    separator = text[3]
    if text.startswith(_USUAL_HEADER):
        delimiters = STANDARD
    else:
        delimiters = read_delimiters(separator, text[4 : _end_of_encoding(text, separator)])
    texts, terminator, end, was_wrapped = cut(text, separator)
    if len(texts) > MAX_SEGMENTS:
        raise MessageError(
            f"The message has more than {MAX_SEGMENTS} segments.", code="message.too-many-segments"
        )
    segments = tuple([Segment(line, delimiters) for line in texts])
    return Message(
        segments,
        delimiters,
        length=len(text),
        terminator=terminator,
        end=end,
        was_wrapped=was_wrapped,
    )


def check_single(message: Message) -> None:
    """MessageError if a second message stands in the frame: only the first would be acknowledged."""
    for segment in message.segments[1:]:
        if segment.name == "MSH":
            raise MessageError(
                "There are two messages in one frame: a second MSH.",
                where="MSH",
                hint="send each message in a frame of its own",
                code="message.two-in-one",
            )


def check_complete(message: Message) -> None:
    """UnsupportedMessage if it is a part of a longer one: half an order must not be applied."""
    # HL7 v2.9 2.10.2: MSH-14 says that the message continues another, DSC-1 that it goes on in one.
    if message.header.field(14):
        raise _is_part("MSH-14")
    for segment in message.segments:
        if segment.name == "DSC" and segment.field(1):
            raise _is_part("DSC-1")


def _is_part(where: str) -> UnsupportedMessage:
    return UnsupportedMessage(
        "The message is a part of a longer one: parts are not put together.",
        where=where,
        hint="send the whole order in one message",
        code="message.part",
    )


def format(message: Message) -> str:
    """The text of a message: of one that was well-formed exactly the text it came from."""
    return message.terminator.join(segment.text for segment in message.segments) + message.end


def _end_of_encoding(text: str, separator: str) -> int:
    limit = min(len(text), 4 + _ENCODING_LENGTH)
    ends = [end for mark in (separator, "\r", "\n") if (end := text.find(mark, 4, limit)) >= 0]
    return min(ends, default=limit)
