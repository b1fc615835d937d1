"""What a field says, whatever its delimiters and escapes: its values, and where in the field each stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from openworklist.hl7.delimiters import STANDARD, Delimiters
from openworklist.hl7.escapes import escape, unescape
from openworklist.hl7.message import Segment, split


class Leaf(NamedTuple):
    """One value with its letters resolved; the numbers count from 1."""

    repetition: int
    component: int
    subcomponent: int
    value: str


Leaves = tuple[Leaf, ...]
_ENCODING = {("MSH", 1), ("MSH", 2), ("FHS", 1), ("FHS", 2), ("BHS", 1), ("BHS", 2)}


def is_encoding(segment: str, field: int) -> bool:
    """Whether a field holds the delimiters themselves: how a message is written, not what it says."""
    return (segment, field) in _ENCODING


class Reader:
    """Reads the fields of one message; equal texts are read once."""

    __slots__ = ("_known", "codec", "delimiters")

    def __init__(self, delimiters: Delimiters, codec: str) -> None:
        self.delimiters = delimiters
        self.codec = codec
        self._known: dict[str, Leaves] = {"": ()}

    def read_segment(self, segment: Segment) -> tuple[Leaves, ...]:
        """The leaves of each field by its number, without empty fields at the end; [0] stays empty."""
        read = self.read
        found = [(), *[read(text) for text in segment.fields[1:]]]
        for number in (1, 2):
            if number < len(found) and is_encoding(segment.name, number):
                text = segment.fields[number]
                found[number] = (Leaf(1, 1, 1, text),) if text else ()
        while found and not found[-1]:
            found.pop()
        return tuple(found)

    def read(self, text: str) -> Leaves:
        """The values of a field in their order; empty ones are none."""
        leaves = self._known.get(text)
        if leaves is None:
            leaves = self._known[text] = self._split(text)
        return leaves

    def _split(self, text: str) -> Leaves:
        _, component, repetition, mark, subcomponent, _ = self.delimiters
        if not any(letter and letter in text for letter in (component, repetition, mark, subcomponent)):
            return (Leaf(1, 1, 1, text),)
        found = []
        for first, each in enumerate(split(text, repetition), 1):
            for second, part in enumerate(split(each, component), 1):
                for third, value in enumerate(split(part, subcomponent), 1):
                    value = unescape(value, self.delimiters, self.codec, [])
                    if value:
                        found.append(Leaf(first, second, third, value))
        return tuple(found)


def format_leaves(leaves: Sequence[Leaf]) -> str:
    r"""The field that has these values, in the usual delimiters `|^~\&`; a lone value stands for itself."""
    if not leaves:
        return ""
    if len(leaves) == 1 and leaves[0][:3] == (1, 1, 1):
        return leaves[0].value
    text = ""
    repetition = component = subcomponent = 1
    for leaf in leaves:
        if leaf.repetition > repetition:
            text += STANDARD.repetition * (leaf.repetition - repetition)
            repetition, component, subcomponent = leaf.repetition, 1, 1
        if leaf.component > component:
            text += STANDARD.component * (leaf.component - component)
            component, subcomponent = leaf.component, 1
        text += STANDARD.subcomponent * (leaf.subcomponent - subcomponent)
        subcomponent = leaf.subcomponent
        text += escape(leaf.value, STANDARD)
    return text
