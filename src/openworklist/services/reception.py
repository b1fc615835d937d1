"""What the HL7 port does with what arrives: messages go to intake, the rest is answered and counted here."""

from __future__ import annotations

import logging
from functools import partial
from time import perf_counter

from openworklist.domain.errors import MessageError
from openworklist.hl7.ack import split_answers
from openworklist.hl7.batch import is_batch
from openworklist.hl7.framing import TokenQuery
from openworklist.observe.metrics import Metrics
from openworklist.observe.peer_log import PeerLog
from openworklist.services.batches import Batch, Reply
from openworklist.services.intake import Intake
from openworklist.services.reading import MLLP, Source, too_large
from openworklist.services.token_answer import UNKNOWN
from openworklist.services.token_questions import TokenQuestions

log = logging.getLogger(__name__)


class Reception:
    """The handler of the HL7 listener, and its observer: the methods are those that it calls."""

    def __init__(self, intake: Intake, metrics: Metrics, questions: TokenQuestions | None = None) -> None:
        """Without `questions` all that is asked between 0x10 and 0x0D is unknown."""
        self._intake = intake
        self._questions = questions
        self._metrics = metrics
        self._log = PeerLog(log)

    def receive(self, raw: bytes, peer: str, reply: Reply) -> bool:
        source = Source(MLLP, peer)
        if raw[:3] != b"MSH" and is_batch(raw):
            Batch(self._intake, raw, source, reply, self._log).start()
            return True
        self._intake.receive(raw, source, partial(self._give, reply, perf_counter()))
        return False

    def _give(self, reply: Reply, began: float, answer: bytes) -> None:
        self._metrics.acknowledgements.add(perf_counter() - began)
        _give(reply, answer)

    def receive_oversize(self, head: bytes, size: int, peer: str, reply: Reply) -> None:
        self._intake.refuse(head, Source(MLLP, peer), too_large(size), partial(_give, reply))

    def receive_half(self, raw: bytes, peer: str, reply: Reply) -> None:
        error = MessageError("The message broke off before its end.", code="message.broken-off")
        self._intake.refuse(raw, Source(MLLP, peer), error, lambda answer: reply())

    def receive_token(self, query: TokenQuery, peer: str, is_local: bool, reply: Reply) -> None:
        if self._questions is None:
            reply(UNKNOWN)
        else:
            self._questions.receive(query, peer, is_local, reply)

    def connection_opened(self, peer: str) -> None:
        self._metrics.count("hl7_connections_opened")
        log.debug("HL7 connection opened", extra={"peer": peer})

    def connection_closed(self, peer: str) -> None:
        self._metrics.count("hl7_connections_closed")

    def connection_refused(self, peer: str, reason: str) -> None:
        self._metrics.count("hl7_connections_refused")
        self._log.write(logging.WARNING, "HL7 connection refused", peer, reason=reason)

    def limit_reached(self, setting: str) -> None:
        self._metrics.count(f"{setting}_reached")

    def timed_out(self, peer: str, reason: str) -> None:
        self._metrics.count("hl7_connections_timed_out")
        self._log.write(logging.INFO, "HL7 connection timed out", peer, reason=reason)

    def secured(self, peer: str, version: str, cipher: str) -> None:
        self._metrics.count("hl7_tls_connections")
        log.debug("HL7 connection secured", extra={"peer": peer, "version": version, "cipher": cipher})

    def tls_failed(self, peer: str, reason: str) -> None:
        self._metrics.count("hl7_tls_failures")
        self._log.write(logging.WARNING, "TLS with a sender failed", peer, reason=reason)

    def misdirected(self, peer: str, reason: str) -> None:
        self._metrics.count("hl7_connections_misdirected")
        self._log.write(logging.WARNING, "a sender took the wrong port", peer, reason=reason)

    def noise(self, peer: str, count: int) -> None:
        self._metrics.count("hl7_noise_bytes", count)
        self._log.write(logging.INFO, "bytes outside of any message skipped", peer, bytes=count)

    def failed(self, peer: str, error: Exception) -> None:
        self._metrics.count("hl7_failures")


def _give(reply: Reply, answer: bytes) -> None:
    reply(*split_answers(answer))
