"""The door for questions: what a scanner asks becomes a query, the records found become its answers."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Iterator
from datetime import UTC, datetime, tzinfo
from functools import partial
from typing import Final, NamedTuple

from openworklist.dicom.answer import Encoder
from openworklist.dicom.identifier import Extras, Question, to_question
from openworklist.dicom.plan import Plan, count_elements, tell_zone
from openworklist.dicom.sop_classes import EXPLICIT_LITTLE_ENDIAN
from openworklist.domain.errors import TooManyAnswers
from openworklist.domain.record import Record
from openworklist.domain.repertoire import AUTOMATIC_WORD
from openworklist.domain.serving import Served, Serving, View, serve
from openworklist.domain.zones import parse_offset
from openworklist.observe.metrics import Metrics
from openworklist.services.clock import Clock, read_clock
from openworklist.services.configuration import Configuration
from openworklist.store.connection import Connection
from openworklist.store.database import Database
from openworklist.store.records import Row
from openworklist.store.search import Key, Page, is_quick, search

log = logging.getLogger(__name__)

_PENDING: Final = 0xFF00
_PENDING_UNSUPPORTED: Final = 0xFF01  # PS3.4 table K.4-1: a key that was given is not matched on
_BATCH: Final = 200  # answers between which a C-CANCEL is heard and other callers get their turn
_AT_ONCE: Final = 40_000  # elements of a batch, about 50 ms
_QUESTIONS: Final = 1024
_LONGEST_QUESTION: Final = 8192  # bytes; longer ones are read each time
_ELEMENTS: Final = 100_000  # of all sets of return keys that are remembered, about 35 MB
_ANSWERS: Final = 32 << 20  # bytes
_ANSWER_OVERHEAD: Final = 270  # bytes that an answer takes in the cache beside its own
_LEFT_OUT: Final = b"\0"  # in place of an answer, whose length is even


class Worklist:
    """Answers worklist questions, to each scanner as it is set up.

    Scanners poll: the same bytes ask again and again, and most records have not changed since. So questions
    are read once, and answers encoded once for each version of a record, set of return keys and view.
    """

    def __init__(
        self,
        database: Database,
        metrics: Metrics | None = None,
        *,
        configuration: Configuration | None = None,
        zone: tzinfo = UTC,
        clock: Clock = read_clock,
        batch: int = _BATCH,
    ) -> None:
        self.database = database
        self.metrics = metrics or Metrics()
        self.batch = batch
        self.answers = AnswerCache(_ANSWERS)
        self._zone = zone  # of the site
        self._clock = clock
        self._asked: OrderedDict[tuple[str, bytes, str, bool], Asked] = OrderedDict()
        self._returns: dict[tuple[Plan, bool, View], Returns] = {}
        self._elements = 0
        self._configuration = configuration or Configuration()
        self._extras = Extras(self._configuration.extras)

    def use(self, configuration: Configuration) -> None:
        """From now on this is how scanners are served, and what else than the catalogue they may ask for."""
        if configuration.extras != self._configuration.extras:
            self._extras = Extras(configuration.extras)
            self._forget()
        self._configuration = configuration
        self._asked.clear()

    def open(
        self, calling_ae: str, identifier: bytes, transfer_syntax: str, *, adjusts_zone: bool = False
    ) -> Cursor:
        """The cursor over the answers; IdentifierError if the question cannot be understood.

        `adjusts_zone`: it was agreed that dates and times are those of the question's time zone.
        """
        key = (calling_ae, identifier, transfer_syntax, adjusts_zone)
        asked = self._asked.get(key)
        if asked is not None and (not asked.day or asked.day == self._find_day(asked.served.view)):
            return Cursor(self, asked, self.answers)
        question = to_question(identifier, transfer_syntax, self._extras)
        is_explicit = transfer_syntax == EXPLICIT_LITTLE_ENDIAN
        serving = self._configuration.find_serving(calling_ae)
        view = serving.make_view(self._zone, parse_offset(question.zone) if adjusts_zone else None)
        plan = question.plan if view.zone is None else tell_zone(question.plan)
        if len(identifier) > _LONGEST_QUESTION:
            returns = self._make_returns(plan, is_explicit, view, 0)
            return Cursor(self, self._ask(question, serving, view, returns), AnswerCache(0))
        asked = self._ask(question, serving, view, self._remember_returns(plan, is_explicit, view))
        if len(self._asked) >= _QUESTIONS:
            self._asked.popitem(last=False)
        self._asked[key] = asked
        return Cursor(self, asked, self.answers)

    def _ask(self, question: Question, serving: Serving, view: View, returns: Returns) -> Asked:
        served = serve(
            question.conditions,
            serving,
            view,
            has_empty_station=question.has_empty_station,
            find_today=partial(self._find_day, view),
        )
        is_flagged = question.has_unsupported and serving.flag_unsupported
        day = "" if serving.window is None else self._find_day(view)
        status = _PENDING_UNSUPPORTED if is_flagged else _PENDING
        return Asked(served, serving, is_quick(served.query), status, returns, day)

    def _find_day(self, view: View) -> str:
        """Today by the clock of a view."""
        return f"{datetime.fromtimestamp(self._clock() / 1_000_000, view.zone or self._zone):%Y%m%d}"

    def _remember_returns(self, plan: Plan, is_explicit: bool, view: View) -> Returns:
        found = self._returns.get((plan, is_explicit, view))
        if found is not None:
            return found
        elements = count_elements(plan) + 1
        if len(self._returns) >= _QUESTIONS or self._elements + elements > _ELEMENTS:
            self._forget()
        self._elements += elements
        returns = self._make_returns(plan, is_explicit, view, len(self._returns))
        self._returns[plan, is_explicit, view] = returns
        return returns

    def _make_returns(self, plan: Plan, is_explicit: bool, view: View, number: int) -> Returns:
        # Who asks for thousands of keys gets fewer answers at a time, so that nobody waits for them long.
        batch = max(1, min(self.batch, _AT_ONCE // (count_elements(plan) + 1)))
        return Returns(self._make_encoder(plan, is_explicit, view), number, batch)

    def _make_encoder(self, plan: Plan, is_explicit: bool, view: View) -> Encoder:
        repertoire = view.repertoire

        def note_losses(record: Record, keywords: frozenset[str]) -> None:
            self.metrics.count("answers_transliterated")
            log.warning(
                "an answer has letters that the scanner's character set lacks",
                extra={
                    "record": record.id,
                    "attributes": ", ".join(sorted(keywords)),
                    "charset": str(repertoire) or AUTOMATIC_WORD,
                },
            )

        return Encoder(plan, is_explicit=is_explicit, repertoire=repertoire, note_losses=note_losses)

    def _forget(self) -> None:
        """Begin anew: somebody sends a different set of return keys each time."""
        self._returns.clear()
        self._elements = 0
        self._asked.clear()
        self.answers = AnswerCache(_ANSWERS)


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
        return [answer for row in rows if (answer := self._find(row)) is not _LEFT_OUT]

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
