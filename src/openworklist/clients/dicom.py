"""Asking other DICOM nodes: C-ECHO, C-FIND of the modality worklist, and MPPS, by pynetdicom."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

from openworklist.clients.dicom_question import Found, Question, Terms
from openworklist.clients.dicom_values import to_identifier
from openworklist.clients.stop import Stop
from openworklist.clients.tls import find_fault, make_context
from openworklist.dicom.sop_classes import (
    EXPLICIT_LITTLE_ENDIAN,
    IMPLEMENTATION_CLASS_UID,
    IMPLEMENTATION_VERSION,
    IMPLICIT_LITTLE_ENDIAN,
    MODALITY_WORKLIST,
    PERFORMED_STEP,
)
from openworklist.domain.destination import Destination, Tls
from openworklist.domain.errors import PeerError, SettingsError
from openworklist.domain.record import Value

VERIFICATION: Final = "1.2.840.10008.1.1"
_SERVICES: Final = {VERIFICATION: "verification", MODALITY_WORKLIST: "the modality worklist"}
# The scanners of the demo tell of steps, the worklist itself never does.
_NAMES: Final = {**_SERVICES, PERFORMED_STEP: "performed procedure steps"}
_SYNTAXES: Final = (EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN)
_TROUBLES: Final = {
    "timeout": "peer.timeout",
    "total": "peer.timeout",
    "aborted": "peer.aborted",
    "stopped": "peer.stopped",
    "too-large": "peer.protocol",
    "too-much": "peer.protocol",
}
# PS3.4 table K.4-1, where the node gives no reason.
_STATUSES: Final = {0xA000: "out of resources, or not a question for it", 0xC000: "unable to process"}
_LONGEST_TITLE: Final = 16  # PS3.5 table 6.2-1


@dataclass(frozen=True, slots=True)
class Node:
    """A DICOM node to ask; every trouble is a PeerError. Without `tls` it is plain.

    `timeout` bounds each wait for the node in seconds, `connect_timeout` that for a connection, 0 the same.
    """

    host: str
    port: int
    called: str = "OPENWORKLIST"
    calling: str = "OPENWORKLIST"
    timeout: float = 30
    tls: Tls | None = None
    connect_timeout: float = 0

    def echo(self) -> float:
        """Ask whether the node is there; returns how many seconds the answer took."""
        with self._associate(VERIFICATION) as association:
            began = time.perf_counter()
            status = association.send_c_echo()
            took = time.perf_counter() - began
            self._check(status, "echo")
            return took

    def find(
        self, keys: Mapping[str, str], *, limit: int = 0, on_answer: Callable[[int], None] | None = None
    ) -> list[dict[str, Value]]:
        """The answers to a worklist question, as values by attribute name, as in a record.

        `keys` are those to match on; every other attribute of the catalogue is asked for too. After `limit`
        answers the question is cancelled; 0 takes all. `on_answer` is told how many there are so far.
        """
        found = self.ask(keys, Terms(limit=limit, on_answer=on_answer))
        return [entry.values for entry in found.entries]

    def ask(
        self, keys: Mapping[str, str], terms: Terms, *, charset: str = "", stop: Stop | None = None
    ) -> Found:
        """Put a worklist question, in the character set of a term or in the smallest that holds the keys.

        PeerError unless the node ended it with success or `terms.limit` did. Only `self.timeout` bounds the
        wait for an answer; `stop` ends it from outside.
        """
        identifier = to_identifier(keys, charset)
        question = Question(replace(terms, answer=self.timeout), stop or Stop())
        with self._associate(MODALITY_WORKLIST, question.handlers()) as association:
            found = question.ask(association, identifier)
        self._judge(found, terms)
        return found

    def begin_step(self, uid: str, step: Mapping[str, Any]) -> None:
        """Tell that a performed step begins (N-CREATE); it is in DICOM's JSON model."""
        with self._associate(PERFORMED_STEP) as association:
            status, _ = association.send_n_create(_to_dataset(step), PERFORMED_STEP, uid)
            self._check(status, "begin of a performed step")

    def change_step(self, uid: str, change: Mapping[str, Any]) -> None:
        """Tell what is new about a performed step (N-SET), in DICOM's JSON model."""
        with self._associate(PERFORMED_STEP) as association:
            status, _ = association.send_n_set(_to_dataset(change), PERFORMED_STEP, uid)
            self._check(status, "change of a performed step")

    @contextmanager
    def _associate(
        self, sop_class: str, handlers: Sequence[tuple[Any, Callable[[Any], None]]] = ()
    ) -> Iterator[Any]:
        from openworklist.clients.dicom_line import Entity, drop

        # Every trouble becomes a PeerError: its own log would tell it again, in words for its developers.
        logging.getLogger("pynetdicom").setLevel(logging.CRITICAL)
        _check_title(self.called, "the called AE title")
        _check_title(self.calling, "the calling AE title")
        entity = Entity(ae_title=self.calling)
        entity.implementation_class_uid = IMPLEMENTATION_CLASS_UID
        entity.implementation_version_name = IMPLEMENTATION_VERSION
        entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = self.timeout
        entity.connection_timeout = self.connect_timeout or self.timeout
        entity.add_requested_context(sop_class, list(_SYNTAXES))
        secured: dict[str, Any] = {}
        if self.tls is not None:
            secured["tls_args"] = (make_context(self.tls), self.tls.server_name or self.host)
        try:
            association = entity.associate(
                self.host, self.port, ae_title=self.called, evt_handlers=list(handlers), **secured
            )
        except OSError as error:  # the host has no address
            raise self._no_way() from error
        if not association.is_established:
            raise self._refusal(association, sop_class)
        try:
            yield association
        except BaseException:  # Ctrl-C, too: whoever gives up does not wait for the node
            drop(association)
            raise
        if association.is_established:
            association.release()

    @property
    def _name(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.called} at {host}:{self.port}"

    def _refusal(self, association: Any, sop_class: str) -> PeerError:
        answer = association.acceptor.primitive
        if association.is_rejected and answer is not None:
            return PeerError(
                f"{self._name} turned the association away: {answer.reason_str}.",
                where=self._name,
                code="peer.rejected",
                hint=f"check both AE titles: we called ourselves {self.calling}",
            )
        if association.rejected_contexts:
            return PeerError(
                f"{self._name} does not offer {_NAMES[sop_class]}.",
                where=self._name,
                code="peer.not-offered",
                hint="check that this is the right node, and what it may be asked by whom",
            )
        if self.tls is not None:
            # pynetdicom does not tell why: a handshake of our own does.
            find_fault(Destination(self.host, self.port, self.tls), self.timeout)
        return self._no_way()

    def _no_way(self) -> PeerError:
        return PeerError(
            f"{self._name} cannot be reached.",
            where=self._name,
            code="peer.unreachable",
            hint="check the address, the port, and that it is a DICOM port",
        )

    def _judge(self, found: Found, terms: Terms) -> None:
        """PeerError unless the question ended well."""
        so_far = f" after {found.answers} answers" if found.answers else ""
        sentence = {
            "timeout": f"did not answer the worklist question within {self.timeout:g} seconds",
            "total": f"did not end the worklist question within {terms.total:g} seconds",
            "aborted": "broke off the worklist question",
            "stopped": "was asked to stop",
            "too-large": "sends an answer that is too large to be one",
            "too-much": "sends more than can be held",
        }.get(found.trouble)
        if sentence:
            raise PeerError(
                f"{self._name} {sentence}{so_far}.", where=self._name, code=_TROUBLES[found.trouble]
            )
        if found.trouble != "limit" and found.status:
            raise self._failure("worklist question", found.status, found.comment, so_far)

    def _check(self, status: Any, question: str) -> None:
        if not status:
            raise PeerError(
                f"{self._name} did not answer the {question} within {self.timeout:g} seconds.",
                where=self._name,
                code="peer.timeout",
            )
        if status.Status != 0:
            raise self._failure(question, status.Status, str(status.get("ErrorComment", "") or ""))

    def _failure(self, question: str, status: int, comment: str, so_far: str = "") -> PeerError:
        comment = comment or _STATUSES.get(status & 0xF000, "") or "without a reason"
        return PeerError(
            f"{self._name} answered the {question} with status {status:04X}{so_far}: {comment}.",
            where=self._name,
            code="peer.status",
        )


def _to_dataset(document: Mapping[str, Any]) -> Any:
    from pydicom.dataset import Dataset

    dataset = Dataset.from_json(dict(document))
    dataset.SpecificCharacterSet = "ISO_IR 192"
    return dataset


def _check_title(title: str, whose: str) -> None:
    is_title = title.isascii() and title.isprintable() and "\\" not in title
    if not is_title or not title.strip(" ") or len(title) > _LONGEST_TITLE:
        raise SettingsError(
            "An AE title has 1 to 16 letters of ASCII and no backslash.",
            where=whose,
            hint="use the title that the other side knows",
        )
