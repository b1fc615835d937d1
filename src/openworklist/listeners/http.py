"""The web port: serves an application over HTTP. Its sockets are bound before the server is ready."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from openworklist.listeners.binding import TLS_MARK, open_sockets, show
from openworklist.listeners.crowd import Crowd
from openworklist.listeners.http_limits import HttpLimits
from openworklist.listeners.https_connection import Https

if TYPE_CHECKING:
    import uvicorn

log = logging.getLogger(__name__)

# Makes the application, on a thread of its own: a web framework and all pages are two fifths of the start of
# a process, and neither an order nor a question has to wait for them.
MakeApplication = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Status:
    is_running: bool
    addresses: tuple[str, ...]
    connections: int
    last_error: str = ""


class HttpListener:
    """The web listener: `bind`, then `start`, and `stop` at the end.

    It takes connections from `start` on; their requests are answered once the application is made. With
    `https` its port speaks TLS alone.
    """

    name = "web"

    def __init__(
        self,
        make_application: MakeApplication,
        *,
        host: str = "",
        port: int = 3000,
        limits: HttpLimits | None = None,
        https: Https | None = None,
    ) -> None:
        self._make_application = make_application
        self._limits = limits or HttpLimits()
        self._https = https
        self._host = host
        self._port = port
        self._sockets: list[socket.socket] = []
        self._server: uvicorn.Server | None = None
        self._task: asyncio.Task[None] | None = None
        self._application: asyncio.Task[Any] | None = None

    @property
    def is_secure(self) -> bool:
        return self._https is not None

    @property
    def addresses(self) -> tuple[str, ...]:
        mark = TLS_MARK if self.is_secure else ""
        return tuple(show(*sock.getsockname()[:2]) + mark for sock in self._sockets)

    @property
    def origins(self) -> tuple[str, ...]:
        """As browsers are given them, `https://127.0.0.1:3000` and its like; none before `bind`."""
        scheme = "https" if self.is_secure else "http"
        return tuple(f"{scheme}://{show(*sock.getsockname()[:2])}" for sock in self._sockets)

    @property
    def port(self) -> int:
        return int(self._sockets[0].getsockname()[1]) if self._sockets else self._port

    @property
    def is_running(self) -> bool:
        return self._server is not None and self._server.started

    @property
    def status(self) -> Status:
        connections = len(self._server.server_state.connections) if self._server else 0
        return Status(self.is_running, self.addresses, connections)

    def bind(self) -> None:
        """Open the sockets, or raise ListenError."""
        if not self._sockets:
            self._sockets = open_sockets(self.name, self._host, self._port)

    async def start(self) -> None:
        self.bind()
        self._application = asyncio.create_task(asyncio.to_thread(self._make_application))
        self._application.add_done_callback(_tell)
        self._server = _make_server(partial(_serve, self._application), self._limits, self._https)
        self._task = asyncio.create_task(self._server.serve(sockets=[sock.dup() for sock in self._sockets]))
        while not self._server.started and not self._task.done():
            await asyncio.sleep(0)
        if self._task.done():
            await self._task

    async def stop(self, drain_seconds: float = 5) -> None:
        """Take no new request; let those under way end."""
        for sock in self._sockets:
            sock.close()
        self._sockets.clear()
        if self._server is None or self._task is None:
            return
        self._server.should_exit = True
        self._server.config.timeout_graceful_shutdown = max(1, round(drain_seconds))
        await self._task
        if self._application is not None:
            await asyncio.wait([self._application])
        self._server = self._task = self._application = None


async def _serve(application: asyncio.Task[Any], scope: Any, receive: Any, send: Any) -> None:
    await (await asyncio.shield(application))(scope, receive, send)


def _tell(application: asyncio.Task[Any]) -> None:
    if not application.cancelled() and (error := application.exception()):
        log.critical("the pages cannot be served", extra={"error": type(error).__name__})
        log.debug("the error", exc_info=error)


def _make_server(application: Any, limits: HttpLimits, https: Https | None) -> uvicorn.Server:
    import uvicorn

    from openworklist.listeners.http_connection import Connection

    class Server(uvicorn.Server):
        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            """Signals are the business of app: it stops every listener, not this one alone."""
            yield

    crowd = Crowd[Connection]()

    def connect(**given: Any) -> asyncio.Protocol:
        connection = Connection(limits=limits, crowd=crowd, **given)
        return https.secure(connection, connection.loop) if https else connection

    config = uvicorn.Config(
        application,
        http=cast(Any, connect),
        proxy_headers=bool(limits.proxies),
        forwarded_allow_ips=list(limits.proxies),
        interface="asgi3",
        lifespan="off",
        access_log=False,
        log_config=None,
        log_level="error",  # a stranger's odd requests must not fill the log
        server_header=False,
        ws="none",
        loop="none",
        timeout_keep_alive=75,
    )
    return Server(config)
