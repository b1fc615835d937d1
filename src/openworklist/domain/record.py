"""A worklist record: one Scheduled Procedure Step with its patient and requested procedure, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

# A leaf is text in DICOM's own form (DA 20260314, TM 101500, PN DOE^JOHN=..., several values joined by a
# backslash); a sequence is a tuple of items. Keys are attribute names of domain.attributes.
Item = Mapping[str, "Value"]
Value = str | tuple[Item, ...]
EMPTY: Mapping[str, Value] = MappingProxyType({})
EMPTY_MARKS: Mapping[str, int] = MappingProxyType({})


class Status(StrEnum):
    """What became of the step; the terms are those of (0040,0020) and IHE's."""

    SCHEDULED = "SCHEDULED"
    STARTED = "STARTED"
    COMPLETED = "COMPLETED"
    DISCONTINUED = "DISCONTINUED"
    CANCELED = "CANCELED"
    ON_HOLD = "ON HOLD"

    @property
    def is_open(self) -> bool:
        """Whether scanners are shown such a record unless their settings say otherwise."""
        return self in (Status.SCHEDULED, Status.STARTED)

    @property
    def is_terminal(self) -> bool:
        return self in (Status.COMPLETED, Status.DISCONTINUED, Status.CANCELED)


@dataclass(frozen=True, slots=True)
class Record:
    """`values` are the sender's or a person's; `completed` what intake made up where K.6-1 needs a value."""

    values: Mapping[str, Value]
    completed: Mapping[str, Value] = field(default_factory=lambda: EMPTY)
    status: Status = Status.SCHEDULED
    id: int = 0  # 0: not stored yet
    version: int = 0  # counts changes; together with the id it names one state of the record
    created_at: int = 0  # microseconds since 1970, UTC
    updated_at: int = 0
    message_time: str = ""  # when the newest message about it was sent: YYYYMMDDHHMMSS, UTC
    senders: Mapping[str, int] = field(default_factory=lambda: EMPTY_MARKS)  # the same for each (domain.sent)
    warnings: tuple[str, ...] = field(default=())
    # As `senders`, of what was said of the patient, where that differs (domain.patient).
    patient_senders: Mapping[str, int] = field(default_factory=lambda: EMPTY_MARKS)
    edited: Mapping[str, Value] = field(
        default_factory=lambda: EMPTY
    )  # what was sent where people wrote over it
    former: tuple[Mapping[str, str], ...] = ()  # the procedure and step IDs that a change replaced

    def get(self, name: str) -> Value:
        """The value that scanners see; empty text where there is none."""
        value = self.values.get(name)
        return value if value else self.completed.get(name, "")

    def text(self, name: str) -> str:
        value = self.get(name)
        return value if isinstance(value, str) else ""
