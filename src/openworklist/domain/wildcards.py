"""Patterns of PS3.4 C.2.2.2.4: `*` stands for any letters or none, `?` for exactly one."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

_STARS: Final = re.compile(r"\*+")
_WILDCARDS: Final = re.compile(r"[*?]")


@lru_cache(maxsize=1024)
def to_expression(pattern: str) -> re.Pattern[str]:
    """A pattern as a regular expression, to be used with `fullmatch`.

    What stands between two stars is taken where it first occurs and never looked for again, which loses no
    match: so the time it takes grows with the pattern's length times the text's, whatever a peer sends.
    """
    first, *rest = map(_to_regex, collapse(pattern).split("*"))
    if not rest:
        return re.compile(first, re.DOTALL)
    *middle, last = rest
    found = "".join(f"(?>.*?{part})" for part in middle)
    return re.compile(f"{first}{found}.*{last}", re.DOTALL)


def _to_regex(part: str) -> str:
    return "".join("." if letter == "?" else re.escape(letter) for letter in part)


def collapse(pattern: str) -> str:
    """The same pattern without stars that follow each other."""
    return _STARS.sub("*", pattern)


def has_wildcard(text: str) -> bool:
    return _WILDCARDS.search(text) is not None


def literal_beginning(pattern: str) -> str:
    """What every text that matches begins with: the letters before the first wildcard."""
    found = _WILDCARDS.search(pattern)
    return pattern[: found.start()] if found else pattern
