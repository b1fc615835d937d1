"""What a scanner asks by default, as bytes: all exams of a day, its own station left empty."""

from __future__ import annotations

from struct import pack
from typing import Final

_DAY: Final = 0x0040_0002
# Implicit VR Little Endian, ascending: PS3.5 7.1. Those of the scheduled step, and those beside it.
_STEP: Final = (0x0008_0060, 0x0040_0001, _DAY, 0x0040_0003, 0x0040_0007, 0x0040_0009)
_BEFORE: Final = (0x0008_0050, 0x0010_0010, 0x0010_0020, 0x0010_0030, 0x0010_0040, 0x0020_000D, 0x0032_1060)
_BEHIND: Final = (0x0040_1001,)
_STEPS: Final = 0x0040_0100
_ITEM: Final = 0xFFFE_E000


def make_broad_question(day: str) -> bytes:
    """The identifier, in Implicit VR, of a question for all exams of a day (YYYYMMDD)."""
    step = b"".join(_encode(tag, day.encode("ascii") if tag == _DAY else b"") for tag in _STEP)
    before, behind = (b"".join(map(_encode, tags)) for tags in (_BEFORE, _BEHIND))
    return before + _encode(_STEPS, _encode(_ITEM, step)) + behind


def _encode(tag: int, value: bytes = b"") -> bytes:
    return pack("<HHI", tag >> 16, tag & 0xFFFF, len(value)) + value
