"""The record that somebody wonders about, by its number, accession number or Patient ID; deleted ones too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from openworklist.domain.control import Action
from openworklist.domain.errors import NotFound
from openworklist.domain.query import Single, WorklistQuery
from openworklist.domain.record import Record, Status
from openworklist.store.changes import find_changes_of_record
from openworklist.store.connection import Connection
from openworklist.store.database import Database
from openworklist.store.deleted import find_deleted
from openworklist.store.records import find_record
from openworklist.store.search import search

_BY: Final = ("accession_number", "patient_id")
_MOST: Final = 20
_LONGEST: Final = 18  # digits of a number that a database holds
_ACTIONS: Final = {
    Status.STARTED: Action.START,
    Status.CANCELED: Action.CANCEL,
    Status.DISCONTINUED: Action.DISCONTINUE,
    Status.COMPLETED: Action.COMPLETE,
    Status.ON_HOLD: Action.HOLD,
}


@dataclass(frozen=True, slots=True)
class Subject:
    """`record` is None where what is stored cannot be read; `deletion` is when it was deleted, else 0.

    `deleted_by` says by whom and why. `namesakes` are other records whose accession number or Patient ID is
    the number by which this one was called.
    """

    number: int
    record: Record | None
    deletion: int = 0
    deleted_by: str = ""
    namesakes: tuple[int, ...] = ()


def find_subject(database: Database, named: str) -> Subject:
    """NotFound if nothing is called so, or more than one record is."""
    return database.read(lambda connection: _find(connection, named.replace("\0", "").strip()))


def _find(connection: Connection, named: str) -> Subject:
    if named.isascii() and named.isdecimal() and len(named) <= _LONGEST:
        found = _find_number(connection, int(named))
        if found is not None:
            others = {number for name in _BY for number in _find_called(connection, name, named)}
            return replace(found, namesakes=tuple(sorted(others - {found.number})))
    for name in _BY if named else ():
        numbers = _find_called(connection, name, named)
        if len(numbers) > 1:
            shown = ", ".join(map(str, sorted(numbers)))
            raise NotFound(
                f"Several records are called {named!r}: {shown}.",
                hint="name one of them by its number",
                code="record.ambiguous",
            )
        found = _find_number(connection, numbers[0]) if numbers else None
        if found is not None:
            return found
    raise NotFound(
        f"There is no record {named!r}.",
        hint="openworklist records list shows what there is, messages list --text what arrived",
    )


def _find_called(connection: Connection, name: str, named: str) -> list[int]:
    query = WorklistQuery((Single(name, named),), frozenset(Status))
    return [row.id for row in search(connection, query, None, _MOST).rows]


def _find_number(connection: Connection, number: int) -> Subject | None:
    try:
        record = find_record(connection, number)
    except (AttributeError, KeyError, TypeError, ValueError):  # no version of ours has written it
        return Subject(number, None)
    if record is not None:
        return Subject(number, record)
    deleted = find_deleted(connection, number)
    if deleted is None:
        return None
    return Subject(number, deleted.record, deleted.at, f"{deleted.actor}: {deleted.reason}")


def tell_status(database: Database, record: Record, show: Callable[[int], str]) -> Iterator[str]:
    """When a record got the status it has, and by which message."""
    changes = database.read(lambda connection: find_changes_of_record(connection, record.id))
    for change in reversed(changes):
        if change.action == _ACTIONS.get(record.status):
            by = f"message {change.message_id}" if change.message_id else change.actor
            yield f"the exam is {record.status} since {show(change.at)}, by {by}: {change.reason}"
            return
