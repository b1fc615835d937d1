"""What nobody foresaw: told as a problem, noted without the error's words, which may quote a patient."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger(__name__)

_PROBLEM: Final = {
    "type": "about:blank",
    "title": "The server failed at this.",
    "status": 500,
    "code": "error",
    "detail": "its log has the kind of the error; at level DEBUG also where it was",
}


class Failures:
    """Answers 500 where an application fails before it has begun to answer: pure ASGI."""

    def __init__(self, app: ASGIApp, count: Callable[[str], None]) -> None:
        self._app = app
        self._count = count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def note(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._app(scope, receive, note)
        except Exception as error:
            self._count("web_failures")
            log.error("a request failed", extra={"error": type(error).__name__, "method": scope["method"]})
            log.debug("the error", exc_info=error)
            if has_begun:
                raise
            await JSONResponse(_PROBLEM, 500, media_type="application/problem+json")(scope, receive, send)
