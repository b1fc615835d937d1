"""The web port: /livez and /readyz, without login. Its sockets are bound before the server is ready."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from openworklist.listeners.binding import open_sockets, show

if TYPE_CHECKING:
    import uvicorn
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

log = logging.getLogger(__name__)

Problems = Callable[[], dict[str, str]]


class HttpListener:
    """The web listener: `bind`, then `start`, and `stop` at the end. `problems` are those of readiness."""

    name = "web"

    def __init__(self, problems: Problems, *, host: str = "", port: int = 3000) -> None:
        self._problems = problems
        self._host = host
        self._port = port
        self._sockets: list[socket.socket] = []
        self._server: uvicorn.Server | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def addresses(self) -> tuple[str, ...]:
        return tuple(show(*sock.getsockname()[:2]) for sock in self._sockets)

    @property
    def port(self) -> int:
        return int(self._sockets[0].getsockname()[1]) if self._sockets else self._port

    @property
    def is_running(self) -> bool:
        return self._server is not None and self._server.started

    def bind(self) -> None:
        """Open the sockets, or raise ListenError."""
        if not self._sockets:
            self._sockets = open_sockets(self.name, self._host, self._port)

    async def start(self) -> None:
        self.bind()
        self._server = _make_server(_make_app(self._problems))
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
        self._server = self._task = None


def _make_app(problems: Problems) -> Starlette:
    # Imported here: the web framework is a fifth of the start, and a server without web port needs none.
    from starlette.applications import Starlette
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    async def live(request: Request) -> Response:
        return JSONResponse({"status": "live"})

    async def ready(request: Request) -> Response:
        found = problems()
        status = "not ready" if found else "ready"
        return JSONResponse({"status": status, "problems": found}, 503 if found else 200)

    return Starlette(routes=[Route("/livez", live), Route("/readyz", ready)])


def _make_server(application: Any) -> uvicorn.Server:
    import uvicorn

    class Server(uvicorn.Server):
        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            """Signals are the business of app: it stops every listener, not this one alone."""
            yield

    config = uvicorn.Config(
        application,
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        ws="none",
        loop="none",
        timeout_keep_alive=75,
    )
    return Server(config)
