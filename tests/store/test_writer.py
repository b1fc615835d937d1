"""The one writer of SQLite: what shares a commit, what is taken back, and what is never acknowledged."""

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Integer, LargeBinary, MetaData, Table, bindparam, insert

from openworklist.domain.errors import OrderError, StoreBusy, StoreError, StoreFull
from openworklist.store.connection import Connection, Statement
from openworklist.store.writer import Job, Writer

things = Table(
    "things",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("number", Integer, unique=True),
    Column("content", LargeBinary),
)
_INSERT = Statement(
    insert(things).values(number=bindparam("number"), content=bindparam("content")).returning(things.c.id)
)


def add(number: int, content: bytes = b"") -> Callable[[Connection], int]:
    def change(connection: Connection) -> int:
        connection.insert(_INSERT, {"number": number, "content": content})
        return number

    return change


class Desk:
    """A writer on a file, and another connection that sees what is committed."""

    def __init__(self, path: Path) -> None:
        self.driver = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=0)
        self.driver.execute("PRAGMA journal_mode=WAL")
        self.driver.execute("CREATE TABLE things (id INTEGER PRIMARY KEY, number UNIQUE, content BLOB)")
        self.now = 0.0
        self.writer = Writer(self.driver, 100, patience=0, clock=lambda: self.now)
        self.other = sqlite3.connect(path, isolation_level=None, timeout=0)

    def run_together(self, *changes: Callable[[Connection], Any]) -> list[Any]:
        """The results of changes that come while the writer is busy: they are one group."""
        is_busy, may_go_on, is_done = threading.Event(), threading.Event(), threading.Event()
        results: list[Any] = [None] * len(changes)

        def hold(_: Any) -> None:
            is_busy.set()
            may_go_on.wait(10)

        def keep(place: int) -> Callable[[Any], None]:
            def done(result: Any) -> None:
                results[place] = result
                if place == len(changes) - 1:
                    is_done.set()

            return done

        self.writer.put(Job(lambda _: None, hold))
        assert is_busy.wait(10)
        for place, change in enumerate(changes):
            self.writer.put(Job(change, keep(place)))
        may_go_on.set()
        assert is_done.wait(30)
        return results

    def numbers(self) -> list[int]:
        return [row[0] for row in self.other.execute("SELECT number FROM things ORDER BY id")]

    def close(self) -> None:
        self.writer.close()
        self.other.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = Desk(tmp_path / "things.sqlite3")
    yield opened
    opened.close()


def test_changes_that_wait_share_a_commit(desk: Desk) -> None:
    statements: list[str] = []
    desk.driver.set_trace_callback(statements.append)
    assert desk.run_together(add(1), add(2), add(3)) == [1, 2, 3]
    assert statements.count("COMMIT") == 2  # the group's, and that of the change which kept the writer busy
    assert not any(text.startswith("SAVEPOINT") for text in statements)
    assert desk.numbers() == [1, 2, 3]


def test_a_change_that_fails_takes_back_its_own_and_nobody_elses(desk: Desk) -> None:
    def fail(connection: Connection) -> None:
        add(2)(connection)
        raise OrderError("There is no patient.")

    first, second, third = desk.run_together(add(1), fail, add(3))
    assert (first, third) == (1, 3)
    assert isinstance(second, OrderError)
    assert desk.numbers() == [1, 3]


def test_what_the_database_refuses_is_refused_for_its_change_alone(desk: Desk) -> None:
    first, second, third = desk.run_together(add(1), add(1), add(2))
    assert (first, third) == (1, 2)
    assert type(second) is StoreError
    assert desk.numbers() == [1, 2]
    assert desk.writer.problem == ""


def test_a_bug_in_a_change_goes_to_its_caller(desk: Desk) -> None:
    first, second = desk.run_together(add(1), lambda _: [][0])
    assert first == 1
    assert isinstance(second, IndexError)


