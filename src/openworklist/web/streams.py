"""Server-sent events: names of what changed, never what it is; who hears of one asks for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Final

from fastapi import Request
from starlette.responses import StreamingResponse

from openworklist.domain.visitor import Visitor
from openworklist.services.events import Events, Subscription
from openworklist.web.visitors import is_still_welcome

_HEARTBEAT: Final = 15.0  # seconds: proxies close what is silent for a minute


def stream(request: Request, events: Events, visitor: Visitor) -> StreamingResponse:
    """An answer that goes on until the reader leaves, the server stops, or the reader's key or session ends.

    AccessError where too many are open.
    """
    events.check_room(visitor.actor)
    return StreamingResponse(
        _tell(events, visitor.actor, partial(is_still_welcome, request)),
        media_type="text/event-stream",
        headers={"X-Accel-Buffering": "no"},
    )


async def _tell(events: Events, owner: str, may_hear: Callable[[], bool]) -> AsyncIterator[str]:
    subscription = events.subscribe(owner)
    waiting = asyncio.ensure_future(_take(subscription))
    try:
        yield "retry: 2000\n: live\n\n"
        while True:
            done, _ = await asyncio.wait({waiting}, timeout=_HEARTBEAT)
            name = waiting.result() if done else "heartbeat"
            if name is None or not may_hear():
                return
            yield f"event: {name}\ndata:\n\n"
            if done:
                waiting = asyncio.ensure_future(_take(subscription))
    finally:
        waiting.cancel()
        subscription.close()


async def _take(subscription: Subscription) -> str | None:
    """The next name; None at the end."""
    return await anext(subscription, None)
