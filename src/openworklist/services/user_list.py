"""Users as an administrator looks over them: who is logged in, who was here last, who is guessed at."""

from __future__ import annotations

from dataclasses import dataclass

from openworklist.domain.audit import DeedFilter
from openworklist.domain.errors import NotFound
from openworklist.domain.role import Role
from openworklist.domain.user import User, fold_name
from openworklist.services.throttle import find_strangers
from openworklist.store.audit import find_deeds
from openworklist.store.connection import Connection
from openworklist.store.database import Database
from openworklist.store.sessions import count_sessions
from openworklist.store.users import count_administrators, find_users


@dataclass(frozen=True, slots=True)
class Listed:
    """Times are microseconds since 1970; `seen_at` is the last thing that the user did, 0 for nothing yet.

    `failures` are wrong passwords of the last hour; before `free_at` no further one is heard. With `is_last`
    nobody else could set the server up.
    """

    user: User
    sessions: int
    seen_at: int
    failures: int
    free_at: int
    is_last: bool

    def is_waiting(self, now: int) -> bool:
        """Whether a password for this name is not heard just now."""
        return self.free_at > now


def find_listed(database: Database, now: int) -> list[Listed]:
    """All users, by name."""
    return database.read(lambda connection: _find(connection, now))


def get_listed(database: Database, name: str, now: int) -> Listed:
    """One user, however the name is spelled; NotFound if there is none."""
    folded = fold_name(name)
    found = next((each for each in find_listed(database, now) if each.user.name == folded), None)
    if found is None:
        raise NotFound(f"There is no user {name!r}.", where="name", code="user.not-found")
    return found


def _find(connection: Connection, now: int) -> list[Listed]:
    sessions = count_sessions(connection, now)
    is_one = count_administrators(connection) == 1
    return [
        _look_at(connection, user, sessions.get(user.name, (0, 0)), is_one, now)
        for user in find_users(connection)
    ]


def _look_at(connection: Connection, user: User, sessions: tuple[int, int], is_one: bool, now: int) -> Listed:
    count, seen_at = sessions
    last = find_deeds(connection, DeedFilter(actor=f"user:{user.name}"), None, 1)
    guesses = find_strangers(connection, user.name, now)
    return Listed(
        user,
        count,
        max(seen_at, *(deed.at for deed in last), 0),
        guesses.failures,
        guesses.free_at,
        is_one and user.is_active and user.role is Role.ADMINISTRATOR,
    )
