"""Two messages compared by what they say: segments aligned, fields named, each path same or not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from openworklist.domain.attributes import Attribute
from openworklist.hl7.dictionary import describe
from openworklist.hl7.feeds import Feeds
from openworklist.hl7.leaves import Leaf, Leaves, format_leaves, is_encoding
from openworklist.hl7.message import Message
from openworklist.hl7.pairing import Placed, pair_segments
from openworklist.hl7.path import Path, parse_path
from openworklist.hl7.profile import Profile

# When a message was sent and its number differ in any two messages.
VOLATILE = ("MSH-7", "MSH-10")


class Status(StrEnum):
    CHANGED = "changed"
    LEFT = "only left"
    RIGHT = "only right"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Row:
    """What stands at one path on either side; None where nothing does.

    Letters are resolved; a field of several components is written in the usual delimiters. `parts` are the
    paths within a field that differs, down to the component or subcomponent, as far as there are several.
    """

    path: Path
    name: str
    status: Status
    left: str | None
    right: str | None
    feeds: tuple[Attribute, ...] = ()
    parts: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class SegmentPair:
    """A segment of each side that belong together, or one alone: which of its name it is, 0 for none.

    `rows` are its fields that hold something on either side.
    """

    name: str
    title: str
    left: int
    right: int
    status: Status
    rows: tuple[Row, ...]

    def leaves(self) -> Iterator[Row]:
        """The paths at which the comparison was made, each once."""
        for row in self.rows:
            yield from row.parts or (row,)


@dataclass(frozen=True, slots=True)
class Meaning:
    """The comparison: every segment of both messages once. `left_out` are paths that were not compared."""

    segments: tuple[SegmentPair, ...]
    left_out: tuple[str, ...] = ()

    @property
    def is_same(self) -> bool:
        return all(segment.status is Status.SAME for segment in self.segments)

    def count(self) -> dict[Status, int]:
        """How many paths there are of each status."""
        found = Counter(row.status for segment in self.segments for row in segment.leaves())
        return {status: found[status] for status in Status}


def compare(
    left: Message,
    right: Message,
    *,
    profile: Profile | None = None,
    left_out: Iterable[str] = (),
    left_codec: str = "utf_8",
    right_codec: str = "utf_8",
) -> Meaning:
    """Compare two messages by meaning: other delimiters or escapes for the same letters make no difference.

    The delimiters themselves (MSH-1, MSH-2) are not compared, nor the fields `left_out`, written `MSH-7`;
    MessageError if one is not readable. `profile` tells which attributes a path feeds, by its rules for the
    left message; the codecs are those of the messages, for escaped bytes.
    """
    skipped = tuple(left_out)
    places = frozenset((path.segment, path.field) for path in map(parse_path, skipped))
    feeds = Feeds(profile.choose(left) if profile else None)
    pairs = pair_segments(left, right, left_codec, right_codec)
    return Meaning(tuple(_compare_segments(one, two, places, feeds) for one, two in pairs), skipped)


def _compare_segments(
    left: Placed | None, right: Placed | None, skipped: frozenset[tuple[str, int]], feeds: Feeds
) -> SegmentPair:
    present = tuple(segment for segment in (left, right) if segment is not None)
    name = present[0].name
    writer = _Writer(present, feeds)
    rows = []
    for number in range(1, max(len(segment.fields) for segment in present)):
        own = left.field(number) if left else ()
        other = right.field(number) if right else ()
        is_compared = (name, number) not in skipped and not is_encoding(name, number)
        if is_compared and (own or other):
            rows.append(writer.compare(Path(name, number), own, other))
    occurrences = (left.occurrence if left else 0, right.occurrence if right else 0)
    if left and right:
        status = Status.SAME if all(row.status is Status.SAME for row in rows) else Status.CHANGED
    else:
        status = Status.LEFT if left else Status.RIGHT
    return SegmentPair(name, describe(name), *occurrences, status, tuple(rows))


class _Writer:
    """Makes the rows of one pair of segments."""

    __slots__ = ("_feeds", "_segments", "_value_type")

    def __init__(self, segments: tuple[Placed, ...], feeds: Feeds) -> None:
        self._segments = segments
        self._feeds = feeds
        # OBX-2 names the type of OBX-5.
        kind = segments[0].field(2) if segments[0].name == "OBX" else ()
        self._value_type = kind[0].value if kind else ""

    def compare(self, path: Path, left: Leaves, right: Leaves) -> Row:
        """The row of a field that holds something; of one that holds one value the row of that value."""
        both = (*left, *right)
        status = judge(left, right)
        if status is not Status.CHANGED:
            return self._write(path, status, format_leaves(left), format_leaves(right), both)
        parts = tuple(
            self._write(
                part,
                judge(own, other),
                own.value if own else "",
                other.value if other else "",
                [leaf for leaf in (own, other) if leaf],
            )
            for part, own, other in _pair_leaves(path, left, right)
        )
        if len(parts) == 1:
            return parts[0]
        return self._write(path, status, format_leaves(left), format_leaves(right), both, parts)

    def _write(
        self,
        path: Path,
        status: Status,
        left: str,
        right: str,
        leaves: Sequence[Leaf],
        parts: tuple[Row, ...] = (),
    ) -> Row:
        return Row(
            path,
            describe(path, value_type=self._value_type),
            status,
            None if status is Status.RIGHT else left,
            None if status is Status.LEFT else right,
            self._feeds.find(self._segments, path.field, leaves),
            parts,
        )


def judge(left: object, right: object) -> Status:
    """How two values stand to each other, of which at least one is not empty."""
    if not left:
        return Status.RIGHT
    if not right:
        return Status.LEFT
    return Status.SAME if left == right else Status.CHANGED


def _pair_leaves(path: Path, left: Leaves, right: Leaves) -> Iterator[tuple[Path, Leaf | None, Leaf | None]]:
    """The values of a field on both sides, each with a path no deeper than either side is divided."""
    own = {leaf[:3]: leaf for leaf in left}
    other = {leaf[:3]: leaf for leaf in right}
    places = sorted(own.keys() | other.keys())
    is_repeated = places[-1][0] > 1
    divided = {place[0] for place in places if place[1:] != (1, 1)}
    subdivided = {place[:2] for place in places if place[2] > 1}
    for place in places:
        repetition, component, subcomponent = place
        part = path._replace(
            repetition=repetition if is_repeated else 0,
            component=component if repetition in divided else 0,
            subcomponent=subcomponent if place[:2] in subdivided else 0,
        )
        yield part, own.get(place), other.get(place)
