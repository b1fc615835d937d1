"""The composition root: settings -> database -> services -> listeners, opened and closed in order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple, Protocol

from openworklist import __version__
from openworklist.domain.errors import SettingsError
from openworklist.domain.retry import Retry
from openworklist.listeners.dicom import DicomLimits, DicomListener
from openworklist.listeners.entrance import TlsPort
from openworklist.listeners.folder import FolderListener
from openworklist.listeners.http import HttpListener
from openworklist.listeners.mllp import Limits, MllpListener
from openworklist.observe import logging as logs
from openworklist.observe.health import Health
from openworklist.observe.metrics import Metrics
from openworklist.observe.port import DicomCounter
from openworklist.services.asking import Asker
from openworklist.services.certificates import Certificates, TlsFiles
from openworklist.services.configuration import Configuration
from openworklist.services.configurations import Configurations
from openworklist.services.courier import Courier
from openworklist.services.expiry import Expiry
from openworklist.services.files import Files
from openworklist.services.importing import Importer
from openworklist.services.intake import Intake
from openworklist.services.questions import Questions
from openworklist.services.reading import Reader
from openworklist.services.reception import Reception
from openworklist.services.retention import Retention
from openworklist.services.scanners import Welcome
from openworklist.services.schedule import Schedule
from openworklist.services.steps import Steps
from openworklist.services.why import Why
from openworklist.services.worklist import Worklist
from openworklist.settings import Settings
from openworklist.store.database import Database, open_database

log = logging.getLogger(__name__)

# Seconds a thread may keep others from running Python: the writer of the database needs it for a moment only,
# before and after it waits for the disk, and the loop is not to be kept by a long search.
_SWITCH_INTERVAL: Final = 0.0001
_DAY: Final = 86_400.0
_OWN_FILES: Final = 200  # database, log, watched folder, pages, outgoing connections


class _Room(NamedTuple):
    """Connections to the HL7 port, associations, and connections that have none."""

    hl7: int
    associations: int
    pending: int


class Listener(Protocol):
    name: str

    @property
    def addresses(self) -> tuple[str, ...]: ...
    def bind(self) -> None: ...
    async def start(self) -> None: ...
    async def stop(self, drain_seconds: float = 5) -> None: ...


@contextmanager
def open_store(settings: Settings) -> Iterator[Database]:
    """The database of these settings, for a command that only looks: no lock on the data folder."""
    database = open_database(settings.database, Path(settings.data), read_only=True)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def open_shared_store(settings: Settings) -> Iterator[Database]:
    """The database of these settings, for a command that writes and may have a server beside it."""
    database = open_database(
        settings.database, Path(settings.data), commit_group=settings.commit_group, shared=True
    )
    try:
        yield database
    finally:
        database.close()


@contextmanager
def open_importer(settings: Settings) -> Iterator[Importer]:
    """The way in for entries of other worklists, for a command that works beside a server or without one."""
    with open_shared_store(settings) as database:
        configurations = Configurations(database)
        intake = _make_intake(settings, database, configurations, Metrics())
        yield Importer(database, intake)


@contextmanager
def open_why(settings: Settings) -> Iterator[Why]:
    """What explains the answers to scanners, for a command that only looks."""
    with open_store(settings) as database:
        yield Why(database, Configurations(database).current(), zone=settings.zone())


@contextmanager
def open_files(settings: Settings) -> Iterator[Files]:
    """The way in for files, for a command that works beside a server or without one."""
    with open_shared_store(settings) as database:
        configurations = Configurations(database)
        intake = _make_intake(settings, database, configurations, Metrics())
        yield _make_files(settings, database, intake)


def _make_intake(
    settings: Settings, database: Database, configurations: Configurations, metrics: Metrics
) -> Intake:
    return Intake(
        database,
        make_reader(settings, configurations.current),
        metrics,
        acknowledges=configurations.acknowledges,
        note_sender=configurations.note_sender,
    )


def _make_files(settings: Settings, database: Database, intake: Intake) -> Files:
    return Files(intake, database.find_problem, max_message=settings.hl7_max_message)


def _make_courier(settings: Settings, database: Database, metrics: Metrics) -> Courier:
    retry = Retry(
        cap=settings.outbound_pause,
        longest=settings.outbound_days * _DAY,
        most_tries=settings.outbound_attempts,
    )
    timeout = settings.outbound_timeout
    return Courier(database, metrics, retry=retry, timeout=timeout, days=settings.journal_days)


def make_reader(settings: Settings, configuration: Callable[[], Configuration]) -> Reader:
    return Reader(configuration, settings.default_charset, settings.zone())


class Server:
    """The whole server on one event loop: `start`, and `stop` at the end."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database
        self.metrics = Metrics()
        self.health = Health()
        self._configurations = Configurations(database)
        self._intake = _make_intake(settings, database, self._configurations, self.metrics)
        self._worklist = Worklist(
            database, self.metrics, configuration=self._configurations.current(), zone=settings.zone()
        )
        self.courier = _make_courier(settings, database, self.metrics)
        self._steps = Steps(
            database,
            self._configurations.current,
            self.metrics,
            zone=settings.zone(),
            wake=self.courier.wake,
        )
        self._questions = Questions(
            database,
            self.metrics,
            zone=settings.zone(),
            find_confirmed=lambda: self._configurations.current().confirmed_scanners,
        )
        self._certificates: list[Certificates] = []
        self._room = _find_room(settings)
        self.listeners: Sequence[Listener] = self._make_listeners()
        self._expiry = Expiry(database, settings.journal_days, self.metrics)
        self._retention = Retention(
            database,
            lambda: self._configurations.current().options.auto_delete,
            settings.zone(),
            self.metrics,
        )
        self.asker = Asker()
        self._schedule = Schedule(
            database,
            self.asker,
            Importer(database, self._intake),
            lambda: self._configurations.current().nodes,
            settings.zone(),
            self.metrics,
        )

    def bind(self) -> None:
        """Open every socket, or raise ListenError with none left open by its listener."""
        for listener in self.listeners:
            listener.bind()

    async def start(self) -> None:
        self._database.attach(asyncio.get_running_loop())
        for listener in self.listeners:
            await listener.start()
        for certificates in self._certificates:
            certificates.start()
        self._expiry.start()
        self._retention.start()
        self._configurations.start(self._worklist.use)
        self._questions.start()
        self.courier.start()
        self._schedule.start()

    async def stop(self) -> None:
        """Take nothing more, answer what was taken, then close."""
        self.health.add("server", lambda: "it is stopping")
        for certificates in self._certificates:
            await certificates.stop()
        await self._retention.stop()
        await self._expiry.stop()
        await self._configurations.stop()
        seconds = self._settings.drain_seconds
        await asyncio.gather(self._schedule.stop(seconds), self.asker.stop(seconds))
        stops = [listener.stop(seconds) for listener in self.listeners]
        await asyncio.gather(*stops, self.courier.stop(seconds))
        await self._questions.stop()

    def describe(self) -> str:
        """One line with every address."""
        parts = [f"{each.name} {' '.join(each.addresses)}" for each in self.listeners]
        return ", ".join(parts) or "no listener"

    def _make_listeners(self) -> list[Listener]:
        settings = self._settings
        listeners: list[Listener] = []
        if settings.hl7_port or settings.hl7_tls_port:
            listeners.append(self._make_hl7())
        if settings.folder:
            listeners.append(self._make_folder())
        if settings.dicom_port or settings.dicom_tls_port:
            listeners.append(self._make_dicom())
        if settings.web_port:
            self.health.add("database", self._database.find_problem)
            listeners.append(
                HttpListener(
                    self.health.problems, host=settings.web_host or settings.host, port=settings.web_port
                )
            )
        return listeners

    def _make_hl7(self) -> MllpListener:
        settings = self._settings
        reception = Reception(self._intake, self.metrics)
        return MllpListener(
            reception,
            host=settings.hl7_host or settings.host,
            port=settings.hl7_port or None,
            tls=self._make_tls("HL7", settings.hl7_tls_port, settings.hl7_tls_client_ca),
            limits=Limits(
                message=settings.hl7_max_message,
                connections=self._room.hl7,
                per_address=settings.hl7_max_per_address,
                idle_timeout=settings.hl7_idle_timeout,
                frame_timeout=settings.hl7_frame_timeout,
                write_timeout=settings.hl7_write_timeout,
            ),
            allowed=settings.hl7_networks(),
            observer=reception,
        )

    def _make_tls(self, listener: str, port: int, client_ca: str) -> TlsPort | None:
        """The TLS port of a listener; SettingsError if its certificate is missing or of no use."""
        if not port:
            return None
        settings = self._settings
        if not settings.tls_certificate:
            raise SettingsError(
                f"The TLS port of {listener} needs a certificate.",
                where="tls_certificate",
                hint="name its file; `openworklist certificate` makes one for tests",
            )
        files = TlsFiles(settings.tls_certificate, settings.tls_key, client_ca)
        certificates = Certificates(listener, files, self.metrics.count)
        self._certificates.append(certificates)
        return TlsPort(port, certificates.context, settings.tls_handshake_timeout)

    def _make_folder(self) -> FolderListener:
        settings = self._settings
        return FolderListener(
            Path(settings.folder),
            _make_files(settings, self._database, self._intake),
            erase=settings.folder_erase,
            interval=settings.folder_interval,
            count=self.metrics.count,
        )

    def _make_dicom(self) -> DicomListener:
        settings = self._settings
        return DicomListener(
            self._worklist,
            self._steps,
            host=settings.dicom_host or settings.host,
            port=settings.dicom_port or None,
            tls=self._make_tls("DICOM", settings.dicom_tls_port, settings.dicom_tls_client_ca),
            called=(settings.ae_title,) if settings.ae_title_required else (),
            max_pdu=settings.dicom_max_pdu,
            limits=DicomLimits(
                associations=self._room.associations,
                per_title=settings.dicom_max_per_title,
                per_address=settings.dicom_max_per_address,
                pending=self._room.pending,
                identifier=settings.dicom_max_identifier,
                artim=settings.dicom_artim_timeout,
                idle_timeout=settings.dicom_idle_timeout,
                pdu_timeout=settings.dicom_pdu_timeout,
                write_timeout=settings.dicom_write_timeout,
            ),
            allowed=settings.dicom_networks(),
            observer=DicomCounter(self.metrics, logs_questions=settings.log_questions),
            is_welcome=Welcome(self._database, self._configurations).is_welcome,
            keeper=self._questions,
        )


