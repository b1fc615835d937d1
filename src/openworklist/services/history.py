"""The time line of a record: ordered, updated, edited, sent, performed, deleted, and who did it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from openworklist.domain.edit import Edit
from openworklist.domain.errors import NotFound
from openworklist.domain.outgoing import State
from openworklist.domain.record import Value
from openworklist.services.gathering import EDIT
from openworklist.store.changes import Noted, find_changes_of_record
from openworklist.store.connection import Connection
from openworklist.store.database import Database
from openworklist.store.deleted import find_deleted
from openworklist.store.deliveries import find_deliveries
from openworklist.store.edits import find_edits
from openworklist.store.journal import find_message
from openworklist.store.outbound import find_all
from openworklist.store.performed_steps import list_steps
from openworklist.store.records import find_record

_MOST: Final = 500  # of each kind
_OUTCOMES: Final = {
    State.SENT: "the message was taken by {}",
    State.DEAD: "the message was given up: it could not be sent to {}",
    State.DROPPED: "the message was dropped, and not sent to {}",
}


@dataclass(frozen=True, slots=True)
class ValueChange:
    """A value that a person wrote; `before` is None where it is not known, "" where there was none."""

    name: str  # of the attribute
    before: Value | None
    after: Value


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, `at` in microseconds since 1970, UTC.

    `kind` is the action of a change (create, update, edit, delete, restore, …), `step` for what a scanner
    performed, `send` for what went to another system, or `delivery` for what a scanner received, at the
    last time. Of a message its number, control ID and sender.
    """

    at: int
    kind: str
    actor: str
    sentence: str
    version: int = 0  # of the record since then, where it is another one
    message_id: int | None = None
    control_id: str = ""
    sender: str = ""
    values: tuple[ValueChange, ...] = ()


class History:
    """Tells what happened to records; those that were deleted have a history too."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, number: int) -> tuple[Event, ...]:
        """All that is known of a record, the first event first; NotFound if there never was such a record."""

        def read(connection: Connection) -> tuple[Event, ...]:
            events = [event for find in _SOURCES for event in find(connection, number)]
            if not events and find_record(connection, number) is None:
                raise NotFound(
                    f"There is no record {number}.", hint="openworklist records list shows what there is"
                )
            return tuple(sorted(events, key=lambda event: event.at))

        return self._database.read(read)


def _find_changes(connection: Connection, number: int) -> Iterator[Event]:
    edits = _read_edits(connection, number)
    for change in find_changes_of_record(connection, number)[-_MOST:]:
        yield _to_event(connection, change, edits)


def _to_event(connection: Connection, change: Noted, edits: dict[int, tuple[ValueChange, ...]]) -> Event:
    message = find_message(connection, change.message_id) if change.message_id is not None else None
    listed = message.listed if message else None
    sender = f"{listed.sending_application}|{listed.sending_facility}".strip("|") if listed else ""
    return Event(
        change.at,
        change.action,
        change.actor,
        change.reason,
        change.version,
        change.message_id,
        listed.control_id if listed else "",
        sender,
        edits.get(change.at, ()) if change.action == EDIT else (),
    )


def _read_edits(connection: Connection, number: int) -> dict[int, tuple[ValueChange, ...]]:
    """What people wrote, by the moment: the values of one edit share it."""
    record = find_record(connection, number)
    deleted = find_deleted(connection, number) if record is None else None
    record = deleted.record if deleted else record
    edits: list[Edit] = list(deleted.edits) if deleted else find_edits(connection, number)
    # What was sent first is known while what was written over it stands.
    known: dict[str, Value] = dict(record.edited) if record else {}
    found: dict[int, tuple[ValueChange, ...]] = {}
    for edit in edits:
        change = ValueChange(edit.name, known.get(edit.name), edit.value or "")
        found[edit.at] = (*found.get(edit.at, ()), change)
        if edit.name in known:
            known[edit.name] = edit.value or ""
    return found


def _find_steps(connection: Connection, number: int) -> Iterator[Event]:
    for step in list_steps(connection, _MOST, record_id=number):
        actor = f"mpps:{step.calling_ae}"
        yield Event(step.created_at, "step", actor, "a scanner performs the step")
        if step.state.is_final:
            yield Event(step.updated_at, "step", actor, f"the performed step is {step.state}")


def _find_sent(connection: Connection, number: int) -> Iterator[Event]:
    for each in find_all(connection, (), "", number, _MOST):
        sentence = f"put in the queue for {each.destination}"
        yield Event(each.created_at, "send", each.created_by, sentence, control_id=each.control_id)
        if each.state in _OUTCOMES:
            sentence = _OUTCOMES[each.state].format(each.destination)
            actor = each.changed_by or each.created_by
            yield Event(each.ended_at, "send", actor, sentence, control_id=each.control_id)


def _find_deliveries(connection: Connection, number: int) -> Iterator[Event]:
    for each in find_deliveries(connection, number):
        sentence = (
            f"sent to {each.ae_title} once"
            if each.times == 1
            else f"sent to {each.ae_title} {each.times} times"
        )
        yield Event(each.last_at, "delivery", each.ae_title, sentence)


_SOURCES: Final[tuple[Callable[[Connection, int], Iterator[Event]], ...]] = (
    _find_changes,
    _find_steps,
    _find_sent,
    _find_deliveries,
)
