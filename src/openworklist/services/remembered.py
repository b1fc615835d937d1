"""Answers that are good for a few seconds more."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar

from openworklist.services.clock import Clock, read_clock

T = TypeVar("T")
_MOST: Final = 32


class Remembered(Generic[T]):
    """By question, each for so many microseconds, for many threads.

    Nothing, and what is raised, is not remembered.
    """

    def __init__(self, kept: int, *, most: int = _MOST, clock: Clock = read_clock) -> None:
        self._kept = kept
        self._most = most
        self._clock = clock
        self._lock = threading.Lock()
        self._values: OrderedDict[Hashable, tuple[T, int]] = OrderedDict()

    def get(self, question: Hashable, find: Callable[[], T]) -> T:
        """The answer, from `find` if there is none that is fresh."""
        with self._lock:
            value, came_at = self._values.get(question, (None, 0))
        if value is not None and self._clock() - came_at < self._kept:
            return value
        found = find()
        with self._lock:
            now = self._clock()
            for old in [each for each, (_, at) in self._values.items() if now - at >= self._kept]:
                del self._values[old]
            if found:
                self._values[question] = found, now
                self._values.move_to_end(question)
            while len(self._values) > self._most:
                self._values.popitem(last=False)
        return found
