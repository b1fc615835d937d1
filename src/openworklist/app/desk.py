"""The services of a server as the pages and the REST interface get them."""

from __future__ import annotations

from collections.abc import Callable

from openworklist.app.doors import make_files, make_reader
from openworklist.observe.health import Health
from openworklist.observe.metrics import Metrics
from openworklist.services.archives import ArchiveStudies
from openworklist.services.asking import Asker
from openworklist.services.audit import Audit
from openworklist.services.browse import Browse
from openworklist.services.configurations import Configurations
from openworklist.services.events import Events
from openworklist.services.history import History
from openworklist.services.importing import Importer
from openworklist.services.inquiries import Inquiries
from openworklist.services.intake import Intake
from openworklist.services.people import People
from openworklist.services.pictures import Pictures
from openworklist.services.ports import ListenerBoard
from openworklist.services.records import Records
from openworklist.services.searches import Searches
from openworklist.services.studies import Studies
from openworklist.services.study_tokens import StudyTokens
from openworklist.services.token_gate import TokenGate
from openworklist.settings import Loaded
from openworklist.store.database import Database
from openworklist.web.desk import Desk


def make_desk(
    loaded: Loaded,
    database: Database,
    configurations: Configurations,
    intake: Intake,
    *,
    people: People,
    audit: Audit,
    events: Events,
    asker: Asker,
    pictures: Pictures,
    studies: Studies,
    archive: ArchiveStudies,
    study_tokens: StudyTokens,
    token_gate: TokenGate,
    listeners: ListenerBoard,
    metrics: Metrics,
    health: Health,
    wake: Callable[[], None],
) -> Desk:
    """The desk of a server with these parts; what has no part in its life is made here."""
    settings = loaded.settings
    zone = settings.zone()
    importer = Importer(database, intake)
    return Desk(
        database=database,
        configurations=configurations,
        records=Records(database),
        history=History(database),
        browse=Browse(database, zone),
        searches=Searches(database),
        people=people,
        audit=audit,
        events=events,
        intake=intake,
        reader=make_reader(settings, configurations.current),
        files=make_files(settings, database, intake),
        importer=importer,
        asker=asker,
        inquiries=Inquiries(asker, importer),
        pictures=pictures,
        studies=studies,
        archive=archive,
        study_tokens=study_tokens,
        token_gate=token_gate,
        listeners=listeners,
        metrics=metrics,
        zone=zone,
        ae_title=settings.ae_title,
        settings=loaded.shown,
        problems=health.problems,
        wake=wake,
        is_open=settings.no_login,
        is_secure=settings.web_tls,
        hsts_days=settings.web_hsts_days,
    )
