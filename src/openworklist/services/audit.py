"""The audit trail: who saw, changed, sent or deleted what. No page waits for it."""

from __future__ import annotations

import logging
import threading
from copy import copy
from typing import Final

from openworklist.domain.audit import Deed, DeedFilter
from openworklist.services.clock import Clock, read_clock
from openworklist.store.audit import Key, expire_deeds, find_deeds, insert_deed
from openworklist.store.database import Database

log = logging.getLogger(__name__)

VIEW: Final = "record.view"
_DAY: Final = 86_400_000_000
_MINUTE: Final = 60_000_000
_MOST_VIEWS: Final = 10_000


class Audit:
    """Adds to the audit trail, and reads it."""

    def __init__(self, database: Database, *, clock: Clock = read_clock) -> None:
        self._database = database
        self._clock = clock
        self._lock = threading.Lock()
        self._views: dict[tuple[str, int | str], int] = {}
        self._peer = ""

    def at(self, peer: str) -> Audit:
        """The same trail, for who comes from that address: it stands where a deed gives none."""
        found = copy(self)
        found._peer = peer
        return found

    def note(
        self,
        actor: str,
        action: str,
        *,
        subject: str = "",
        subject_id: str = "",
        record_id: int | None = None,
        peer: str = "",
        detail: str = "",
    ) -> None:
        """Add a row without waiting until it is on disk; `detail` must hold no secret.

        That somebody viewed a record is noted once a minute.
        """
        now = self._clock()
        if action == VIEW and record_id is not None and not self._is_first_view(actor, record_id, now):
            return
        deed = Deed(now, actor, action, subject, subject_id, record_id, peer or self._peer, detail)
        self._database.submit(lambda connection: insert_deed(connection, deed), _tell, lane="audit")

    def note_view(self, actor: str, record_id: int) -> None:
        """That somebody saw a record."""
        self.note_record(actor, VIEW, record_id)

    def note_once(self, actor: str, action: str, detail: str) -> None:
        """What somebody did; the same with the same detail is noted once a minute. Nothing without detail."""
        if detail and self._is_first_view(actor, f"{action} {detail}", self._clock()):
            self.note(actor, action, detail=detail)

    def note_record(self, actor: str, action: str, record_id: int, *, detail: str = "") -> None:
        """What somebody did with a record."""
        self.note(
            actor,
            action,
            subject="record",
            subject_id=str(record_id),
            record_id=record_id,
            detail=detail,
        )

    def find(self, asked: DeedFilter, after: Key | None = None, limit: int = 100) -> list[Deed]:
        """The next `limit` rows, newest first; the next page begins behind `(at, id)` of the last one."""
        return self._database.read(lambda connection: find_deeds(connection, asked, after, limit))

    def _is_first_view(self, actor: str, what: int | str, now: int) -> bool:
        with self._lock:
            last = self._views.get((actor, what), 0)
            if 0 <= now - last < _MINUTE:
                return False
            if len(self._views) >= _MOST_VIEWS:
                for key in [key for key, at in self._views.items() if now - at >= _MINUTE]:
                    del self._views[key]
            self._views[actor, what] = now
        return True


def expire_deeds_batch(database: Database, now: int, days: float, batch: int) -> int:
    """Forget what was done longer ago; fewer than `batch` are the last."""
    cutoff = now - int(days * _DAY)
    return database.write(lambda connection: expire_deeds(connection, cutoff, batch))


def _tell(result: Exception | None) -> None:
    if isinstance(result, Exception):
        log.error("the audit trail has a gap", extra={"error": type(result).__name__})
