"""The DICOM port: who may connect, how many and for how long. What a question means is the service's."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Final, Protocol

from openworklist.dicom.messages import MAX_DATASET
from openworklist.dicom.negotiation import (
    CALLING_UNKNOWN,
    CONGESTION,
    DEFAULT_MAX_PDU,
    Negotiator,
    Policy,
    Rejection,
    Service,
)
from openworklist.dicom.sop_classes import MODALITY_WORKLIST, VERIFICATION
from openworklist.listeners.binding import BACKLOG, open_sockets, show
from openworklist.listeners.dicom_connection import Connection

log = logging.getLogger("openworklist.dicom")

# PS3.4 K.5: bytes 1 and 2 are always 1; no fuzzy matching of names, but adjustment of time zones.
_WORKLIST_OPTIONS: Final = b"\1\1\0\1"
_SERVICES: Final = {VERIFICATION: Service(), MODALITY_WORKLIST: Service(extended=_WORKLIST_OPTIONS)}
_WITHOUT_ASSOCIATION: Final = 256  # connections above the limit that may at least hear why they are refused
_IN_USE: Final = 0.5  # seconds since it last sent something that make an association worth waiting for


class FindCursor(Protocol):
    """The answers to one question, in batches, so that a C-CANCEL is heard between them."""

    status: int  # 0xFF00, or 0xFF01 if a key that was given is not matched on

    def next_batch(self) -> list[bytes] | Awaitable[list[bytes]]:
        """Encoded identifiers, none at the end. A list at once where that is quick, else an awaitable."""


class FindService(Protocol):
    """Answers worklist questions, on the loop's thread."""

    def open(
        self, calling_ae: str, identifier: bytes, transfer_syntax: str, *, adjusts_zone: bool
    ) -> FindCursor:
        """IdentifierError becomes A900 or C001 by its code, StoreError A700; so too from the cursor.

        `adjusts_zone`: it was agreed that dates and times are those of the question's time zone.
        """


class DicomObserver(Protocol):
    """Told what happens on the port, for counters. The methods here do nothing."""

    def association_opened(self, peer: str, calling: str) -> None:
        return None

    def association_rejected(self, peer: str, calling: str, reason: str) -> None:
        return None

    def association_aborted(self, peer: str, calling: str, reason: str) -> None:
        return None

    def association_closed(self, peer: str, calling: str) -> None:
        return None

    def connection_refused(self, peer: str, reason: str) -> None:
        return None

    def timed_out(self, peer: str, reason: str) -> None:
        return None

    def echo(self, calling: str) -> None:
        return None

    def question(self, calling: str, answers: int, seconds: float, status: int) -> None:
        return None

    def failed(self, peer: str, error: BaseException) -> None:
        return None


class QuestionKeeper(Protocol):
    """Remembers what was asked, for people who wonder why a scanner does not show something."""

    def note(
        self,
        calling: str,
        peer: str,
        identifier: bytes,
        transfer_syntax: str,
        adjusts_zone: bool,
        answers: int,
        status: int,
    ) -> None:
        """A question got its final answer."""

    def note_refusal(self, calling: str, peer: str, called: str, reason: str) -> None:
        """An association was turned away."""


class _Silent(DicomObserver):
    """Nobody wants to know."""


@dataclass(frozen=True, slots=True)
class DicomLimits:
    """Counts, bytes and seconds; a time-out of 0 is none.

    `artim` is for the association request, and for the peer to close at the end (PS3.8 9.1.5); `pdu_timeout`
    for a PDU that has begun, and grows with its length; `write_timeout` for a peer that does not read.
    """

    associations: int = 10_000
    identifier: int = MAX_DATASET
    artim: float = 30
    idle_timeout: float = 600
    pdu_timeout: float = 30
    write_timeout: float = 30


@dataclass(frozen=True, slots=True)
class DicomStatus:
    is_running: bool
    addresses: tuple[str, ...]
    connections: int
    associations: int
    last_error: str = ""


