"""Identifiers that are too long for where they go: their beginning and a hash, so that two stay two.

What was answered in this form is asked for in it again: it stands for the identifier that it was made of.
"""

from __future__ import annotations

import re
from base64 import b32encode
from hashlib import sha256
from typing import Final

_TAIL: Final = 9  # a tilde and 40 bits: of 100,000 numbers of one hospital no two are likely to be the same
_SHORTENED: Final = re.compile(r".+~[A-Z2-7]{8}", re.DOTALL)
_LIMITS: Final = frozenset((16, 64))  # of SH and AE, of LO: PS3.5 table 6.2-1


def shorten(text: str, limit: int) -> str:
    """The text, or in `limit` characters the beginning of it and a hash of the whole."""
    if len(text) <= limit:
        return text
    return mark(text, text, limit)


def mark(shown: str, text: str, limit: int) -> str:
    """In at most `limit` characters the beginning of what is shown for a text, and a hash of the text."""
    digest = sha256(text.encode("utf-8", "replace")).digest()
    return f"{shown[: limit - _TAIL]}~{b32encode(digest[:5]).decode('ascii')}"


def is_shortened(text: str) -> bool:
    """Whether a text has the form that `shorten` gives to one that is too long."""
    return len(text) in _LIMITS and _SHORTENED.fullmatch(text) is not None


def beginning_of(short: str) -> str:
    """The letters with which a text began that `shorten` has made this of."""
    return short[:-_TAIL]


def is_same(sent: str, stored: str) -> bool:
    """Whether a scanner's value is a stored one: such a one that is too long it knows shortened."""
    return sent == stored or is_short_for(sent, stored)


def is_short_for(short: str, text: str) -> bool:
    return len(text) > len(short) and is_shortened(short) and shorten(text, len(short)) == short
