"""What the HL7 port does with what arrives: messages go to intake, the rest is answered and counted here."""

from __future__ import annotations

import logging
from functools import partial
from typing import Protocol

from openworklist.domain.errors import MessageError
from openworklist.hl7.ack import split_answers
from openworklist.observe.metrics import Metrics
from openworklist.services.intake import Intake
from openworklist.services.reading import MLLP, Source, too_large

log = logging.getLogger(__name__)


class Done(Protocol):
    """Called once with the acknowledgements of a message, each for a frame of its own, or with none."""

    def __call__(self, *answers: bytes) -> None: ...


def _give(done: Done, answer: bytes) -> None:
    done(*split_answers(answer))


class Reception:
    """The handler of the HL7 listener, and its observer: the methods are those that it calls."""

    def __init__(self, intake: Intake, metrics: Metrics) -> None:
        self._intake = intake
        self._metrics = metrics

    def receive(self, raw: bytes, peer: str, done: Done) -> None:
        self._intake.receive(raw, Source(MLLP, peer), partial(_give, done))

    def receive_oversize(self, head: bytes, size: int, peer: str, done: Done) -> None:
        self._intake.refuse(head, Source(MLLP, peer), too_large(size), partial(_give, done))

    def receive_half(self, raw: bytes, peer: str, done: Done) -> None:
        error = MessageError("The message broke off before its end.", code="message.broken-off")
        self._intake.refuse(raw, Source(MLLP, peer), error, lambda answer: done())

    def receive_token(self, query: bytes, peer: str, done: Done) -> None:
        self._metrics.count("token_queries")
        done(b"")  # unknown: no studies are kept here

    def connection_opened(self, peer: str) -> None:
        self._metrics.count("hl7_connections_opened")
        log.debug("HL7 connection opened", extra={"peer": peer})

    def connection_closed(self, peer: str) -> None:
        self._metrics.count("hl7_connections_closed")

    def connection_refused(self, peer: str, reason: str) -> None:
        self._metrics.count("hl7_connections_refused")
        log.warning("HL7 connection refused", extra={"peer": peer, "reason": reason})

    def timed_out(self, peer: str, reason: str) -> None:
        self._metrics.count("hl7_connections_timed_out")
        log.info("HL7 connection timed out", extra={"peer": peer, "reason": reason})

    def noise(self, peer: str, count: int) -> None:
        self._metrics.count("hl7_noise_bytes", count)
        log.info("bytes outside of any message skipped", extra={"peer": peer, "bytes": count})

    def failed(self, peer: str, error: Exception) -> None:
        self._metrics.count("hl7_failures")
