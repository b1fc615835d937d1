"""The whole server on one event loop: its services, and the order in which they begin and end."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from openworklist.app.doors import make_files, make_intake
from openworklist.app.ports import Listener, Ports
from openworklist.domain.retry import Retry
from openworklist.observe.health import Health
from openworklist.observe.metrics import Metrics
from openworklist.services.asking import Asker
from openworklist.services.configurations import Configurations
from openworklist.services.courier import Courier
from openworklist.services.expiry import Expiry
from openworklist.services.importing import Importer
from openworklist.services.questions import Questions
from openworklist.services.retention import Retention
from openworklist.services.scanners import Welcome
from openworklist.services.schedule import Schedule
from openworklist.services.steps import Steps
from openworklist.services.worklist import Worklist
from openworklist.settings import Settings
from openworklist.store.database import Database

_DAY: Final = 86_400.0


class Server:
    """The whole server on one event loop: `start`, and `stop` at the end."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database
        self.metrics = Metrics()
        self.health = Health()
        self._configurations = Configurations(database)
        self._intake = make_intake(settings, database, self._configurations, self.metrics)
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
        self._ports = Ports(settings, self.metrics)
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
        for certificates in self._ports.certificates:
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
        for certificates in self._ports.certificates:
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
        ports = self._ports
        if settings.hl7_port or settings.hl7_tls_port:
            listeners.append(ports.make_hl7(self._intake))
        if settings.folder:
            listeners.append(ports.make_folder(make_files(settings, self._database, self._intake)))
        if settings.dicom_port or settings.dicom_tls_port:
            welcome = Welcome(self._database, self._configurations)
            listeners.append(ports.make_dicom(self._worklist, self._steps, welcome, self._questions))
        if settings.web_port:
            self.health.add("database", self._database.find_problem)
            listeners.append(ports.make_http(self.health.problems))
        return listeners


def _make_courier(settings: Settings, database: Database, metrics: Metrics) -> Courier:
    retry = Retry(
        cap=settings.outbound_pause,
        longest=settings.outbound_days * _DAY,
        most_tries=settings.outbound_attempts,
    )
    timeout = settings.outbound_timeout
    return Courier(database, metrics, retry=retry, timeout=timeout, days=settings.journal_days)
