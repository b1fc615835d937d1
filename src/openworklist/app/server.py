"""The whole server on one event loop: its services, and the order in which they begin and end."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from openworklist.app.demo import make_demo
from openworklist.app.doors import (
    find_studies_folder,
    make_archive_studies,
    make_files,
    make_intake,
    make_studies,
    make_study_tokens,
    make_switches,
)
from openworklist.app.ports import Listener, Ports
from openworklist.app.switchboard import Switchboard
from openworklist.app.switches import FolderSwitch, Hl7Switch
from openworklist.domain.retry import Retry
from openworklist.domain.switches import Switches, resolve
from openworklist.listeners.http import HttpListener
from openworklist.listeners.mllp import MllpListener
from openworklist.observe.health import Health
from openworklist.observe.metrics import Metrics
from openworklist.services.arrivals import Arrivals
from openworklist.services.asking import Asker
from openworklist.services.audit import Audit
from openworklist.services.configuration import Configuration
from openworklist.services.configurations import Configurations
from openworklist.services.courier import Courier
from openworklist.services.deliveries import Deliveries
from openworklist.services.events import Events
from openworklist.services.expiry import Expiry
from openworklist.services.folded_trail import FoldedTrail
from openworklist.services.importing import Importer
from openworklist.services.people import People
from openworklist.services.pictures import Pictures
from openworklist.services.questions import Questions
from openworklist.services.retention import Retention
from openworklist.services.scanners import Welcome
from openworklist.services.schedule import Schedule
from openworklist.services.steps import Steps
from openworklist.services.storage import Storage
from openworklist.services.token_gate import TokenGate
from openworklist.services.token_questions import TokenQuestions
from openworklist.services.worklist import Worklist
from openworklist.settings import Loaded, Settings
from openworklist.store.database import Database

_DAY: Final = 86_400.0


class Server:
    """The whole server on one event loop: `start`, and `stop` at the end."""

    def __init__(self, loaded: Loaded, database: Database) -> None:
        self._loaded = loaded
        settings = self._settings = loaded.settings
        self._database = database
        self._switches = make_switches(settings)
        self.metrics = Metrics()
        self.health = Health()
        self._demo = make_demo(settings, database)  # it decides for its site before anybody reads that
        self._configurations = Configurations(database)
        self.people = People(database, find_options=lambda: self._configurations.current().options)
        self.audit = Audit(database)
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
        self._storage = Storage(
            database,
            find_studies_folder(settings),
            lambda: self._configurations.current().options,
            self.metrics,
        )
        self.pictures = Pictures()
        self.archive = make_archive_studies(settings, self._configurations.current, self.metrics)
        self._studies = make_studies(settings, database, self.archive)
        self._arrivals = Arrivals(
            database,
            self._configurations.current,
            self.metrics,
            zone=settings.zone(),
            wake=self.courier.wake,
        )
        self._study_tokens = make_study_tokens(settings, database)
        self._token_trail = FoldedTrail(self.audit)
        self._token_gate = TokenGate(self._study_tokens, self._token_trail)
        self._token_questions = self._make_token_questions()
        self._questions = Questions(
            database,
            self.metrics,
            zone=settings.zone(),
            find_confirmed=lambda: self._configurations.current().confirmed_scanners,
        )
        self._deliveries = Deliveries(database, self.metrics)
        self._ports = Ports(settings, self.metrics)
        self._hl7 = self._make_hl7()
        self._others: Sequence[Listener] = self._make_others()
        self.switchboard = self._make_switchboard()
        self.events = Events(database)
        self._expiry = Expiry(
            database,
            settings.journal_days,
            self.metrics,
            find_audit_days=lambda: self._configurations.current().options.audit_days,
        )
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

    @property
    def web_origins(self) -> tuple[str, ...]:
        """Where pages are served, with http or https; none before `bind`, or without web port."""
        return next((each.origins for each in self._others if isinstance(each, HttpListener)), ())

    def bind(self) -> None:
        """Open every socket, or raise ListenError with none left open by its listener."""
        for listener in (self._hl7, *self._others):
            listener.bind()

    async def start(self) -> None:
        self._database.attach(asyncio.get_running_loop())
        await self._storage.start()
        await asyncio.to_thread(self.archive.start)
        for listener in (self._hl7, *self._others):
            await listener.start()
        await self.switchboard.start()
        for certificates in self._ports.certificates:
            certificates.start()
        self._expiry.start()
        self._retention.start()
        self._arrivals.start()
        self._configurations.start(self._use)
        self._questions.start()
        self._deliveries.start()
        self._token_trail.start()
        self.courier.start()
        self._schedule.start()
        if self._demo is not None:
            await self._demo.start()

    async def stop(self) -> None:
        """Take nothing more, answer what was taken, then close."""
        await self.events.stop()
        self.health.add("server", lambda: "it is stopping")
        if self._demo is not None:
            await self._demo.stop()
        for certificates in self._ports.certificates:
            await certificates.stop()
        await self._arrivals.stop()
        await self._retention.stop()
        await self._expiry.stop()
        await self._configurations.stop()
        await self.switchboard.stop()
        seconds = self._settings.drain_seconds
        await asyncio.gather(self._schedule.stop(seconds), self.asker.stop(seconds))
        stops = [listener.stop(seconds) for listener in (self._hl7, *self._others)]
        await asyncio.gather(*stops, self.courier.stop(seconds))
        self._token_questions.stop()
        await self._token_trail.stop()
        await self._storage.stop()
        await asyncio.to_thread(self.pictures.stop)
        self.archive.stop()
        await self._questions.stop()
        await self._deliveries.stop()

    def describe(self) -> str:
        """One line with every address."""
        statuses = self.switchboard.statuses()
        parts = [f"{each.name} {' '.join(each.addresses)}" for each in statuses if each.addresses]
        if self._demo is not None:
            parts.append(f"a demo in {self._demo.place.data}: every patient is made up")
        return ", ".join(parts) or "no listener"

    def _use(self, configuration: Configuration) -> None:
        """Have all that was set up count from now on."""
        self._worklist.use(configuration)
        self.switchboard.notice()

    def _find_switches(self) -> Switches:
        return resolve(self._configurations.current().options, self._switches)

    def _make_hl7(self) -> MllpListener:
        """Without a port that an option asks for: it is opened at the start, and may be taken."""
        is_option = self._configurations.current().options.hl7_port
        port = 0 if is_option else self._settings.hl7_port
        return self._ports.make_hl7(self._intake, self._token_questions, port)

    def _make_token_questions(self) -> TokenQuestions:
        return TokenQuestions(
            self._studies,
            self._study_tokens,
            self._token_trail,
            self.metrics,
            lambda: self._configurations.current().options.token_addresses,
            lambda: self._find_switches().default_charset,
        )

    def _make_switchboard(self) -> Switchboard:
        seconds = self._settings.drain_seconds
        files = make_files(self._settings, self._database, self._intake)
        return Switchboard(
            Hl7Switch(self._hl7, drain_seconds=seconds),
            FolderSwitch(partial(self._ports.make_folder, files), drain_seconds=seconds),
            self._others,
            self._find_switches,
        )

    def _make_others(self) -> list[Listener]:
        settings = self._settings
        listeners: list[Listener] = []
        ports = self._ports
        if settings.dicom_port or settings.dicom_tls_port:
            welcome = Welcome(self._database, self._configurations)
            listeners.append(
                ports.make_dicom(
                    self._worklist,
                    self._steps,
                    self._storage,
                    welcome,
                    self._questions,
                    self._deliveries,
                    lambda: self._find_switches().log_questions,
                )
            )
        if settings.web_port:
            self.health.add("database", self._database.find_problem)
            self.health.add("study tokens", self._study_tokens.find_problem)
            self.health.add("HL7", lambda: self.switchboard.find_problem())
            listeners.append(ports.make_http(self.make_web))
        return listeners

    def make_web(self) -> Any:
        """The application of the web port; tests ask it without one."""
        from openworklist.app.desk import make_desk
        from openworklist.app.web import make_web

        return make_web(
            make_desk(
                self._loaded,
                self._database,
                self._configurations,
                self._intake,
                people=self.people,
                audit=self.audit,
                events=self.events,
                asker=self.asker,
                pictures=self.pictures,
                studies=self._studies,
                archive=self.archive,
                study_tokens=self._study_tokens,
                token_gate=self._token_gate,
                listeners=self.switchboard,
                metrics=self.metrics,
                health=self.health,
                wake=self.courier.wake,
            )
        )


def _make_courier(settings: Settings, database: Database, metrics: Metrics) -> Courier:
    retry = Retry(
        cap=settings.outbound_pause,
        longest=settings.outbound_days * _DAY,
        most_tries=settings.outbound_attempts,
    )
    timeout = settings.outbound_timeout
    return Courier(database, metrics, retry=retry, timeout=timeout, days=settings.journal_days)
