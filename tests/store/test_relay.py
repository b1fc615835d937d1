"""Changes of a loop: run on its thread, committed on the writer's, told on the loop's again."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from openworklist.domain.errors import OrderError, StoreBusy, StoreError, StoreFull
from openworklist.store.connection import Connection
from openworklist.store.database import Database, open_database


def add(number: int, content: str = "") -> Callable[[Connection], int]:
    def change(connection: Connection) -> int:
        connection.execute_text(f"INSERT INTO things VALUES ({number}, '{content}')")
        return number

    return change


def refuse(connection: Connection) -> None:
    add(99)(connection)
    raise OrderError("There is no patient.")


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Database]:
    database = open_database("", tmp_path, commit_group=100)
    database.write(lambda connection: connection.execute_text("CREATE TABLE things (number UNIQUE, content)"))
    yield database
    database.close()


def run_together(database: Database, *changes: Callable[[Connection], Any]) -> list[Any]:
    """The results of changes that a loop submits in one turn."""

    async def scene() -> list[Any]:
        loop = asyncio.get_running_loop()
        database.attach(loop)
        here = threading.get_ident()
        results: list[Any] = []
        all_told = asyncio.Event()

        def done(place: int, result: Any) -> None:
            assert threading.get_ident() == here
            results.append((place, result))
            if len(results) == len(changes):
                all_told.set()

        for place, change in enumerate(changes):
            database.submit(change, lambda result, place=place: done(place, result))  # type: ignore[misc]
        assert results == []  # never inside submit
        await asyncio.wait_for(all_told.wait(), 30)
        return [result for _, result in sorted(results, key=lambda pair: pair[0])]

    return asyncio.run(scene())


def numbers(path: Path) -> list[int]:
    with closing(sqlite3.connect(path / "openworklist.sqlite3")) as other:
        return [row[0] for row in other.execute("SELECT number FROM things ORDER BY number")]


def test_statements_run_on_the_loops_thread_and_share_a_commit(opened: Database, tmp_path: Path) -> None:
    threads: set[int] = set()
    seen: list[int] = []

    def look(connection: Connection) -> None:
        threads.add(threading.get_ident())
        seen.extend(numbers(tmp_path))  # what another program sees before the commit

    assert run_together(opened, *map(add, range(40)), look) == [*range(40), None]
    assert threads == {threading.get_ident()}
    assert seen == []
    assert numbers(tmp_path) == list(range(40))


def test_a_refused_change_takes_back_its_own_and_nobody_elses(opened: Database, tmp_path: Path) -> None:
    first, second, third = run_together(opened, add(1), refuse, add(3))
    assert (first, third) == (1, 3)
    assert isinstance(second, OrderError)
    assert numbers(tmp_path) == [1, 3]


def test_a_change_refused_in_a_later_slice_costs_the_first_ones_nothing(
    opened: Database, tmp_path: Path
) -> None:
    results = run_together(opened, *map(add, range(50)), refuse, add(50))
    assert results[:50] == list(range(50))
    assert isinstance(results[50], OrderError)
    assert numbers(tmp_path) == list(range(51))


def test_on_a_full_disk_nothing_is_told_stored_that_is_not(opened: Database, tmp_path: Path) -> None:
    def limit(connection: Connection) -> None:
        connection.execute_text("PRAGMA max_page_count=200")

    opened.write(limit)
    results = run_together(opened, *(add(number, "x" * 50_000) for number in range(30)))
    stored = [number for number in results if isinstance(number, int)]
    assert stored == numbers(tmp_path)
    assert {type(each) for each in results} == {int, StoreFull}


def test_a_program_that_holds_the_database_for_a_moment_is_waited_for(
    opened: Database, tmp_path: Path
) -> None:
    other = sqlite3.connect(tmp_path / "openworklist.sqlite3", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")

    async def scene() -> Any:
        loop = asyncio.get_running_loop()
        opened.attach(loop)
        result: asyncio.Future[Any] = loop.create_future()
        opened.submit(add(1), result.set_result)
        # The loop is not held up meanwhile: it is what lets go.
        loop.call_later(0.2, other.execute, "ROLLBACK")
        return await asyncio.wait_for(result, 30)

    assert asyncio.run(scene()) == 1
    assert numbers(tmp_path) == [1]
    other.close()


def test_what_is_refused_by_the_database_is_told_as_that(opened: Database, tmp_path: Path) -> None:
    first, second = run_together(opened, add(1), add(1))
    assert first == 1
    assert isinstance(second, StoreError)
    assert not isinstance(second, StoreBusy)
    assert numbers(tmp_path) == [1]


def test_other_threads_write_through_the_loop(opened: Database, tmp_path: Path) -> None:
    async def scene() -> tuple[int, list[int]]:
        loop = asyncio.get_running_loop()
        opened.attach(loop)
        told: list[int] = []
        opened.submit(add(1), told.append)
        return await asyncio.to_thread(opened.write, add(2)), told

    assert asyncio.run(scene()) == (2, [1])
    assert numbers(tmp_path) == [1, 2]


def test_the_loop_may_not_wait_for_itself(opened: Database) -> None:
    async def scene() -> None:
        opened.attach(asyncio.get_running_loop())
        with pytest.raises(RuntimeError, match="submit"):
            opened.write(add(1))

    asyncio.run(scene())


def test_closing_does_what_the_loop_left_behind(tmp_path: Path) -> None:
    database = open_database("", tmp_path)
    database.write(lambda connection: connection.execute_text("CREATE TABLE things (number, content)"))

    async def scene() -> None:
        database.attach(asyncio.get_running_loop())
        for number in range(40):
            database.submit(add(number), lambda _: None)
        await asyncio.sleep(0)  # a first slice has run, its transaction is open

    asyncio.run(scene())
    database.close()
    assert numbers(tmp_path) == list(range(40))
