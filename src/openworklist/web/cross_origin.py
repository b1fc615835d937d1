"""Viewers of other sites may read what a token opens, and nothing else of this server: pure ASGI.

The token in the address is the right to read; no cookie counts there, so no page is lent anybody's rights.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from openworklist.domain.origins import ANY, may_read
from openworklist.web.programs import is_by_token

METHODS: Final = "GET, HEAD, OPTIONS"
_PREFLIGHT: Final = {
    "Access-Control-Allow-Methods": METHODS,
    "Access-Control-Allow-Headers": "Accept, Authorization, Cache-Control, Content-Type, Range",
    "Access-Control-Max-Age": "7200",  # browsers keep it no longer
}
_EXPOSED: Final = ", ".join(
    ("Accept-Ranges", "Content-Disposition", "Content-Length", "Content-Location", "Content-Range", "Warning")
)


class CrossOrigin:
    """`find_origins` says which sites may, as the option viewer_origins has them."""

    def __init__(self, app: ASGIApp, *, find_origins: Callable[[], str]) -> None:
        self._app = app
        self._find_origins = find_origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not is_by_token(str(scope["path"])):
            await self._app(scope, receive, send)
            return
        headers = self._allow(Headers(scope=scope).get("origin", ""))

        async def send_with(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(headers)
            await send(message)

        if scope["method"] == "OPTIONS":
            answer = Response(status_code=204, headers={"Allow": METHODS, **_PREFLIGHT})
            await answer(scope, receive, send_with)
            return
        await self._app(scope, receive, send_with)

    def _allow(self, origin: str) -> dict[str, str]:
        allowed = may_read(self._find_origins(), origin)
        if not allowed:
            return {"Vary": "Origin"}
        headers = {
            "Access-Control-Allow-Origin": allowed,
            "Access-Control-Expose-Headers": _EXPOSED,
            "Cross-Origin-Resource-Policy": "cross-origin",
        }
        return headers if allowed == ANY else {**headers, "Vary": "Origin"}
