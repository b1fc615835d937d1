"""What must not stand in an address: kept in memory for a while, under a short id that may."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from typing import Final, Generic, TypeVar

from openworklist.domain.errors import NotFound

T = TypeVar("T")

_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike
_LENGTH: Final = 10
_MOST: Final = 1_000
_MOST_BYTES: Final = 128 * 1024 * 1024


class Shelf(Generic[T]):
    """Values by id. Of too many, or too large ones, those make room that nobody asked for the longest time.

    What is there already is not kept twice: it has the id that it had.
    """

    def __init__(self, what: str, *, most: int = _MOST, most_bytes: int = _MOST_BYTES) -> None:
        self._what = what
        self._most = most
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._values: OrderedDict[str, tuple[T, int]] = OrderedDict()
        self._size = 0

    def put(self, value: T, size: int = 0) -> str:
        """Keep a value of so many bytes; its id."""
        with self._lock:
            for known, (other, _) in self._values.items():
                if other == value:
                    self._values.move_to_end(known)
                    return known
            new = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
            self._values[new] = value, size
            self._size += size
            while len(self._values) > 1 and (len(self._values) > self._most or self._size > self._most_bytes):
                self._size -= self._values.popitem(last=False)[1][1]
            return new

    def get(self, key: str) -> T:
        """The value of an id; NotFound if it is kept no more."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key][0]
        raise NotFound(
            f"This {self._what} is kept no more.",
            hint="begin it anew: it is kept until others need the room, or the server starts again",
            code="shelf.not-found",
        )
