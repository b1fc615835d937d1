"""A token opens one study for whoever has it: 64 letters and digits, for good or until it is revoked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

LENGTH: Final = 64
_TOKEN: Final = re.compile(rf"[A-Za-z0-9]{{{LENGTH}}}")


def is_study_token(text: str) -> bool:
    """Whether a text has the form of one."""
    return _TOKEN.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class StudyToken:
    """What is known of a token, but for the token itself; times are microseconds since 1970, UTC."""

    id: int
    study_uid: str
    created_by: str
    created_at: int
    revoked_at: int = 0
