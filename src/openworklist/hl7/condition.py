"""Whether a segment fulfils a condition of a profile."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from openworklist.hl7.leaf import NULL, Reading, leaf_reader
from openworklist.hl7.message import Message, Segment
from openworklist.hl7.rule import Condition
from openworklist.hl7.shapes import SHAPES

Test = Callable[[Reading, Segment], bool]


@lru_cache(maxsize=1024)
def make_test(condition: Condition) -> Test:
    """A function that tells whether a segment, of the name that the condition's path has, fulfils it."""
    path = condition.path
    if not path.field:
        return lambda reading, segment: True
    read = leaf_reader(path)
    wanted = fold(condition.value)
    has_shape = SHAPES[condition.shape] if condition.shape else None

    def is_met(reading: Reading, segment: Segment) -> bool:
        text = segment.field(path.field)
        text = read(reading, text) if text else ""
        if has_shape is not None:
            return bool(text) and has_shape(text)
        return fold(text) == wanted if wanted else text not in ("", NULL)

    return is_met


def is_fulfilled(condition: Condition, message: Message, reading: Reading) -> bool:
    """Whether a segment of the message fulfils it: any of that name, unless the path says which."""
    path = condition.path
    if not path.field and not path.occurrence:
        return message.find(path.segment) is not None
    test = make_test(condition)
    if path.occurrence:
        segment = message.find(path.segment, path.occurrence)
        return segment is not None and test(reading, segment)
    return any(test(reading, segment) for segment in message.all(path.segment))


def fold(text: str) -> str:
    """The text as it is compared: in lower case, with single blanks."""
    return " ".join(text.split()).casefold()
