"""The DICOM port: who may connect, how many and for how long. What a question means is the service's."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Final

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
from openworklist.dicom.pdu import AssociateReject
from openworklist.dicom.sop_classes import (
    MODALITY_WORKLIST,
    PERFORMED_STEP,
    PERFORMED_STEP_RETRIEVE,
    VERIFICATION,
)
from openworklist.dicom.storage_classes import STORAGE_CLASSES
from openworklist.dicom.transfer_syntaxes import TRANSFER_SYNTAXES
from openworklist.listeners.crowd import Crowd, Network, find_group, is_allowed, take_from
from openworklist.listeners.dicom_connection import Connection
from openworklist.listeners.dicom_contract import (
    DeliveryKeeper,
    DicomObserver,
    FindService,
    QuestionKeeper,
    Silent,
    StepService,
    StoreService,
)
from openworklist.listeners.entrance import Entrance, TlsPort

log = logging.getLogger("openworklist.dicom")

# PS3.4 K.5: bytes 1 and 2 are always 1; no fuzzy matching of names, but adjustment of time zones.
_WORKLIST_OPTIONS: Final = b"\1\1\0\1"
_SERVICES: Final = {VERIFICATION: Service(), MODALITY_WORKLIST: Service(extended=_WORKLIST_OPTIONS)}
_STEP_SERVICES: Final = {PERFORMED_STEP: Service(), PERFORMED_STEP_RETRIEVE: Service()}
# PS3.4 B.3.1: level 2 (full), digital signatures survive since every bit does, nothing is coerced.
_STORAGE_OPTIONS: Final = b"\2\0\3\0\0\0"
_STORAGE: Final = Service(frozenset(TRANSFER_SYNTAXES), _STORAGE_OPTIONS, streams=True)
_STORAGE_SERVICES: Final = dict.fromkeys(STORAGE_CLASSES, _STORAGE)
# PS3.8 table 9-21: transient, by the presentation service provider: congestion, or a limit of ours.
_TOO_MANY: Final = Rejection(
    AssociateReject(2, 3, 1), "as many associations are open as dicom_max_associations allows"
)
_TOO_MANY_OF_TITLE: Final = Rejection(
    AssociateReject(2, 3, 2), "its AE title has as many associations as dicom_max_per_title allows"
)
_TOO_MANY_OF_ADDRESS: Final = Rejection(
    AssociateReject(2, 3, 2), "its address has as many associations as dicom_max_per_address allows"
)
_GAVE_WAY: Final = "it asked for no association, and others came: dicom_max_pending are waiting"
_READ: Final = 512 * 1024  # bytes that are read from a connection at once
_IN_USE: Final = 0.5  # seconds since it last sent something that make an association worth waiting for


@dataclass(frozen=True, slots=True)
class DicomLimits:
    """Counts, bytes and seconds; a time-out of 0 is none.

    `artim` is for the association request, and for the peer to close at the end (PS3.8 9.1.5); `pdu_timeout`
    for a PDU that has begun, and grows with its length; `write_timeout` for a peer that does not read.
    `per_title` and `per_address` bound the associations of one calling AE title and of one address, 0 is no
    bound. Of more than `pending` connections without an association the oldest gives way.
    """

    associations: int = 10_000
    per_title: int = 0
    per_address: int = 0
    pending: int = 2_048
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
    """The DICOM listener: `bind`, then `start`, and `stop` at the end. `port` None is no plain port.

    `called` and `calling` are the AE titles that are allowed, empty for any; `is_welcome` is asked for each
    association and each of its commands, with the calling AE title and the peer. `max_pdu` is the longest
    P-DATA-TF we take, in bytes, 0 for any. Without `steps` nothing is told of performed steps,
    without `store` nothing is stored.
    """

    name = "DICOM"

    def __init__(
        self,
        service: FindService,
        steps: StepService | None = None,
        store: StoreService | None = None,
        *,
        host: str = "",
        port: int | None = 11112,
        tls: TlsPort | None = None,
        called: Collection[str] = (),
        calling: Collection[str] = (),
        max_pdu: int = DEFAULT_MAX_PDU,
        limits: DicomLimits | None = None,
        observer: DicomObserver | None = None,
        allowed: Sequence[Network] = (),
        is_welcome: Callable[[str, str], bool] = lambda calling, peer: True,
        keeper: QuestionKeeper | None = None,
        deliveries: DeliveryKeeper | None = None,
        sweep_seconds: float = 1,
    ) -> None:
        self.service = service
        self.steps = steps
        self.store = store
        self.limits = limits or DicomLimits()
        self.observer = observer or Silent()
        # What is read from any connection passes through it: all is taken from it before another is read.
        self.buffer = memoryview(bytearray(_READ))
        self.keeper = keeper
        self.deliveries = deliveries
        services = _SERVICES | (_STEP_SERVICES if steps is not None else {})
        self._negotiator, self._storing_negotiator = (
            Negotiator(Policy(each, frozenset(called), frozenset(calling), max_pdu))
            for each in (services, services | _STORAGE_SERVICES)
        )
        self.is_welcome = is_welcome
        self._entrance = Entrance(self.name, host, port, tls)
        self._sweep_seconds = sweep_seconds
        self._allowed = tuple(allowed)
        self._crowd: Crowd[Connection] = Crowd()
        self._connections: set[Connection] = set()
        self._associations = 0
        self._by_title: Counter[str] = Counter()
        self._by_address: Counter[str] = Counter()
        self._sweeper: asyncio.TimerHandle | None = None
        self._is_stopping = False
        self._last_error = ""

    @property
    def status(self) -> DicomStatus:
        return DicomStatus(
            self._entrance.is_open,
            self.addresses,
            len(self._connections),
            self._associations,
            self._last_error,
        )

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

    @property
    def negotiator(self) -> Negotiator:
        """What decides about an association that begins now."""
        is_on = self.store is not None and self.store.is_on
        return self._storing_negotiator if is_on else self._negotiator

    def bind(self) -> None:
        """Open the sockets, or raise ListenError. Nothing is read before `start`."""
        self._entrance.bind()

    async def start(self) -> None:
        self._is_stopping = False
        loop = asyncio.get_running_loop()
        await self._entrance.open(lambda: Connection(self, loop), self.observer)
        self._sweeper = loop.call_later(self._sweep_seconds, self._sweep, loop)

    async def stop(self, drain_seconds: float = 5) -> None:
        """Take no new association, answer what was asked, then abort; after `drain_seconds` anyway."""
        self._is_stopping = True
        self._entrance.close()
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
        """Count a new connection in, or turn it away. Where all places are taken, another one gives way."""
        reason = ""
        if self._is_stopping:
            reason = "stopping"
        elif not is_allowed(connection.address, self._allowed):
            reason = "its address is not in dicom_allowed"
        if reason:
            self.observer.connection_refused(connection.peer, reason)
            return False
        if self._crowd.unproven >= self.limits.pending:
            self._make_room()
        self._crowd.enter(connection, find_group(connection.address))
        self._connections.add(connection)
        return True

    def find_rejection(self, calling: str, peer: str, address: str) -> Rejection | None:
        """Why an association cannot be accepted now, though the request is right."""
        if self._is_stopping:
            return CONGESTION
        limits = self.limits
        counts = (
            (limits.associations, self._associations, _TOO_MANY, "dicom_max_associations"),
            (limits.per_title, self._by_title[calling], _TOO_MANY_OF_TITLE, "dicom_max_per_title"),
            (
                limits.per_address,
                self._by_address[find_group(address)],
                _TOO_MANY_OF_ADDRESS,
                "dicom_max_per_address",
            ),
        )
        for limit, count, rejection, setting in counts:
            if limit and count >= limit:
                self.observer.limit_reached(setting)
                return rejection
        return None if self.is_welcome(calling, peer) else CALLING_UNKNOWN

    def association_opened(self, connection: Connection) -> None:
        self._associations += 1
        self._by_title[connection.calling] += 1
        self._by_address[find_group(connection.address)] += 1
        self._crowd.prove(connection)
        self.observer.association_opened(connection.peer, connection.calling)

    def association_closed(self, connection: Connection) -> None:
        self._associations -= 1
        take_from(self._by_title, connection.calling)
        take_from(self._by_address, find_group(connection.address))
        self.observer.association_closed(connection.peer, connection.calling)

    def release(self, connection: Connection) -> None:
        self._crowd.leave(connection)
        self._connections.discard(connection)

    def _make_room(self) -> None:
        victim = self._crowd.find_least_worthy()
        if victim is not None:
            self.observer.limit_reached("dicom_max_pending")
            self.observer.connection_refused(victim.peer, _GAVE_WAY)
            self.release(victim)
            victim.drop()

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
