"""What an AE title may be: PS3.5 6.2."""

from __future__ import annotations


def is_ae_title(value: str) -> str:
    """What is wrong with an AE title; "" if nothing."""
    # PS3.5 6.2: 16 characters of the default repertoire, no backslash, not blank alone.
    is_good = value.strip() and len(value) <= 16 and value.isascii() and value.isprintable()
    return "" if is_good and "\\" not in value else "is no AE title: 1 to 16 ASCII characters, no backslash"
