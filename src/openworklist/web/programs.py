"""Which addresses are for programs: their errors are problem details, and their bodies are bounded."""

from __future__ import annotations

import re
from typing import Final

_BEGINNINGS: Final = ("/api/", "/dicomweb/")
_TOKENS: Final = "/studies/by-token/"
_OF_TOKENS: Final = re.compile(r"/studies/by-token/[^/]*/(?:archive\.zip|dicomweb(?:/.*)?)", re.DOTALL)
_DICOM: Final = re.compile(r"(?:/studies/by-token/[^/]*)?/dicomweb(?:/.*)?", re.DOTALL)


def is_for_programs(path: str) -> bool:
    return path.startswith(_BEGINNINGS) or _OF_TOKENS.fullmatch(path) is not None


def is_dicom(path: str) -> bool:
    """Whether it is one of DICOM's web services (PS3.18)."""
    return _DICOM.fullmatch(path) is not None


def is_of_stranger(path: str) -> bool:
    """Whether a token is all that it needs: pages and programs."""
    return path.startswith(_TOKENS)


def is_by_token(path: str) -> bool:
    """Whether it is one of DICOM's web services, and a token is all that it needs."""
    return is_dicom(path) and not path.startswith(_BEGINNINGS)
