"""The listeners of a server, made from its settings for the services behind them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from openworklist.app.room import find_room
from openworklist.domain.errors import SettingsError
from openworklist.listeners.dicom import DicomLimits, DicomListener
from openworklist.listeners.entrance import TlsPort
from openworklist.listeners.folder import FolderListener
from openworklist.listeners.http import HttpListener, MakeApplication
from openworklist.listeners.http_limits import HttpLimits
from openworklist.listeners.https_connection import Https
from openworklist.listeners.mllp import Limits, MllpListener
from openworklist.observe.metrics import Metrics
from openworklist.observe.port import DicomCounter
from openworklist.observe.web_port import WebCounter
from openworklist.services.certificates import Certificates, TlsFiles
from openworklist.services.deliveries import Deliveries
from openworklist.services.files import Files
from openworklist.services.intake import Intake
from openworklist.services.questions import Questions
from openworklist.services.reception import Reception
from openworklist.services.scanners import Welcome
from openworklist.services.steps import Steps
from openworklist.services.storage import Storage
from openworklist.services.token_questions import TokenQuestions
from openworklist.services.worklist import Worklist
from openworklist.setting_checks import to_networks
from openworklist.settings import Settings


class ListenerState(Protocol):
    @property
    def is_running(self) -> bool: ...
    @property
    def addresses(self) -> tuple[str, ...]: ...
    @property
    def connections(self) -> int: ...
    @property
    def last_error(self) -> str: ...


class Listener(Protocol):
    name: str

    @property
    def status(self) -> ListenerState: ...
    def bind(self) -> None: ...
    async def start(self) -> None: ...
    async def stop(self, drain_seconds: float = 5) -> None: ...


class Ports:
    """Makes the listeners; `certificates` are those of the TLS ports that were made, to be watched."""

    def __init__(self, settings: Settings, metrics: Metrics) -> None:
        self.certificates: list[Certificates] = []
        self._settings = settings
        self._metrics = metrics
        self._room = find_room(settings)

    def make_http(self, make_application: MakeApplication) -> HttpListener:
        """Where pages and programs ask."""
        settings = self._settings
        return HttpListener(
            make_application,
            host=settings.web_host or settings.host,
            port=settings.web_port,
            limits=HttpLimits(
                connections=self._room.web,
                request_timeout=settings.web_request_timeout,
                write_timeout=settings.web_write_timeout,
                proxies=tuple(map(str, to_networks(settings.web_proxies))),
            ),
            https=self._make_https() if settings.web_tls else None,
        )

    def make_hl7(self, intake: Intake, questions: TokenQuestions, port: int) -> MllpListener:
        """Where orders come in, and tokens are asked for; a plain port of 0 is none."""
        settings = self._settings
        reception = Reception(intake, self._metrics, questions)
        return MllpListener(
            reception,
            host=settings.hl7_host or settings.host,
            port=port or None,
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
        certificates = self._find_certificates(listener, f"The TLS port of {listener}", client_ca)
        return TlsPort(port, certificates.context, self._settings.tls_handshake_timeout)

    def _make_https(self) -> Https:
        certificates = self._find_certificates("web", "The web port with TLS", "")
        return Https(certificates.context, WebCounter(self._metrics), self._settings.tls_handshake_timeout)

    def _find_certificates(self, listener: str, wanting: str, client_ca: str) -> Certificates:
        """What the port called `wanting` shows; SettingsError if that is missing or of no use."""
        settings = self._settings
        if not settings.tls_certificate:
            raise SettingsError(
                f"{wanting} needs a certificate.",
                where="tls_certificate",
                hint="name its file; `openworklist certificate` makes one for tests",
            )
        files = TlsFiles(settings.tls_certificate, settings.tls_key, client_ca)
        certificates = Certificates(listener, files, self._metrics.count)
        self.certificates.append(certificates)
        return certificates

    def make_folder(self, files: Files, folder: str, erase: bool) -> FolderListener:
        """What watches a folder for files with orders."""
        return FolderListener(
            Path(folder),
            files,
            erase=erase,
            interval=self._settings.folder_interval,
            count=self._metrics.count,
        )

    def make_dicom(
        self,
        worklist: Worklist,
        steps: Steps,
        storage: Storage,
        welcome: Welcome,
        questions: Questions,
        deliveries: Deliveries,
        logs_questions: Callable[[], bool],
    ) -> DicomListener:
        """Where scanners ask, tell of their work, and send their images."""
        settings = self._settings
        return DicomListener(
            worklist,
            steps,
            storage,
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
            observer=DicomCounter(self._metrics, logs_questions=logs_questions),
            is_welcome=welcome.is_welcome,
            keeper=questions,
            deliveries=deliveries,
        )
