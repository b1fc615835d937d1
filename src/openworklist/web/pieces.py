"""Answers that are read while they are sent: who takes them slowly holds one piece, and no thread."""

from __future__ import annotations

from collections.abc import AsyncIterator, Generator, Iterator, Mapping
from typing import Final

from anyio import CancelScope, CapacityLimiter, to_thread
from anyio.lowlevel import RunVar
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from openworklist.web.methods import IS_HEAD

_END: Final = b""
_MOST: Final = 8  # pieces that are made at once
_threads: Final[RunVar[CapacityLimiter]] = RunVar("threads")  # one for each event loop


class Pieces(StreamingResponse):
    """An answer made of what an iterator gives, piece by piece, each on a thread.

    The first piece is made at once: what goes wrong with it is still told as any error is. What goes wrong
    later breaks the answer off, so that nobody takes it for a whole one. At the end, and where whoever asked
    is gone, the iterator is closed, on a thread too: it may have files to do away with.
    """

    def __init__(
        self,
        pieces: Iterator[bytes],
        media_type: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._pieces = pieces
        first = next(pieces, _END)
        super().__init__(_send(first, pieces), status, headers, media_type)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._answer(scope, receive, send)
        finally:
            with CancelScope(shield=True):
                await run_in_threadpool(_close, self._pieces)

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not scope.get(IS_HEAD):
            await super().__call__(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": b""})


async def _send(first: bytes, pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    while (piece := await to_thread.run_sync(next, pieces, None, limiter=_find_threads())) is not None:
        if piece:
            yield piece


def _find_threads() -> CapacityLimiter:
    """Apart from those that all requests share: a piece may wait for a decoder, and no page with it."""
    try:
        return _threads.get()
    except LookupError:
        _threads.set(CapacityLimiter(_MOST))
        return _threads.get()


def _close(pieces: Iterator[bytes]) -> None:
    if isinstance(pieces, Generator):
        pieces.close()
