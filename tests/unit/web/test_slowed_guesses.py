"""Answers to guesses are kept back, but not for long, and not all of them."""

import asyncio
import logging

import pytest

from openworklist.web.slowed_guesses import LONGEST, MOST, SlowedGuesses


def test_few_wait_and_none_for_long(caplog: pytest.LogCaptureFixture) -> None:
    asked: list[float] = []

    async def run() -> None:
        over = asyncio.Event()

        async def sleep(seconds: float) -> None:
            asked.append(seconds)
            await over.wait()

        guesses = SlowedGuesses(sleep)
        async with asyncio.TaskGroup() as group:
            for number in range(MOST):
                group.create_task(guesses.wait(2 if number else 900, "192.0.2.7"))
            while len(asked) < MOST:
                await asyncio.sleep(0)
            await guesses.wait(900, "192.0.2.7")  # one more than may wait
            over.set()
        await guesses.wait(3, "192.0.2.7")  # there is room again

    with caplog.at_level(logging.WARNING):
        asyncio.run(run())
    assert asked == [LONGEST, *[2] * (MOST - 1), 3]
    lines = [each for each in caplog.records if each.message == "guesses at study tokens are slowed"]
    assert 0 < len(lines) < 10
    assert {each.__dict__["peer"] for each in lines} == {"192.0.2.7"}
