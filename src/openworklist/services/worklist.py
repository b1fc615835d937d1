"""The door for questions: what a scanner asks becomes a query, the records found become its answers."""

from __future__ import annotations

import logging
from collections import OrderedDict
from datetime import UTC, datetime, tzinfo
from functools import partial
from typing import Final

from openworklist.dicom.answer import Encoder
from openworklist.dicom.identifier import Extras, Question, to_question
from openworklist.dicom.plan import Plan, count_elements, tell_zone
from openworklist.dicom.sop_classes import EXPLICIT_LITTLE_ENDIAN
from openworklist.domain.record import Record
from openworklist.domain.repertoire import AUTOMATIC_WORD
from openworklist.domain.serving import Serving, View, serve
from openworklist.domain.zones import parse_offset
from openworklist.observe.metrics import Metrics
from openworklist.services.answering import AnswerCache, Asked, Cursor, Returns
from openworklist.services.clock import Clock, read_clock
from openworklist.services.configuration import Configuration
from openworklist.store.database import Database
from openworklist.store.search import is_quick

log = logging.getLogger(__name__)

_PENDING: Final = 0xFF00
_PENDING_UNSUPPORTED: Final = 0xFF01  # PS3.4 table K.4-1: a key that was given is not matched on
_BATCH: Final = 200  # answers between which a C-CANCEL is heard and other callers get their turn
_AT_ONCE: Final = 40_000  # elements of a batch, about 50 ms
_QUESTIONS: Final = 1024
_LONGEST_QUESTION: Final = 8192  # bytes; longer ones are read each time
_ELEMENTS: Final = 100_000  # of all sets of return keys that are remembered, about 35 MB
_ANSWERS: Final = 32 << 20  # bytes


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