def test_a_savepoint_inside_a_change_keeps_the_rest_of_it(desk: Desk) -> None:
    def change(connection: Connection) -> str:
        add(1)(connection)
        with contextlib.suppress(OrderError), connection.savepoint():
            add(2)(connection)
            raise OrderError("There is no patient.")
        add(3)(connection)
        return "kept"

    assert desk.run_together(change, add(4)) == ["kept", 4]
    assert desk.numbers() == [1, 3, 4]


def limit_size(desk: Desk, spare_pages: int) -> None:
    """Let the file grow no further: SQLite then says, and does, what it does on a full disk."""
    pages = desk.driver.execute("PRAGMA page_count").fetchone()[0]
    desk.driver.execute(f"PRAGMA max_page_count={pages + spare_pages}")


def test_on_a_full_disk_what_does_not_fit_is_never_acknowledged(desk: Desk) -> None:
    large = bytes(400_000)
    desk.run_together(lambda _: limit_size(desk, 20))
    results = desk.run_together(add(1), add(2, large), add(3), add(4, large), add(5))
    assert [type(result) for result in results] == [int, StoreFull, int, StoreFull, int]
    assert desk.numbers() == [1, 3, 5]


def test_a_full_disk_inside_a_savepoint_is_told_as_that(desk: Desk) -> None:
    def change(connection: Connection) -> None:
        with connection.savepoint():
            add(1, bytes(400_000))(connection)

    desk.run_together(lambda _: limit_size(desk, 20))
    results = desk.run_together(change, add(2))
    assert isinstance(results[0], StoreFull)
    assert desk.numbers() == [2]


def test_a_full_disk_is_a_problem_until_something_is_stored_again(desk: Desk) -> None:
    desk.run_together(lambda _: limit_size(desk, 0))
    (result,) = desk.run_together(add(1, bytes(400_000)))
    assert isinstance(result, StoreFull)
    assert desk.writer.problem == result.sentence
    desk.run_together(lambda _: limit_size(desk, 1000))
    assert desk.run_together(add(2)) == [2]
    assert desk.writer.problem == ""


def test_a_problem_that_nobody_met_again_for_a_minute_is_forgotten(desk: Desk) -> None:
    desk.run_together(lambda _: limit_size(desk, 0))
    desk.run_together(add(1, bytes(400_000)))
    desk.now += 59
    assert desk.writer.problem
    desk.now += 1
    assert desk.writer.problem == ""


def test_another_program_that_holds_the_database_makes_all_of_a_group_try_again_later(desk: Desk) -> None:
    desk.other.execute("BEGIN IMMEDIATE")
    results = desk.run_together(add(1), add(2))
    assert [type(result) for result in results] == [StoreBusy, StoreBusy]
    desk.other.execute("ROLLBACK")
    assert desk.run_together(add(1), add(2)) == [1, 2]


def test_closing_does_what_is_queued_first(desk: Desk) -> None:
    results: list[Any] = []
    for number in range(1000):
        desk.writer.put(Job(add(number), results.append))
    desk.writer.close()
    assert results == list(range(1000))
    assert len(desk.numbers()) == 1000
    with pytest.raises(StoreError, match="closed"):
        desk.writer.put(Job(add(1000), results.append))


def test_what_ends_the_writer_leaves_nobody_waiting(desk: Desk) -> None:
    def leave(_: Connection) -> None:
        raise SystemExit

    results = desk.run_together(add(1), leave, add(2))
    assert [type(result) for result in results] == [StoreError, StoreError, StoreError]
    desk.writer.close()
    assert "stopped" in desk.writer.problem
    assert desk.numbers() == []


def test_a_caller_that_fails_at_its_result_keeps_no_other_from_theirs(desk: Desk) -> None:
    results: list[Any] = []

    def fail(_: Any) -> None:
        raise RuntimeError("the connection is gone")

    desk.writer.put(Job(add(1), fail))
    desk.writer.put(Job(add(2), results.append))
    desk.writer.close()
    assert results == [2]
    assert desk.numbers() == [1, 2]
