"""The answers to one question, page after page, each encoded once for a version of its record."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from openworklist.dicom.answer import Encoder
from openworklist.domain.errors import TooManyAnswers
from openworklist.domain.record import Record
from openworklist.domain.serving import Served, Serving
from openworklist.store.connection import Connection
from openworklist.store.records import Row
from openworklist.store.search import Key, Page, search

if TYPE_CHECKING:
    from openworklist.services.worklist import Worklist

log = logging.getLogger("openworklist.services.worklist")

_ANSWER_OVERHEAD: Final = 270  # bytes that an answer takes in the cache beside its own
_LEFT_OUT: Final = b"\0"  # in place of an answer, whose length is even


class Returns(NamedTuple):
    """A set of return keys made ready, its number in the cache of answers, how many of them are a batch."""

    encoder: Encoder
    number: int
    batch: int


class Asked(NamedTuple):
    """A question that was read; `day` is that which it was read on, if it means something else tomorrow."""

    served: Served
    serving: Serving
    is_quick: bool
    status: int
    returns: Returns
    day: str


class Cursor:
    """The answers to one question, batch after batch in the order of start; each batch is one read."""

    __slots__ = (
        "_after",
        "_answers",
        "_asked",
        "_is_cut",
        "_is_over",
        "_is_refused",
        "_left",
        "_view",
        "_worklist",
        "numbers",
        "status",
    )

    def __init__(self, worklist: Worklist, asked: Asked, answers: AnswerCache) -> None:
        self._worklist = worklist
        self._answers = answers
        self._asked = asked
        self._view = asked.served.view
        self._after: Key | None = None
        self._left = asked.serving.answer_limit or None
        self._is_over = False
        self._is_cut = False  # at the limit
        self._is_refused = False
        self.status = asked.status
        self.numbers: tuple[int, ...] = ()

    @property
    def served(self) -> Served:
        return self._asked.served

    @property
    def serving(self) -> Serving:
        return self._asked.serving

    def read_rows(self, *, is_limited: bool = True) -> Iterator[Row]:
        """The rows that become the answers, one after the other, for who looks over a scanner's shoulder.

        `is_limited`: no more than the scanner may get.
        """
        if not is_limited:
            self._left = None
        while not self._is_over:
            yield from self._choose(self._worklist.database.read(self._search))

    def find_losses(self, record: Record) -> frozenset[str] | None:
        """The keywords of what loses letters in the answer; None if the record cannot be written as one."""
        try:
            return self._asked.returns.encoder.write(self._view.see(record))[1]
        except Exception:  # noqa: BLE001 - whatever it is, it leaves the record out of answers
            return None

    def next_batch(self) -> list[bytes] | Awaitable[list[bytes]]:
        """Encoded identifiers, none at the end; at once where that is quick, else to be awaited.

        TooManyAnswers behind the last that the scanner may get, if it is to be refused more.
        """
        if self._is_refused:
            raise self._make_refusal()
        if self._is_over:
            return []
        database = self._worklist.database
        if database.reads_inline and self._asked.is_quick:
            answers = self._take(database.read(self._search))
            if answers or self._has_ended:
                return answers
        return self._read_later()

    @property
    def _has_ended(self) -> bool:
        return self._is_over and not self._is_refused

    async def _read_later(self) -> list[bytes]:
        """Read on another thread, page after page until one has something, so that a cancel is heard."""
        answers: list[bytes] = []
        while not answers and not self._is_over:
            answers = self._take(await self._worklist.database.aread(self._search))
        if not answers and self._is_refused:
            raise self._make_refusal()
        return answers

    def _search(self, connection: Connection) -> Page:
        size = self._asked.returns.batch
        # Where rows are rechecked there may be any number in front of the next answer.
        if self._left is not None and not self._asked.served.rechecked:
            size = min(self._left + 1, size)
        return search(connection, self._asked.served.query, self._after, size)

    def _take(self, page: Page) -> list[bytes]:
        rows = self._choose(page)
        if self._is_cut:
            self._tell_limit()
        answers = [self._find(row) for row in rows]
        if _LEFT_OUT in answers:
            rows = [row for row, answer in zip(rows, answers, strict=True) if answer is not _LEFT_OUT]
            answers = [answer for answer in answers if answer is not _LEFT_OUT]
        self.numbers = tuple([row.id for row in rows])
        return answers

    def _choose(self, page: Page) -> list[Row]:
        """The rows of a page that this scanner is shown, and may have."""
        self._after = page.after
        self._is_over = page.after is None
        rows = page.rows
        served = self._asked.served
        if served.rechecked:
            rows = [row for row in rows if self._is_shown(row)]
        if self._left is not None:
            if len(rows) > self._left:
                rows = rows[: self._left]
                self._is_over = self._is_cut = True
                self._is_refused = not self._asked.serving.is_cut
            self._left -= len(rows)
        return rows

    def _is_shown(self, row: Row) -> bool:
        try:
            record = row.record()
        except Exception:  # noqa: BLE001 - it is told, and left out, where it cannot be encoded
            return True
        return self._asked.served.is_shown(self._view.see(record))

    def _tell_limit(self) -> None:
        serving = self._asked.serving
        self._worklist.metrics.count("answers_cut" if serving.is_cut else "questions_over_limit")
        log.warning(
            "a question has more answers than the limit",
            extra={
                "calling": serving.ae_title,
                "answer_limit": serving.answer_limit,
                "over_limit": "cut" if serving.is_cut else "refuse",
            },
        )

    def _make_refusal(self) -> TooManyAnswers:
        limit = self._asked.serving.answer_limit
        return TooManyAnswers(
            f"More than {limit} answers: ask for less.",
            where="answer_limit",
            hint="the option answer_limit, and the scanner's own, say how many there may be",
        )

    def _find(self, row: Row) -> bytes:
        key = (self._asked.returns.number, row.id, row.version)
        answer = self._answers.find(key)
        if answer is None:
            answer = self._encode(row)
            self._answers.add(key, answer)
        return answer

    def _encode(self, row: Row) -> bytes:
        try:
            record = row.record()
            return self._asked.returns.encoder.encode(
                record if self._view.is_plain else self._view.see(record)
            )
        except Exception as error:
            # One record must not keep all others from every scanner. The message may quote a patient.
            log.error("record %d is left out of answers: %s", row.id, type(error).__name__)
            log.debug("the error of record %d", row.id, exc_info=error)
            self._worklist.metrics.count("answers_left_out")
            return _LEFT_OUT


AnswerKey = tuple[int, int, int]  # the set of return keys, the record's id, its version


class AnswerCache:
    """Encoded answers up to a number of bytes, with what it takes to keep them; the oldest make room."""

    __slots__ = ("_answers", "_budget", "_size", "find")

    def __init__(self, budget: int) -> None:
        self._answers: OrderedDict[AnswerKey, bytes] = OrderedDict()
        self._budget = budget
        self._size = 0
        self.find = self._answers.get

    def __len__(self) -> int:
        return len(self._answers)

    def add(self, key: AnswerKey, answer: bytes) -> None:
        """Keep an answer that is not in it."""
        self._answers[key] = answer
        self._size += len(answer) + _ANSWER_OVERHEAD
        while self._size > self._budget:
            _, oldest = self._answers.popitem(last=False)
            self._size -= len(oldest) + _ANSWER_OVERHEAD
