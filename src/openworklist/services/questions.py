"""Keeps what scanners ask: in memory as it comes, on disk every few seconds; no answer waits for it."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable, Collection
from datetime import datetime, tzinfo
from functools import partial
from typing import Final

from openworklist.dicom.shape import digest, fold_days
from openworklist.domain.ae_title import is_ae_title
from openworklist.observe.metrics import Metrics
from openworklist.services.background import Background
from openworklist.services.clock import Clock, read_clock
from openworklist.services.rhythm import SECONDS, flush_regularly
from openworklist.store.database import Database
from openworklist.store.questions import MOST_QUESTIONS, Kept, keep_questions

log = logging.getLogger(__name__)

_MOST: Final = 500  # distinct questions in memory, of all scanners, until they are written
_LONGEST: Final = 8192  # bytes of an identifier; scanners send some hundreds
_LONGEST_TITLE: Final = 16
_BATCH: Final = 50  # questions in a transaction: some milliseconds

Key = tuple[str, bytes, str, bool, str, str]  # AE title, identifier, transfer syntax, zone, refusal, called


class _Entry:
    """What was asked in the same bytes since it was last written."""

    __slots__ = ("answers", "first", "last", "peer", "status", "times")

    def __init__(self) -> None:
        self.first = self.last = self.times = self.answers = self.status = 0
        self.peer = ""


class Questions:
    """The last questions of each scanner. They hold patients' data: in the database, and in no log.

    What asks for a different thing each time fills neither memory nor disk: of a scanner the newest are kept,
    and of all scanners only so many until they are written.
    """

    def __init__(
        self,
        database: Database,
        metrics: Metrics,
        *,
        zone: tzinfo,
        find_confirmed: Callable[[], Collection[str]] = tuple,
        clock: Clock = read_clock,
        interval: float = SECONDS,
    ) -> None:
        self._database = database
        self._metrics = metrics
        self._zone = zone
        self._find_confirmed = find_confirmed
        self._clock = clock
        self._pending: dict[str, OrderedDict[Key, _Entry]] = {}  # by AE title
        self._size = 0
        self._background = Background(partial(flush_regularly, database, self.flush, interval))

    def note(
        self,
        calling: str,
        peer: str,
        identifier: bytes,
        transfer_syntax: str,
        adjusts_zone: bool,
        answers: int,
        status: int,
    ) -> None:
        """Remember a question that was answered, on the loop's thread."""
        self._add((calling, identifier, transfer_syntax, adjusts_zone, "", ""), peer, answers, status)

    def note_refusal(self, calling: str, peer: str, called: str, reason: str) -> None:
        """Remember an association that was turned away; `called` is the AE title that it was for."""
        shown = "".join(letter for letter in called[:_LONGEST_TITLE] if letter.isprintable())
        self._add((calling, b"", "", False, reason, shown), peer, 0, 0)

    def start(self) -> None:
        self._background.start()

    async def stop(self) -> None:
        """Hand on what is left; the database writes it before it closes."""
        await self._background.stop()
        self.flush()

    def flush(self) -> None:
        """Hand what was asked on to the database, without waiting for it."""
        pending, self._pending, self._size = self._pending, {}, 0
        kept = [self._to_kept(key, entry) for each in pending.values() for key, entry in each.items()]
        confirmed = self._find_confirmed() if kept else ()
        for begin in range(0, len(kept), _BATCH):
            job = partial(keep_questions, asked=kept[begin : begin + _BATCH], confirmed=confirmed)
            self._database.submit(job, self._finish, lane="questions")

    def _add(self, key: Key, peer: str, answers: int, status: int) -> None:
        own = self._pending.get(key[0])
        entry = own.get(key) if own is not None else None
        now = self._clock()
        if entry is None:
            entry = self._begin(key)
            if entry is None:
                return
            entry.first = now
        entry.last = now
        entry.times += 1
        entry.answers, entry.status, entry.peer = answers, status, peer

    def _begin(self, key: Key) -> _Entry | None:
        """A new entry, None if it cannot be kept; of one scanner the oldest makes room."""
        calling, identifier = key[:2]
        own = self._pending.get(calling)
        if len(identifier) > _LONGEST or is_ae_title(calling):
            return None
        if own is not None and len(own) >= MOST_QUESTIONS:
            own.popitem(last=False)
        elif self._size >= _MOST:
            self._metrics.count("questions_not_kept")
            return None
        else:
            self._size += 1
        entry = _Entry()
        self._pending.setdefault(calling, OrderedDict())[key] = entry
        return entry

    def _to_kept(self, key: Key, entry: _Entry) -> Kept:
        calling, identifier, transfer_syntax, adjusts_zone, refusal, called = key
        today = datetime.fromtimestamp(entry.last / 1_000_000, self._zone).date()
        texts = [each.encode() for each in (transfer_syntax, refusal, called)]
        return Kept(
            ae_title=calling,
            digest=digest(fold_days(identifier, today), *texts, b"\1" if adjusts_zone else b""),
            identifier=identifier,
            transfer_syntax=transfer_syntax,
            adjusts_zone=adjusts_zone,
            refusal=refusal,
            called=called,
            first_asked=entry.first,
            last_asked=entry.last,
            times=entry.times,
            answers=entry.answers,
            status=entry.status,
            peer=entry.peer,
        )

    def _finish(self, result: Exception | None) -> None:
        if isinstance(result, Exception):
            # They are for people who look for a reason; the next ones come with the next polls.
            log.warning("questions were not kept", extra={"error": type(result).__name__})
