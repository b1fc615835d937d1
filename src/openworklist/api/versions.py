"""Versions as ETag and If-Match: who changes something says which version they saw (RFC 9110 13.1.1)."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Header

from openworklist.domain.errors import RequestError

LONGEST: Final = 200
IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", max_length=LONGEST, description="the ETag that was seen; `*` for any"),
]
ETAG: Final[dict[str, Any]] = {"ETag": {"description": "the version", "schema": {"type": "string"}}}


def to_etag(version: int) -> str:
    return f'"{version}"'


def read_version(if_match: str | None) -> int | None:
    """The version that may be changed: None for any, -1 for none there is; RequestError if it is not said."""
    text = (if_match or "").strip()
    if not text:
        raise RequestError(
            "Which version is to be changed is not said.",
            where="If-Match",
            hint="send the ETag of what you have seen, or *",
            code="request.version-missing",
        )
    if text == "*":
        return None
    number = text.removeprefix("W/").strip('"')
    return int(number) if number.isascii() and number.isdigit() and len(number) < 17 else -1
