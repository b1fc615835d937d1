"""Where studies are: on this server, or in an archive that it knows. What reads a study asks here."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from openworklist.domain.errors import NotFound, PeerError
from openworklist.domain.study import Series, Study, StudyFilter, StudyInstance
from openworklist.store.database import Database
from openworklist.store.study_files import StudyFiles
from openworklist.store.study_lists import StudyKey, find_studies, list_instances, list_series

log = logging.getLogger(__name__)

_BLOCK: Final = 256 * 1024


class StudySource(Protocol):
    """Who has studies. All methods wait, for the disk or for a network: they are for threads.

    NotFound for what is not there; PeerError if an archive does not answer.
    """

    @property
    def name(self) -> str:
        """The archive's; "" for this server."""

    def find_study(self, uid: str) -> Study | None: ...

    def find_studies(self, asked: StudyFilter) -> list[Study]:
        """Those that fit, the newest first."""

    def list_series(self, study_uid: str) -> list[Series]: ...

    def list_instances(self, study_uid: str) -> list[StudyInstance]: ...

    def locate(self, instance: StudyInstance) -> AbstractContextManager[Path]:
        """Its file (PS3.10), whole and on this machine for as long as it is open."""

    def read(self, instance: StudyInstance) -> Iterator[bytes]:
        """Its file, piece by piece."""

    def each_file(self, study_uid: str) -> Iterator[tuple[StudyInstance, Path]]:
        """Every instance of a study, in any order, with its file, which is there until the next one is."""


class StoredStudies:
    """The studies of this server."""

    name = ""

    def __init__(self, database: Database, folder: Path) -> None:
        self._database = database
        self._files = StudyFiles(folder)

    def find_study(self, uid: str) -> Study | None:
        return next(iter(self.find_studies(StudyFilter(uid=uid))), None)

    def find_studies(self, asked: StudyFilter) -> list[Study]:
        found, after = self.find_page(asked)
        while after is not None:
            more, after = self.find_page(asked, after)
            found += more
        return found

    def find_page(
        self, asked: StudyFilter, after: StudyKey | None = None, limit: int = 100
    ) -> tuple[list[Study], StudyKey | None]:
        """The next of them, those that came last first, and where the next page begins; None at the end."""
        return self._database.read(partial(find_studies, asked=asked, after=after, limit=limit))

    def list_series(self, study_uid: str) -> list[Series]:
        return self._database.read(partial(list_series, study_uid=study_uid))

    def list_instances(self, study_uid: str) -> list[StudyInstance]:
        return self._database.read(partial(list_instances, study_uid=study_uid))

    def locate(self, instance: StudyInstance) -> AbstractContextManager[Path]:
        path = self._files.path_of(instance.file)
        if not path.is_file():
            raise NotFound(
                f"The file of instance {instance.uid} is not on the disk.",
                hint="have the scanner send it again",
                code="instance.file-lost",
            )
        return nullcontext(path)

    def read(self, instance: StudyInstance) -> Iterator[bytes]:
        with self.locate(instance) as path, open(path, "rb") as file:
            while block := file.read(_BLOCK):
                yield block

    def each_file(self, study_uid: str) -> Iterator[tuple[StudyInstance, Path]]:
        for instance in self.list_instances(study_uid):
            with self.locate(instance) as path:
                yield instance, path


class Studies:
    """All sources of this server: its own first, then the archives."""

    def __init__(self, stored: StoredStudies, archives: Sequence[StudySource] = ()) -> None:
        self.stored = stored
        self._archives = tuple(archives)

    def find(self, uid: str) -> tuple[Study, StudySource] | None:
        """A study and who has it; PeerError if it is not here and an archive does not answer."""
        for source in (self.stored, *self._archives):
            if (study := source.find_study(uid)) is not None:
                return study, source
        return None

    def get(self, uid: str) -> tuple[Study, StudySource]:
        """As `find`; NotFound if nobody has it."""
        found = self.find(uid)
        if found is None:
            raise NotFound(f"There is no study {uid}.", where="StudyInstanceUID", code="study.not-found")
        return found

    def find_of_patient(self, patient_id: str, *, is_whole: bool = False) -> list[Study]:
        """Every study of a patient, each once, the newest first; without those of archives that fail.

        With `is_whole` PeerError if one fails: for who would keep half a list as a whole one. None without
        Patient ID: it would be those of everybody.
        """
        if not patient_id.strip():
            return []
        asked = StudyFilter(patient_id=patient_id)
        found = {study.uid: study for study in self.stored.find_studies(asked)}
        for archive in self._archives:
            try:
                for study in archive.find_studies(asked):
                    found.setdefault(study.uid, study)
            except PeerError as error:
                if is_whole:
                    raise
                log.warning("an archive was left out", extra={"archive": archive.name, "error": str(error)})
        return sorted(
            found.values(),
            key=lambda each: (each.values.get("study_date", ""), each.values.get("study_time", "")),
            reverse=True,
        )
