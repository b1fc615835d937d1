"""Keys by which programs use the REST interface: made, shown once, found again, revoked."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Final

from openworklist.domain.api_key import SHOWN_LETTERS, ApiKey, check_key_name, is_key
from openworklist.domain.audit import Deed
from openworklist.domain.errors import NotFound, UserError
from openworklist.domain.role import Role
from openworklist.domain.visitor import Visitor
from openworklist.services.clock import Clock
from openworklist.services.recent import Recent
from openworklist.services.tokens import hash_secret, make_key
from openworklist.store import api_keys
from openworklist.store.audit import insert_deed
from openworklist.store.connection import Connection
from openworklist.store.database import Database

log = logging.getLogger(__name__)

_DAY: Final = 86_400_000_000
_MINUTE: Final = 60_000_000


class Keys:
    """What writes waits for the disk: not on the loop's thread."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._recent = Recent[ApiKey](clock)
        self._used: dict[int, int] = {}  # when its use was last noted

    def find_all(self) -> list[ApiKey]:
        """By name; those that were revoked too."""
        return self._database.read(api_keys.find_keys)

    def add(self, name: str, role: Role, actor: str, *, days: int = 0, peer: str = "") -> tuple[str, ApiKey]:
        """A new key, to be shown this once; it ends after so many days, 0 is never.

        UserError if a key of that name is in use.
        """
        secret, now = make_key(), self._clock()
        expires_at = now + days * _DAY if days else 0
        key = ApiKey(0, check_key_name(name), secret[:SHOWN_LETTERS], role, actor, now, 0, expires_at)

        def write(connection: Connection) -> tuple[str, ApiKey]:
            connection.lock("people")
            if api_keys.find_named_key(connection, key.name):
                raise UserError(
                    f"There is a key {key.name!r} already.",
                    where="name",
                    hint="revoke it first, or take another name",
                    code="key.exists",
                )
            number = api_keys.insert_key(connection, key, hash_secret(secret))
            insert_deed(connection, Deed(now, actor, "key.add", "key", key.name, None, peer, role.value))
            return secret, replace(key, id=number)

        return self._database.write(write)

    def revoke(self, name: str, actor: str, *, peer: str = "") -> None:
        """End a key for good; NotFound if none of that name is in use."""
        now = self._clock()

        def write(connection: Connection) -> None:
            found = api_keys.find_named_key(connection, name.strip())
            if found is None:
                raise NotFound(
                    f"There is no key {name!r} in use.",
                    where="name",
                    hint="openworklist key list shows them",
                    code="key.not-found",
                )
            api_keys.revoke_key(connection, found.id, now)
            insert_deed(connection, Deed(now, actor, "key.revoke", "key", found.name, None, peer))

        try:
            self._database.write(write)
        finally:
            self._recent.forget()

    def find(self, text: str) -> Visitor | None:
        """Who has a key; None if it is none, was revoked or has expired."""
        if not is_key(text):
            return None
        digest = hash_secret(text)
        key = self._recent.get(
            digest, lambda: self._database.read(lambda connection: api_keys.find_key(connection, digest))
        )
        now = self._clock()
        if key is None or not key.is_valid(now):
            return None
        self._note_used(key, now)
        return Visitor(key.name, key.role, "key")

    def _note_used(self, key: ApiKey, now: int) -> None:
        """At most once a minute: a program may ask often."""
        if now - max(key.last_used_at, self._used.get(key.id, 0)) < _MINUTE:
            return
        self._used[key.id] = now
        self._database.submit(
            lambda connection: api_keys.note_used(connection, key.id, now), _tell, lane="people"
        )


def _tell(result: Exception | None) -> None:
    if isinstance(result, Exception):
        log.warning("the use of a key was not noted", extra={"error": type(result).__name__})
