"""Changes of one lane are made in the order in which they came, however many connections there are."""

import asyncio
from typing import Any

from openworklist.store.connection import Connection
from openworklist.store.database import Database

LANES, STEPS = 5, 40


def test_changes_of_a_lane_are_made_in_order(database: Database) -> None:
    made: dict[str, list[int]] = {f"lane {lane}": [] for lane in range(LANES)}

    async def scene() -> list[Any]:
        database.attach(asyncio.get_running_loop())
        told: list[Any] = []
        all_told = asyncio.Event()

        def done(result: Any) -> None:
            told.append(result)
            if len(told) == LANES * STEPS:
                all_told.set()

        def change(lane: str, step: int, connection: Connection) -> int:
            connection.execute_text("SELECT 1")  # on PostgreSQL others get their turn here
            made[lane].append(step)
            return step

        for step in range(STEPS):
            for lane in made:
                database.submit(
                    lambda connection, lane=lane, step=step: change(lane, step, connection),  # type: ignore[misc]
                    done,
                    lane=lane,
                )
        await asyncio.wait_for(all_told.wait(), 60)
        return told

    told = asyncio.run(scene())
    assert sorted(told) == sorted(list(range(STEPS)) * LANES)
    assert all(steps == list(range(STEPS)) for steps in made.values())


def test_a_change_that_fails_does_not_hold_up_its_lane(database: Database) -> None:
    async def scene() -> list[Any]:
        database.attach(asyncio.get_running_loop())
        told: list[Any] = []
        all_told = asyncio.Event()

        def done(result: Any) -> None:
            told.append(result)
            if len(told) == 3:
                all_told.set()

        def fail(connection: Connection) -> None:
            raise ValueError("a bug")

        database.submit(lambda connection: 1, done, lane="patient P1")
        database.submit(fail, done, lane="patient P1")
        database.submit(lambda connection: 3, done, lane="patient P1")
        await asyncio.wait_for(all_told.wait(), 60)
        return told

    first, second, third = asyncio.run(scene())
    assert (first, third) == (1, 3)
    assert isinstance(second, ValueError)
