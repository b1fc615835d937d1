"""Counting and logging what happens on the DICOM port. Who asked is logged, what was asked is not."""

from __future__ import annotations

import logging
from collections.abc import Callable

from openworklist.observe.metrics import Metrics
from openworklist.observe.peer_log import PeerLog

log = logging.getLogger("openworklist.dicom")


class DicomCounter:
    """The observer of the DICOM listener: the methods are those that it calls."""

    def __init__(self, metrics: Metrics, *, logs_questions: Callable[[], bool] = lambda: False) -> None:
        self._metrics = metrics
        self._logs_questions = logs_questions
        self._log = PeerLog(log)

    def association_opened(self, peer: str, calling: str) -> None:
        self._metrics.count("associations_opened")

    def association_rejected(self, peer: str, calling: str, called: str, reason: str) -> None:
        self._metrics.count("associations_rejected")
        self._log.write(
            logging.WARNING, "association rejected", peer, calling=calling, called=called, reason=reason
        )

    def association_aborted(self, peer: str, calling: str, reason: str) -> None:
        self._metrics.count("associations_aborted")
        self._log.write(logging.INFO, "association aborted", peer, calling=calling, reason=reason)

    def association_closed(self, peer: str, calling: str) -> None:
        self._metrics.count("associations_closed")

    def connection_refused(self, peer: str, reason: str) -> None:
        self._metrics.count("dicom_connections_refused")
        self._log.write(logging.WARNING, "DICOM connection refused", peer, reason=reason)

    def limit_reached(self, setting: str) -> None:
        self._metrics.count(f"{setting}_reached")

    def timed_out(self, peer: str, reason: str) -> None:
        self._metrics.count("dicom_connections_timed_out")
        self._log.write(logging.INFO, "DICOM connection timed out", peer, reason=reason)

    def secured(self, peer: str, version: str, cipher: str) -> None:
        self._metrics.count("dicom_tls_connections")
        log.debug("DICOM connection secured", extra={"peer": peer, "version": version, "cipher": cipher})

    def tls_failed(self, peer: str, reason: str) -> None:
        self._metrics.count("dicom_tls_failures")
        self._log.write(logging.WARNING, "TLS with a scanner failed", peer, reason=reason)

    def misdirected(self, peer: str, reason: str) -> None:
        self._metrics.count("dicom_connections_misdirected")
        self._log.write(logging.WARNING, "a scanner took the wrong port", peer, reason=reason)

    def echo(self, calling: str) -> None:
        self._metrics.count("echoes")

    def question(self, calling: str, answers: int, seconds: float, status: int) -> None:
        self._metrics.count("questions")
        self._metrics.questions.add(seconds)
        self._metrics.count("answers", answers)
        if status:
            log.warning("question failed", extra={"calling": calling, "status": f"{status:04X}"})
        elif self._logs_questions():
            milliseconds = round(seconds * 1000, 1)
            log.info("question", extra={"calling": calling, "answers": answers, "milliseconds": milliseconds})

    def step(self, calling: str, operation: str, seconds: float, status: int) -> None:
        if status:
            self._metrics.count("steps_refused")
            extra = {"calling": calling, "operation": operation, "status": f"{status:04X}"}
            log.warning("a performed step was not answered with success", extra=extra)

    def stored(self, peer: str, calling: str, seconds: float, status: int) -> None:
        if status:
            self._metrics.count("instances_refused")
            self._log.write(
                logging.WARNING, "instance not stored", peer, calling=calling, status=f"{status:04X}"
            )

    def unfinished(self, peer: str, calling: str) -> None:
        self._metrics.count("instances_unfinished")
        self._log.write(logging.WARNING, "association ended within an instance", peer, calling=calling)

    def failed(self, peer: str, error: BaseException) -> None:
        self._metrics.count("dicom_failures")
