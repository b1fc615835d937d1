"""Patient IDs that were merged into another: remembered, and looked up for what still comes under them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

from openworklist.domain.history import History
from openworklist.domain.merged import Merged, find_remaining, is_alive, list_merged, recall
from openworklist.domain.patient import Patient, PatientChange
from openworklist.store.connection import Connection
from openworklist.store.merged_patients import (
    end_merged,
    find_merged,
    forget_merged,
    has_merged,
    insert_merged,
)

_SECOND: Final = 1_000_000
News = Mapping[int, Sequence[Merged]]  # by the number of a message what it merges


class MergeMemory:
    """Knows, mostly without asking the database, that nobody was merged yet: orders need no look-up then.

    That another server on the same database merged somebody is noticed within a second.
    """

    def __init__(self) -> None:
        self._has_any = False
        self._asked_at = -_SECOND

    def find_way(self, connection: Connection, patient: Patient, now: int) -> tuple[Merged, ...]:
        """The merges from a patient to the one who remains; `now` is microseconds since 1970."""
        if not self._has_any:
            if 0 <= now - self._asked_at < _SECOND:
                return ()
            self._asked_at = now
            if not has_merged(connection):
                return ()
            self._has_any = True
        return find_remaining(patient, partial(find_merged, connection))

    def remember(self, connection: Connection, changes: Iterable[PatientChange], number: int) -> None:
        """Keep what a message merged, and which IDs it shows to be in use again."""
        for change in changes:
            merged = list_merged(change, number)
            for old in find_merged(connection, change.patient.id):
                if is_alive(change, old):
                    end_merged(connection, old, number)
            for each in merged:
                insert_merged(connection, each)
            # Even if the transaction is taken back: then a look-up finds nothing.
            self._has_any = self._has_any or bool(merged)


def find_news(history: History, numbers: Iterable[int]) -> News:
    """What messages merge as they are read today, of those that are stored otherwise."""
    chosen = set(numbers)
    news: dict[int, Sequence[Merged]] = {}
    for message in history.messages:
        if message.number in chosen and message.patients:
            stored = {each.patient: each for each in history.merged if each.message == message.number}
            read = [
                each
                for change in message.patients
                for each in list_merged(recall(change, message.number, history.merged), message.number)
            ]
            if {each.patient: each.values for each in read} != {
                patient: each.values for patient, each in stored.items()
            }:
                news[message.number] = [
                    replace(each, until=stored[each.patient].until) if each.patient in stored else each
                    for each in read
                ]
    return news


def store_news(connection: Connection, news: News) -> None:
    """Remember what messages merge instead of what they were read to."""
    for number, merged in news.items():
        forget_merged(connection, number)
        for each in merged:
            insert_merged(connection, each)
