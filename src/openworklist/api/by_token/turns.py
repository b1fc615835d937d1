"""Who waits for pictures holds no thread: few of those that serve everybody may wait for decoders."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

from anyio import Semaphore
from anyio.lowlevel import RunVar
from fastapi import Depends

MOST: Final = 8  # of the forty threads that pages and programs share
_turns: Final[RunVar[Semaphore]] = RunVar("turns")  # one for each event loop


async def take_turn() -> AsyncIterator[None]:
    """Wait until fewer than `MOST` requests are at work."""
    try:
        turns = _turns.get()
    except LookupError:
        turns = Semaphore(MOST)
        _turns.set(turns)
    async with turns:
        yield


# It ends with the handler, not with the answer: who reads slowly keeps nobody waiting.
IN_TURN: Final = [Depends(take_turn, scope="function")]
