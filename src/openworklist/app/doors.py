"""The database and the services on it, for a command that works beside a server or without one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from openworklist.domain.archive import Archive, Credentials, make_archive
from openworklist.domain.errors import OpenWorklistError
from openworklist.domain.options import Options
from openworklist.domain.switches import NAMES as SWITCHES
from openworklist.domain.switches import Switches, resolve
from openworklist.observe.metrics import Metrics
from openworklist.services.archive_cache import ArchiveCache
from openworklist.services.archives import ArchiveStudies
from openworklist.services.configuration import Configuration
from openworklist.services.configurations import Configurations
from openworklist.services.files import Files
from openworklist.services.importing import Importer
from openworklist.services.intake import Intake
from openworklist.services.reading import Reader
from openworklist.services.studies import StoredStudies, Studies
from openworklist.services.study_tokens import StudyTokens
from openworklist.services.why import Why
from openworklist.settings import Settings
from openworklist.store.condition import read_condition
from openworklist.store.database import Database, open_database
from openworklist.store.migrate import newest_revision

_MEGABYTE: Final = 1024 * 1024


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
def open_archive(settings: Settings) -> Iterator[ArchiveStudies]:
    """The archive, for a command that asks it."""
    with open_store(settings) as database:
        yield make_archive_studies(settings, Configurations(database).current, Metrics())


@contextmanager
def open_files(settings: Settings) -> Iterator[Files]:
    """The way in for files, for a command that works beside a server or without one."""
    with open_shared_store(settings) as database:
        configurations = Configurations(database)
        intake = make_intake(settings, database, configurations, Metrics())
        yield make_files(settings, database, intake)


def make_switches(settings: Settings) -> Switches:
    """What counts where no option says otherwise."""
    return Switches(**{name: getattr(settings, name) for name in SWITCHES})


def find_switches(settings: Settings) -> Switches:
    """What counts with the options that are stored; without them where the database is not to be read."""
    options = Options()
    with suppress(OpenWorklistError), open_store(settings) as database:
        if database.read(read_condition).revision == newest_revision():
            options = Configurations(database).current().options
    return resolve(options, make_switches(settings))


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


def find_studies_folder(settings: Settings) -> Path:
    """Where the files of stored instances are."""
    return Path(settings.data) / "studies"


def make_studies(settings: Settings, database: Database, archive: ArchiveStudies | None = None) -> Studies:
    """Where studies are found; by an archive that is not given here, as the options say now."""
    archive = archive or make_archive_studies(settings, Configurations(database).current, Metrics())
    return Studies(StoredStudies(database, find_studies_folder(settings)), [archive])


def make_archive_studies(
    settings: Settings, configuration: Callable[[], Configuration], metrics: Metrics
) -> ArchiveStudies:
    """The studies of the archive that the options name, whichever that is at the moment."""
    credentials = Credentials(
        settings.archive_user,
        settings.archive_password,
        settings.archive_token,
        settings.archive_ca,
        settings.archive_certificate,
        settings.archive_key,
    )

    def find_archive() -> Archive | None:
        options = configuration().options
        return make_archive(options.archive_url, options.archive_name, credentials)

    def find_sizes() -> tuple[int, int]:
        options = configuration().options
        return options.archive_cache * _MEGABYTE, options.storage_keep_free * _MEGABYTE

    cache = ArchiveCache(Path(settings.data) / "archive-cache", find_sizes)
    return ArchiveStudies(find_archive, cache, metrics)


def make_study_tokens(settings: Settings, database: Database) -> StudyTokens:
    """The tokens of studies, with the key of this server."""
    return StudyTokens(database, Path(settings.data), key=settings.study_token_key)


def make_reader(settings: Settings, configuration: Callable[[], Configuration]) -> Reader:
    """What reads messages by what is set up at that moment."""
    return Reader(configuration, settings.default_charset, settings.zone())