def run(settings: Settings, announce: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; `announce` gets one line when all is ready.

    Raises ListenError, StoreError and their like when it cannot start.
    """
    logs.set_up(settings.log_level)
    _raise_file_limit()
    sys.setswitchinterval(_SWITCH_INTERVAL)
    database = open_database(settings.database, Path(settings.data), commit_group=settings.commit_group)
    try:
        server = Server(settings, database)
        server.bind()
        with _runner() as runner:
            runner.run(_serve(server, announce))
    finally:
        database.close()


async def _serve(server: Server, announce: Callable[[str], None]) -> None:
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, stopping.set)
    await server.start()
    try:
        announce(f"ready: OpenWorklist {__version__} on {server.describe()}")
        await stopping.wait()
    finally:
        # On Windows there are no signal handlers: Ctrl-C cancels the wait.
        log.info("stopping")
        await server.stop()
        log.info("stopped", extra=server.metrics.snapshot())


def _runner() -> asyncio.Runner:
    try:
        import uvloop
    except ImportError:
        return asyncio.Runner()
    return asyncio.Runner(loop_factory=uvloop.new_event_loop)


def _raise_file_limit() -> None:
    """Thousands of connections need as many files; what may be had without rights is taken."""
    if sys.platform == "win32" or os.name != "posix":
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    log.debug("file limit", extra={"before": soft, "now": hard})


def _find_room(settings: Settings) -> _Room:
    """As many connections as the settings allow and the system has files for.

    Without a file nobody could be accepted, not even to be turned away: each limit shrinks by its share.
    """
    wanted = _Room(settings.hl7_max_connections, settings.dicom_max_associations, settings.dicom_max_pending)
    if sys.platform == "win32" or os.name != "posix":
        return wanted
    import resource

    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    room = max(soft - _OWN_FILES, len(wanted))
    if soft == resource.RLIM_INFINITY or room >= sum(wanted):
        return wanted
    found = _Room(*(max(each * room // sum(wanted), 1) for each in wanted))
    log.warning(
        "the system allows fewer open files than the settings want connections: all limits were lowered",
        extra={"files": soft, **found._asdict()},
    )
    return found
