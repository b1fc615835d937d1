"""The listeners of a server, made from its settings for the services behind them."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from openworklist.app.room import find_room
from openworklist.domain.errors import SettingsError
from openworklist.listeners.dicom import DicomLimits, DicomListener
from openworklist.listeners.entrance import TlsPort
from openworklist.listeners.folder import FolderListener
from openworklist.listeners.http import HttpListener, Problems
from openworklist.listeners.mllp import Limits, MllpListener
from openworklist.observe.metrics import Metrics
from openworklist.observe.port import DicomCounter
from openworklist.services.certificates import Certificates, TlsFiles
from openworklist.services.files import Files
from openworklist.services.intake import Intake
from openworklist.services.questions import Questions
from openworklist.services.reception import Reception
from openworklist.services.scanners import Welcome
from openworklist.services.steps import Steps
from openworklist.services.worklist import Worklist
from openworklist.settings import Settings


class Listener(Protocol):
    name: str

    @property
    def addresses(self) -> tuple[str, ...]: ...
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

    def make_http(self, problems: Problems) -> HttpListener:
        """Where health is asked for."""
        settings = self._settings
        return HttpListener(problems, host=settings.web_host or settings.host, port=settings.web_port)

    def make_hl7(self, intake: Intake) -> MllpListener:
        """Where orders come in."""
        settings = self._settings
        reception = Reception(intake, self._metrics)
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
        certificates = Certificates(listener, files, self._metrics.count)
        self.certificates.append(certificates)
        return TlsPort(port, certificates.context, settings.tls_handshake_timeout)

    def make_folder(self, files: Files) -> FolderListener:
        """The folder that is watched for files with orders."""
        settings = self._settings
        return FolderListener(
            Path(settings.folder),
            files,
            erase=settings.folder_erase,
            interval=settings.folder_interval,
            count=self._metrics.count,
        )

    def make_dicom(
        self, worklist: Worklist, steps: Steps, welcome: Welcome, questions: Questions
    ) -> DicomListener:
        """Where scanners ask, and tell of their work."""
        settings = self._settings
        return DicomListener(
            worklist,
            steps,
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
            observer=DicomCounter(self._metrics, logs_questions=settings.log_questions),
            is_welcome=welcome.is_welcome,
            keeper=questions,
        )
