"""One archive as it is asked: what it answers is looked at, counted, and remembered for a moment."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from openworklist.clients.multipart import Event, PartBegins, PartEnds, unfit
from openworklist.dicom import study_answers
from openworklist.dicom.part10 import find_sop_instance
from openworklist.dicom.study_answers import Answer
from openworklist.domain.archive import LOST, NOT_FOUND, SLOW, UNREACHABLE, Archive
from openworklist.domain.errors import NotFound, PeerError, SettingsError
from openworklist.domain.study import Series, Study, StudyInstance
from openworklist.domain.study_attributes import StudyLevel
from openworklist.observe.metrics import Metrics
from openworklist.services.archive_cache import Draft
from openworklist.services.breaker import Breaker
from openworklist.services.remembered import Remembered

if TYPE_CHECKING:
    from openworklist.clients.dicomweb import DicomWeb, Query

_HEAD: Final = 64 * 1024  # bytes in which the file meta information must say whose file it is
_KEPT: Final = 15_000_000  # microseconds that answers are remembered: a viewer asks again for each image


def connect(archive: Archive) -> DicomWeb:
    """A client of an archive; PeerError if its certificates or its token cannot be used."""
    from openworklist.clients.dicomweb import DicomWeb  # which takes time to load

    try:
        return DicomWeb(archive)
    except SettingsError as error:
        raise PeerError(
            error.sentence, where=error.where, hint=error.hint, code="archive.unusable"
        ) from error


class AskedArchive:
    """One archive with what is known of it: whether it answers, and what it answered a moment ago."""

    def __init__(self, archive: Archive, client: DicomWeb, metrics: Metrics) -> None:
        self.archive = archive
        self.name = archive.name
        self.studies: Remembered[list[Study]] = Remembered(_KEPT)
        self.series: Remembered[list[Series]] = Remembered(_KEPT)
        self.instances: Remembered[list[StudyInstance]] = Remembered(_KEPT)
        self._client = client
        self._breaker = Breaker()
        self._metrics = metrics
        self._lock = threading.Lock()
        # Once nobody asks it any more: other options may name another one meanwhile.
        weakref.finalize(self, client.close)

    def search(self, path: str, match: Query, level: StudyLevel) -> list[Answer]:
        def to_uid(answer: Answer) -> str:
            return study_answers.find_uid(answer, level)

        with self._counting(), self._breaker.trying(_is_silence):
            return self._client.search(path, match, study_answers.list_tags(level), to_uid)

    def list_series(self, study_uid: str) -> list[Series]:
        found = self._list(study_uid, "series", StudyLevel.SERIES)
        series = [study_answers.to_series(each, study_uid) for each in found]
        return sorted(series, key=lambda each: (_to_number(each.values["series_number"]), each.uid))

    def list_instances(self, study_uid: str) -> list[StudyInstance]:
        found = self._list(study_uid, "instances", StudyLevel.INSTANCE)
        placed = [
            (_to_number(study_answers.find_series_number(each)), study_answers.to_instance(each, study_uid))
            for each in found
        ]
        placed.sort(key=lambda each: (each[0], *_to_place(each[1])))
        return [instance for _, instance in placed if instance.series_uid]

    def fetch(self, instance: StudyInstance, draft: Draft) -> None:
        """Write the file of an instance; once more from its beginning if the connection is lost meanwhile."""
        with self._counting(), self._breaker.trying(_is_silence):
            try:
                self._fetch(instance, draft)
            except PeerError as error:
                if error.code != LOST:
                    raise
                draft.restart()
                self._fetch(instance, draft)

    def fetch_all(self, study_uid: str, draft: Draft) -> Iterator[str]:
        """Write the instances of a study, one after the other, into the same draft; the UID of each."""
        with (
            self._counting(),
            self._breaker.trying(_is_silence),
            self._client.retrieve(f"studies/{study_uid}") as events,
        ):
            yield from _write_each(events, draft)

    def echo(self) -> float:
        with self._counting():
            return self._client.echo()

    def _list(self, study_uid: str, what: str, level: StudyLevel) -> list[Answer]:
        found = self.search(f"studies/{study_uid}/{what}", [], level)
        return [each for each in found if study_answers.is_of_study(each, study_uid)]

    def _fetch(self, instance: StudyInstance, draft: Draft) -> None:
        path = f"studies/{instance.study_uid}/series/{instance.series_uid}/instances/{instance.uid}"
        try:
            with self._client.retrieve(path) as events:
                _write(events, draft, instance.uid)
        except PeerError as error:
            if error.code == NOT_FOUND:
                raise lost(instance.uid) from error
            raise

    @contextmanager
    def _counting(self) -> Iterator[None]:
        self._count("archive_requests")
        try:
            yield
        except PeerError:
            self._count("archive_failures")
            raise

    def _count(self, name: str) -> None:
        with self._lock:  # counted by threads
            self._metrics.count(name)


def _write(events: Iterator[Event], draft: Draft, uid: str) -> None:
    """The one file that was asked for, into a draft; PeerError if it is another one, or none."""
    found = []
    for each in _write_each(events, draft):
        found.append(each)
        if found != [uid]:
            break
    if found != [uid]:
        raise unfit("it holds another instance than was asked for, or none")


def _write_each(events: Iterator[Event], draft: Draft) -> Iterator[str]:
    """One file after the other into the same draft; the SOP Instance UID of each, "" where it has none."""
    head = bytearray()
    for event in events:
        if isinstance(event, PartBegins):
            draft.restart()
            head.clear()
        elif isinstance(event, PartEnds):
            yield find_sop_instance(bytes(head))
        else:
            if len(head) < _HEAD:
                head += event[: _HEAD - len(head)]
            draft.write(event)


def _is_silence(error: PeerError) -> bool:
    """Whether an archive kept us waiting: one that refuses or breaks off does so quickly."""
    return error.code in (UNREACHABLE, SLOW) or error.code.partition(".")[0] == "peer"


def _to_place(instance: StudyInstance) -> tuple[str, tuple[int, int], str]:
    return instance.series_uid, _to_number(instance.values["instance_number"]), instance.uid


def _to_number(text: str) -> tuple[int, int]:
    """What sorts numbers as numbers, and what is none behind them."""
    try:
        return 0, int(text)
    except ValueError:
        return 1, 0


def lost(uid: str) -> NotFound:
    return NotFound(
        f"The archive has no instance {uid[:64]}.",
        hint="it may have been deleted or moved there: look for the study again",
        code="instance.file-lost",
    )
