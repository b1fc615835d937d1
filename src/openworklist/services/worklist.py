"""The door for questions: what a scanner asks becomes a query, the records found become its answers."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable
from typing import Final

from openworklist.dicom.answer import Encoder
from openworklist.dicom.identifier import Question, to_question
from openworklist.dicom.plan import Plan
from openworklist.dicom.sop_classes import EXPLICIT_LITTLE_ENDIAN
from openworklist.store.connection import Connection
from openworklist.store.database import Database
from openworklist.store.records import Row
from openworklist.store.search import Key, Page, is_quick, search

_PENDING: Final = 0xFF00
_PENDING_UNSUPPORTED: Final = 0xFF01  # PS3.4 table K.4-1: a key that was given is not matched on
_BATCH: Final = 200  # answers between which a C-CANCEL is heard and other callers get their turn
_QUESTIONS: Final = 1024
_LONGEST_QUESTION: Final = 8192  # bytes; longer ones are read each time
_ANSWERS: Final = 32 << 20  # bytes


class Worklist:
    """Answers worklist questions.

    Scanners poll: the same bytes ask again and again, and most records have not changed since. So questions
    are read once, and answers encoded once for each version of a record and each set of return keys.
    """

    def __init__(self, database: Database, *, batch: int = _BATCH) -> None:
        self.database = database
        self.batch = batch
        self.answers = AnswerCache(_ANSWERS)
        self._asked: OrderedDict[tuple[bytes, str], Asked] = OrderedDict()
        self._plans: dict[tuple[Plan, bool], int] = {}

    def open(self, calling_ae: str, identifier: bytes, transfer_syntax: str) -> Cursor:
        """The cursor over the answers; IdentifierError if the question cannot be understood."""
        key = (identifier, transfer_syntax)
        asked = self._asked.get(key)
        if asked is None:
            asked = self._read(identifier, transfer_syntax)
            if len(identifier) <= _LONGEST_QUESTION:
                self._remember(key, asked)
        return Cursor(self, asked)

    def _read(self, identifier: bytes, transfer_syntax: str) -> Asked:
        question = to_question(identifier, transfer_syntax)
        is_explicit = transfer_syntax == EXPLICIT_LITTLE_ENDIAN
        number = self._plans.setdefault((question.plan, is_explicit), len(self._plans))
        if number >= _QUESTIONS:
            self._forget()
            return self._read(identifier, transfer_syntax)
        return Asked(question, is_explicit, number)

    def _remember(self, key: tuple[bytes, str], asked: Asked) -> None:
        if len(self._asked) >= _QUESTIONS:
            self._asked.popitem(last=False)
        self._asked[key] = asked

    def _forget(self) -> None:
        """Begin anew: somebody sends a different set of return keys each time."""
        self._plans.clear()
        self._asked.clear()
        self.answers = AnswerCache(_ANSWERS)


class Asked:
    """A question that was read, and the number of its set of return keys in the cache of answers."""

    __slots__ = ("encoder", "is_quick", "number", "question")

    def __init__(self, question: Question, is_explicit: bool, number: int) -> None:
        self.question = question
        self.is_quick = is_quick(question.query)
        self.encoder = Encoder(question.plan, is_explicit=is_explicit)
        self.number = number


class Cursor:
    """The answers to one question, batch after batch in the order of start; each batch is one read."""

    __slots__ = ("_after", "_answers", "_asked", "_is_over", "_left", "_worklist", "status")

    def __init__(self, worklist: Worklist, asked: Asked) -> None:
        self._worklist = worklist
        self._answers = worklist.answers
        self._asked = asked
        self._after: Key | None = None
        self._left = asked.question.query.limit
        self._is_over = False
        self.status = _PENDING_UNSUPPORTED if asked.question.has_unsupported else _PENDING

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
        return search(connection, self._asked.question.query, self._after, size)

    def _take(self, page: Page) -> list[bytes]:
        self._after = page.after
        if self._left is not None:
            self._left -= len(page.rows)
        self._is_over = page.after is None or self._left == 0
        return [self._encode(row) for row in page.rows]

    def _encode(self, row: Row) -> bytes:
        key = (self._asked.number, row.id, row.version)
        answer = self._answers.find(key)
        if answer is None:
            answer = self._asked.encoder.encode(row.record())
            self._answers.add(key, answer)
        return answer


AnswerKey = tuple[int, int, int]  # the set of return keys, the record's id, its version


class AnswerCache:
    """Encoded answers up to a number of bytes; the oldest make room."""

    __slots__ = ("_answers", "_budget", "_size", "find")

    def __init__(self, budget: int) -> None:
        self._answers: OrderedDict[AnswerKey, bytes] = OrderedDict()
        self._budget = budget
        self._size = 0
        self.find = self._answers.get

    def add(self, key: AnswerKey, answer: bytes) -> None:
        self._answers[key] = answer
        self._size += len(answer)
        while self._size > self._budget:
            _, oldest = self._answers.popitem(last=False)
            self._size -= len(oldest)
