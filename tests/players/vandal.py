"""A vandal: takes messages of real senders and breaks them, in every way that has a row in MUTATIONS.

What it makes is known by a seed and a number, so that a message that did harm can be made again alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final

from players.damage import MUTATIONS, SAMPLES, pick_place, put_in

_NO_FRAMING: Final = bytes(set(range(256)) - {0x0B, 0x10, 0x1C})
_ORDERS: Final = tuple(sample for sample in SAMPLES if re.search(rb"\|(?:ORM|OMG|OMI)\b", sample[:300]))


@dataclass(frozen=True, slots=True)
class Part:
    """What the server has to take for one message; `is_answered` unless it came without its end."""

    content: bytes
    is_answered: bool = True


@dataclass(frozen=True, slots=True)
class Broken:
    """A message that was broken, the bytes that go over the line, and what stands in them."""

    number: int
    how: tuple[str, ...]  # rows of MUTATIONS, last one of FRAMINGS
    stream: bytes
    parts: tuple[Part, ...]


class Vandal:
    """Makes broken messages; the same for the same seed and number."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def content(self, number: int) -> tuple[tuple[str, ...], bytes]:
        """A message without framing, and what was done to it; one in fifty is left as it was."""
        return self._content(self._draw(number))

    def message(self, number: int) -> Broken:
        """A message in a frame, or in what somebody takes for one."""
        draw = self._draw(number)
        how, content = self._content(draw)
        content = content.translate(None, b"\x0b\x1c")
        framing = draw.choices(tuple(FRAMINGS), _WEIGHTS)[0]
        stream, parts = FRAMINGS[framing](draw, content)
        return Broken(number, (*how, framing), stream, parts)

    def _draw(self, number: int) -> Random:
        return Random(f"{self.seed} {number}")

    def _content(self, draw: Random) -> tuple[tuple[str, ...], bytes]:
        # Orders more often than the rest: more is read of them.
        content = draw.choice(SAMPLES if draw.random() < 0.3 else _ORDERS)
        if draw.random() < 0.02:
            return (), content
        how = tuple(draw.choices(tuple(MUTATIONS), k=draw.choice((1, 1, 1, 2, 2, 3, 4))))
        for name in how:
            content = MUTATIONS[name](draw, content)
        return how, content


_END: Final = b"\x1c\x0d"
Framed = tuple[bytes, tuple[Part, ...]]


def _frame(draw: Random, content: bytes) -> Framed:
    return b"\x0b" + content + _END, (Part(content),)


def _no_carriage_return(draw: Random, content: bytes) -> Framed:
    """The next 0x0B makes up for it."""
    return b"\x0b" + content + b"\x1c", (Part(content),)


def _two_starts(draw: Random, content: bytes) -> Framed:
    return b"\x0b\x0b" + content + _END, (Part(content),)


def _noise_behind(draw: Random, content: bytes) -> Framed:
    noise = bytes(draw.choices(_NO_FRAMING, k=draw.choice((1, 3, 200))))
    return b"\x0b" + content + _END + noise, (Part(content),)


def _broken_off(draw: Random, content: bytes) -> Framed:
    kept = content[: pick_place(draw, content)]
    return b"\x0b" + kept, (Part(kept, is_answered=False),) if kept else ()


def _start_inside(draw: Random, content: bytes) -> Framed:
    at = pick_place(draw, content)
    half = (Part(content[:at], is_answered=False),) if at else ()
    return b"\x0b" + content[:at] + b"\x0b" + content[at:] + _END, (*half, Part(content[at:]))


def _end_inside(draw: Random, content: bytes) -> Framed:
    at = pick_place(draw, content)
    noise = content[at:].replace(b"\x10", b"")
    return b"\x0b" + content[:at] + _END + noise + _END, (Part(content[:at]),)


def _separator_inside(draw: Random, content: bytes) -> Framed:
    """0x1C not followed by 0x0D is a byte of the message: Japanese senders end messages in it."""
    content = put_in(draw, content, b"\x1cx")
    return b"\x0b" + content + _END, (Part(content),)


def _with_token(draw: Random, content: bytes) -> Framed:
    token = draw.choice((b"", b"?", b"1.2.3", b"x" * 300))
    return b"\x0b" + content + _END + b"\x10" + token + b"\x0d", (Part(content),)


# How a message is framed, how often, and what the server has to take of it.
FRAMINGS: Final[dict[str, Callable[[Random, bytes], Framed]]] = {
    "framed": _frame,
    "framed without 0x0D": _no_carriage_return,
    "two 0x0B": _two_starts,
    "noise behind the frame": _noise_behind,
    "broken off": _broken_off,
    "0x0B inside": _start_inside,
    "0x1C 0x0D inside": _end_inside,
    "0x1C inside": _separator_inside,
    "a token query behind": _with_token,
}
_WEIGHTS: Final = (80, 3, 2, 3, 2, 2, 2, 3, 3)
