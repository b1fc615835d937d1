"""Answers of several parts (PS3.18 8.6.1.2, RFC 2387), each written while it is read."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from openworklist.web.pieces import Pieces


@dataclass(frozen=True, slots=True)
class Part:
    """One representation: what it is, where it would be had alone, and its bytes piece by piece."""

    content_type: str
    location: str
    pieces: Iterable[bytes]


def answer_parts(
    parts: Iterable[Part], media: str, *, status: int = 200, headers: Mapping[str, str] | None = None
) -> Pieces:
    """All of them, one after the other; `media` is that of the first."""
    boundary = secrets.token_hex(16)
    content_type = f'multipart/related; type="{media}"; boundary={boundary}'
    return Pieces(_write(parts, boundary), content_type, status=status, headers=headers)


def _write(parts: Iterable[Part], boundary: str) -> Iterator[bytes]:
    opening = f"--{boundary}"
    for part in parts:
        head = f"{opening}\r\nContent-Type: {part.content_type}\r\nContent-Location: {part.location}\r\n\r\n"
        yield from _with_head(head.encode("latin_1", "replace"), part.pieces)
        opening = f"\r\n--{boundary}"
    yield f"{opening}--\r\n".encode()


def _with_head(head: bytes, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The head goes with the first piece: small parts are one."""
    for piece in pieces:
        yield head + piece
        head = b""
    if head:
        yield head
