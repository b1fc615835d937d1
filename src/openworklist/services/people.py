"""The door for people and programs: who somebody is, and how they come in and go."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from openworklist.domain.audit import Deed
from openworklist.domain.errors import AccessError, NotFound
from openworklist.domain.options import Options
from openworklist.domain.session import Session
from openworklist.domain.user import User, check_password, fold_name
from openworklist.domain.visitor import Visitor
from openworklist.services.api_keys import Keys
from openworklist.services.clock import Clock, read_clock
from openworklist.services.first_start import FirstStart
from openworklist.services.logins import Logins
from openworklist.services.passwords import Passwords
from openworklist.services.sessions import Sessions, to_visitor
from openworklist.services.users import Users, get_stored
from openworklist.store.audit import insert_deed
from openworklist.store.connection import Connection
from openworklist.store.database import Database
from openworklist.store.sessions import Found, delete_session, delete_sessions

T = TypeVar("T")


class People:
    """`users` and `keys` are what administrators change. A `peer` is the address somebody comes from.

    `find_session`, `find_key` and `touch` may be called on the loop's thread; all else waits for the
    disk or for a password's hash, and is called on another one.
    """

    def __init__(
        self,
        database: Database,
        *,
        find_options: Callable[[], Options] = Options,
        clock: Clock = read_clock,
        passwords: Passwords | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._passwords = passwords or Passwords()
        self._sessions = Sessions(database, find_options, clock)
        self._logins = Logins(database, self._passwords, clock)
        self.users = Users(database, self._passwords, clock, self._sessions.forget_recent)
        self.keys = Keys(database, clock)
        self._first_start = FirstStart(self.users, clock)

    def ensure_administrator(self, password: str = "") -> str:
        """The token for `redeem_setup`, if there is no user; with a password the user `admin` is made."""
        return self._first_start.ensure(password)

    def is_setup_valid(self, token: str) -> bool:
        """Whether a link for the first administrator still works."""
        return self._first_start.is_valid(token)

    def redeem_setup(self, token: str, name: str, password: str, peer: str = "") -> User:
        """Make the first administrator. AccessError if the link works no more, UserError if name or password
        cannot be.
        """
        return self._first_start.redeem(token, name, password, peer=peer)

    def login(self, name: str, password: str, peer: str) -> tuple[str, Visitor]:
        """A new session: its token, and whose it is. LoginFailed if name or password is wrong, Throttled if
        it comes too early after wrong ones.
        """
        stored, attempt = self._logins.verify(name, password, peer, "login")

        def begin(connection: Connection) -> str:
            self._logins.finish(connection, stored, attempt)
            self._note_own(connection, stored.user.name, "login", peer)
            return self._sessions.begin(connection, stored.id, peer)

        token = self._database.write(begin)
        return token, to_visitor(self._get(token))

    def find_session(self, token: str) -> Visitor | None:
        """Whose session it is; None if there is none of that token. SessionLocked if it is locked."""
        return self._sessions.find(token)

    def find_key(self, text: str) -> Visitor | None:
        """Which key it is; None if it is none, was revoked or has expired."""
        return self.keys.find(text)

    def touch(self, token: str) -> None:
        """A person did something in this session: it is not locked for a while. Not for what a page does by
        itself.
        """
        self._sessions.touch(token)

    def lock(self, token: str) -> None:
        """Have a session want the password again, at once."""
        self._sessions.lock(token)

    def unlock(self, token: str, password: str, peer: str) -> Visitor:
        """Let a locked session go on. LoginFailed, Throttled as for `login`, AccessError if it has ended."""
        found = self._get(token)
        number = found.session.id
        stored, attempt = self._logins.verify(found.user.name, password, peer, "unlock", session=number)

        def unlock(connection: Connection) -> None:
            self._logins.finish(connection, stored, attempt)
            self._note_own(connection, stored.user.name, "unlock", peer)
            self._sessions.unlock(connection, number)

        self._write(unlock)
        return to_visitor(self._get(token))

    def logout(self, token: str, peer: str = "") -> None:
        """End a session; nothing if it has ended."""
        found = self._sessions.find_any(token)
        if found is None:
            return

        def end(connection: Connection) -> None:
            delete_session(connection, found.session.id)
            self._note_own(connection, found.user.name, "logout", peer)

        self._write(end)

    def find_sessions(self, name: str) -> list[Session]:
        """Those of a user, the one used last first."""
        return self._sessions.find_all(fold_name(name))

    def end_session(self, name: str, session_id: str, actor: str, peer: str = "") -> None:
        """End one session of a user; NotFound if the user has none such."""
        number = next((each.id for each in self.find_sessions(name) if str(each.id) == session_id), 0)
        if not number:
            raise NotFound(f"{name} has no session {session_id}.", code="user.session-not-found")

        def end(connection: Connection) -> None:
            delete_session(connection, number)
            self._note_end(connection, name, actor, peer, "1")

        self._write(end)

    def end_sessions(self, name: str, actor: str, peer: str = "", *, kept: str = "") -> int:
        """End all sessions of a user, but the one with the id `kept`; how many."""

        def end(connection: Connection) -> int:
            stored = get_stored(connection, name)
            ended = delete_sessions(connection, stored.id, int(kept or 0))
            self._note_end(connection, stored.user.name, actor, peer, str(ended))
            return ended

        return self._write(end)

    def change_password(self, token: str, old: str, new: str, peer: str) -> None:
        """A user's own password; the user's other sessions end. LoginFailed, Throttled for a wrong old one,
        UserError for a weak new one.
        """
        found = self._get(token)
        name = found.user.name
        check_password(new, name)
        number = found.session.id
        stored, attempt = self._logins.verify(name, old, peer, "password", session=number)
        self._database.write(lambda connection: self._logins.finish(connection, stored, attempt))
        self.users.set_password(name, new, f"user:{name}", peer=peer, kept_session=number)

    def _get(self, token: str) -> Found:
        """A session, locked or not; AccessError if it has ended."""
        found = self._sessions.find_any(token)
        if found is None:
            raise AccessError("This session has ended.", hint="log in again", code="access.session-ended")
        return found

    def _write(self, write: Callable[[Connection], T]) -> T:
        try:
            return self._database.write(write)
        finally:
            self._sessions.forget_recent()

    def _note_own(self, connection: Connection, name: str, action: str, peer: str) -> None:
        """What a user did to come or go."""
        insert_deed(connection, Deed(self._clock(), f"user:{name}", action, "user", name, None, peer))

    def _note_end(self, connection: Connection, name: str, actor: str, peer: str, detail: str) -> None:
        insert_deed(
            connection, Deed(self._clock(), actor, "user.sessions-end", "user", name, None, peer, detail)
        )
