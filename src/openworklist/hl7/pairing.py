"""Which segments of two messages belong together: order with order, note with note, result with result."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from openworklist.hl7.alignment import Pairs, align, merge
from openworklist.hl7.dictionary import find_field
from openworklist.hl7.leaves import Leaves, Reader
from openworklist.hl7.message import Message

Fields = tuple[Leaves, ...]

# What tells one order from another, the surest first.
_ORDER_NUMBERS: Final = (("ORC", 2), ("OBR", 2), ("ORC", 3), ("OBR", 3), ("OBR", 4))
# The field that says what a segment is about: under another one its values mean something else.
_SUBJECTS: Final = {"OBX": 3}
_NOTE: Final = "NTE"


@dataclass(frozen=True, slots=True)
class Placed:
    """A segment where it stands: `occurrence` among those of its name in the message, `rank` in its block."""

    name: str
    occurrence: int
    rank: int
    is_in_head: bool  # before the first order
    fields: Fields  # by number

    def field(self, number: int) -> Leaves:
        return self.fields[number] if number < len(self.fields) else ()


@dataclass(frozen=True, slots=True)
class _Block:
    """What belongs to one order, resource group or patient; the first block is the head of the message."""

    kind: str
    segments: list[Placed] = field(default_factory=list)

    def find(self, name: str) -> Placed | None:
        return next((segment for segment in self.segments if segment.name == name), None)


Pair = tuple[Placed | None, Placed | None]


def pair_segments(left: Message, right: Message, left_codec: str, right_codec: str) -> list[Pair]:
    """Every segment of both messages once, with the one it belongs to if there is one, in reading order.

    Orders are paired by their numbers, else in their order; within an order the segments of one name by what
    they hold and by their set ID; a note with a note of the same segment first.
    """
    own, other = _read(left, left_codec), _read(right, right_codec)
    pairs: list[Pair] = []
    for i, j in merge(len(own), len(other), _pair_blocks(own, other)):
        segments = own[i].segments if i is not None else []
        others = other[j].segments if j is not None else []
        partners = _pair_within(segments, others)
        pairs += [
            (segments[k] if k is not None else None, others[m] if m is not None else None)
            for k, m in merge(len(segments), len(others), partners)
        ]
    return pairs


def _read(message: Message, codec: str) -> list[_Block]:
    reader = Reader(message.delimiters, codec)
    blocks = [_Block("head")]
    occurrences: Counter[str] = Counter()
    ranks: Counter[str] = Counter()
    for segment in message.segments:
        name = segment.name
        kind = _begins(name, blocks[-1])
        if kind:
            blocks.append(_Block(kind))
            ranks.clear()
        occurrences[name] += 1
        ranks[name] += 1
        fields = reader.read_segment(segment)
        is_in_head = len(blocks) == 1
        blocks[-1].segments.append(Placed(name, occurrences[name], ranks[name], is_in_head, fields))
    return blocks


def _begins(name: str, block: _Block) -> str:
    """The kind of block that a segment begins; "" if it belongs to the one before (as in hl7.groups)."""
    if name == "ORC":
        return "order"
    if name == "OBR":
        return "" if block.kind == "order" and block.find("OBR") is None else "order"
    if name == "IPC":
        return "" if block.kind == "order" else "order"
    if name == "RGS":
        return "resources"
    if name == "PID":
        return "" if block.kind == "head" and block.find("PID") is None else "patient"
    return ""


def _pair_blocks(left: list[_Block], right: list[_Block]) -> dict[int, int]:
    partners = {0: 0}
    for name, number in _ORDER_NUMBERS:
        taken = set(partners.values())
        own = _by_number([block if i not in partners else None for i, block in enumerate(left)], name, number)
        other = _by_number([block if j not in taken else None for j, block in enumerate(right)], name, number)
        partners.update((own[value], other[value]) for value in own.keys() & other.keys())
    taken = set(partners.values())
    for kind in ("order", "resources", "patient"):
        rest = [i for i, block in enumerate(left) if block.kind == kind and i not in partners]
        others = [j for j, block in enumerate(right) if block.kind == kind and j not in taken]
        partners.update(zip(rest, others, strict=False))
    return partners


def _by_number(blocks: list[_Block | None], name: str, number: int) -> dict[str, int]:
    """The blocks by a value that none of the others has."""
    found: dict[str, list[int]] = {}
    for index, block in enumerate(blocks):
        segment = block.find(name) if block else None
        leaves = segment.field(number) if segment else ()
        if leaves:
            found.setdefault(leaves[0].value, []).append(index)
    return {value: places[0] for value, places in found.items() if len(places) == 1}


def _pair_within(left: list[Placed], right: list[Placed]) -> dict[int, int]:
    partners: dict[int, int] = {}
    own, notes = _sort(left)
    other, other_notes = _sort(right)
    for name in own.keys() & other.keys():
        _pair_named(name, left, own[name], right, other[name], partners)
    for owner, partner in [*partners.items()]:
        if owner in notes and partner in other_notes:
            _pair_named(_NOTE, left, notes[owner], right, other_notes[partner], partners)
    taken = set(partners.values())
    rest = [i for places in notes.values() for i in places if i not in partners]
    others = [j for places in other_notes.values() for j in places if j not in taken]
    _pair_named(_NOTE, left, rest, right, others, partners)
    return partners


def _sort(segments: list[Placed]) -> tuple[dict[str, list[int]], dict[int, list[int]]]:
    """Places by the segment's name, and places of the notes by that of the segment before them."""
    named: dict[str, list[int]] = {}
    notes: dict[int, list[int]] = {}
    owner = -1
    for place, segment in enumerate(segments):
        if segment.name == _NOTE:
            notes.setdefault(owner, []).append(place)
        else:
            named.setdefault(segment.name, []).append(place)
            owner = place
    return named, notes


def _pair_named(
    name: str,
    left: list[Placed],
    places: list[int],
    right: list[Placed],
    others: list[int],
    partners: dict[int, int],
) -> None:
    pairs = _align(name, [left[i].fields for i in places], [right[j].fields for j in others])
    partners.update((places[i], others[j]) for i, j in pairs)


def _align(name: str, left: list[Fields], right: list[Fields]) -> Pairs:
    if right < left:
        # Of several equally good ways both directions must choose the same.
        return [(i, j) for j, i in _align(name, right, left)]
    part = find_field(name, 1)
    has_set_id = part is not None and part.type == "SI"
    first = 2 if has_set_id else 1
    subject = _SUBJECTS.get(name, 0)

    def score(one: Fields, two: Fields) -> int | None:
        if _differ(_get(one, subject), _get(two, subject)):
            return None
        equal = sum(1 for a, b in zip(one[first:], two[first:], strict=False) if a and a == b)
        return 4 * equal + (2 if has_set_id and _get(one, 1) == _get(two, 1) else 1)

    def content(fields: Fields) -> Fields:
        return fields[first:]

    def about(fields: Fields) -> Leaves | None:
        return _get(fields, subject) or None

    def set_id(fields: Fields) -> Leaves | None:
        return (has_set_id and _get(fields, 1)) or None

    return align(left, right, score, content, about, set_id)


def _get(fields: Fields, number: int) -> Leaves:
    return fields[number] if number < len(fields) else ()


def _differ(one: Leaves, two: Leaves) -> bool:
    return bool(one and two and one != two)
