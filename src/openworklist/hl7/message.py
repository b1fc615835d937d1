"""An HL7 v2 message as text: segments, and values by path, split only when asked for. Loses nothing.

Bytes become text in hl7.charset, escapes become letters in hl7.escapes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from openworklist.domain.errors import MessageError
from openworklist.hl7.delimiters import Delimiters, read_delimiters
from openworklist.hl7.path import Path, parse_path

# A segment may consist of its name alone. Any three capitals might be such a line, or a word of a wrapped
# text ("MRI"); these names are taken for segments.
_BARE_NAMES = frozenset(
    {
        *("MSH", "EVN", "SFT", "MSA", "ERR", "PID", "PD1", "NK1", "PV1", "PV2", "MRG", "ROL", "GT1", "ACC"),
        *("AL1", "DG1", "DRG", "IN1", "IN2", "IN3", "ORC", "OBR", "OBX", "NTE", "TQ1", "TQ2", "IPC", "ZDS"),
        *("SPM", "SAC", "CTD", "CTI", "BLG", "FT1", "SCH", "RGS", "AIS", "AIG", "AIL", "AIP", "RXO", "RXE"),
    }
)
_BREAKS = re.compile(r"(\r\n|\r|\n)")
# A document inside a message has its lines too; more than these nobody sends, and each takes its memory.
MAX_LINES = 200_000


class Segment:
    """One line of a message. `text` is the line as it came, joined again where it was broken."""

    __slots__ = ("_fields", "_is_header", "delimiters", "name", "text")

    def __init__(self, text: str, delimiters: Delimiters) -> None:
        self.text = text
        self.name = text[:3]
        self.delimiters = delimiters
        self._is_header = self.name in _HEADERS
        self._fields: list[str] | None = None

    @property
    def fields(self) -> list[str]:
        """The fields by number: `fields[0]` is the name; in a header `fields[1]` is the separator itself."""
        fields = self._fields
        if fields is None:
            fields = self.text.split(self.delimiters.field)
            if self._is_header:
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
        if self._is_header and number <= 2:
            return [text]
        return split(text, self.delimiters.repetition)

    def part(self, path: Path) -> str:
        """What stands at `path` in this segment, as it came, escapes and all; "" where nothing does."""
        text = self.field(path.field)
        if not text or (self._is_header and path.field <= 2):
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

    __slots__ = ("_end", "delimiters", "segments", "terminator", "was_wrapped")

    def __init__(
        self,
        segments: tuple[Segment, ...],
        delimiters: Delimiters,
        *,
        terminator: str = "\r",
        end: str = "\r",
        was_wrapped: bool = False,
    ) -> None:
        self.segments = segments
        self.delimiters = delimiters
        self.terminator = terminator
        self.was_wrapped = was_wrapped
        self._end = end

    @property
    def header(self) -> Segment:
        return self.segments[0]

    @property
    def end(self) -> str:
        """What follows the last segment: a terminator, or nothing."""
        return self._end

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

    A line that does not begin with a segment name and the field separator continues the one before.
    MessageError when it does not begin with a readable MSH, or has more lines than MAX_LINES.
    """
    text = text.lstrip("\ufeff\r\n\t ")
    if text[:3] != "MSH" or len(text) < 5:
        raise MessageError(
            "The message does not begin with an MSH segment.", where="MSH", hint="check what the sender sends"
        )
    if len(text) > MAX_LINES and max(text.count("\r"), text.count("\n")) > MAX_LINES:
        raise MessageError(f"The message has more than {MAX_LINES} lines.", where="MSH")
    separator = text[3]
    encoding = text[4 : _end_of_encoding(text, separator)]
    delimiters = read_delimiters(separator, encoding)
    if "\n" not in text:
        return _from_lines(text.split("\r"), delimiters)
    return _from_mixed(text, delimiters)


def format(message: Message) -> str:
    """The text of a message: of one that was well-formed exactly the text it came from."""
    return message.terminator.join(segment.text for segment in message.segments) + message.end


def _end_of_encoding(text: str, separator: str) -> int:
    ends = [end for end in (text.find(separator, 4), text.find("\r", 4), text.find("\n", 4)) if end >= 0]
    return min(ends, default=len(text))


def _is_segment(line: str, separator: str) -> bool:
    if line[3:4] == separator:
        name = line[:3]
        if name in _BARE_NAMES:
            return True
        return name.isupper() and name.isalnum() and name.isascii() and name[0].isalpha() and len(name) == 3
    return line.rstrip(" ") in _BARE_NAMES


def _from_lines(lines: list[str], delimiters: Delimiters) -> Message:
    separator = delimiters.field
    texts: list[str] = []
    wrapped: _Wrapped = {}
    for line in lines:
        if _is_segment(line, separator):
            texts.append(line)
        elif line:
            _continue(texts, wrapped, line, "", separator)
    end = "" if lines[-1] else "\r"
    return _build(texts, wrapped, delimiters, "\r", end)


def _from_mixed(text: str, delimiters: Delimiters) -> Message:
    pieces = _BREAKS.split(text)
    lines, breaks = pieces[::2], pieces[1::2]
    terminator = breaks[0]
    texts: list[str] = []
    wrapped: _Wrapped = {}
    for line, before in zip(lines, ["", *breaks], strict=True):
        if _is_segment(line, delimiters.field):
            texts.append(line)
        elif line:
            # Where segments end in CR, a lone LF is a line end inside a text; else it is a wrapped line.
            glue = "\n" if terminator == "\r" and before == "\n" else ""
            _continue(texts, wrapped, line, glue, delimiters.field)
    end = "" if lines[-1] else terminator
    return _build(texts, wrapped, delimiters, terminator, end)


# By the number of a segment, what follows its first line: joined once, or a long text would be copied again
# and again.
_Wrapped = dict[int, list[str]]


def _continue(texts: list[str], wrapped: _Wrapped, line: str, glue: str, separator: str) -> None:
    """Join a line to the one before, unless it is an indented segment or blank."""
    bare = line.lstrip()
    if not bare:
        return
    if bare != line and bare[3:4] == separator and _is_segment(bare, separator):
        texts.append(bare)
        return
    wrapped.setdefault(len(texts) - 1, []).append(glue + line)


def _build(texts: list[str], wrapped: _Wrapped, delimiters: Delimiters, terminator: str, end: str) -> Message:
    for number, rest in wrapped.items():
        texts[number] += "".join(rest)
    segments = tuple([Segment(text, delimiters) for text in texts])
    return Message(segments, delimiters, terminator=terminator, end=end, was_wrapped=bool(wrapped))
