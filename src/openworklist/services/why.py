"""Why a scanner does not show an exam, and what it is shown: told by the way that its questions take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from functools import partial
from typing import Final

from openworklist.dicom.broad_question import make_broad_question
from openworklist.dicom.identifier import Extras, to_question
from openworklist.dicom.showing import show_values
from openworklist.dicom.sop_classes import IMPLICIT_LITTLE_ENDIAN
from openworklist.dicom.status import Status as Answered
from openworklist.domain.errors import IdentifierError, NotFound
from openworklist.domain.mismatch import describe, find_names
from openworklist.domain.record import Record
from openworklist.domain.study_uids import STUDY
from openworklist.domain.why import Line, explain, is_found
from openworklist.services.answering import Cursor
from openworklist.services.clock import Clock, read_clock
from openworklist.services.configuration import Configuration
from openworklist.services.subject import Subject, find_subject, tell_status
from openworklist.services.verdict import find_news, judge
from openworklist.services.worklist import Worklist
from openworklist.store.database import Database
from openworklist.store.questions import Kept, find_asking, find_questions

_FAR: Final = 1_000  # answers that are counted to tell which one a record is


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a scanner is shown a record, or not, by one of its questions.

    `verdict` is a sentence; `causes` are all that hide the record, none if it is shown; `notes` are what else
    there is to know. `question` is None where the scanner never asked: then the lines are those of the
    question that scanners ask by default.
    """

    ae_title: str
    subject: Subject
    verdict: str
    is_shown: bool
    causes: tuple[str, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...]
    question: Kept | None
    number: int  # of the question, 1 for the newest


