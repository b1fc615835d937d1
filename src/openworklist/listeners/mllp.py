"""The HL7 port: sockets, limits and time-outs around hl7.framing. What a message means is the handler's."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from openworklist.hl7.framing import MAX_MESSAGE, TokenQuery
from openworklist.listeners.crowd import Crowd, Network, find_group, is_allowed
from openworklist.listeners.entrance import Entrance, TlsPort
from openworklist.listeners.mllp_connection import Connection

log = logging.getLogger(__name__)

_GAVE_WAY: Final = "it has sent no message, and others came: hl7_max_connections are open"


class Done(Protocol):
    """The place of an answer: called once, with the content of each frame of it, or with none."""

    def __call__(self, *answers: bytes) -> None: ...


class Handler(Protocol):
    """What is done with what arrives. Every `done` is called once, on the loop's thread, at once or later.

    `peer` is the sender's address and port. The answers of a connection leave in the order of its messages,
    in whatever order the `done`s are called.
    """

    def receive(self, raw: bytes, peer: str, done: Done) -> bool:
        """A whole message; `done` gets the bytes of its acknowledgements, one, none or several.

        True if what comes behind it on its connection is to wait until it is answered.
        """

    def receive_oversize(self, head: bytes, size: int, peer: str, done: Done) -> None:
        """A message over the limit, of which only the beginning was kept.

        If it broke off, nobody is answered.
        """

    def receive_half(self, raw: bytes, peer: str, done: Done) -> None:
        """A message that broke off: nobody waits for an answer, so `done` gets none."""

    def receive_token(self, query: TokenQuery, peer: str, is_local: bool, done: Done) -> None:
        """A token query; `done` gets what stands between 0x10 and 0x0D of the answer, empty for unknown.

        `is_local`: it comes from this machine, by whatever address.
        """


class Observer(Protocol):
    """Told what happens on the port, for counters. The methods here do nothing."""

    def connection_opened(self, peer: str) -> None:
        return None

    def connection_closed(self, peer: str) -> None:
        return None

    def connection_refused(self, peer: str, reason: str) -> None:
        return None

    def limit_reached(self, setting: str) -> None:
        return None

    def timed_out(self, peer: str, reason: str) -> None:
        return None

    def secured(self, peer: str, version: str, cipher: str) -> None:
        return None

    def tls_failed(self, peer: str, reason: str) -> None:
        return None

    def misdirected(self, peer: str, reason: str) -> None:
        return None

    def noise(self, peer: str, count: int) -> None:
        return None

    def failed(self, peer: str, error: Exception) -> None:
        return None


class _Silent(Observer):
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes, counts, and seconds; a time-out of 0 is none.

    `frame_timeout` is for a frame that has begun, and grows with what has come of it; `write_timeout` for a
    peer that does not read its answers. A connection with more than `pending` messages, or bytes of them,
    unanswered is not read until half of them are. `memory` is for the bytes of all connections together, in
    messages under way and unanswered: beyond it those with a large one under way are closed. `per_address`
    bounds the connections of one address, 0 is no bound; of more than `connections` the oldest that never
    sent a message gives way.
    """

    message: int = MAX_MESSAGE
    connections: int = 10_000
    per_address: int = 0
    pending: int = 64
    pending_bytes: int = 16 * 1024 * 1024
    memory: int = 512 * 1024 * 1024
    idle_timeout: float = 0
    frame_timeout: float = 60
    write_timeout: float = 30


@dataclass(frozen=True, slots=True)
class Status:
    is_running: bool
    addresses: tuple[str, ...]
    connections: int
    last_error: str = ""


