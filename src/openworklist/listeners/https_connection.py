"""TLS in front of the web port, to which old links lead: plain HTTP is told where to go, and no more."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from openworklist.listeners.plain_http import answer_plain
from openworklist.listeners.tls_connection import TlsConnection, TlsWitness
from openworklist.listeners.tls_words import HTTP


@dataclass(frozen=True, slots=True)
class Https:
    """`context` is asked for each connection: certificates are renewed. `witness` is told how they begin.

    `timeout` is for the handshake, in seconds; 0 is none.
    """

    context: Callable[[], ssl.SSLContext]
    witness: TlsWitness
    timeout: float = 10

    def secure(self, inner: asyncio.Protocol, loop: asyncio.AbstractEventLoop) -> HttpsConnection:
        """What stands between the network and `inner`."""
        return HttpsConnection(inner, self.context(), loop, self.timeout, self.witness)


class HttpsConnection(TlsConnection):
    """Nothing that came in plain gets to `inner`; its limits and the time for the handshake hold."""

    _head: bytes | None = None  # what came in plain
    _is_answered = False

    def data_received(self, data: bytes) -> None:
        if self._head is None:
            super().data_received(data)
        else:
            self._hear(data)

    def turn_away(self, language: str, data: bytes) -> None:
        if language != HTTP:
            super().turn_away(language, data)
            return
        self._head = b""
        self._hear(data)

    def _hear(self, data: bytes) -> None:
        # What follows the head is read and dropped: unread, it would have the system reset the connection,
        # and the answer with it (RFC 9112 9.6).
        if self._head is None or self._is_answered or self._raw is None or self._raw.is_closing():
            return
        self._head += data
        answer = answer_plain(self._head)
        if answer:
            self._is_answered = True
            self._raw.write(answer)
            self._raw.write_eof()
