"""People at the door, the clock they live by, and who guesses at their passwords."""

from threading import Event
from typing import Any

import pytest
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import text

from openworklist.domain.errors import LoginFailed
from openworklist.services.people import People
from openworklist.store.connection import Statement
from openworklist.store.database import Database

QUICK = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)
BEGIN = 1_773_478_800_000_000  # 2026-03-14 09:00:00 UTC, in microseconds
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
PASSWORD = "four words of mine"
OTHER = "four other words"
DESK = "192.0.2.7"
STRANGER = "198.51.100.9"


class Watch:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = BEGIN

    def __call__(self) -> int:
        return self.now

    def go(self, microseconds: int) -> None:
        self.now += microseconds


def guess(people: People, name: str = "ada", peer: str = STRANGER, password: str = "wrong") -> None:
    """A password that is wrong, and heard."""
    with pytest.raises(LoginFailed):
        people.login(name, password, peer)


def read_all(database: Database, table: str) -> list[tuple[Any, ...]]:
    """Every row as it is stored."""
    return database.read(lambda connection: connection.run(Statement(text(f"SELECT * FROM {table}"))))


def wait_for_lane(database: Database, lane: str) -> None:
    """Until all that was submitted to a lane is on disk."""
    written = Event()
    database.submit(lambda connection: None, lambda result: written.set(), lane=lane)
    assert written.wait(60)
