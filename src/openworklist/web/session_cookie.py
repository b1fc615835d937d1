"""The cookie of a session: over https it goes over https alone, and has a name of its own."""

from __future__ import annotations

from typing import Final

from fastapi import Request
from starlette.responses import Response

COOKIE: Final = "openworklist_session"
# Browsers take a cookie with this prefix over https alone, from this very host (RFC 6265bis 4.1.3.2). With
# one name for both, a server that went back to plain HTTP could not replace the cookie that it gave before.
SECURE_COOKIE: Final = f"__Host-{COOKIE}"


def read_session(request: Request) -> str:
    """The token of the session; "" without one."""
    return request.cookies.get(_find_name(request), "")


def give_session(request: Request, answer: Response, token: str) -> None:
    """Have the browser keep it until it is closed."""
    answer.set_cookie(
        _find_name(request), token, httponly=True, samesite="lax", secure=_is_secure(request), path="/"
    )


def take_session(request: Request, answer: Response) -> None:
    """Have the browser forget it."""
    answer.delete_cookie(
        _find_name(request), path="/", secure=_is_secure(request), httponly=True, samesite="lax"
    )


def _find_name(request: Request) -> str:
    return SECURE_COOKIE if _is_secure(request) else COOKIE


def _is_secure(request: Request) -> bool:
    """By the scheme that the browser spoke, behind a proxy that is trusted as well."""
    return request.scope.get("scheme") == "https"
