"""Passwords as argon2id hashes: making one, and telling whether a password is the right one."""

from __future__ import annotations

import threading
from functools import cached_property
from typing import Final

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from openworklist.domain.user import LONGEST_PASSWORD

_AT_ONCE: Final = 2  # each takes 64 MB and all of a core for a moment: strangers must not take more


class Passwords:
    """Right or wrong, known user or not: the answer takes the same time.

    `hasher` says how much memory and time a hash takes: by default what its library recommends.
    """

    def __init__(self, hasher: Argon2Hasher | None = None) -> None:
        self._hasher = PasswordHash((hasher or Argon2Hasher(),))
        self._room = threading.BoundedSemaphore(_AT_ONCE)

    def hash(self, password: str) -> str:
        with self._room:
            return self._hasher.hash(_encode(password))

    def is_right(self, password: str, stored: str | None) -> bool:
        """Whether it is the password of a hash; None is nobody's, and never right."""
        wanted = self._nobody if stored is None else stored
        with self._room:
            try:
                is_same = self._hasher.verify(_encode(password[: LONGEST_PASSWORD + 1]), wanted)
            except UnknownHashError:
                is_same = False
        return is_same and stored is not None

    @cached_property
    def _nobody(self) -> str:
        return self.hash("the password of nobody")


def _encode(password: str) -> bytes:
    # A form may bring half a surrogate, which UTF-8 has no bytes for.
    return password.encode("utf_8", "surrogatepass")
