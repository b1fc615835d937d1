"""How long a read for people may take, and when it is a long one, of which one runs at a time."""

from __future__ import annotations

import threading
import time
from typing import Final

MOMENT: Final = 0.3  # seconds after which a read is a long one
LONGEST: Final = 10.0  # seconds, with those in which it waits for others


class Turn:
    """One read. It asks now and then whether it has to end; once it is long, it waits there for its turn."""

    def __init__(self, lane: threading.Semaphore, moment: float, longest: float) -> None:
        self._lane = lane
        self._long_from = time.monotonic() + moment
        self._end = time.monotonic() + longest
        self._has_lane = False

    def must_end(self) -> bool:
        now = time.monotonic()
        if now >= self._long_from and not self._has_lane:
            self._has_lane = self._lane.acquire(timeout=max(0.0, self._end - now))
            return not self._has_lane
        return now >= self._end

    def end(self) -> None:
        if self._has_lane:
            self._lane.release()
            self._has_lane = False
