"""How long something took: percentiles of the last times, and counts by length since the start."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from typing import Final

BOUNDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds
_NEWEST: Final = 1_000


class Durations:
    """Seconds, added on the loop's thread. `counts` has one more than BOUNDS: for what took longer."""

    __slots__ = ("_newest", "count", "counts", "total")

    def __init__(self) -> None:
        self.count = 0
        self.total = 0.0
        self.counts = [0] * (len(BOUNDS) + 1)
        self._newest: deque[float] = deque(maxlen=_NEWEST)

    def add(self, seconds: float) -> None:
        self.count += 1
        self.total += seconds
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self._newest.append(seconds)

    def find_percentile(self, percent: float) -> float | None:
        """The least of the last thousand that so many percent of them do not exceed; None without any."""
        if not self._newest:
            return None
        ordered = sorted(self._newest)
        rank = -(-len(ordered) * percent // 100)
        return ordered[max(1, int(rank)) - 1]
