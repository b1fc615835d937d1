"""What the journal knows of some messages: the records they speak of, and all messages of these."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from openworklist.domain.control import Action
from openworklist.domain.deletion import DELETE, RESTORE
from openworklist.domain.edit import Edit
from openworklist.domain.errors import OpenWorklistError
from openworklist.domain.history import Heard, History, StatusSet
from openworklist.domain.merged import Merged
from openworklist.domain.order import Order
from openworklist.domain.outcome import Outcome
from openworklist.domain.patient import OF_THE_ID, PatientChange
from openworklist.domain.record import Record, Status
from openworklist.services.deciding import find_concerned, find_existing
from openworklist.services.reading import Arrival, Reader, Source
from openworklist.store.changes import Noted, find_changes_by_message, find_changes_of_record
from openworklist.store.connection import Connection
from openworklist.store.edits import find_edits
from openworklist.store.journal import Listed, Whole, find_message
from openworklist.store.merged_patients import find_merged, find_merged_by_message
from openworklist.store.records import find_candidates, find_record

REBUILD: Final = "rebuild"  # the action of a change by processing again
EDIT: Final = "edit"
_MOST: Final = 1_000  # messages that hang together: an order has a few
# What else than a message may do to a status.
_STATUSES: Final[dict[str, Status]] = {
    Action.START: Status.STARTED,
    Action.CANCEL: Status.CANCELED,
    Action.DISCONTINUE: Status.DISCONTINUED,
    Action.COMPLETE: Status.COMPLETED,
    Action.HOLD: Status.ON_HOLD,
    Action.RELEASE: Status.SCHEDULED,
}
_SILENT: Final = frozenset(
    (REBUILD, EDIT, DELETE, RESTORE, Action.CREATE, Action.UPDATE, Action.MERGE)
)  # leave the status


@dataclass(frozen=True, slots=True)
class Gathered:
    """The history of records that hang together. `linked` are the messages that each already names.

    `patients` are the Patient IDs under whose locks nothing of it changes.
    """

    history: History
    listed: dict[int, Listed]
    linked: dict[int, frozenset[int]]
    patients: frozenset[str]


def read_again(reader: Reader, message: Whole) -> Arrival:
    """A message of the journal, read by the mapping of today."""
    listed = message.listed
    return reader.read(message.raw, Source(listed.channel, listed.peer), listed.received_at)


def gather(connection: Connection, reader: Reader, numbers: Iterable[int]) -> Gathered:
    """All that hangs together with these messages: numbers that the journal does not have are left out."""
    return _Gatherer(connection, reader).gather(numbers)


class _Gatherer:
    def __init__(self, connection: Connection, reader: Reader) -> None:
        self._connection = connection
        self._reader = reader
        self._heard: dict[int, Heard] = {}
        self._listed: dict[int, Listed] = {}
        self._records: dict[int, Record | None] = {}
        self._changes: dict[int, list[Noted]] = {}
        self._patients: set[str] = set()
        self._merged: dict[tuple[int, str, str], Merged] = {}
        self._merges: list[PatientChange] = []
        self._chosen: frozenset[int] = frozenset()
        self._waiting: list[int] = []

    def gather(self, numbers: Iterable[int]) -> Gathered:
        self._chosen = frozenset(numbers)
        self._waiting = sorted(self._chosen)
        seen = set(self._waiting)
        while self._waiting:
            found = self._add_message(self._waiting.pop(0))
            if not self._waiting:
                found |= self._add_same_orders()
            for number in found - seen:
                seen.add(number)
                self._waiting.append(number)
            if len(seen) > _MOST:
                raise OpenWorklistError(
                    f"More than {_MOST} messages speak of the same orders.",
                    hint="let the mapping find what tells their patients and orders apart",
                    code="message.too-many",
                )
        return self._to_gathered()

    def _add_message(self, number: int) -> set[int]:
        """Take a message and the records it speaks of; the messages of those."""
        message = find_message(self._connection, number)
        if message is None:
            return set()
        arrival = read_again(self._reader, message)
        changes = find_changes_by_message(self._connection, number)
        touched = tuple(dict.fromkeys(change.record_id for change in changes))
        self._listed[number] = message.listed
        self._heard[number] = Heard(
            number,
            message.listed.received_at,
            arrival.orders,
            arrival.patients,
            arrival.error,
            arrival.ignored,
            was_applied=message.listed.outcome is Outcome.APPLIED,
            made=tuple(each.record_id for each in changes if each.action == Action.CREATE),
            touched=touched,
        )
        found: set[int] = set()
        for order in arrival.orders:
            found |= self._add_order(order)
        for change in arrival.patients:
            found |= self._add_patient(number, change)
        # News of a patient touch all the exams; those that are not asked about may stay as they are.
        for each in touched if not arrival.patients or number in self._chosen else ():
            found |= self._add_record(each, None)
        return found

    def _add_order(self, order: Order) -> set[int]:
        """The messages of the records that an order may speak of, under its ID or a later one."""
        found = self._add_records(find_existing(self._connection, order))
        waiting, seen = [_text(order.values.get("patient_id"))], set[str]()
        while waiting:
            number = waiting.pop()
            seen.add(number)
            self._patients.add(number)
            for merged in find_merged(self._connection, number, every=True):
                self._keep(merged)
                if merged.remaining.id not in seen:
                    waiting.append(merged.remaining.id)
                    found |= self._add_records(find_existing(self._connection, order, merged.values))
        return found

    def _add_patient(self, number: int, change: PatientChange) -> set[int]:
        self._patients.update(patient.id for patient in change.patients)
        for merged in find_merged_by_message(self._connection, number):
            self._keep(merged)
        if change.former:
            self._merges.append(change)
        if number not in self._chosen:
            return set()
        return self._add_records(find_concerned(self._connection, change))

    def _add_same_orders(self) -> set[int]:
        """The messages of what was ordered both for a patient who was merged and for the one who remains."""
        found: set[int] = set()
        for change in self._merges:
            ids = {name: value for name, value in change.values.items() if name in OF_THE_ID}
            for record in list(self._records.values()):
                if record is not None:
                    found |= self._add_records(find_candidates(self._connection, {**record.values, **ids}))
        return found

    def _keep(self, merged: Merged) -> None:
        self._merged[(merged.message, *merged.patient)] = merged

    def _add_records(self, records: Iterable[Record]) -> set[int]:
        return {number for record in records for number in self._add_record(record.id, record)}

    def _add_record(self, number: int, record: Record | None) -> set[int]:
        if number in self._records:
            return set()
        self._records[number] = record = record or find_record(self._connection, number)
        if record is None:
            return set()  # deleted since
        self._patients.add(_text(record.values.get("patient_id")))
        self._changes[number] = find_changes_of_record(self._connection, number)
        return {change.message_id for change in self._changes[number] if change.message_id is not None}

    def _to_gathered(self) -> Gathered:
        records = {number: record for number, record in self._records.items() if record is not None}
        edits: list[Edit] = []
        statuses: list[StatusSet] = []
        incomplete, kept = set(), set()
        for number in records:
            edits += find_edits(self._connection, number)
            if not self._is_complete(self._changes[number]):
                incomplete.add(number)
            for change in self._changes[number]:
                if change.message_id is None and change.action not in _SILENT:
                    status = _STATUSES.get(change.action)
                    if status is None:
                        kept.add(number)
                    else:
                        statuses.append(StatusSet(number, change.at, status))
        history = History(
            records,
            tuple(self._heard.values()),
            tuple(edits),
            tuple(statuses),
            frozenset(incomplete),
            frozenset(kept),
            tuple(sorted(self._merged.values(), key=lambda each: each.message)),
        )
        linked = {
            number: frozenset(change.message_id for change in found if change.message_id is not None)
            for number, found in self._changes.items()
        }
        return Gathered(history, self._listed, linked, frozenset(self._patients))

    def _is_complete(self, changes: list[Noted]) -> bool:
        """Whether the message that made a record and all that changed it are in the journal."""
        return any(
            change.action == Action.CREATE and change.message_id in self._heard for change in changes
        ) and all(change.message_id is None or change.message_id in self._heard for change in changes)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
