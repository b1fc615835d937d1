"""HTTP connections on which no request takes longer than it may, however slowly the peer drips its bytes.

The time-outs of a socket are for one read each: a byte now and then keeps such a request for ever.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import httpcore
import httpx


class _Own(threading.local):
    end: float | None = None


_own = _Own()


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """What this thread reads and writes over a `DeadlineTransport` is over in so many seconds."""
    before = _own.end
    _own.end = time.monotonic() + seconds
    try:
        yield
    finally:
        _own.end = before


def _left(timeout: float | None, error: type[httpcore.TimeoutException]) -> float | None:
    if _own.end is None:
        return timeout
    left = _own.end - time.monotonic()
    if left <= 0:
        raise error("the deadline has passed")
    return left if timeout is None else min(left, timeout)


class DeadlineTransport(httpx.BaseTransport):
    """Connections to one archive, kept open for a while; at most so many at once.

    Whatever goes wrong is an exception of httpcore.
    """

    def __init__(self, context: ssl.SSLContext | None, *, connections: int, keep: float) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_connections=connections,
            keepalive_expiry=keep,
            network_backend=_Network(),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        answer = self._pool.handle_request(
            httpcore.Request(
                request.method,
                httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=request.stream,
                extensions=request.extensions,
            )
        )
        stream = _Body(answer.stream)
        return httpx.Response(
            answer.status, headers=answer.headers, stream=stream, extensions=answer.extensions
        )

    def close(self) -> None:
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        yield from self._stream

    def close(self) -> None:
        self._stream.close()


class _Line(httpcore.NetworkStream):
    def __init__(self, line: httpcore.NetworkStream) -> None:
        self._line = line

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._line.read(max_bytes, _left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._line.write(buffer, _left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._line.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(timeout, httpcore.ConnectTimeout)
        return _Line(self._line.start_tls(ssl_context, server_hostname, left))

    def get_extra_info(self, info: str) -> Any:
        return self._line.get_extra_info(info)


class _Network(httpcore.SyncBackend):
    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left = _left(timeout, httpcore.ConnectTimeout)
        return _Line(super().connect_tcp(host, port, left, local_address, socket_options))
