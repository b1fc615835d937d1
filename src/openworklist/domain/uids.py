"""UIDs that are made here: the same from the same order, each time and on every machine."""

from __future__ import annotations

import re
from hashlib import sha256
from typing import Final
from uuid import UUID

UUID_ROOT: Final = "2.25"  # PS3.5 B.2: a UUID as a decimal number follows
MAX_LENGTH: Final = 64
_UID: Final = re.compile(r"[0-2](\.(0|[1-9][0-9]*))+")


def is_valid_uid(uid: str) -> bool:
    """Whether a text is a UID by PS3.5 9.1: at most 64 characters, no component with a leading zero."""
    return len(uid) <= MAX_LENGTH and _UID.fullmatch(uid) is not None


def make_uid(root: str, *parts: str) -> str:
    """The UID of these parts under a root of at most 24 characters; other parts give another UID."""
    # Lengths keep ("ab", "c") and ("a", "bc") apart.
    digest = sha256("".join(f"{len(part)}:{part}" for part in parts).encode()).digest()
    if root == UUID_ROOT:
        return f"{root}.{UUID(bytes=digest[:16], version=5).int}"
    # 39 digits are 128 bits; the 1 in front is never a leading zero.
    return f"{root}.1{int.from_bytes(digest[:16], 'big'):039d}"[:MAX_LENGTH]
