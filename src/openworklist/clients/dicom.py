"""Asking other DICOM nodes: C-ECHO and C-FIND of the modality worklist, by pynetdicom."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from openworklist.domain.attributes import ATTRIBUTES, Attribute, Level
from openworklist.domain.errors import PeerError
from openworklist.domain.record import Value

VERIFICATION: Final = "1.2.840.10008.1.1"
WORKLIST: Final = "1.2.840.10008.5.1.4.31"
_STEP_SEQUENCE: Final = 0x0040_0100
_PENDING = frozenset({0xFF00, 0xFF01})
_CANCELED: Final = 0xFE00
_UTF_8: Final = "ISO_IR 192"


@dataclass(frozen=True, slots=True)
class Node:
    """A DICOM node to ask; every trouble is a PeerError. `timeout` is in seconds."""

    host: str
    port: int
    called: str = "OPENWORKLIST"
    calling: str = "OPENWORKLIST"
    timeout: float = 30

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
        found: list[dict[str, Value]] = []
        with self._associate(WORKLIST) as association:
            for status, answer in association.send_c_find(_to_identifier(keys), WORKLIST):
                if status and status.Status in _PENDING and answer is not None:
                    if not limit or len(found) < limit:
                        found.append(_to_values(answer))
                        if on_answer:
                            on_answer(len(found))
                    if limit and len(found) == limit:
                        association.send_c_cancel(1, query_model=WORKLIST)
                elif not (status and status.get("Status") == _CANCELED and limit):
                    self._check(status, "worklist question")
        return found

    @contextmanager
    def _associate(self, sop_class: str) -> Iterator[Any]:
        from pynetdicom import AE

        entity = AE(ae_title=self.calling)
        entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = self.timeout
        entity.connection_timeout = self.timeout
        entity.add_requested_context(sop_class)
        association = entity.associate(self.host, self.port, ae_title=self.called)
        if not association.is_established:
            raise self._refusal(association)
        try:
            yield association
        finally:
            if association.is_established:
                association.release()

    @property
    def _name(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.called} at {host}:{self.port}"

    def _refusal(self, association: Any) -> PeerError:
        answer = association.acceptor.primitive
        if association.is_rejected and answer is not None:
            return PeerError(
                f"{self._name} turned the association away: {answer.reason_str}.",
                where=self._name,
                code="peer.rejected",
                hint=f"check both AE titles: we called ourselves {self.calling}",
            )
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


def _to_identifier(keys: Mapping[str, str]) -> Any:
    from pydicom.dataset import Dataset

    identifier, step = Dataset(), Dataset()
    if not all(value.isascii() for value in keys.values()):
        identifier.SpecificCharacterSet = _UTF_8
    for attribute in ATTRIBUTES:
        if attribute.tag:
            into = step if attribute.level is Level.STEP else identifier
            value: Any = [] if attribute.is_sequence else keys.get(attribute.name, "") or None
            into.add_new(attribute.tag, attribute.vr, value)
    identifier.add_new(_STEP_SEQUENCE, "SQ", [step])
    return identifier


def _to_values(answer: Any) -> dict[str, Value]:
    steps = answer.get(_STEP_SEQUENCE)
    step = steps.value[0] if steps is not None and steps.value else None
    values: dict[str, Value] = {}
    for attribute in ATTRIBUTES:
        source = step if attribute.level is Level.STEP else answer
        value = _value(source, attribute) if source is not None and attribute.tag else ""
        if value:
            values[attribute.name] = value
    return values


def _value(source: Any, attribute: Attribute) -> Value:
    element = source.get(attribute.tag)
    if element is None or element.is_empty:
        return ""
    if element.VR == "SQ":
        return tuple(_item(item, attribute.items) for item in element.value)
    several = element.value if element.VM > 1 else [element.value]
    return "\\".join(str(value).rstrip(" \0") for value in several)


def _item(item: Any, rows: tuple[Attribute, ...]) -> dict[str, Value]:
    found = {row.name: _value(item, row) for row in rows}
    return {name: value for name, value in found.items() if value}
