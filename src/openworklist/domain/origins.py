"""Origins of web pages (RFC 6454) as a site lists them: those whose scripts may read what a token opens."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from openworklist.domain.errors import SettingsError

ANY: Final = "*"
_ORIGIN: Final = re.compile(r"https?://[a-z0-9.\[\]:-]+", re.ASCII)


@lru_cache(maxsize=16)
def parse_origins(text: str) -> frozenset[str]:
    """The origins of a list, in lower case; `*` stands for any. SettingsError for what is none."""
    found = [each.rstrip("/").lower() for each in text.replace(",", " ").split()]
    for each in found:
        if each != ANY and not _ORIGIN.fullmatch(each):
            raise SettingsError(
                f"{each[:80]!r} is no origin of a web page.",
                hint="scheme, name and port as in https://viewer.example:8443, or *",
            )
    return frozenset(found)


def may_read(text: str, origin: str) -> str:
    """What Access-Control-Allow-Origin says to a page of this origin: `*`, the origin, or "" for nothing."""
    allowed = parse_origins(text)
    if ANY in allowed:
        return ANY
    return origin if origin.lower() in allowed else ""
