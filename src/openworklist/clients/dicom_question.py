"""One C-FIND of the modality worklist, by pynetdicom: asked, answered, limited, cancelled and broken off."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Final

from openworklist.clients.stop import Stop
from openworklist.dicom.entries import Entry, read_entries
from openworklist.dicom.sop_classes import MODALITY_WORKLIST
from openworklist.domain.errors import IdentifierError

PENDING: Final = frozenset({0xFF00, 0xFF01})
_FIRST: Final = 1  # Message ID of the one question of an association
_GRACE: Final = 5.0  # seconds for a node to heed a cancel
_HOSTILE: Final = ("too-large", "too-much")  # troubles of a node that is not asked to stop
_ALMOST: Final = 0.9  # of a time-out: clocks differ
_MOST_BYTES: Final = 64 * 1024 * 1024  # of one answer
_MOST_IN_ALL: Final = 512 * 1024 * 1024  # bytes: a hundred thousand answers of five thousand


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a node is asked. `answer` and `total` are in seconds, 0 waits for ever in all.

    After `limit` answers the question is cancelled; 0 takes all. `assumed` is the term of the character set
    of answers that name none. `on_answer` is told how many there are so far.
    """

    answer: float = 30
    total: float = 0
    limit: int = 0
    assumed: str = ""
    on_answer: Callable[[int], None] | None = None


@dataclass(slots=True)
class Found:
    """What a node answered. It is complete if the node said so itself and everything could be read."""

    entries: list[Entry] = field(default_factory=list)
    answers: int = 0
    unreadable: int = 0  # answers whose lengths do not fit
    is_limited: bool = False
    status: int | None = None  # the final one; None if there was none
    comment: str = ""
    trouble: str = ""  # timeout, aborted; where we ended it: limit, total, stopped, too-large, too-much

    @property
    def is_complete(self) -> bool:
        return self.status == 0 and not self.is_limited and not self.unreadable


class Question:
    """Asks once. Answers are read as bytes: what a node sends is no business of pydicom's checks."""

    def __init__(self, terms: Terms, stop: Stop) -> None:
        self._terms = terms
        self._stop = stop
        self._raw: deque[bytes] = deque()
        self._size = self._sum = 0
        self._trouble = ""  # why it is ended by us
        self._is_broken_off = False
        self._woken = threading.Event()
        self._is_over = threading.Event()
        stop.watch(self._woken)

    def handlers(self) -> list[tuple[Any, Callable[[Any], None]]]:
        """Those that the association is made with."""
        from pynetdicom import evt

        return [(evt.EVT_DIMSE_RECV, self._take), (evt.EVT_PDU_RECV, self._weigh)]

    def ask(self, association: Any, identifier: Any) -> Found:
        """Put the question and read to its end."""
        context = next(
            each for each in association.accepted_contexts if each.abstract_syntax == MODALITY_WORKLIST
        )
        syntax = str(context.transfer_syntax[0])
        identifier.write_in(syntax)
        answers = association.send_c_find(identifier, MODALITY_WORKLIST, msg_id=_FIRST)
        watch = threading.Thread(target=self._watch, args=(association,), daemon=True)
        watch.start()
        try:
            found = self._read(association, answers, syntax)
        finally:
            self._is_over.set()
            self._woken.set()
            watch.join()
        found.trouble = self._trouble or found.trouble
        return found

    def _read(self, association: Any, answers: Iterable[tuple[Any, object]], syntax: str) -> Found:
        found = Found()
        heard = time.monotonic()
        for status, _ in answers:
            if self._is_broken_off:
                break
            if status and status.Status in PENDING:
                heard = time.monotonic()
                self._note(found, syntax)
                if found.answers == self._terms.limit and not found.is_limited:
                    found.is_limited = True
                    self._end("limit")
                    self._cancel(association)
            elif status:
                found.status = int(status.Status)
                found.comment = str(status.get("ErrorComment", "") or "")
            else:
                is_late = time.monotonic() - heard >= self._terms.answer * _ALMOST
                found.trouble = "timeout" if is_late else "aborted"
        return found

    def _note(self, found: Found, syntax: str) -> None:
        raw = self._raw.popleft() if self._raw else b""
        if self._trouble:
            return  # a node may go on for a while
        found.answers += 1
        try:
            found.entries += read_entries(raw, syntax, self._terms.assumed)
        except IdentifierError:
            found.unreadable += 1
        if self._terms.on_answer:
            self._terms.on_answer(found.answers)

    def _take(self, event: Any) -> None:
        """Keep the bytes of an answer; pynetdicom decodes what is left: nothing."""
        message = event.message
        self._size = 0
        if type(message).__name__ == "C_FIND_RSP" and message.data_set is not None:
            raw = message.data_set.getvalue()
            if raw:
                self._raw.append(raw)
                message.data_set = BytesIO()

    def _weigh(self, event: Any) -> None:
        self._size += len(event.pdu)
        self._sum += len(event.pdu)
        if self._size > _MOST_BYTES:
            self._end("too-large")
        elif self._sum > _MOST_IN_ALL:
            self._end("too-much")

    def _end(self, trouble: str) -> None:
        self._trouble = self._trouble or trouble
        self._woken.set()

    def _cancel(self, association: Any) -> None:
        with suppress(Exception):  # the association may end at this moment
            association.send_c_cancel(_FIRST, query_model=MODALITY_WORKLIST)

    def _watch(self, association: Any) -> None:
        """Cancel when it is time to, and break off where that is not heeded."""
        from openworklist.clients.dicom_line import drop

        is_woken = self._woken.wait(self._terms.total or None)
        if self._is_over.is_set():
            return
        self._trouble = self._trouble or ("stopped" if is_woken else "total")
        if self._trouble not in _HOSTILE and not self._stop.is_abrupt:
            if self._trouble != "limit":
                self._cancel(association)
            self._is_over.wait(_GRACE)
        if not self._is_over.is_set():
            self._is_broken_off = True
            drop(association)
            association.dimse.msg_queue.put((None, None))  # who waits for the next message is let go
