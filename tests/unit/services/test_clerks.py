"""Threads for what waits: who asked is told on the loop, and what was taken is done."""

import asyncio
import threading

import pytest

from openworklist.services.clerks import Clerks


def test_who_asks_gets_what_it_returns_or_raises() -> None:
    async def ask() -> None:
        clerks = Clerks("clerk", 2)
        assert await clerks.do(lambda: threading.current_thread().name) == "clerk"
        with pytest.raises(ZeroDivisionError):
            await clerks.do(lambda: 1 // 0)
        await clerks.end()

    asyncio.run(ask())


def test_more_than_may_wait_is_refused_until_one_is_done() -> None:
    async def ask() -> None:
        may_end, told = threading.Event(), asyncio.Event()
        clerks = Clerks("clerk", 1, 1)
        assert clerks.submit(may_end.wait, lambda _: None)
        assert clerks.submit(int, lambda _: told.set())
        assert not clerks.submit(int, lambda _: None)
        may_end.set()
        await told.wait()
        assert clerks.submit(int, lambda _: None)
        await clerks.end()

    asyncio.run(ask())


def test_the_end_waits_for_what_was_taken() -> None:
    async def ask() -> list[int]:
        done: list[int] = []
        may_end = threading.Event()
        clerks = Clerks("clerk", 1)
        clerks.submit(may_end.wait, lambda _: None)
        for number in range(3):
            clerks.submit(lambda number=number: done.append(number), lambda _: None)
        asyncio.get_running_loop().call_soon(may_end.set)
        await clerks.end()
        return done

    assert asyncio.run(ask()) == [0, 1, 2]


def test_nobody_is_told_who_waits_no_more() -> None:
    async def ask() -> bool:
        may_end = threading.Event()
        clerks = Clerks("clerk", 1)
        waiting = asyncio.ensure_future(clerks.do(may_end.wait))
        await asyncio.sleep(0)
        waiting.cancel()
        may_end.set()
        await clerks.end()
        await asyncio.sleep(0)  # the loop turns once: what came too late is told to nobody
        return waiting.cancelled()

    assert asyncio.run(ask())
