"""Asking other DICOM nodes: C-ECHO and C-FIND of the modality worklist, by pynetdicom."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from openworklist.clients.dicom_values import to_identifier, to_values
from openworklist.clients.tls import find_fault, make_context
from openworklist.domain.destination import Destination, Tls
from openworklist.domain.errors import PeerError, SettingsError
from openworklist.domain.record import Value

VERIFICATION: Final = "1.2.840.10008.1.1"
WORKLIST: Final = "1.2.840.10008.5.1.4.31"
_SERVICES: Final = {VERIFICATION: "verification", WORKLIST: "the modality worklist"}
_PENDING = frozenset({0xFF00, 0xFF01})
_CANCELED: Final = 0xFE00
_LONGEST_TITLE: Final = 16  # PS3.5 table 6.2-1


@dataclass(frozen=True, slots=True)
class Node:
    """A DICOM node to ask; every trouble is a PeerError. `timeout` is in seconds; no `tls` is plain."""

    host: str
    port: int
    called: str = "OPENWORKLIST"
    calling: str = "OPENWORKLIST"
    timeout: float = 30
    tls: Tls | None = None

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
        identifier = to_identifier(keys)
        found: list[dict[str, Value]] = []
        is_cancelled = False
        # What a node sends is shown as it came: pydicom's warnings would quote it.
        with self._associate(WORKLIST) as association, warnings.catch_warnings(action="ignore"):
            for status, answer in association.send_c_find(identifier, WORKLIST):
                if not status or status.Status not in _PENDING or answer is None:
                    if not (is_cancelled and status and status.Status == _CANCELED):
                        self._check(status, "worklist question")
                elif not is_cancelled:
                    found.append(to_values(answer))
                    if on_answer:
                        on_answer(len(found))
                    if limit and len(found) == limit:
                        association.send_c_cancel(1, query_model=WORKLIST)
                        is_cancelled = True
        return found

    @contextmanager
    def _associate(self, sop_class: str) -> Iterator[Any]:
        from pynetdicom import AE

        _check_title(self.called, "the called AE title")
        _check_title(self.calling, "the calling AE title")
        entity = AE(ae_title=self.calling)
        entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = self.timeout
        entity.connection_timeout = self.timeout
        entity.add_requested_context(sop_class)
        secured: dict[str, Any] = {}
        if self.tls is not None:
            secured["tls_args"] = (make_context(self.tls), self.tls.server_name or self.host)
        try:
            association = entity.associate(self.host, self.port, ae_title=self.called, **secured)
        except OSError as error:  # the host has no address
            raise self._no_way() from error
        if not association.is_established:
            raise self._refusal(association, sop_class)
        try:
            yield association
        finally:
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
                f"{self._name} does not offer {_SERVICES[sop_class]}.",
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

    def _check(self, status: Any, question: str) -> None:
        if not status:
            raise PeerError(
                f"{self._name} did not answer the {question} within {self.timeout:g} seconds.",
                where=self._name,
                code="peer.timeout",
            )
        if status.Status != 0:
            comment = str(status.get("ErrorComment", "")) or "without a reason"
            raise PeerError(
                f"{self._name} answered the {question} with status {status.Status:04X}: {comment}.",
                where=self._name,
                code="peer.status",
            )


def _check_title(title: str, whose: str) -> None:
    is_title = title.isascii() and title.isprintable() and "\\" not in title
    if not is_title or not title.strip(" ") or len(title) > _LONGEST_TITLE:
        raise SettingsError(
            "An AE title has 1 to 16 letters of ASCII and no backslash.",
            where=whose,
            hint="use the title that the other side knows",
        )
