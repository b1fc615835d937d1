"""All that is known of some records: what domain.replay makes them of again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from openworklist.domain.edit import Edit
from openworklist.domain.errors import OpenWorklistError
from openworklist.domain.merged import Merged
from openworklist.domain.order import Order
from openworklist.domain.patient import PatientChange
from openworklist.domain.record import Record, Status


@dataclass(frozen=True, slots=True)
class Heard:
    """A message as it is read today, and what it did when it came. Times are microseconds since 1970, UTC.

    `made` and `touched` are the ids of records, also of those that are no more. `error` or `ignored` says
    why it says nothing.
    """

    number: int
    at: int
    orders: tuple[Order, ...] = ()
    patients: tuple[PatientChange, ...] = ()
    error: OpenWorklistError | None = None
    ignored: str = ""
    was_applied: bool = False
    made: tuple[int, ...] = ()
    touched: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class StatusSet:
    """A status that something else than a message gave a record."""

    record_id: int
    at: int
    status: Status


@dataclass(frozen=True, slots=True)
class History:
    """All that is known of some records that have messages in common.

    `incomplete` are those some of whose messages are kept no longer: what they are now is their base.
    `kept_statuses` are those whose status was set in a way that cannot be told again. `merged` are the
    Patient IDs of their orders that were given up.
    """

    records: Mapping[int, Record] = field(default_factory=dict)
    messages: Sequence[Heard] = ()
    edits: Sequence[Edit] = ()
    statuses: Sequence[StatusSet] = ()
    incomplete: frozenset[int] = frozenset()
    kept_statuses: frozenset[int] = frozenset()
    merged: Sequence[Merged] = ()
