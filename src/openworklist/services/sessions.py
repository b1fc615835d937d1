"""Sessions: who has a token, whether the session is locked, and how it ends."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from openworklist.domain.errors import SessionLocked
from openworklist.domain.options import Options
from openworklist.domain.session import Session
from openworklist.domain.visitor import Visitor
from openworklist.services.clock import Clock
from openworklist.services.recent import Recent
from openworklist.services.tokens import hash_secret, make_token
from openworklist.store import sessions
from openworklist.store.connection import Connection
from openworklist.store.database import Database
from openworklist.store.sessions import Found

log = logging.getLogger(__name__)

_MINUTE: Final = 60_000_000
_HOUR: Final = 60 * _MINUTE
_MOST: Final = 10_000  # sessions remembered at once
_WRITTEN: Final = 20_000_000  # microseconds between two notes that somebody is still there


class Sessions:
    """Reads are cheap enough for each request; what writes waits for the disk, but for `touch`."""

    def __init__(self, database: Database, find_options: Callable[[], Options], clock: Clock) -> None:
        self._database = database
        self._find_options = find_options
        self._clock = clock
        self._recent = Recent[Found](clock)
        self._lock = threading.Lock()
        self._seen: dict[int, tuple[int, int]] = {}  # session -> when last, and when that was last written

    def forget_recent(self) -> None:
        """Read anew what is asked next: something was changed."""
        self._recent.forget()

    def begin(self, connection: Connection, user: int, peer: str) -> str:
        """A new session's token; those that have expired are swept away."""
        now, token = self._clock(), make_token()
        sessions.expire_sessions(connection, now)
        expires_at = now + self._find_options().session_hours * _HOUR
        sessions.insert_session(
            connection, user, hash_secret(token), peer=peer, now=now, expires_at=expires_at
        )
        return token

    def find(self, token: str) -> Visitor | None:
        """Whose session it is; None if there is none of that token. SessionLocked if it is locked."""
        found = self.find_any(token)
        if found is None:
            return None
        if self._is_locked(found.session):
            raise SessionLocked(to_visitor(found))
        return to_visitor(found)

    def find_any(self, token: str) -> Found | None:
        """As `find`, but locked or not."""
        digest = hash_secret(token)
        found = self._recent.get(
            digest, lambda: self._database.read(lambda connection: sessions.find_session(connection, digest))
        )
        if found is None:
            return None
        # Fewer hours count for the sessions too that began before.
        latest = found.session.created_at + self._find_options().session_hours * _HOUR
        return found if self._clock() < min(found.session.expires_at, latest) else None

    def touch(self, token: str) -> None:
        """Its user did something: it is not locked for a while. Waits for nothing; a locked one stays so."""
        found = self.find_any(token)
        if found is None or self._is_locked(found.session):
            return
        number, now = found.session.id, self._clock()
        with self._lock:
            _, written = self._seen.get(number, (0, 0))
            is_due = now - max(written, found.session.seen_at) >= _WRITTEN
            if len(self._seen) >= _MOST:
                self._seen.clear()  # what is stored tells nearly as much
            self._seen[number] = now, now if is_due else written
        if is_due:
            self._database.submit(
                lambda connection: sessions.note_seen(connection, number, now), _tell, lane="people"
            )

    def lock(self, token: str) -> None:
        """Have it want the password again, at once."""
        found = self.find_any(token)
        if found is not None:
            self._change(
                lambda connection: sessions.lock_session(connection, found.session.id, self._clock())
            )

    def unlock(self, connection: Connection, number: int) -> None:
        """Let a session go on; the caller has heard the password."""
        sessions.unlock_session(connection, number, self._clock())

    def find_all(self, name: str) -> list[Session]:
        """Those of a user, the one used last first."""
        now = self._clock()
        found = self._database.read(lambda connection: sessions.find_sessions(connection, name, now))
        return [replace(each, seen_at=max(each.seen_at, self._last_seen(each.id))) for each in found]

    def _change(self, change: Callable[[Connection], object]) -> None:
        try:
            self._database.write(change)
        finally:
            self._recent.forget()

    def _is_locked(self, session: Session) -> bool:
        seen_at = max(session.seen_at, self._last_seen(session.id))
        idle = self._find_options().lock_after * _MINUTE
        return replace(session, seen_at=seen_at).is_locked(self._clock(), idle)

    def _last_seen(self, number: int) -> int:
        with self._lock:
            return self._seen.get(number, (0, 0))[0]


def to_visitor(found: Found) -> Visitor:
    user = found.user
    return Visitor(
        user.name, user.role, "session", user.language, user.theme, user.shortcuts, str(found.session.id)
    )


def _tell(result: Exception | None) -> None:
    if isinstance(result, Exception):
        log.warning("the use of a session was not noted", extra={"error": type(result).__name__})
