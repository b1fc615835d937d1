"""The time of services: passed in, so that tests say what it is."""

from __future__ import annotations

import time
from collections.abc import Callable

Clock = Callable[[], int]


def read_clock() -> int:
    """Microseconds since 1970, UTC."""
    return time.time_ns() // 1000
