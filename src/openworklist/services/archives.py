"""Studies of a DICOMweb archive that the options name; of none while they name none."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from openworklist.dicom import study_answers
from openworklist.domain.archive import Archive
from openworklist.domain.errors import NotFound, PeerError
from openworklist.domain.instance import is_stored_uid
from openworklist.domain.study import Series, Study, StudyFilter, StudyInstance
from openworklist.domain.study_attributes import StudyLevel
from openworklist.observe.metrics import Metrics
from openworklist.services.archive_cache import ArchiveCache
from openworklist.services.asked_archive import AskedArchive, connect, lost

if TYPE_CHECKING:
    from openworklist.clients.dicomweb import DicomWeb

_BLOCK: Final = 256 * 1024
_LONGEST_ID: Final = 64  # LO, PS3.5 6.2
# PS3.4 C.2.2.2.4 and C.2.2.2.2: what has these asks for others too; they cannot be said as letters.
_WILD: Final = frozenset("*?\\")
_UIDS: Final = ("study_uid", "series_uid", "uid")


class ArchiveStudies:
    """A StudySource, for threads. Studies that an archive gives and that were not asked for are dropped.

    An archive that does not answer is not asked again for some seconds: PeerError at once.
    """

    def __init__(
        self,
        find_archive: Callable[[], Archive | None],
        cache: ArchiveCache,
        metrics: Metrics,
        *,
        connect: Callable[[Archive], DicomWeb] = connect,
    ) -> None:
        self._find_archive = find_archive
        self._cache = cache
        self._metrics = metrics
        self._connect = connect
        self._lock = threading.Lock()
        self._asked: AskedArchive | None = None

    @property
    def name(self) -> str:
        archive = self._find_archive()
        return archive.name if archive is not None else ""

    def find_study(self, uid: str) -> Study | None:
        return next(iter(self.find_studies(StudyFilter(uid=uid))), None)

    def find_studies(self, asked: StudyFilter) -> list[Study]:
        """Those that are equal in all, the newest first.

        None where nothing is asked for, a name, or something that an archive would take for a wildcard.
        """
        archive, match = self._find(), _to_match(asked)
        if archive is None or not match or asked.patient_name:
            return []

        def find() -> list[Study]:
            found = archive.search("studies", match, StudyLevel.STUDY)
            studies = [study_answers.to_study(each, archive.name) for each in found]
            return sorted((each for each in studies if _fits(each, asked)), key=_to_day, reverse=True)

        return archive.studies.get(asked, find) if asked.uid else find()

    def list_series(self, study_uid: str) -> list[Series]:
        """By their number."""
        archive = self._find()
        if archive is None or not is_stored_uid(study_uid):
            return []
        return archive.series.get(study_uid, lambda: archive.list_series(study_uid))

    def list_instances(self, study_uid: str) -> list[StudyInstance]:
        """Those of a series together, in the order of the series, by their number."""
        archive = self._find()
        if archive is None or not is_stored_uid(study_uid):
            return []
        return archive.instances.get(study_uid, lambda: archive.list_instances(study_uid))

    @contextmanager
    def locate(self, instance: StudyInstance) -> Iterator[Path]:
        """Its file, from the archive unless it is kept here. NotFound if the archive has it no more."""
        archive = self._find()
        if archive is None or not all(is_stored_uid(getattr(instance, name)) for name in _UIDS):
            raise lost(instance.uid)
        key = f"{archive.archive.url} {instance.study_uid} {instance.series_uid} {instance.uid}"
        with self._cache.open(key, lambda draft: archive.fetch(instance, draft)) as path:
            yield path

    def read(self, instance: StudyInstance) -> Iterator[bytes]:
        with self.locate(instance) as path, open(path, "rb") as file:
            while block := file.read(_BLOCK):
                yield block

    def each_file(self, study_uid: str) -> Iterator[tuple[StudyInstance, Path]]:
        """In the order in which the archive sends them, all by one request; what that lacks, by one each.

        PeerError or NotFound if one of them cannot be had.
        """
        archive = self._find()
        if archive is None:
            return
        left = {each.uid: each for each in self.list_instances(study_uid)}
        most = len(left) if len(left) > 1 else 0
        with suppress(PeerError), self._cache.draft() as draft:
            # Who reads slowly may be cut off there: the rest is asked for one by one.
            for uid in islice(archive.fetch_all(study_uid, draft), most):
                if (instance := left.pop(uid, None)) is not None:
                    yield instance, draft.path
        for instance in left.values():
            with self.locate(instance) as path:
                yield instance, path

    def echo(self) -> float:
        """Whether the archive answers: the seconds that took. NotFound if the options name none.

        It is asked even where its last failure is remembered.
        """
        archive = self._find()
        if archive is None:
            raise NotFound(
                "No archive is set up.",
                where="archive_url",
                hint="give the address of its DICOMweb services in the option archive_url",
                code="archive.none",
            )
        return archive.echo()

    def start(self) -> None:
        """Do away with the files of an earlier run."""
        self._cache.clean()

    def stop(self) -> None:
        """Close the connections that nobody uses."""
        with self._lock:
            self._asked = None

    def _find(self) -> AskedArchive | None:
        """The archive of this moment: options are changed while the server runs."""
        archive = self._find_archive()
        with self._lock:
            before = self._asked
            if before is not None and before.archive == archive:
                return before
            # Who still asks the other one goes on.
            self._asked = AskedArchive(archive, self._connect(archive), self._metrics) if archive else None
            return self._asked


def _to_match(asked: StudyFilter) -> list[tuple[str, str]] | None:
    """How an archive is asked; empty or None if it is not."""
    match = [
        (name, value)
        for name, value in (
            ("StudyInstanceUID", asked.uid),
            ("PatientID", asked.patient_id),
            ("AccessionNumber", asked.accession_number),
        )
        if value
    ]
    if asked.uid and not is_stored_uid(asked.uid):
        return None
    is_sayable = all(
        value.strip(" ") and value.isprintable() and len(value) <= _LONGEST_ID and not _WILD & set(value)
        for _, value in match
    )
    return match if is_sayable else None


def _fits(study: Study, asked: StudyFilter) -> bool:
    """Archives match letters of either case, parts, or not at all: only what is equal is the patient's."""
    wanted = {"patient_id": asked.patient_id, "accession_number": asked.accession_number}
    return (not asked.uid or study.uid == asked.uid) and all(
        study.values[name] == value.strip(" ") for name, value in wanted.items() if value
    )


def _to_day(study: Study) -> tuple[str, str]:
    return study.values["study_date"], study.values["study_time"]
