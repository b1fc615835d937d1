"""Searches that tell of patients: kept here under a short id, which stands in the URL in their place."""

from __future__ import annotations

import secrets
from typing import Final

from openworklist.services.clock import Clock, read_clock
from openworklist.store.connection import Connection
from openworklist.store.database import Database
from openworklist.store.searches import (
    Saved,
    expire_searches,
    find_same,
    find_search,
    insert_search,
    note_use,
)

__all__ = ["Saved", "Searches"]

_DAY: Final = 86_400_000_000  # microseconds
_KEPT: Final = 30 * _DAY  # after its last use
_LETTERS: Final = "abcdefghijkmnpqrstuvwxyz23456789"  # none that is taken for another
_LENGTH: Final = 10  # fifty bits: nobody comes upon one


class Searches:
    """Keeps searches, each for the user who made it."""

    def __init__(self, database: Database, *, clock: Clock = read_clock) -> None:
        self._database = database
        self._clock = clock

    def save(self, text: str, actor: str, *, sort: str = "", is_descending: bool = False) -> str:
        """The id of a search: the one it has, or a new one. Those not used for 30 days are forgotten."""
        now = self._clock()
        number = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
        saved = Saved(number, actor, text, sort, is_descending, now)

        def write(connection: Connection) -> str:
            expire_searches(connection, now - _KEPT)
            known = find_same(connection, saved)
            if known is not None:
                note_use(connection, known, now)
                return known
            insert_search(connection, saved)
            return number

        return self._database.write(write)

    def find(self, number: str, actor: str) -> Saved | None:
        """The search of an id; None if there is none, or if it is another user's."""
        found = self._database.read(lambda connection: find_search(connection, number, actor))
        now = self._clock()
        if found is None or found.used_at < now - _KEPT:
            return None
        if found.used_at < now - _DAY:  # not with every look: each would be a commit
            self._database.write(lambda connection: note_use(connection, number, now))
        return found
