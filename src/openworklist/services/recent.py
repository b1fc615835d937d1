"""What was read from the database a moment ago, so that not each request reads it again."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final, Generic, TypeVar

T = TypeVar("T")

MOMENT: Final = 1_500_000  # microseconds: what another process revokes is over within two seconds
_MOST: Final = 4_096


class Recent(Generic[T]):
    """Values by hash, each for a moment; what this process changes counts at once: it calls `forget`."""

    def __init__(self, clock: Callable[[], int]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._values: dict[bytes, tuple[int, T]] = {}
        self._generation = 0

    def get(self, key: bytes, read: Callable[[], T | None]) -> T | None:
        """The value of a key, read if need be; nothing is remembered of what is not there."""
        now = self._clock()
        with self._lock:
            at, value = self._values.get(key, (0, None))
            generation = self._generation
        if value is not None and 0 <= now - at < MOMENT:
            return value
        found = read()
        with self._lock:
            # What was read before a change must not outlive it.
            if found is not None and generation == self._generation:
                if len(self._values) >= _MOST:
                    self._values.clear()
                self._values[key] = now, found
        return found

    def forget(self) -> None:
        with self._lock:
            self._values.clear()
            self._generation += 1
