"""Logging in and unlocking: a password is heard, counted, and told right or wrong."""

from __future__ import annotations

from typing import Final

from openworklist.domain.audit import Deed
from openworklist.domain.errors import LoginFailed
from openworklist.domain.user import fold_name
from openworklist.services.clock import Clock
from openworklist.services.passwords import Passwords
from openworklist.services.throttle import Attempt, begin_attempt, end_attempt, to_attempt
from openworklist.store.audit import insert_deed
from openworklist.store.connection import Connection
from openworklist.store.database import Database
from openworklist.store.sessions import has_session_from
from openworklist.store.users import Stored, find_user

UNKNOWN: Final = "unknown"  # who tried: what was typed for a name may be a password


class Logins:
    """Says whose password it is, however many guess at once."""

    def __init__(self, database: Database, passwords: Passwords, clock: Clock) -> None:
        self._database = database
        self._passwords = passwords
        self._clock = clock

    def verify(
        self, name: str, password: str, peer: str, action: str, *, session: int = 0
    ) -> tuple[Stored, Attempt]:
        """The user whose password it is, and the attempt, which the caller ends in its own transaction.

        `session` is the number of the one that it is for, where there is one already. LoginFailed if name or
        password is wrong or the user was deactivated, and never which; Throttled if it comes too early.
        """
        folded = fold_name(name)

        def begin(connection: Connection) -> tuple[Stored | None, Attempt]:
            now = self._clock()
            stored = find_user(connection, folded)
            is_there = stored is not None and has_session_from(connection, stored.id, peer, now)
            apart = f"session {session}" if session else f"address {peer}" if is_there else ""
            attempt = to_attempt(folded, peer, apart)
            begin_attempt(connection, attempt, now)
            return stored, attempt

        stored, attempt = self._database.write(begin)
        is_right = self._passwords.is_right(password, stored.password if stored else None)
        if stored is None or not is_right or not stored.user.is_active:
            self._note_failure(stored, peer, f"{action}-failed")
            raise LoginFailed(
                "Name or password is wrong.", hint="look at the keyboard's language and Caps Lock"
            )
        return stored, attempt

    def finish(self, connection: Connection, stored: Stored, attempt: Attempt) -> None:
        """Count the attempt as right; LoginFailed if the password was changed meanwhile."""
        again = find_user(connection, stored.user.name)
        if again is None or again.password != stored.password or not again.user.is_active:
            raise LoginFailed("The password was changed just now.", hint="log in with the new one")
        end_attempt(connection, attempt)

    def _note_failure(self, stored: Stored | None, peer: str, action: str) -> None:
        name = stored.user.name if stored else UNKNOWN
        deed = Deed(self._clock(), UNKNOWN, action, "user", name, None, peer)
        self._database.write(lambda connection: insert_deed(connection, deed))
