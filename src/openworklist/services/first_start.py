"""The first administrator: by a password given at the start, or by a link that works once."""

from __future__ import annotations

import threading
from hmac import compare_digest
from typing import Final

from openworklist.domain.errors import AccessError, UserError
from openworklist.domain.user import User
from openworklist.services.clock import Clock
from openworklist.services.tokens import hash_secret, make_token
from openworklist.services.users import Users

ADMINISTRATOR: Final = "admin"
_ACTOR: Final = "first-start"
_DAY: Final = 86_400_000_000


class FirstStart:
    """The token of the link is in memory alone: a restart makes another one."""

    def __init__(self, users: Users, clock: Clock) -> None:
        self._users = users
        self._clock = clock
        self._lock = threading.Lock()
        self._token_hash = b""
        self._expires_at = 0

    def ensure(self, password: str) -> str:
        """The token with which somebody may become the first administrator; "" if there is a user.

        With a password there is one: `admin`. UserError if it is too easy to guess.
        """
        if self._users.find_all():
            return ""
        if password:
            self._add_administrator(password)
            return ""
        token = make_token()
        with self._lock:
            self._token_hash = hash_secret(token)
            self._expires_at = self._clock() + _DAY
        return token

    def is_valid(self, token: str) -> bool:
        """Whether the link is still good: for the page behind it."""
        with self._lock:
            is_same = compare_digest(self._token_hash, hash_secret(token))
            is_good = is_same and self._clock() < self._expires_at
        return is_good and not self._users.find_all()

    def redeem(self, token: str, name: str, password: str, *, peer: str = "") -> User:
        """Make the first administrator. AccessError if the link is used, too old or wrong; UserError if name
        or password cannot be: the link then works on.
        """
        is_valid = self.is_valid(token)
        user = self._users.add_first(name, password, _ACTOR, peer=peer) if is_valid else None
        if user is None:
            raise AccessError(
                "This link works no more.",
                hint="it works once, for a day: restart the server for another one",
                code="access.setup-ended",
            )
        with self._lock:
            self._token_hash = b""
        return user

    def _add_administrator(self, password: str) -> None:
        try:
            self._users.add_first(ADMINISTRATOR, password, _ACTOR)
        except UserError as error:
            error.where = "admin_password"
            raise
