"""Tokens of sessions and keys of programs: long, random, and kept as a hash alone."""

from __future__ import annotations

import secrets
import string
from hashlib import sha256
from typing import Final

from openworklist.domain.api_key import BEGINNING, SECRET_LETTERS

_LETTERS: Final = string.ascii_letters + string.digits
_READABLE: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another one


def make_token() -> str:
    """256 bits, in letters that need no escape in a cookie or an address."""
    return secrets.token_urlsafe(32)


def make_key() -> str:
    """An API key: letters and digits behind its beginning, so that a double click marks all of it."""
    return BEGINNING + "".join(secrets.choice(_LETTERS) for _ in range(SECRET_LETTERS))


def make_password() -> str:
    """A password that is read out or typed off: four groups of five letters, 99 bits."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(5)) for _ in range(4))


def hash_secret(secret: str) -> bytes:
    """What is stored. One round is enough for what nobody can guess."""
    return sha256(secret.encode("utf_8", "surrogatepass")).digest()