class MllpListener:
    """The HL7 listener: `bind`, then `start`, and `stop` at the end. `port` None is no plain port."""

    name = "HL7"

    def __init__(
        self,
        handler: Handler,
        *,
        host: str = "",
        port: int | None = 3001,
        tls: TlsPort | None = None,
        limits: Limits | None = None,
        allowed: Sequence[Network] = (),
        observer: Observer | None = None,
        sweep_seconds: float = 1,
    ) -> None:
        self.handler = handler
        self.limits = limits or Limits()
        self.observer = observer or _Silent()
        self._entrance = Entrance(self.name, host, port, tls)
        self._allowed = tuple(allowed)
        self._sweep_seconds = sweep_seconds
        self._crowd: Crowd[Connection] = Crowd()
        self._connections: set[Connection] = set()
        self._sweeper: asyncio.TimerHandle | None = None
        self._all_closed: asyncio.Event | None = None
        self._last_error = ""
        self._held = 0

    @property
    def is_full(self) -> bool:
        """Whether the connections hold more than their share of the memory."""
        return self._held > self.limits.memory

    def hold(self, change: int) -> None:
        """Note that the connections hold more bytes, or less."""
        self._held += change

    @property
    def status(self) -> Status:
        return Status(self._entrance.is_open, self.addresses, len(self._connections), self._last_error)

    @property
    def addresses(self) -> tuple[str, ...]:
        return self._entrance.addresses

    @property
    def port(self) -> int:
        """The plain port it listens on, known after `bind` even if 0 was asked for."""
        return self._entrance.port

    @property
    def tls_port(self) -> int:
        return self._entrance.tls_port

    def bind(self) -> None:
        """Open the sockets, or raise ListenError. Nothing is read before `start`."""
        self._entrance.bind()

    async def start(self) -> None:
        self._all_closed = None
        loop = asyncio.get_running_loop()
        await self._entrance.open(lambda: Connection(self, loop), self.observer)
        self._sweeper = loop.call_later(self._sweep_seconds, self._sweep, loop)

    async def stop(self, drain_seconds: float = 5) -> None:
        """Take nothing more, answer what was taken, then close; after `drain_seconds` close anyway."""
        self._entrance.close()
        if self._sweeper is not None:
            self._sweeper.cancel()
            self._sweeper = None
        self._all_closed = asyncio.Event()
        for connection in list(self._connections):
            connection.drain()
        if self._connections:
            try:
                await asyncio.wait_for(self._all_closed.wait(), drain_seconds)
            except TimeoutError:
                log.warning(
                    "%d HL7 connections were closed before they were answered", len(self._connections)
                )
                for connection in list(self._connections):
                    connection.abort()
                await asyncio.sleep(0)

    async def move(self, port: int | None) -> None:
        """Listen on another plain port, or on none; ListenError, with the old one still open, if it cannot.

        `leave` sees to the connections of the old one.
        """
        loop = asyncio.get_running_loop()
        await self._entrance.move(port, lambda: Connection(self, loop))

    async def leave(self, port: int, drain_seconds: float = 5) -> None:
        """Answer what was taken on a port that is no longer listened on, and close its connections."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + drain_seconds
        await asyncio.sleep(0)  # for one that was accepted just before the port was closed
        while leaving := [each for each in self._connections if each.local_port == port]:
            is_late = loop.time() >= deadline
            for connection in leaving:
                if is_late:
                    connection.abort()
                else:
                    connection.drain()
            await asyncio.sleep(0.02)

    def admit(self, connection: Connection, address: str) -> bool:
        """Count a new connection in, or turn it away. Where all places are taken, a silent one gives way."""
        reason = self._find_refusal(address)
        if reason:
            self.observer.connection_refused(connection.peer, reason)
            return False
        self._crowd.enter(connection, find_group(address))
        self._connections.add(connection)
        self.observer.connection_opened(connection.peer)
        return True

    def note_message(self, connection: Connection) -> None:
        """It has sent something whole: its place is safe."""
        self._crowd.prove(connection)

    def release(self, connection: Connection) -> None:
        if connection in self._connections:
            self._crowd.leave(connection)
            self._connections.remove(connection)
            self.observer.connection_closed(connection.peer)
        if not self._connections and self._all_closed is not None:
            self._all_closed.set()

    def note_failure(self, peer: str, error: Exception) -> None:
        """An error of ours, not of the peer's: logged without its message, which may quote a patient."""
        self._last_error = type(error).__name__
        log.error("an HL7 connection was closed by an error of ours: %s", type(error).__name__)
        log.debug("the error of %s", peer, exc_info=error)
        self.observer.failed(peer, error)

    def _find_refusal(self, address: str) -> str:
        if self._all_closed is not None:
            return "stopping"
        if not is_allowed(address, self._allowed):
            return "its address is not in hl7_allowed"
        limits = self.limits
        if limits.per_address and self._crowd.count(find_group(address)) >= limits.per_address:
            self.observer.limit_reached("hl7_max_per_address")
            return "its address has as many connections as hl7_max_per_address allows"
        if len(self._connections) >= limits.connections:
            self.observer.limit_reached("hl7_max_connections")
            if not self._make_room():
                return "as many connections are open as hl7_max_connections allows"
        return ""

    def _make_room(self) -> bool:
        victim = self._crowd.find_least_worthy()
        if victim is None:
            return False
        self.observer.connection_refused(victim.peer, _GAVE_WAY)
        self.release(victim)
        victim.abort()
        return True

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        """One timer for all connections: thousands of them would else cost a timer a message."""
        now = loop.time()
        for connection in list(self._connections):
            connection.check_time(now)
        self._sweeper = loop.call_later(self._sweep_seconds, self._sweep, loop)
