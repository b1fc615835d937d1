"""The door for questions: what a scanner asks becomes a query, the records found become its answers."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Iterable
from typing import Final, NamedTuple

from openworklist.dicom.answer import Encoder
from openworklist.dicom.identifier import Extras, Question, to_question
from openworklist.dicom.plan import Plan, count_elements
from openworklist.dicom.sop_classes import EXPLICIT_LITTLE_ENDIAN
from openworklist.domain.attributes import Attribute
from openworklist.domain.query import WorklistQuery
from openworklist.observe.metrics import Metrics
from openworklist.store.connection import Connection
from openworklist.store.database import Database
from openworklist.store.records import Row
from openworklist.store.search import Key, Page, is_quick, search

log = logging.getLogger(__name__)

_PENDING: Final = 0xFF00
_PENDING_UNSUPPORTED: Final = 0xFF01  # PS3.4 table K.4-1: a key that was given is not matched on
_BATCH: Final = 200  # answers between which a C-CANCEL is heard and other callers get their turn
_QUESTIONS: Final = 1024
_LONGEST_QUESTION: Final = 8192  # bytes; longer ones are read each time
_ELEMENTS: Final = 100_000  # of all sets of return keys that are remembered, about 35 MB
_ANSWERS: Final = 32 << 20  # bytes
_ANSWER_OVERHEAD: Final = 270  # bytes that an answer takes in the cache beside its own
_LEFT_OUT: Final = b"\0"  # in place of an answer, whose length is even


class Worklist:
    """Answers worklist questions.

    Scanners poll: the same bytes ask again and again, and most records have not changed since. So questions
    are read once, and answers encoded once for each version of a record and each set of return keys.
    """

    def __init__(self, database: Database, metrics: Metrics | None = None, *, batch: int = _BATCH) -> None:
        self.database = database
        self.metrics = metrics or Metrics()
        self.batch = batch
        self.answers = AnswerCache(_ANSWERS)
        self._asked: OrderedDict[tuple[bytes, str], Asked] = OrderedDict()
        self._returns: dict[tuple[Plan, bool], Returns] = {}
        self._elements = 0
        self._extras = Extras()

    def use_extras(self, attributes: Iterable[Attribute]) -> None:
        """From now on these, outside of the catalogue, are keys too: those that the mapping profiles fill."""
        self._extras = Extras(tuple(attributes))
        self._forget()

    def open(self, calling_ae: str, identifier: bytes, transfer_syntax: str) -> Cursor:
        """The cursor over the answers; IdentifierError if the question cannot be understood."""
        key = (identifier, transfer_syntax)
        asked = self._asked.get(key)
        if asked is not None:
            return Cursor(self, asked, self.answers)
        question = to_question(identifier, transfer_syntax, self._extras)
        is_explicit = transfer_syntax == EXPLICIT_LITTLE_ENDIAN
        if len(identifier) > _LONGEST_QUESTION:
            returns = Returns(Encoder(question.plan, is_explicit=is_explicit), 0)
            return Cursor(self, _to_asked(question, returns), AnswerCache(0))
        asked = _to_asked(question, self._remember_returns(question.plan, is_explicit))
        if len(self._asked) >= _QUESTIONS:
            self._asked.popitem(last=False)
        self._asked[key] = asked
        return Cursor(self, asked, self.answers)

    def _remember_returns(self, plan: Plan, is_explicit: bool) -> Returns:
        found = self._returns.get((plan, is_explicit))
        if found is not None:
            return found
        elements = count_elements(plan) + 1
        if len(self._returns) >= _QUESTIONS or self._elements + elements > _ELEMENTS:
            self._forget()
        self._elements += elements
        returns = Returns(Encoder(plan, is_explicit=is_explicit), len(self._returns))
        self._returns[plan, is_explicit] = returns
        return returns

    def _forget(self) -> None:
        """Begin anew: somebody sends a different set of return keys each time."""
        self._returns.clear()
        self._elements = 0
        self._asked.clear()
        self.answers = AnswerCache(_ANSWERS)


class Returns(NamedTuple):
    """A set of return keys made ready, and its number in the cache of answers."""

    encoder: Encoder
    number: int


class Asked(NamedTuple):
    """A question that was read."""

    query: WorklistQuery
    is_quick: bool
    status: int
    returns: Returns


def _to_asked(question: Question, returns: Returns) -> Asked:
    status = _PENDING_UNSUPPORTED if question.has_unsupported else _PENDING
    return Asked(question.query, is_quick(question.query), status, returns)


class Cursor:
    """The answers to one question, batch after batch in the order of start; each batch is one read."""

    __slots__ = ("_after", "_answers", "_asked", "_is_over", "_left", "_worklist", "status")

    def __init__(self, worklist: Worklist, asked: Asked, answers: AnswerCache) -> None:
        self._worklist = worklist
        self._answers = answers
        self._asked = asked
        self._after: Key | None = None
        self._left = asked.query.limit
        self._is_over = False
        self.status = asked.status

    def next_batch(self) -> list[bytes] | Awaitable[list[bytes]]:
        """Encoded identifiers, none at the end; at once where that is quick, else to be awaited."""
        if self._is_over:
            return []
        database = self._worklist.database
        if database.reads_inline and self._asked.is_quick:
            answers = self._take(database.read(self._search))
            if answers or self._is_over:
                return answers
        return self._read_later()

    async def _read_later(self) -> list[bytes]:
        """Read on another thread, page after page until one has something, so that a cancel is heard."""
        answers: list[bytes] = []
        while not answers and not self._is_over:
            answers = self._take(await self._worklist.database.aread(self._search))
        return answers

    def _search(self, connection: Connection) -> Page:
        size = self._worklist.batch if self._left is None else min(self._left, self._worklist.batch)
        return search(connection, self._asked.query, self._after, size)

    def _take(self, page: Page) -> list[bytes]:
        self._after = page.after
        if self._left is not None:
            self._left -= len(page.rows)
        self._is_over = page.after is None or self._left == 0
        return [answer for row in page.rows if (answer := self._find(row)) is not _LEFT_OUT]

    def _find(self, row: Row) -> bytes:
        key = (self._asked.returns.number, row.id, row.version)
        answer = self._answers.find(key)
        if answer is None:
            answer = self._encode(row)
            self._answers.add(key, answer)
        return answer

    def _encode(self, row: Row) -> bytes:
        try:
            return self._asked.returns.encoder.encode(row.record())
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
