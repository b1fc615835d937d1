"""Exams whose images have come: their records are completed, if the site wants that."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import tzinfo
from functools import partial
from typing import Final, NamedTuple

from openworklist.domain.arrival import ACCESSION, find_records_of, is_finished_by, patient_of_study
from openworklist.domain.errors import OpenWorklistError
from openworklist.domain.record import Status
from openworklist.domain.study import StudyFilter
from openworklist.domain.study_uids import STUDY
from openworklist.observe.metrics import Metrics
from openworklist.services.background import Background
from openworklist.services.clock import Clock, read_clock
from openworklist.services.configuration import Configuration
from openworklist.services.notices import put_notices
from openworklist.services.status_change import give_status
from openworklist.store.connection import Connection
from openworklist.store.database import Database
from openworklist.store.merged_patients import find_all_ids
from openworklist.store.performed_steps import find_for_request
from openworklist.store.study_arrivals import find_new_modalities, find_quiet, settle_all, settle_study
from openworklist.store.study_lists import find_studies

log = logging.getLogger(__name__)

ACTOR: Final = "images"
_MINUTE: Final = 60_000_000


class Completed(NamedTuple):
    """How many records a study completed, and how many messages tell of it."""

    records: int = 0
    notices: int = 0


def complete(
    connection: Connection,
    uid: str,
    configuration: Configuration,
    *,
    now: int,
    zone: tzinfo | None = None,
) -> Completed:
    """Complete the records of what is new in a study, and see to it no more until more comes."""
    news = find_new_modalities(connection, uid)
    settle_study(connection, uid, now)
    found, _ = find_studies(connection, StudyFilter(uid=uid), limit=1)
    if not found or not news:
        return Completed()
    study = replace(found[0], modalities=news)
    patients = find_all_ids(connection, patient_of_study(study))
    for each in sorted({each.id for each in patients}):
        connection.lock(f"patient {each}")
    request = {STUDY: uid, ACCESSION: study.values.get(ACCESSION, "").strip()}
    candidates = find_for_request(connection, request, tuple(each.id for each in patients))
    reason = f"its images have come: {study.instances} in {study.series} series"
    records = notices = 0
    for record in find_records_of(study, patients, candidates):
        if is_finished_by(study, record):
            changed = give_status(connection, record, Status.COMPLETED, at=now, actor=ACTOR, reason=reason)
            records += 1
            notices += put_notices(connection, changed, configuration, actor=ACTOR, now=now, zone=zone)[0]
    return Completed(records, notices)


class Arrivals:
    """Looks every few seconds which studies have fallen silent.

    Where the site does not want it, what comes meanwhile is left as it is for good.
    """

    def __init__(
        self,
        database: Database,
        configuration: Callable[[], Configuration],
        metrics: Metrics,
        *,
        clock: Clock = read_clock,
        zone: tzinfo | None = None,
        wake: Callable[[], None] = lambda: None,
        interval: float = 10,
    ) -> None:
        self._database = database
        self._configuration = configuration
        self._metrics = metrics
        self._clock = clock
        self._zone = zone
        self._wake = wake
        self._interval = interval
        self._background = Background(self._run)

    def start(self) -> None:
        self._background.start()

    async def stop(self) -> None:
        await self._background.stop()

    def look(self) -> int:
        """See to every study that is silent; how many records were completed. It waits for the disk."""
        configuration = self._configuration()
        minutes, now = configuration.options.complete_on_images, self._clock()
        cutoff = now - minutes * _MINUTE
        quiet = self._database.read(partial(find_quiet, cutoff=cutoff))
        if not quiet:
            return 0
        if not minutes:
            self._database.write(partial(settle_all, now=now))
            return 0
        total = sum(self._see_to(uid, configuration, now) for uid in quiet)
        if total:
            self._metrics.count("records_completed_by_images", total)
            log.info("exams were completed: their images have come", extra={"records": total})
        return total

    def _see_to(self, uid: str, configuration: Configuration, now: int) -> int:
        """How many records it completed; one that fails is tried again, and keeps no other waiting."""
        try:
            done = self._database.write(
                partial(complete, uid=uid, configuration=configuration, now=now, zone=self._zone)
            )
        except Exception as error:  # noqa: BLE001 - the edge: one study fails, not all that come after it
            log.error("the exam of a study was not completed", extra={"error": type(error).__name__})
            return 0
        if done.notices:
            self._metrics.count("notices_put", done.notices)
            self._wake()
        return done.records

    async def _run(self) -> None:
        while True:
            try:
                await asyncio.to_thread(self.look)
            except OpenWorklistError as error:
                log.warning("exams whose images have come were not completed", extra={"code": error.code})
            await asyncio.sleep(self._interval)
