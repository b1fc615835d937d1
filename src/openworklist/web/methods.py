"""What may be done with a path, and HEAD wherever there is GET (RFC 9110 9.1, 15.5.6)."""

from __future__ import annotations

from typing import Final

from fastapi import Request
from fastapi.routing import iter_route_contexts
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

IS_HEAD: Final = "openworklist.is_head"  # in the scope of what was asked by HEAD


def find_methods(request: Request) -> list[str]:
    """The methods of all routes of the path that was asked for."""
    found: set[str] = set()
    for context in iter_route_contexts(request.app.routes):
        if context.methods and context.matches(request.scope)[0] is not Match.NONE:
            found |= context.methods
    return sorted(found | {"HEAD"} if "GET" in found else found)


class Heads:
    """Answers HEAD as GET without what it would show: pure ASGI."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.start":
                await send(message)
                await send({"type": "http.response.body", "body": b""})

        await self._app({**scope, "method": "GET", IS_HEAD: True}, receive, send_head)