class DicomListener:
    """The DICOM listener: `bind`, then `start`, and `stop` at the end.

    `called` and `calling` are the AE titles that are allowed, empty for any; `is_welcome` is asked for each
    association, with the calling AE title and the peer. `max_pdu` is the longest P-DATA-TF we take, in bytes,
    0 for any.
    """

    name = "DICOM"

    def __init__(
        self,
        service: FindService,
        *,
        host: str = "",
        port: int = 11112,
        called: Collection[str] = (),
        calling: Collection[str] = (),
        max_pdu: int = DEFAULT_MAX_PDU,
        limits: DicomLimits | None = None,
        observer: DicomObserver | None = None,
        is_welcome: Callable[[str, str], bool] = lambda calling, peer: True,
        keeper: QuestionKeeper | None = None,
        sweep_seconds: float = 1,
    ) -> None:
        self.service = service
        self.limits = limits or DicomLimits()
        self.observer = observer or _Silent()
        self.keeper = keeper
        self.negotiator = Negotiator(Policy(_SERVICES, frozenset(called), frozenset(calling), max_pdu))
        self._is_welcome = is_welcome
        self._host = host
        self._port = port
        self._sweep_seconds = sweep_seconds
        self._sockets: list[socket.socket] = []
        self._servers: list[asyncio.Server] = []
        self._connections: set[Connection] = set()
        self._associations = 0
        self._sweeper: asyncio.TimerHandle | None = None
        self._is_stopping = False
        self._last_error = ""

    @property
    def status(self) -> DicomStatus:
        return DicomStatus(
            bool(self._servers), self.addresses, len(self._connections), self._associations, self._last_error
        )

    @property
    def addresses(self) -> tuple[str, ...]:
        return tuple(show(*sock.getsockname()[:2]) for sock in self._sockets)

    @property
    def port(self) -> int:
        """The port it listens on, known after `bind` even if 0 was asked for."""
        return int(self._sockets[0].getsockname()[1]) if self._sockets else self._port

    def bind(self) -> None:
        """Open the sockets, or raise ListenError. Nothing is read before `start`."""
        if not self._sockets:
            self._sockets = open_sockets(self.name, self._host, self._port)

    async def start(self) -> None:
        self.bind()
        self._is_stopping = False
        loop = asyncio.get_running_loop()
        for sock in self._sockets:
            # Accepted sockets inherit it: a firewall that forgot an association must not leave it for ever.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            # The server closes its own copy, so that the address can still be told.
            server = await loop.create_server(
                lambda: Connection(self, loop), sock=sock.dup(), backlog=BACKLOG
            )
            self._servers.append(server)
        self._sweeper = loop.call_later(self._sweep_seconds, self._sweep, loop)

    async def stop(self, drain_seconds: float = 5) -> None:
        """Take no new association, answer what was asked, then abort; after `drain_seconds` anyway."""
        self._is_stopping = True
        for server in self._servers:
            server.close()
        self._servers.clear()
        for sock in self._sockets:
            sock.close()
        self._sockets.clear()
        if self._sweeper is not None:
            self._sweeper.cancel()
            self._sweeper = None
        loop = asyncio.get_running_loop()
        deadline = loop.time() + drain_seconds
        while self._connections and loop.time() < deadline:
            for connection in list(self._connections):
                connection.end_if_idle(loop.time() - _IN_USE)
            await asyncio.sleep(0.02)
        if self._connections:
            log.warning("%d DICOM connections were closed before they were done", len(self._connections))
            for connection in list(self._connections):
                connection.drop()
            await asyncio.sleep(0)

    def admit(self, connection: Connection) -> bool:
        """Count a new connection in, or turn it away."""
        reason = ""
        if self._is_stopping:
            reason = "stopping"
        elif len(self._connections) >= self.limits.associations + _WITHOUT_ASSOCIATION:
            reason = "too many connections"
        if reason:
            self.observer.connection_refused(connection.peer, reason)
            return False
        self._connections.add(connection)
        return True

    def find_rejection(self, calling: str, peer: str) -> Rejection | None:
        """Why an association cannot be accepted now, though the request is right."""
        if self._is_stopping or self._associations >= self.limits.associations:
            return CONGESTION
        return None if self._is_welcome(calling, peer) else CALLING_UNKNOWN

    def association_opened(self, peer: str, calling: str) -> None:
        self._associations += 1
        self.observer.association_opened(peer, calling)

    def association_closed(self, peer: str, calling: str) -> None:
        self._associations -= 1
        self.observer.association_closed(peer, calling)

    def release(self, connection: Connection) -> None:
        self._connections.discard(connection)

    def note_failure(self, peer: str, error: BaseException) -> None:
        """An error of ours, not of the peer's: logged without its message, which may quote a patient."""
        self._last_error = type(error).__name__
        log.error(
            "a DICOM question failed by an error of ours: %s", type(error).__name__, extra={"peer": peer}
        )
        log.debug("the error of %s", peer, exc_info=error)
        self.observer.failed(peer, error)

    def _sweep(self, loop: asyncio.AbstractEventLoop) -> None:
        """One timer for all connections: thousands of them would else cost a timer a message."""
        now = loop.time()
        for connection in list(self._connections):
            connection.check_time(now)
        self._sweeper = loop.call_later(self._sweep_seconds, self._sweep, loop)
