"""What somebody is answered who asks in plain HTTP where HTTPS is spoken: bytes in, bytes out."""

from __future__ import annotations

import re
from typing import Final

MOST_BYTES: Final = 8192  # of a head; of a longer one no more is wanted

_REQUEST: Final = re.compile(rb"(GET|HEAD) (/[!-~]*) HTTP/1\.[01]\r?\n")
_HOST: Final = re.compile(
    rb"\nhost:[ \t]*((?:[a-z0-9._-]+|\[[0-9a-f:.]+\])(:[0-9]+)?)[ \t]*\r?\n", re.IGNORECASE
)
_AUTHORIZATION: Final = re.compile(rb"\nauthorization:", re.IGNORECASE)
_TEXT: Final = b"This port speaks HTTPS alone: the address begins with https://\n"


def answer_plain(head: bytes) -> bytes:
    """The whole answer to what has come so far; empty while the head has no end.

    Who looks at a page is sent to the same address with https. Whoever sends something, or a key, is told of
    the mistake instead: it would go on sending it in the clear, and never know.
    """
    if b"\n\r\n" not in head and b"\n\n" not in head and len(head) <= MOST_BYTES:
        return b""
    request, host = _REQUEST.match(head), _HOST.search(head)
    if request is None or host is None or _AUTHORIZATION.search(head):
        return _answer(b"400 Bad Request", b"", has_body=not head.startswith(b"HEAD "))
    # An address without a port was one with port 80, which may be ours.
    port = b"" if host[2] else b":80"
    # 307 and not 308, which browsers keep: a server may go back to plain HTTP (RFC 9110 15.4.8, 15.4.9).
    place = b"Location: https://" + host[1] + port + request[2] + b"\r\n"
    return _answer(b"307 Temporary Redirect", place, has_body=request[1] != b"HEAD")


def _answer(status: bytes, more: bytes, *, has_body: bool) -> bytes:
    return (
        b"HTTP/1.1 %b\r\n%bContent-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n"
        b"Cache-Control: no-store\r\nConnection: close\r\n\r\n%b"
    ) % (status, more, len(_TEXT), _TEXT if has_body else b"")
