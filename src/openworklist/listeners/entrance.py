"""The sockets of a listener, plain and with TLS, behind which the same connections are."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from openworklist.listeners.binding import BACKLOG, TLS_MARK, open_sockets, show
from openworklist.listeners.tls_connection import Inner, TlsConnection, TlsWitness


@dataclass(frozen=True, slots=True)
class TlsPort:
    """A port beside the plain one. `context` is asked for each connection: certificates are renewed.

    `timeout` is for the handshake, in seconds; 0 is none.
    """

    number: int
    context: Callable[[], ssl.SSLContext]
    timeout: float = 10


class Entrance:
    """Opened in two steps, `bind` and `open`, so that a taken port is told before anybody is answered.

    `port` None is no plain port.
    """

    def __init__(self, listener: str, host: str, port: int | None, tls: TlsPort | None = None) -> None:
        self._listener = listener
        self._host = host
        self._port = port
        self._tls = tls
        self._plain_sockets: list[socket.socket] = []
        self._tls_sockets: list[socket.socket] = []
        self._plain_servers: list[asyncio.Server] = []
        self._tls_servers: list[asyncio.Server] = []

    @property
    def is_open(self) -> bool:
        return bool(self._plain_servers or self._tls_servers)

    @property
    def addresses(self) -> tuple[str, ...]:
        plain = (show(*sock.getsockname()[:2]) for sock in self._plain_sockets)
        secured = (show(*sock.getsockname()[:2]) + TLS_MARK for sock in self._tls_sockets)
        return (*plain, *secured)

    @property
    def port(self) -> int:
        """The plain port, known after `bind` even if 0 was asked for; 0 if there is none."""
        return _port_of(self._plain_sockets) or self._port or 0

    @property
    def tls_port(self) -> int:
        return _port_of(self._tls_sockets) or (self._tls.number if self._tls else 0)

    def bind(self) -> None:
        """Open the sockets, or raise ListenError with none left open."""
        try:
            if self._port is not None and not self._plain_sockets:
                self._plain_sockets = open_sockets(self._listener, self._host, self._port)
            if self._tls is not None and not self._tls_sockets:
                self._tls_sockets = open_sockets(f"{self._listener} TLS", self._host, self._tls.number)
        except BaseException:
            self.close()
            raise

    async def open(self, make: Callable[[], Inner], witness: TlsWitness) -> None:
        """Accept connections, each with a protocol from `make`."""
        self.bind()
        loop = asyncio.get_running_loop()

        def make_secured() -> asyncio.Protocol:
            assert self._tls is not None
            return TlsConnection(make(), self._tls.context(), loop, self._tls.timeout, witness)

        self._plain_servers = await _accept(self._plain_sockets, make)
        self._tls_servers = await _accept(self._tls_sockets, make_secured)

    async def move(self, port: int | None, make: Callable[[], Inner]) -> None:
        """Accept connections on another plain port, or on none, and on the old one no more.

        ListenError, with the old one still open, if it cannot be opened. Connections stay.
        """
        sockets = [] if port is None else open_sockets(self._listener, self._host, port)
        servers = await _accept(sockets, make)
        _close(self._plain_servers, self._plain_sockets)
        self._port, self._plain_sockets, self._plain_servers = port, sockets, servers

    def close(self) -> None:
        _close(self._plain_servers, self._plain_sockets)
        _close(self._tls_servers, self._tls_sockets)


async def _accept(sockets: list[socket.socket], make: Callable[[], Inner]) -> list[asyncio.Server]:
    loop = asyncio.get_running_loop()
    servers = []
    for sock in sockets:
        # Accepted sockets inherit it: a firewall that forgot a connection must not leave it for ever.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        # The server closes its own copy, so that the address can still be told.
        servers.append(await loop.create_server(make, sock=sock.dup(), backlog=BACKLOG))
    return servers


def _close(servers: list[asyncio.Server], sockets: list[socket.socket]) -> None:
    for server in servers:
        server.close()
    for sock in sockets:
        sock.close()
    servers.clear()
    sockets.clear()


def _port_of(sockets: list[socket.socket]) -> int:
    return int(sockets[0].getsockname()[1]) if sockets else 0
