"""A connection to the web port that keeps nobody else out: it waits for no slow request, and gives way."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

from openworklist.listeners.crowd import Crowd, find_group
from openworklist.listeners.http_limits import HttpLimits

log = logging.getLogger(__name__)


class Connection(H11Protocol):
    """It counts as proven in its crowd while a whole request of it is answered.

    Of more connections than there may be, the oldest that has asked nothing is closed; the new one where all
    are being answered.
    """

    def __init__(self, *args: Any, limits: HttpLimits, crowd: Crowd[Connection], **more: Any) -> None:
        super().__init__(*args, **more)
        self._limits = limits
        self._crowd = crowd
        self._group = ""
        self._arriving = _Deadline(self.loop, limits.request_timeout, self.give_way)
        self._leaving = _Deadline(self.loop, limits.write_timeout, self.give_way)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._group = find_group(self.client[0]) if self.client else ""
        if len(self._crowd) >= self._limits.connections:
            least = self._crowd.find_least_worthy()
            (least or self).give_way()
            if least is None:
                return
        self._crowd.enter(self, self._group)
        self._arriving.begin()

    def data_received(self, data: bytes) -> None:
        if not self._is_answering():
            self._arriving.begin()
        super().data_received(data)
        if self._is_answering():
            self._crowd.prove(self)
            self._arriving.end()

    def on_response_complete(self) -> None:
        self._crowd.leave(self)
        if not self.transport.is_closing():
            self._crowd.enter(self, self._group)
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._crowd.leave(self)
        self._arriving.end()
        self._leaving.end()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._leaving.begin()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._leaving.end()

    def give_way(self) -> None:
        """Close at once, whatever is under way."""
        self._crowd.leave(self)
        log.debug("a web connection was closed", extra={"peer": self._group})
        self.transport.abort()

    def _is_answering(self) -> bool:
        """Whether a request has come to its end, and its answer has not."""
        cycle = self.cycle
        return cycle is not None and not cycle.more_body and not cycle.response_complete


class _Deadline:
    """Calls when its seconds are over, unless it ends before; none with 0 seconds."""

    def __init__(self, loop: asyncio.AbstractEventLoop, seconds: float, call: Callable[[], object]) -> None:
        self._loop = loop
        self._seconds = seconds
        self._call = call
        self._timer: asyncio.TimerHandle | None = None

    def begin(self) -> None:
        """Once it has begun it goes on: who sends a byte now and then gets no more time by that."""
        if self._seconds and self._timer is None:
            self._timer = self._loop.call_later(self._seconds, self._call)

    def end(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
