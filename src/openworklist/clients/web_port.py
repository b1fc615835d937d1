"""Asking the web port of a server whether it lives, or is ready."""

from __future__ import annotations

import json
import ssl
from http.client import HTTPConnection, HTTPSConnection
from typing import Any, Final

_MOST_BYTES: Final = 65_536


def ask(host: str, port: int, path: str, *, is_secure: bool, timeout: float) -> tuple[int, Any]:
    """Status and JSON of an answer; OSError, HTTPException or ValueError if there is none.

    Whose certificate it shows is not looked at: nothing secret is said, and a certificate that has ended
    must not have a watchdog end the server, too.
    """
    connection = _secure(host, port, timeout) if is_secure else HTTPConnection(host, port, timeout=timeout)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read(_MOST_BYTES))
    finally:
        connection.close()


def _secure(host: str, port: int, timeout: float) -> HTTPConnection:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return HTTPSConnection(host, port, timeout=timeout, context=context)
