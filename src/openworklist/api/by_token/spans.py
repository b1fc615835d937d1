"""Bytes of a file, all of them or a range (RFC 9110 section 14), sent while they are read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Final

from fastapi import Request
from starlette.responses import Response

from openworklist.dicom.pixel_data import Span
from openworklist.web.pieces import Pieces

__all__ = ["Span", "answer_spans", "read_spans"]

_BLOCK: Final = 256 * 1024
_RANGE: Final = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})", re.ASCII)


def answer_spans(
    request: Request,
    place: AbstractContextManager[Path],
    find: Callable[[Path], Sequence[Span]],
    media: str,
) -> Response:
    """What lies where `find` says, one span behind the other. 206 for a range of it, 416 for none of it.

    Several ranges at once, and what is no range, are answered with the whole.
    """
    with ExitStack() as stack:
        path = stack.enter_context(place)
        spans = find(path)
        size = sum(each.length for each in spans)
        headers = {"Accept-Ranges": "bytes"}
        status, first, last = 200, 0, size
        if (asked := _RANGE.fullmatch(request.headers.get("range", ""))) and asked[0] != "bytes=-":
            status, first, last = _find_range(asked[1], asked[2], size)
        if status == 416:
            return Response(status_code=status, headers={**headers, "Content-Range": f"bytes */{size}"})
        if status == 206:
            headers["Content-Range"] = f"bytes {first}-{last - 1}/{size}"
        headers["Content-Length"] = str(last - first)
        pieces = _stream(stack.pop_all(), path, _cut(spans, first, last))
        return Pieces(pieces, media, status=status, headers=headers)
    raise AssertionError  # the file's place swallows no error


def read_spans(path: Path, spans: Sequence[Span]) -> Iterator[bytes]:
    """EOFError if the file has become shorter: what was begun must not look whole."""
    with open(path, "rb") as file:
        for span in spans:
            file.seek(span.offset)
            left = span.length
            while left:
                piece = file.read(min(left, _BLOCK))
                if not piece:
                    raise EOFError("a stored file ends before it should")
                left -= len(piece)
                yield piece


def _stream(stack: ExitStack, path: Path, spans: Sequence[Span]) -> Iterator[bytes]:
    with stack:
        yield from read_spans(path, spans)


def _find_range(first: str, last: str, size: int) -> tuple[int, int, int]:
    """Status, begin and end of a range: from a byte on, up to one, or so many at the end."""
    begin = int(first) if first else max(0, size - int(last))
    end = min(int(last) + 1, size) if first and last else size
    if first and last and int(last) < int(first):
        return 200, 0, size  # RFC 9110 14.1.1: it is none, and counts for nothing
    return (206, begin, end) if begin < end else (416, 0, 0)


def _cut(spans: Sequence[Span], first: int, last: int) -> list[Span]:
    """The part of all spans together from one byte to before another."""
    found, at = [], 0
    for span in spans:
        begin, end = max(first - at, 0), min(last - at, span.length)
        if begin < end:
            found.append(Span(span.offset + begin, end - begin))
        at += span.length
    return found
