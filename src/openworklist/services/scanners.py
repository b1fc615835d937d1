"""The scanners that ask: what is set up for each, and those that come for the first time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

from openworklist.domain import scanner as scanners
from openworklist.domain import study_uids
from openworklist.domain.ae_title import is_ae_title
from openworklist.domain.errors import NotFound
from openworklist.domain.scanner import Scanner
from openworklist.domain.study_uids import StudyUids
from openworklist.services.clock import Clock, read_clock
from openworklist.services.configuration import SCANNER, STUDY_UIDS, THE_RULE, Configuration
from openworklist.services.configurations import Configurations, load
from openworklist.store.configuration import insert_version
from openworklist.store.connection import Connection
from openworklist.store.database import Database
from openworklist.store.questions import Asking
from openworklist.store.questions import find_asking as find_all_asking

log = logging.getLogger(__name__)

_MOST_SEEN: Final = 1_000  # scanners noted by themselves: one that invents titles must not fill the database


def change_scanner(
    configurations: Configurations, ae_title: str, changes: Mapping[str, Any], actor: str, note: str = ""
) -> Configuration:
    """Decide about a scanner, as it is at that moment; SettingsError if something of it cannot be."""
    title = ae_title.strip(" ")

    def change(configuration: Configuration) -> Any:
        scanner = configuration.scanners.get(title) or Scanner(title)
        document = {**scanners.to_document(scanner), "is_confirmed": True, **changes}
        return scanners.to_document(scanners.from_document(title, document))

    return configurations.change(SCANNER, title, change, actor, note)


def delete_scanner(configurations: Configurations, ae_title: str, actor: str) -> Configuration:
    """Forget a scanner; when it comes again, it is new."""

    def change(configuration: Configuration) -> Any:
        if ae_title not in configuration.scanners:
            raise NotFound(
                f"There is no scanner {ae_title!r}.",
                hint="openworklist scanners list shows them",
                code="scanner.not-found",
            )

    return configurations.change(SCANNER, ae_title, change, actor)


def change_study_uids(
    configurations: Configurations, change: Callable[[StudyUids], StudyUids], actor: str, note: str = ""
) -> StudyUids:
    """Change the rule of Study Instance UIDs, as it is at that moment."""

    def make(configuration: Configuration) -> Any:
        return study_uids.to_document(change(configuration.study_uids))

    return configurations.change(STUDY_UIDS, THE_RULE, make, actor, note).study_uids


def find_asking(database: Database) -> dict[str, Asking]:
    """When scanners asked last, by AE title."""
    return database.read(find_all_asking)


class Welcome:
    """Welcomes scanners at the DICOM port, and remembers those that come for the first time."""

    def __init__(
        self, database: Database, configurations: Configurations, *, clock: Clock = read_clock
    ) -> None:
        self._database = database
        self._configurations = configurations
        self._clock = clock
        self._seen: set[str] = set()

    def is_welcome(self, ae_title: str, peer: str) -> bool:
        """Whether a scanner is served; one that was never seen before is remembered either way."""
        configuration = self._configurations.current()
        if ae_title in configuration.scanners:
            self._seen.discard(ae_title)  # if it is forgotten, it is noted anew
        elif ae_title not in self._seen:
            self._note(ae_title, peer)
        return not configuration.find_serving(ae_title).is_refused

    def _note(self, ae_title: str, peer: str) -> None:
        if len(self._seen) >= _MOST_SEEN or is_ae_title(ae_title):
            return
        self._seen.add(ae_title)

        def note(connection: Connection) -> bool:
            connection.lock("configuration")
            known = load(connection).scanners
            if ae_title in known or sum(not each.is_confirmed for each in known.values()) >= _MOST_SEEN:
                return False
            document = scanners.to_document(Scanner(ae_title))
            at, actor = self._clock(), f"dicom:{peer}"
            insert_version(
                connection, SCANNER, ae_title, document, at=at, actor=actor, note="first association"
            )
            return True

        def finish(result: bool | Exception) -> None:
            if isinstance(result, Exception):
                self._seen.clear()  # the next association tries again
            elif result:
                log.info("a new scanner asks", extra={"calling": ae_title, "peer": peer})

        self._database.submit(note, finish, lane="configuration")
