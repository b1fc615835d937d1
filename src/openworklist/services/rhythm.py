"""How what is counted in memory gets to disk: every few seconds, while the database is well."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from openworklist.store.database import Database

SECONDS: Final = 2.0


async def flush_regularly(database: Database, flush: Callable[[], None], interval: float) -> None:
    """Call `flush` again and again, without end."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(interval)
        # On a disk that is full for orders a few bytes may still fit, which is no recovery.
        if not await loop.run_in_executor(None, database.find_problem):
            flush()
