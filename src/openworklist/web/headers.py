"""What every answer of the web port carries, and which requests are not taken: pure ASGI."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_HEADERS: Final = {
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",  # without any, browsers do not say where a form comes from
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_NO_HOST: Final = re.compile(r"[^A-Za-z0-9.:\[\]-]")  # what would hide in it another name
_STATIC: Final = "/static/"
_WITH_TOKEN: Final = "/studies/by-token/"  # no Referer shall hold a token
_DAY: Final = 86_400


class SecurityHeaders:
    """Adds what keeps pages to themselves, and patients' data out of every cache.

    Of `hsts_days` browsers are told over https alone (RFC 6797).
    """

    def __init__(self, app: ASGIApp, *, hsts_days: int = 0) -> None:
        self._app = app
        self._hsts = f"max-age={hsts_days * _DAY}" if hsts_days else ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # RFC 6797 7.2: never in plain. Without includeSubDomains: other hosts are not ours to speak for.
        hsts = self._hsts if scope.get("scheme") == "https" else ""
        path = str(scope["path"])
        keeping = "no-cache" if path.startswith(_STATIC) else "no-store"

        async def send_with(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", keeping)
                if path.startswith(_WITH_TOKEN):
                    headers["Referrer-Policy"] = "no-referrer"
                if hsts:
                    headers["Strict-Transport-Security"] = hsts
            await send(message)

        await self._app(scope, receive, send_with)


class OwnOrigin:
    """Takes what changes something only from our own pages, or with a key, which no foreign page has.

    Where nobody has to log in, the name that was asked for must be this machine's own too: a page of another
    site may have its name point here (DNS rebinding).
    """

    def __init__(self, app: ASGIApp, *, is_local: bool = False) -> None:
        self._app = app
        self._is_local = is_local

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (problem := self._find_problem(scope)):
            code = "access.foreign-origin"
            answer = {"type": "about:blank", "title": problem, "status": 403, "code": code}
            await JSONResponse(answer, 403, media_type="application/problem+json")(scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _find_problem(self, scope: Scope) -> str:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if self._is_local and not _is_loopback(host):
            return "Without login this server answers to the names of this machine alone."
        if scope["method"] in _SAFE or "authorization" in headers:
            return ""
        came = headers.get("sec-fetch-site", "")
        origin = headers.get("origin", headers.get("referer"))
        is_foreign = origin is not None and not _is_own(origin, host, scope.get("scheme", "http"))
        if is_foreign or came in ("cross-site", "same-site"):
            return "The request comes from another site."
        # Without cookie nobody is lent anything; browsers that send one say where a request comes from.
        is_own = origin is not None or "cookie" not in headers or came in ("same-origin", "none")
        return "" if is_own else "The request does not say where it comes from."


def _is_own(url: str, host: str, scheme: str) -> bool:
    """Who made a page that came in plain nobody knows: it is foreign to https, not the reverse."""
    try:
        found = urlsplit(url)
    except ValueError:
        return False
    return bool(host) and found.netloc == host and (scheme != "https" or found.scheme == "https")


def _is_loopback(host: str) -> bool:
    if _NO_HOST.search(host):
        return False
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")
