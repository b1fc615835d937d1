"""A message as a page shows it: a line a segment, each value with its place and its name.

Use: `view = make_view(raw, default_charset=..., download=...)`, and in the template
`{% from "_hl7.html" import hl7_view %} {{ hl7_view(view, "message") }}`, with css/hl7.css and js/hl7.js.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from openworklist.domain.errors import OpenWorklistError
from openworklist.hl7.charset import decode
from openworklist.hl7.delimiters import Delimiters
from openworklist.hl7.dictionary import describe, find_segment
from openworklist.hl7.escapes import unescape
from openworklist.hl7.leaves import is_encoding
from openworklist.hl7.message import Message, Segment, parse, split
from openworklist.hl7.path import Path
from openworklist.ui.language import mark

_PIECES: Final = 3_000  # values of one page
_LETTERS: Final = 60_000  # of one page
_LONGEST: Final = 1_000  # letters of one value
_FIELDS: Final = 1_000  # of one segment
_UNSPLIT: Final = 20_000  # letters from which on a field is shown as one value
_NO_USES: Final[Mapping[str, str]] = {}
WRAPPED: Final = mark("Lines that were broken in the middle of a segment are joined here.")


class Piece(NamedTuple):
    """A value with its place, like `PID-3.1`, or with place "" the delimiters between two of them.

    `decoded` has its escapes resolved; `use` says what is made of it; at most `limit` letters are shown.
    """

    text: str
    place: str = ""
    name: str = ""
    decoded: str = ""
    use: str = ""
    limit: int = _LONGEST


class Line(NamedTuple):
    """A segment; of what is no message a line, which has no name."""

    name: str
    title: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class View:
    """What the template shows. `problem` says why it is no message, in which case lines are what came.

    `left_out` counts the lines that are not shown, `is_cut` says that anything is not; `download` is the
    address of all of it, "" for none.
    """

    lines: tuple[Line, ...]
    terminator: str = ""
    warnings: tuple[str, ...] = ()
    problem: str = ""
    left_out: int = 0
    is_cut: bool = False
    download: str = ""


def make_view(
    given: bytes | str,
    *,
    default_charset: str = "8859/1",
    download: str = "",
    uses: Mapping[str, str] = _NO_USES,
) -> View:
    """The view of one message, or of something that is none; it never raises, and never is long.

    `uses` says for places, as hl7.explain writes them, what is made of what stands there.
    """
    text, codec, warnings = _read(given, default_charset)
    try:
        message = parse(text)
    except OpenWorklistError as error:
        return _view_text(text, error.sentence, warnings, download)
    if message.was_wrapped:
        warnings = (*warnings, WRAPPED)
    maker = _Maker(message, codec, uses)
    lines = tuple(maker.make_lines())
    left_out = len(message.segments) - len(lines)
    is_cut = maker.is_cut or left_out > 0
    return View(lines, message.terminator, warnings, "", left_out, is_cut, download)


def covers(place: str, value: str) -> bool:
    """Whether the value at one place is part of what another place names."""
    return value == place or value.startswith((f"{place}.", f"{place}(")) or place.startswith(f"{value}.")


def _read(given: bytes | str, default_charset: str) -> tuple[str, str, tuple[str, ...]]:
    if isinstance(given, str):
        return given, "utf_8", ()
    try:
        decoded = decode(given, default_charset, replaces=True)
    except OpenWorklistError as error:
        return given.decode("latin-1"), "latin_1", (error.sentence,)
    return decoded.text, decoded.codec, decoded.warnings


def _view_text(text: str, problem: str, warnings: tuple[str, ...], download: str) -> View:
    lines = text.splitlines()
    room = _Room()
    shown = []
    for line in lines:
        if not room.is_left:
            break
        shown.append(Line("", "", (Piece(line, limit=room.take(line)),)))
    left_out = len(lines) - len(shown)
    is_cut = room.is_cut or left_out > 0
    return View(tuple(shown), "", warnings, problem, left_out, is_cut, download)


class _Room:
    """How much of a page is left."""

    def __init__(self) -> None:
        self._pieces = _PIECES
        self._letters = _LETTERS
        self.is_cut = False

    @property
    def is_left(self) -> bool:
        return self._pieces > 0 and self._letters > 0

    def take(self, text: str) -> int:
        """The letters that may be shown of a text."""
        limit = max(1, min(_LONGEST, self._letters))
        self._pieces -= 1
        self._letters -= min(len(text), limit)
        self.is_cut = self.is_cut or len(text) > limit
        return limit


class _Maker:
    """Makes the lines of one message."""

    def __init__(self, message: Message, codec: str, uses: Mapping[str, str]) -> None:
        self._message = message
        self._codec = codec
        self._uses = tuple(uses.items())
        self._room = _Room()

    @property
    def is_cut(self) -> bool:
        return self._room.is_cut

    def make_lines(self) -> Iterator[Line]:
        for segment, number in _number(self._message.segments):
            if not self._room.is_left:
                return
            known = find_segment(segment.name)
            pieces = tuple(_join(self._make_pieces(segment, number)))
            yield Line(segment.name, known.name if known else "", pieces)

    def _make_pieces(self, segment: Segment, occurrence: int) -> Iterator[Piece]:
        delimiters = segment.delimiters
        name, *fields = segment.text.split(delimiters.field, _FIELDS)
        is_header = is_encoding(name, 1)
        kind = segment.field(2) if name == "OBX" and len(segment.text) < _UNSPLIT else ""
        for number, field in enumerate(fields, 2 if is_header else 1):
            yield Piece(delimiters.field)
            if not self._room.is_left:
                self._room.is_cut = True
                yield Piece("…")
                return
            path = Path(name, number, occurrence=occurrence)
            if (is_header and number == 2) or len(field) > _UNSPLIT:
                yield self._make_piece(path._replace(component=1), field, kind)
            else:
                yield from self._make_parts(path, field, delimiters, kind if number == 5 else "")

    def _make_parts(self, path: Path, field: str, delimiters: Delimiters, kind: str) -> Iterator[Piece]:
        for first, repetition in enumerate(split(field, delimiters.repetition), 1):
            if first > 1:
                yield Piece(delimiters.repetition)
            for second, part in enumerate(split(repetition, delimiters.component), 1):
                if second > 1:
                    yield Piece(delimiters.component)
                values = split(part, delimiters.subcomponent)
                for third, value in enumerate(values, 1):
                    if third > 1:
                        yield Piece(delimiters.subcomponent)
                    place = path._replace(
                        repetition=first if first > 1 else 0,
                        component=second,
                        subcomponent=third if len(values) > 1 else 0,
                    )
                    if value and self._room.is_left:
                        yield self._make_piece(place, value, kind)

    def _make_piece(self, path: Path, text: str, kind: str) -> Piece:
        place = str(path)
        decoded = text if len(text) > _UNSPLIT else unescape(text, self._message.delimiters, self._codec, [])
        use = ", ".join(dict.fromkeys(label for where, label in self._uses if covers(where, place)))
        return Piece(text, place, describe(path, value_type=kind), decoded, use, self._room.take(text))


def _number(segments: Iterable[Segment]) -> Iterator[tuple[Segment, int]]:
    """Each segment with which of its name it is, from 1; 0 for one that is alone."""
    listed = tuple(segments)
    totals: dict[str, int] = {}
    for segment in listed:
        totals[segment.name] = totals.get(segment.name, 0) + 1
    counted: dict[str, int] = {}
    for segment in listed:
        number = counted[segment.name] = counted.get(segment.name, 0) + 1
        yield segment, number if totals[segment.name] > 1 else 0


def _join(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The same with the delimiters that stand together as one piece."""
    between = ""
    for piece in pieces:
        if piece.place:
            if between:
                yield Piece(between, decoded=between)
            between = ""
            yield piece
        else:
            between += piece.text
    if between:
        yield Piece(between, decoded=between)
