import asyncio
from contextlib import asynccontextmanager

from openworklist.api.by_token.turns import MOST, take_turn


def test_only_so_many_are_at_work_at_once() -> None:
    at_work, most = 0, 0

    async def work() -> None:
        nonlocal at_work, most
        async with asynccontextmanager(take_turn)():
            at_work += 1
            most = max(most, at_work)
            for _ in range(3):
                await asyncio.sleep(0)
            at_work -= 1

    async def run() -> None:
        await asyncio.gather(*(work() for _ in range(5 * MOST)))

    asyncio.run(run())
    assert (at_work, most) == (0, MOST)
