"""Two messages from files, the clipboard or the journal, compared by meaning and by position."""

from __future__ import annotations

from dataclasses import dataclass

from openworklist.domain.errors import MessageError, OpenWorklistError
from openworklist.hl7 import compare as meaning
from openworklist.hl7 import grid
from openworklist.hl7.batch import split_messages
from openworklist.hl7.charset import decode
from openworklist.hl7.compare import VOLATILE, Meaning
from openworklist.hl7.grid import Grid
from openworklist.hl7.leaves import Reader, format_leaves
from openworklist.hl7.message import Message, parse
from openworklist.hl7.profile import Profile


@dataclass(frozen=True, slots=True)
class Given:
    """Bytes that hold one message or several, also in an FHS/BHS batch; 0 takes the first of any number."""

    name: str
    raw: bytes
    number: int = 0


@dataclass(frozen=True, slots=True)
class Pair:
    """Two messages that somebody chose."""

    left: Given
    right: Given

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.left.raw) + len(self.right.raw)


@dataclass(frozen=True, slots=True)
class Side:
    """What is told of a message as a whole: where it is from, and what its header says."""

    name: str
    number: int
    count: int
    facts: tuple[tuple[str, str], ...]  # label and value
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    left: Side
    right: Side
    meaning: Meaning
    grid: Grid
    profile: str

    @property
    def is_same(self) -> bool:
        return self.meaning.is_same


FACTS = (
    ("Message type", "MSH-9"),
    ("Control ID", "MSH-10"),
    ("Sent", "MSH-7"),
    ("From", "MSH-3"),
    ("Facility", "MSH-4"),
    ("To", "MSH-5"),
    ("Version", "MSH-12"),
)
CHARSET = "Character set"
DELIMITERS = "Delimiters"


def compare(
    left: Given, right: Given, profile: Profile, *, ignore_time: bool = False, default_charset: str = "8859/1"
) -> Comparison:
    """Compare two messages; `ignore_time` leaves out when each was sent, and its number (MSH-7, MSH-10).

    An error of reading one says which of the two it is: MessageError, with the code of the cause.
    """
    own, codec, side = _read(left, "left", default_charset)
    other, other_codec, other_side = _read(right, "right", default_charset)
    left_out = VOLATILE if ignore_time else ()
    codecs = {"left_codec": codec, "right_codec": other_codec}
    return Comparison(
        side,
        other_side,
        meaning.compare(own, other, profile=profile, left_out=left_out, **codecs),
        grid.lay_out(own, other, left_out=left_out, **codecs),
        profile.name,
    )


def _read(given: Given, side: str, default_charset: str) -> tuple[Message, str, Side]:
    try:
        return _parse(given, default_charset)
    except OpenWorklistError as error:
        raise MessageError(
            f"The {side} message ({given.name}) cannot be read: {error.sentence}",
            where=error.where,
            hint=error.hint,
            code=error.code,
        ) from error


def _parse(given: Given, default_charset: str) -> tuple[Message, str, Side]:
    messages = split_messages(given.raw)
    number = given.number or 1
    if number > len(messages):
        held = "no message" if not messages else f"{len(messages)} messages, no number {number}"
        raise MessageError(f"It holds {held}.")
    decoded = decode(messages[number - 1], default_charset)
    message = parse(decoded.text)
    notes = list(decoded.warnings)
    if len(messages) > 1 and not given.number:
        notes.append(f"It holds {len(messages)} messages; this is the first.")
    if message.was_wrapped:
        notes.append("Lines that were broken in the middle of a segment were joined.")
    facts = [(label, _read_fact(message, path, decoded.codec)) for label, path in FACTS]
    facts.append((CHARSET, decoded.charset.hl7[0] or decoded.charset.name))
    facts.append((DELIMITERS, "".join(message.delimiters)))
    shown = tuple((label, value) for label, value in facts if value)
    return message, decoded.codec, Side(given.name, number, len(messages), shown, tuple(notes))


def _read_fact(message: Message, path: str, codec: str) -> str:
    return format_leaves(Reader(message.delimiters, codec).read(message.get(path)))
