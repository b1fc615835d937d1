"""Cursors of pages as they stand in addresses: they hold numbers and moments, no patient's data."""

from __future__ import annotations

import re

from openworklist.domain.errors import SearchError


def match_cursor(pattern: re.Pattern[str], text: str | None) -> re.Match[str] | None:
    """The parts of a cursor; None where there is none. SearchError for what is no cursor."""
    if not text:
        return None
    found = pattern.fullmatch(text)
    if found is None:
        raise SearchError(
            "There is no such page.", where="after", hint="go on from the first one", code="search.cursor"
        )
    return found
