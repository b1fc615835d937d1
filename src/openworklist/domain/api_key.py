"""A key by which a program uses the REST interface: what is shown of it, and how it is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from openworklist.domain.errors import UserError
from openworklist.domain.role import Role

BEGINNING: Final = "ow_"
SECRET_LETTERS: Final = 43  # of 62: as many as 256 bits
SHOWN_LETTERS: Final = 9  # of the whole key, to tell keys apart
_FORM: Final = re.compile(rf"{BEGINNING}[A-Za-z0-9]{{{SECRET_LETTERS}}}", re.ASCII)
_LONGEST_NAME: Final = 64


@dataclass(frozen=True, slots=True)
class ApiKey:
    """All but the key itself. Times are microseconds since 1970, 0 for never."""

    id: int
    name: str
    prefix: str
    role: Role
    created_by: str
    created_at: int
    last_used_at: int = 0
    expires_at: int = 0
    revoked_at: int = 0

    def is_valid(self, now: int) -> bool:
        return not self.revoked_at and (not self.expires_at or now < self.expires_at)


def is_key(text: str) -> bool:
    """Whether a text looks like a key."""
    return _FORM.fullmatch(text) is not None


def check_key_name(name: str) -> str:
    """The name of a key without spaces around it; UserError if it has none, or one that cannot be shown."""
    name = name.strip()
    if not 0 < len(name) <= _LONGEST_NAME or not name.isprintable():
        raise UserError(
            f"A key needs a name of at most {_LONGEST_NAME} letters.", where="name", code="key.name-invalid"
        )
    return name
