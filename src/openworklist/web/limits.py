"""How much a program may send at once: no more is kept in memory, whatever it says of its length."""

from __future__ import annotations

from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from openworklist.web.problems import MEDIA_TYPE, from_http


class BodyLimit:
    """Answers 413 to what is longer, on the paths that it applies to: pure ASGI."""

    def __init__(self, app: ASGIApp, *, most: int, applies: Callable[[str], bool]) -> None:
        self._app = app
        self._most = most
        self._applies = applies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self._applies(str(scope["path"])):
            await self._app(scope, receive, send)
            return
        length = Headers(scope=scope).get("content-length", "")
        if length.isascii() and length.isdigit() and int(length[:20]) > self._most:
            problem = from_http(HTTPException(413))
            await JSONResponse(problem, 413, media_type=MEDIA_TYPE)(scope, receive, send)
            return
        size = 0

        async def count() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > self._most:
                raise HTTPException(413)
            return message

        await self._app(scope, count, send)
