"""Log lines that peers cause: who floods a port must not fill the disk."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Hashable
from typing import Final

MINUTE: Final = 60.0
_OF_A_KIND: Final = 5  # lines a minute of one peer for one reason
_ALL: Final = 200  # lines a minute


class PeerLog:
    """Writes the first lines of each kind in a minute, and afterwards how many were left out."""

    def __init__(self, log: logging.Logger, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._log = log
        self._clock = clock
        self._began = clock()
        self._written: Counter[Hashable] = Counter()
        self._lines = 0
        self._left_out = 0

    def write(self, level: int, event: str, peer: str, **extra: object) -> None:
        """`peer` is an address and port; lines are of a kind if all but the port is the same."""
        if not self._log.isEnabledFor(level):
            return
        now = self._clock()
        if now - self._began >= MINUTE:
            self._begin(now)
        kind = (event, peer.rpartition(":")[0], *map(str, extra.values()))
        if self._lines >= _ALL or self._written[kind] >= _OF_A_KIND:
            self._left_out += 1
            return
        self._lines += 1
        self._written[kind] += 1
        self._log.log(level, event, extra={"peer": peer, **extra})

    def _begin(self, now: float) -> None:
        self._began = now
        self._written.clear()
        self._lines = 0
        if self._left_out:
            self._log.warning("lines about peers were left out", extra={"lines": self._left_out})
            self._left_out = 0
