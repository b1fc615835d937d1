"""The database and the services on it, for a command that works beside a server or without one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from openworklist.observe.metrics import Metrics
from openworklist.services.configuration import Configuration
from openworklist.services.configurations import Configurations
from openworklist.services.files import Files
from openworklist.services.importing import Importer
from openworklist.services.intake import Intake
from openworklist.services.reading import Reader
from openworklist.services.why import Why
from openworklist.settings import Settings
from openworklist.store.database import Database, open_database


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
        intake = make_intake(settings, database, configurations, Metrics())
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
        intake = make_intake(settings, database, configurations, Metrics())
        yield make_files(settings, database, intake)


def make_intake(
    settings: Settings, database: Database, configurations: Configurations, metrics: Metrics
) -> Intake:
    """The door for orders."""
    return Intake(
        database,
        make_reader(settings, configurations.current),
        metrics,
        acknowledges=configurations.acknowledges,
        note_sender=configurations.note_sender,
    )


def make_files(settings: Settings, database: Database, intake: Intake) -> Files:
    """The way in for files, by that door."""
    return Files(intake, database.find_problem, max_message=settings.hl7_max_message)


def make_reader(settings: Settings, configuration: Callable[[], Configuration]) -> Reader:
    """What reads messages by what is set up at that moment."""
    return Reader(configuration, settings.default_charset, settings.zone())
