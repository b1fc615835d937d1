"""Entries that a node has no more: what becomes of their records, and when an answer is believed."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import Final

from openworklist.domain.identity import text_of
from openworklist.domain.node import Vanished
from openworklist.domain.record import Record, Status
from openworklist.services.deletion import delete_records
from openworklist.services.importing import Asked
from openworklist.services.status_change import give_status
from openworklist.store.connection import Connection
from openworklist.store.database import Database
from openworklist.store.records import find_record
from openworklist.store.worklist_entries import Known, end_entry, find_entries, miss_entry

# How often in a row an entry is to be missing before that is believed: an answer that has lost most of what
# it had may be that of a node that has just started, or lost its database.
_ONCE: Final = 1
_CONFIRMED_TWICE: Final = 3


def find_vanished(
    known: Collection[Known], answered: Collection[str], scope: str, days: tuple[str, str]
) -> tuple[list[Known], bool]:
    """The entries that a complete answer should have had, and has not; and whether it is to be doubted.

    `answered` are the keys that it has. Only what was last answered to the same question counts, and only on
    the days that were asked for.
    """
    first, last = days
    expected = [
        each
        for each in known
        if each.scope == scope and each.digest and each.record_id and first <= each.start_date <= last
    ]
    missing = [each for each in expected if each.key not in answered]
    return missing, not answered or 2 * len(missing) > len(expected)


class Vanishing:
    """Ends the records of entries that are gone, on any thread; nothing if the node's are to be kept."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def end(
        self, asked: Asked, answered: Collection[str], days: tuple[str, str], what: Vanished
    ) -> tuple[int, int]:
        """How many records were ended, and how many entries are missing and wait for the next answers.

        To be called with a complete answer only. A record that somebody else has changed since is left alone.
        """
        known = self._database.read(partial(find_entries, node=asked.node))
        missing, is_doubtful = find_vanished(known.values(), answered, asked.scope, days)
        needed = _CONFIRMED_TWICE if is_doubtful else _ONCE
        ended = 0
        if what is Vanished.KEEP:
            return 0, len(missing)
        for each in missing:
            if each.missing + 1 >= needed:
                ended += self._database.write(partial(_end, known=each, asked=asked, what=what))
            else:
                self._database.write(partial(miss_entry, known=each))
        return ended, sum(each.missing + 1 < needed for each in missing)


def _end(connection: Connection, known: Known, asked: Asked, what: Vanished) -> int:
    record = _lock(connection, known.record_id)
    # Who changed it meanwhile knows more; and what a scanner has begun is not taken from it.
    is_ours = record is not None and record.version == known.version and record.status is Status.SCHEDULED
    version = known.version
    if record is not None and is_ours:
        actor = f"worklist:{asked.node}"
        reason = f"{asked.node} has the entry no more"
        if what is Vanished.DELETE:
            delete_records(connection, [record.id], at=asked.asked_at, actor=actor, reason=reason)
        else:
            ended = give_status(
                connection, record, Status.CANCELED, at=asked.asked_at, actor=actor, reason=reason
            )
            version = ended.version
    end_entry(connection, known, version)
    return int(is_ours)


def _lock(connection: Connection, number: int) -> Record | None:
    """The record, once no other transaction works on its patient."""
    patient: str | None = None
    while (record := find_record(connection, number)) is not None:
        found = text_of(record.values, "patient_id")
        if found == patient:
            break
        patient = found
        connection.lock(f"patient {patient}")
    return record
