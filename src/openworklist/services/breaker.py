"""Who does not answer is not asked again for a while: the failure is remembered instead."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from openworklist.domain.errors import PeerError
from openworklist.services.clock import Clock, read_clock

_PAUSE: Final = 10_000_000  # microseconds


class Breaker:
    """For many threads. When the pause is over one of them tries, and the others wait for what it finds."""

    def __init__(self, *, pause: int = _PAUSE, clock: Clock = read_clock) -> None:
        self._pause = pause
        self._clock = clock
        self._lock = threading.Lock()
        self._error: PeerError | None = None
        self._until = 0

    @contextmanager
    def trying(self, is_failure: Callable[[PeerError], bool]) -> Iterator[None]:
        """Ask within this; PeerError at once while the last failure is remembered."""
        self._check()
        try:
            yield
        except PeerError as error:
            if is_failure(error):
                self._remember(error)
            else:
                self._forget()
            raise
        self._forget()

    def _check(self) -> None:
        with self._lock:
            if self._error is None:
                return
            now = self._clock()
            if now < self._until:
                known = self._error
                raise PeerError(known.sentence, where=known.where, hint=known.hint, code=known.code)
            self._until = now + self._pause  # whoever comes next does not try beside us

    def _remember(self, error: PeerError) -> None:
        with self._lock:
            self._error = error.to_value()
            self._until = self._clock() + self._pause

    def _forget(self) -> None:
        with self._lock:
            self._error = None
