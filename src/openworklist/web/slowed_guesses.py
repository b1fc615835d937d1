"""Who guesses at tokens waits for each answer: that is what it costs them, and no thread waits with them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final

from openworklist.observe.peer_log import PeerLog
from openworklist.services.throttle import to_network

LONGEST: Final = 5.0  # seconds that one answer is kept back
MOST: Final = 100  # answers that are kept back at once

log = logging.getLogger(__name__)


class SlowedGuesses:
    """Keeps answers back, each as long as its pause is, at most `LONGEST`. For the loop's thread.

    Whoever guesses on more than `MOST` connections at once is answered at once: nobody is to fill the memory.
    """

    def __init__(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._sleep = sleep
        self._log = PeerLog(log)
        self._waiting = 0

    async def wait(self, seconds: float, peer: str) -> None:
        network = to_network(peer)
        self._log.write(logging.WARNING, "guesses at study tokens are slowed", peer, network=network)
        if self._waiting >= MOST:
            return
        self._waiting += 1
        try:
            await self._sleep(min(seconds, LONGEST))
        finally:
            self._waiting -= 1
