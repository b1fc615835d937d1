"""What the keys of study tokens are made of, as people and files write it."""

from __future__ import annotations

import re
from typing import Final

from openworklist.domain.errors import SettingsError

BYTES: Final = 32
_WRITTEN: Final = re.compile(rf"[0-9A-Fa-f]{{{2 * BYTES}}}")


def parse_secrets(text: str, where: str = "") -> list[bytes]:
    """Those of a text: 64 hexadecimal digits each, with blanks or line ends between. SettingsError."""
    words = text.split()
    if not all(map(_WRITTEN.fullmatch, words)):
        raise SettingsError(
            "A key of study tokens is 64 hexadecimal digits.", where=where, hint="`openssl rand -hex 32`"
        )
    return list(map(bytes.fromhex, words))


def format_secrets(secrets: list[bytes]) -> str:
    """A line for each."""
    return "".join(f"{each.hex()}\n" for each in secrets)