class Why:
    """Explains one state of what is set up; it reads the database and changes nothing."""

    def __init__(
        self,
        database: Database,
        configuration: Configuration,
        *,
        zone: tzinfo,
        clock: Clock = read_clock,
    ) -> None:
        self._database = database
        self._configuration = configuration
        self._zone = zone
        self._clock = clock
        self._worklist = Worklist(database, configuration=configuration, zone=zone, clock=clock)

    def find_questions(self, ae_title: str) -> tuple[list[Kept], list[Kept]]:
        """What a scanner asked last, and how it was turned away, the newest first."""
        kept = self._database.read(partial(find_questions, ae_title=ae_title))
        return [each for each in kept if not each.refusal], [each for each in kept if each.refusal]

    def explain(self, named: str, ae_title: str, number: int = 1) -> Explanation:
        """Why the record that is named is shown by a question or not; NotFound if there is none."""
        subject = find_subject(self._database, named)
        questions, refusals = self.find_questions(ae_title)
        question = _choose(questions, ae_title, number)
        turned_away = [*self._find_refusals(ae_title, questions, refusals)]
        causes = [*turned_away]
        notes = [*_tell_namesakes(subject), *self._tell_alike(ae_title, questions, refusals)]
        lines: tuple[Line, ...] = ()
        place = ""
        if subject.deletion:
            causes.append(f"the record was deleted {self._show(subject.deletion)} by {subject.deleted_by}")
        if subject.record is None:
            causes.append("the record cannot be read and is left out of all answers")
        elif question is not None or not turned_away:  # else nobody knows what it would ask
            lines, place = self._hold(subject, ae_title, question, causes, notes)
        if causes:
            notes += self._tell_better(subject, ae_title, questions, number)
        verdict = judge(ae_title, subject, question, number, causes, place, can_ask=not turned_away)
        return Explanation(
            ae_title, subject, verdict, not causes, tuple(causes), lines, tuple(notes), question, number
        )

    def _hold(
        self, subject: Subject, ae_title: str, question: Kept | None, causes: list[str], notes: list[str]
    ) -> tuple[tuple[Line, ...], str]:
        """Hold a question against the record: the lines, and which answer it is; adds what it finds."""
        record = subject.record
        assert record is not None
        try:
            cursor = self._open(ae_title, question)
        except IdentifierError as error:
            causes.append(f"its question cannot be understood: {error.sentence}")
            return (), ""
        lines = explain(record, cursor.served, cursor.serving)
        causes += self._find_causes(record, cursor, lines)
        place = ""
        if not causes:
            place, limit = self._find_place(record, ae_title, question)
            causes += limit
        notes += self._tell_record(record, cursor, ae_title)
        if question is not None:
            notes += self._tell_question(subject, question, ae_title)
        return lines, place

    def describe(self, question: Kept) -> list[tuple[str, str]]:
        """The keys of a question that have a value, by their keywords; or what is wrong with it."""
        extras = Extras(self._configuration.extras)
        try:
            read = to_question(question.identifier, question.transfer_syntax, extras)
        except IdentifierError as error:
            return [("?", error.sentence)]
        return [(find_names(each)[0], describe(each)) for each in read.conditions]

    def see(self, ae_title: str, number: int = 1) -> Iterator[Record]:
        """The records that a scanner would get for a question now, in order, as it sees them.

        For one that never asked, those that it would get by default. IdentifierError if that question cannot
        be understood, NotFound if there is none of this number.
        """
        questions, _ = self.find_questions(ae_title)
        cursor = self._open(ae_title, _choose(questions, ae_title, number))
        if cursor.serving.is_refused:
            return
        for row in cursor.read_rows():
            try:
                record = row.record()
            except Exception:  # noqa: BLE001 - whatever it is, it is left out of answers too
                continue
            if cursor.find_losses(record) is not None:
                view = cursor.served.view
                values = show_values(view.see(record), view.repertoire)
                yield replace(record, values=values, completed={})

    def _open(self, ae_title: str, question: Kept | None) -> Cursor:
        if question is None:
            view = self._configuration.find_serving(ae_title).make_view(self._zone)
            now = datetime.fromtimestamp(self._clock() / 1_000_000, view.zone or self._zone)
            return self._worklist.open(ae_title, make_broad_question(f"{now:%Y%m%d}"), IMPLICIT_LITTLE_ENDIAN)
        return self._worklist.open(
            ae_title, question.identifier, question.transfer_syntax, adjusts_zone=question.adjusts_zone
        )

    def _find_refusals(self, ae_title: str, questions: list[Kept], refusals: list[Kept]) -> Iterator[str]:
        """Why it cannot even ask."""
        if self._configuration.find_serving(ae_title).is_refused:
            scanner = self._configuration.scanners.get(ae_title)
            if scanner is not None and scanner.is_confirmed:
                yield "it is turned away, as it was set up (refused)"
            else:
                yield "it is unknown to the site, which turns such scanners away (unknown_scanners)"
        elif refusals and (not questions or refusals[0].last_asked > questions[0].last_asked):
            last = refusals[0]
            called = f"; it called {last.called}" if last.called else ""
            yield f"it was turned away {self._show(last.last_asked)}: {last.refusal}{called}"

    def _find_causes(self, record: Record, cursor: Cursor, lines: tuple[Line, ...]) -> Iterator[str]:
        yield from (line.reason for line in lines if not line.is_met)
        if all(line.is_met for line in lines) and not is_found(record, cursor.served):
            yield "the search leaves it out, though every key is met: please report this"
        if cursor.find_losses(record) is None:
            yield "the record cannot be written as an answer and is left out, as the log says"

    def _find_place(self, record: Record, ae_title: str, question: Kept | None) -> tuple[str, list[str]]:
        """Which of the answers it is, and what keeps it from being one though it is found."""
        cursor = self._open(ae_title, question)
        limit = cursor.serving.answer_limit
        farthest = max(limit, question.answers if question else 0) + _FAR
        place = 0
        for place, row in enumerate(cursor.read_rows(is_limited=False), start=1):
            if row.id == record.id or place > farthest:
                break
        where = f"answer {place}" if place <= farthest else f"an answer behind {farthest}"
        if limit and place > limit:
            return where, [f"the record would be {where}, and the setting answer_limit allows {limit}"]
        if question and question.status == Answered.CANCEL and place > question.answers:
            return where, [
                f"the record would be {where}, and the scanner itself cancelled after {question.answers}"
            ]
        return where, []

    def _tell_record(self, record: Record, cursor: Cursor, ae_title: str) -> Iterator[str]:
        if record.status not in cursor.serving.statuses:
            yield from tell_status(self._database, record, self._show)
        losses = cursor.find_losses(record)
        if losses:
            yield f"its character set lacks letters of {', '.join(sorted(losses))}: others stand for them"
        if record.get(STUDY) and not cursor.served.view.see(record).get(STUDY):
            yield f"the Study Instance UID was made here, and {ae_title} is not shown it (study-uids)"

    def _tell_question(self, subject: Subject, question: Kept, ae_title: str) -> Iterator[str]:
        since = find_news(subject, question)
        if since is not None:
            yield (
                f"{ae_title} has not asked so since the record {since.what}: {self._show(since.at)}; "
                f"it asked {self._show(question.last_asked)}"
            )
        extras = Extras(self._configuration.extras)
        if to_question(question.identifier, question.transfer_syntax, extras).has_unsupported:
            yield "a key with a value is not matched on here, and was left out of account"
        if question.status not in (Answered.SUCCESS, Answered.CANCEL):
            yield f"the last time, its question failed with status {question.status:04X}"

    def _tell_alike(self, ae_title: str, questions: list[Kept], refusals: list[Kept]) -> Iterator[str]:
        if not questions and not refusals:
            alike = ae_title.casefold()
            for title in self._database.read(find_asking):
                if title.casefold() == alike and title != ae_title:
                    yield f"{title} has asked: upper and lower case of AE titles count"

    def _tell_better(
        self, subject: Subject, ae_title: str, questions: list[Kept], number: int
    ) -> Iterator[str]:
        """Other questions of the scanner that find the record."""
        if subject.record is None or subject.deletion:
            return
        for other, question in enumerate(questions, start=1):
            if other == number:
                continue
            try:
                found = is_found(subject.record, self._open(ae_title, question).served)
            except IdentifierError:
                continue
            if found:
                yield (
                    f"its question {other}, asked {_count(question.times)}, last "
                    f"{self._show(question.last_asked)}, would find it"
                )

    def _show(self, moment: int) -> str:
        return f"{datetime.fromtimestamp(moment / 1_000_000, self._zone):%Y-%m-%d %H:%M:%S}"


def _tell_namesakes(subject: Subject) -> Iterator[str]:
    if subject.namesakes:
        others = ", ".join(map(str, subject.namesakes))
        yield f"{subject.number} is also the accession number or Patient ID of another record: {others}"


def _choose(questions: list[Kept], ae_title: str, number: int) -> Kept | None:
    if not questions and number == 1:
        return None
    if not 1 <= number <= len(questions):
        raise NotFound(
            f"{ae_title} has no question {number}.",
            hint=f"openworklist scanners questions {ae_title} shows them",
            code="question.not-found",
        )
    return questions[number - 1]


def _count(times: int) -> str:
    return "once" if times == 1 else f"{times} times"
