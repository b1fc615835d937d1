"""Questions for tokens on the HL7 port: who may ask, what is found, and what is noted of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from openworklist.domain.errors import OpenWorklistError
from openworklist.domain.instance import is_stored_uid
from openworklist.domain.networks import is_listed, parse_networks
from openworklist.hl7.framing import TokenQuery
from openworklist.observe.metrics import Metrics
from openworklist.observe.peer_log import PeerLog
from openworklist.services.batches import Reply
from openworklist.services.clerks import Clerks
from openworklist.services.folded_trail import FoldedTrail
from openworklist.services.studies import Studies
from openworklist.services.study_tokens import StudyTokens
from openworklist.services.token_answer import UNKNOWN, Wording, order_studies

log = logging.getLogger(__name__)

ASK: Final = "study-token.ask"
REFUSE: Final = "study-token.ask-refused"
_ACTOR: Final = "hl7"
_NEAR: Final = (2, 1_000)  # threads for what is on this server, and how many questions wait for them
_FAR: Final = (8, 500)  # for patients, and for what an archive may have
_STUDY: Final = "study"
_PATIENT: Final = "patient"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a question was about, `study` or `patient`, how many studies were found, and the answer."""

    subject: str
    count: int
    answer: bytes


@dataclass(frozen=True, slots=True)
class _Question:
    text: str
    peer: str
    wording: Wording
    reply: Reply


class TokenQuestions:
    """All methods are for the loop's thread, but `answer`, which waits for the disk and for archives.

    What is on this server is not kept waiting by an archive that is slow. The protocol knows one answer to
    what is not found, not allowed or fails; log, counters and audit trail say which it was.
    """

    def __init__(
        self,
        studies: Studies,
        tokens: StudyTokens,
        trail: FoldedTrail,
        metrics: Metrics,
        find_addresses: Callable[[], str],
        find_charset: Callable[[], str],
    ) -> None:
        """The addresses that may ask, and the character set of messages that name none, as of each moment."""
        self._studies = studies
        self._tokens = tokens
        self._trail = trail
        self._metrics = metrics
        self._find_addresses = find_addresses
        self._find_charset = find_charset
        self._log = PeerLog(log)
        self._near = Clerks("openworklist-tokens", *_NEAR)
        self._far = Clerks("openworklist-tokens-far", *_FAR)

    def receive(self, query: TokenQuery, peer: str, is_local: bool, reply: Reply) -> None:
        """Answer, at once or later, what stands between 0x10 and 0x0D; `is_local` if this machine asks."""
        self._metrics.count("token_questions")
        wording = Wording(self._find_charset())
        question = _Question(wording.read(query.content), peer, wording, reply)
        if not is_listed(_to_host(peer), parse_networks(self._find_addresses()), is_local=is_local):
            self._refuse(question)
        elif not question.text:
            self._tell_nothing(question, "too long" if query.is_too_long else "empty")
        elif is_stored_uid(question.text):
            self._submit(self._near, question, self._answer_near)
        else:
            self._submit(self._far, question, self.answer)

    def stop(self) -> None:
        """Answer nothing more."""
        self._near.stop()
        self._far.stop()

    def answer(self, text: str, wording: Wording, peer: str) -> Finding:
        """What is known of a study of that UID or else of a patient of that ID; PeerError if that is not all.

        An archive is not asked for a study by what has no dot: that is a Patient ID, and no UID begins so
        (ISO/IEC 9834-1: there are two components at least).
        """
        found = self._studies.find(text) if "." in text and is_stored_uid(text) else None
        return self._tell_study(text, wording, peer) if found else self._tell_patient(text, wording, peer)

    def _answer_near(self, text: str, wording: Wording, peer: str) -> Finding | None:
        """None if it takes more than a look at this server's studies."""
        found = self._studies.stored.find_study(text)
        return self._tell_study(text, wording, peer) if found else None

    def _tell_study(self, uid: str, wording: Wording, peer: str) -> Finding:
        token = self._tokens.ensure(uid, _ACTOR, peer=_to_host(peer))
        return Finding(_STUDY, 1, wording.tell_study(token))

    def _tell_patient(self, patient_id: str, wording: Wording, peer: str) -> Finding:
        # An archive may read "*" and "?" as it likes (PS3.4 C.2.2.2.4).
        found = [
            study
            for study in self._studies.find_of_patient(patient_id, is_whole=True)
            if study.values.get("patient_id", "").strip(" \0") == patient_id
        ]
        tokens = self._tokens.ensure_all((each.uid for each in found), _ACTOR, peer=_to_host(peer))
        return Finding(_PATIENT, len(found), wording.tell_patient(order_studies(found), tokens))

    def _submit(
        self,
        clerks: Clerks,
        question: _Question,
        answer: Callable[[str, Wording, str], Finding | None],
    ) -> None:
        work = partial(answer, question.text, question.wording, question.peer)
        if not clerks.submit(work, partial(self._settle, question)):
            self._fail(question, "too many questions wait")

    def _settle(self, question: _Question, found: Finding | BaseException | None) -> None:
        if found is None:
            self._submit(self._far, question, self.answer)
        elif isinstance(found, Finding):
            if found.count:
                self._note(self._trail.note, question, found.subject, _tell(found.count))
            else:
                self._metrics.count("token_questions_unknown")
                self._note(self._trail.attempt, question, found.subject, _tell(0))
            question.reply(found.answer)
        else:
            self._fail(question, found.code if isinstance(found, OpenWorklistError) else type(found).__name__)

    def _tell_nothing(self, question: _Question, reason: str) -> None:
        self._metrics.count("token_questions_unknown")
        self._note(self._trail.attempt, question, "", f"not answered: {reason}")
        question.reply(UNKNOWN)

    def _refuse(self, question: _Question) -> None:
        self._metrics.count("token_questions_refused")
        self._log.write(logging.WARNING, "a question for a token was refused", question.peer)
        detail = "the address is not in token_addresses"
        self._trail.attempt(_ACTOR, REFUSE, _to_host(question.peer), subject_id=question.text, detail=detail)
        question.reply(UNKNOWN)

    def _fail(self, question: _Question, reason: str) -> None:
        """`reason` holds nothing of patients: it goes into the log."""
        self._metrics.count("token_questions_failed")
        self._log.write(logging.ERROR, "a question for a token failed", question.peer, reason=reason)
        self._note(self._trail.attempt, question, "", f"not answered: {reason}")
        question.reply(UNKNOWN)

    def _note(self, note: Callable[..., None], question: _Question, subject: str, detail: str) -> None:
        """What was told has its row; of what was asked in vain there may be few rows."""
        peer = _to_host(question.peer)
        note(_ACTOR, ASK, peer, subject=subject, subject_id=question.text, detail=detail)


def _tell(count: int) -> str:
    return f"{count or 'no'} stud{'y' if count == 1 else 'ies'}"


def _to_host(peer: str) -> str:
    """The address of `address:port` and `[address]:port`."""
    return peer.rpartition(":")[0].strip("[]")
