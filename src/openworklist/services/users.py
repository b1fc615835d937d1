"""The people who may log in, as administrators see and change them. One administrator always remains."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from openworklist.domain.audit import Deed
from openworklist.domain.errors import NotFound, UserError
from openworklist.domain.role import Role
from openworklist.domain.user import User, check_name, check_password, check_preferences, fold_name
from openworklist.services.clock import Clock
from openworklist.services.passwords import Passwords
from openworklist.services.throttle import forget_guesses
from openworklist.store import users
from openworklist.store.audit import insert_deed
from openworklist.store.connection import Connection
from openworklist.store.database import Database
from openworklist.store.sessions import delete_sessions
from openworklist.store.users import Stored

T = TypeVar("T")


class Users:
    """Every change is in the audit trail; NotFound if there is no such user.

    What writes waits for the disk: not on the loop's thread. `changed` is called once a change is on disk.
    """

    def __init__(
        self, database: Database, passwords: Passwords, clock: Clock, changed: Callable[[], None]
    ) -> None:
        self._database = database
        self._passwords = passwords
        self._clock = clock
        self._changed = changed

    def find_all(self) -> list[User]:
        """By name."""
        return self._database.read(users.find_users)

    def get(self, name: str) -> User:
        return self._database.read(lambda connection: get_stored(connection, name)).user

    def add(self, name: str, role: Role, password: str, actor: str, *, peer: str = "") -> User:
        """Add a user; UserError if the name is taken, or name or password cannot be.

        The first one is an administrator: others could set nothing up.
        """
        user, hashed = self._prepare(name, role, password)

        def write(connection: Connection) -> User:
            if users.find_user(connection, user.name):
                raise UserError(f"There is a user {user.name} already.", where="name", code="user.exists")
            if role is not Role.ADMINISTRATOR and not users.count_users(connection):
                raise UserError(
                    "The first user must be an administrator.", where="role", code="user.last-administrator"
                )
            return self._insert(connection, user, hashed, actor, peer)

        return self._write(write)

    def add_first(self, name: str, password: str, actor: str, *, peer: str = "") -> User | None:
        """Add an administrator if there is no user at all; None if somebody was quicker."""
        user, hashed = self._prepare(name, Role.ADMINISTRATOR, password)

        def write(connection: Connection) -> User | None:
            if users.count_users(connection):
                return None
            return self._insert(connection, user, hashed, actor, peer)

        return self._write(write)

    def _prepare(self, name: str, role: Role, password: str) -> tuple[User, str]:
        """A user who is not stored yet, and the hash of the password."""
        folded, now = check_name(name), self._clock()
        check_password(password, folded)
        return User(folded, role, created_at=now, changed_at=now), self._passwords.hash(password)

    def _insert(self, connection: Connection, user: User, hashed: str, actor: str, peer: str) -> User:
        users.insert_user(connection, user, hashed)
        insert_deed(connection, self._to_deed(actor, "user.add", user.name, peer, user.role.value))
        return user

    def set_role(self, name: str, role: Role, actor: str, *, peer: str = "") -> User:
        """Give another role, and end the user's sessions."""

        def change(user: User) -> User:
            return replace(user, role=role)

        return self._change(name, change, actor, "user.role", peer, role.value)

    def set_active(self, name: str, is_active: bool, actor: str, *, peer: str = "") -> User:
        """Let a user in no more, and end the sessions; or let in again."""

        def change(user: User) -> User:
            return replace(user, is_active=is_active)

        action = "user.activate" if is_active else "user.deactivate"
        return self._change(name, change, actor, action, peer)

    def set_password(
        self, name: str, password: str, actor: str, *, peer: str = "", kept_session: int = 0
    ) -> None:
        """Give a user a new password, and end all sessions but `kept_session`."""
        check_password(password, name)
        hashed = self._passwords.hash(password)

        def write(connection: Connection) -> None:
            stored = get_stored(connection, name)
            users.update_password(connection, stored.user.name, hashed, self._clock())
            delete_sessions(connection, stored.id, kept_session)
            forget_guesses(connection, stored.user.name)
            insert_deed(connection, self._to_deed(actor, "user.password", stored.user.name, peer))

        self._write(write)

    def set_preferences(self, name: str, *, language: str, theme: str, shortcuts: bool) -> User:
        """How a user wants the pages; UserError if they have no such theme, or it is no language."""
        check_preferences(language, theme)

        def write(connection: Connection) -> User:
            user = get_stored(connection, name).user
            user = replace(user, language=language, theme=theme, shortcuts=shortcuts)
            users.update_user(connection, user)
            return user

        return self._write(write)

    def delete(self, name: str, actor: str, *, peer: str = "") -> None:
        """The name can then be given to somebody else; the audit trail keeps it."""

        def write(connection: Connection) -> None:
            stored = get_stored(connection, name)
            users.delete_user(connection, stored.user.name)
            _check_administrators(connection, stored.user)
            insert_deed(connection, self._to_deed(actor, "user.delete", stored.user.name, peer))

        self._write(write)

    def _change(
        self, name: str, change: Callable[[User], User], actor: str, action: str, peer: str, detail: str = ""
    ) -> User:
        def write(connection: Connection) -> User:
            stored = get_stored(connection, name)
            changed = replace(change(stored.user), changed_at=self._clock())
            users.update_user(connection, changed)
            _check_administrators(connection, stored.user)
            delete_sessions(connection, stored.id)
            insert_deed(connection, self._to_deed(actor, action, changed.name, peer, detail))
            return changed

        return self._write(write)

    def _write(self, write: Callable[[Connection], T]) -> T:
        def locked(connection: Connection) -> T:
            # Two administrators must not take the role from each other.
            connection.lock("people")
            return write(connection)

        try:
            return self._database.write(locked)
        finally:
            self._changed()

    def _to_deed(self, actor: str, action: str, name: str, peer: str, detail: str = "") -> Deed:
        return Deed(self._clock(), actor, action, "user", name, None, peer, detail)


def get_stored(connection: Connection, name: str) -> Stored:
    """A user as stored, however the name is spelled."""
    stored = users.find_user(connection, fold_name(name))
    if stored is None:
        raise NotFound(
            f"There is no user {name!r}.",
            where="name",
            hint="openworklist user list shows them",
            code="user.not-found",
        )
    return stored


def _check_administrators(connection: Connection, before: User) -> None:
    """UserError if the change of an administrator left none who can log in."""
    was_one = before.is_active and before.role is Role.ADMINISTRATOR
    if was_one and not users.count_administrators(connection):
        raise UserError(
            f"{before.name} is the last administrator who can log in.",
            where="name",
            hint="make somebody else administrator first",
            code="user.last-administrator",
        )
