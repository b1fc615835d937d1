"""Two messages compared by position: under every position of a segment what either message has there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from openworklist.hl7.alignment import merge
from openworklist.hl7.compare import Status, judge
from openworklist.hl7.dictionary import describe, find_field
from openworklist.hl7.leaves import Reader, is_encoding
from openworklist.hl7.message import Message, Segment
from openworklist.hl7.path import parse_path


@dataclass(frozen=True, slots=True)
class Column:
    """One position: its number as HL7 counts it (MSH-1 is the field separator), 0 the segment's name.

    The texts are as they came, escapes and all. `status` is None where neither has anything, or where it was
    left out of the comparison; other escapes or delimiters for the same values are the same.
    """

    number: int
    name: str
    left: str
    right: str
    status: Status | None


@dataclass(frozen=True, slots=True)
class GridSegment:
    """The first, second … segment of a name in both messages; a side may not have it."""

    name: str
    title: str
    occurrence: int
    has_left: bool
    has_right: bool
    columns: tuple[Column, ...]

    @property
    def is_same(self) -> bool:
        return not any(column.status not in (None, Status.SAME) for column in self.columns)


@dataclass(frozen=True, slots=True)
class Grid:
    segments: tuple[GridSegment, ...]

    @property
    def is_same(self) -> bool:
        return all(segment.is_same for segment in self.segments)


def lay_out(
    left: Message,
    right: Message,
    *,
    left_out: Iterable[str] = (),
    left_codec: str = "utf_8",
    right_codec: str = "utf_8",
) -> Grid:
    """Both messages in a grid; the fields `left_out` are shown, but not compared.

    MessageError if one of `left_out` is not readable.
    """
    skipped = frozenset((path.segment, path.field) for path in map(parse_path, left_out))
    reader, other_reader = Reader(left.delimiters, left_codec), Reader(right.delimiters, right_codec)
    texts = _Texts(reader, other_reader, skipped)
    return Grid(
        tuple(
            GridSegment(
                name,
                describe(name),
                occurrence,
                own is not None,
                other is not None,
                tuple(_columns(name, own, other, texts)),
            )
            for (name, occurrence), own, other in _pair(left.segments, right.segments)
        )
    )


class _Texts:
    """Tells whether two fields say the same."""

    __slots__ = ("_left", "_right", "_skipped")

    def __init__(self, left: Reader, right: Reader, skipped: frozenset[tuple[str, int]]) -> None:
        self._left = left
        self._right = right
        self._skipped = skipped

    def judge(self, name: str, number: int, left: str, right: str) -> Status | None:
        if (name, number) in self._skipped:
            return None
        if is_encoding(name, number):
            return judge(left, right) if left or right else None
        own, other = self._left.read(left), self._right.read(right)
        return judge(own, other) if own or other else None


@dataclass(frozen=True, slots=True)
class Gap:
    """Positions in a row, three or more, at which neither message has anything."""

    first: int
    last: int


def condense(columns: Sequence[Column]) -> Iterator[Column | Gap]:
    """The columns, with long runs of empty ones as gaps."""
    for is_empty, group in groupby(columns, lambda column: not (column.left or column.right)):
        run = list(group)
        if is_empty and len(run) > 2:
            yield Gap(run[0].number, run[-1].number)
        else:
            yield from run


def bands(columns: Sequence[Column], limit: int, widest: int) -> Iterator[tuple[Column | Gap, ...]]:
    """The condensed columns in bands that fit into a width of letters; none counts as more than `widest`."""
    band: list[Column | Gap] = []
    used = 0
    for column in condense(columns):
        width = 9 if isinstance(column, Gap) else min(max(len(column.left), len(column.right), 7), widest) + 2
        if band and used + width > limit:
            yield tuple(band)
            band, used = [], 0
        band.append(column)
        used += width
    if band:
        yield tuple(band)


def _pair(
    left: Sequence[Segment], right: Sequence[Segment]
) -> Iterator[tuple[tuple[str, int], Segment | None, Segment | None]]:
    own, other = _number(left), _number(right)
    places = {place: j for j, place in enumerate(other)}
    partners = {i: places[place] for i, place in enumerate(own) if place in places}
    for i, j in merge(len(own), len(other), partners):
        if i is not None:
            yield own[i], left[i], None if j is None else right[j]
        elif j is not None:
            yield other[j], None, right[j]


def _number(segments: Sequence[Segment]) -> list[tuple[str, int]]:
    """The name of each segment, and which of that name it is."""
    counts: Counter[str] = Counter()
    found = []
    for segment in segments:
        counts[segment.name] += 1
        found.append((segment.name, counts[segment.name]))
    return found


def _columns(name: str, left: Segment | None, right: Segment | None, texts: _Texts) -> Iterator[Column]:
    own, other = (left.fields if left else []), (right.fields if right else [])
    whole = Status.SAME if left and right else Status.LEFT if left else Status.RIGHT
    yield Column(0, "", name if left else "", name if right else "", whole)
    for number in range(1, max(len(own), len(other))):
        one = own[number] if number < len(own) else ""
        two = other[number] if number < len(other) else ""
        field = find_field(name, number)
        label = field.name if field else ""
        yield Column(number, label, one, two, texts.judge(name, number, one, two))
