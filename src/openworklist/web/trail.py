"""The audit trail as routes write to it: what the visitor of a request did, and from where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Request

from openworklist.domain.record import Record
from openworklist.services.audit import Audit
from openworklist.web.desk import get_desk
from openworklist.web.visitors import find_visitor

_NAMED: Final = 50  # records of a list that are named


@dataclass(frozen=True, slots=True)
class Trail:
    request: Request

    def note(self, action: str, subject: str = "", subject_id: str = "", detail: str = "") -> None:
        """What was done just now; `detail` must hold no secret and nothing of patients."""
        self._audit.note(self._actor, action, subject=subject, subject_id=subject_id, detail=detail)

    def note_list(self, action: str, numbers: Iterable[int]) -> None:
        """That somebody was shown these in a list; the same again counts once a minute."""
        self.note_repeated(action, _tell(list(numbers)))

    def note_records(self, records: Iterable[Record]) -> None:
        """That somebody was shown a list of these records."""
        self.note_list("record.list", (record.id for record in records))

    def note_repeated(self, action: str, detail: str) -> None:
        """What a program does many times in a minute: it is noted once."""
        self._audit.note_once(self._actor, action, detail)

    @property
    def _audit(self) -> Audit:
        return get_desk(self.request).audit

    @property
    def _actor(self) -> str:
        visitor = find_visitor(self.request)
        return visitor.actor if visitor else ""


def _tell(numbers: list[int]) -> str:
    more = len(numbers) - _NAMED
    return ",".join(map(str, numbers[:_NAMED])) + (f" and {more} more" if more > 0 else "")


def _follow(request: Request) -> Trail:
    return Trail(request)


TheTrail = Annotated[Trail, Depends(_follow)]
