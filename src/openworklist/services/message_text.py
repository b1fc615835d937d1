"""The bytes of a message as text for people, whatever they are."""

from __future__ import annotations

from openworklist.domain.errors import OpenWorklistError
from openworklist.hl7.charset import decode


def read_text(raw: bytes, default_charset: str) -> str:
    """The text of a message, or its bytes as Latin 1 where they are no text."""
    try:
        return decode(raw, default_charset).text
    except OpenWorklistError:
        return raw.decode("latin_1")
