"""A read that takes long is ended, waits for the one before, and leaves others alone; on each database."""

import threading

import pytest
from sqlalchemy import text

from openworklist.domain.errors import StoreSlow
from openworklist.store.connection import Connection, Statement
from openworklist.store.database import Database
from openworklist.store.patience import Turn

_ENDLESS = Statement(
    text(
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 1000000000000)"
        " SELECT count(*) FROM n"
    )
)
_QUICK = Statement(text("SELECT 1"))


def count_for_ever(connection: Connection) -> int:
    return int(connection.run(_ENDLESS)[0][0])


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("sqlite", "postgresql"):
        monkeypatch.setattr(f"openworklist.store.{kind}.MOMENT", 0.01)
        monkeypatch.setattr(f"openworklist.store.{kind}.LONGEST", 0.1)


@pytest.mark.usefixtures("impatient")
def test_a_read_that_takes_too_long_is_ended_and_the_next_one_is_not(database: Database) -> None:
    for _ in range(2):  # whoever had the turn for long ones has given it back
        with pytest.raises(StoreSlow):
            database.read_patiently(count_for_ever)
    assert database.read_patiently(lambda connection: connection.run(_QUICK)) == [(1,)]
    assert database.read(lambda connection: connection.run(_QUICK)) == [(1,)]


def test_quick_reads_pass_one_that_takes_long(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("sqlite", "postgresql"):
        monkeypatch.setattr(f"openworklist.store.{kind}.MOMENT", 0.01)
        monkeypatch.setattr(f"openworklist.store.{kind}.LONGEST", 3.0)
    ended: list[str] = []

    def look() -> None:
        with pytest.raises(StoreSlow):
            database.read_patiently(count_for_ever)
        ended.append("long")

    person = threading.Thread(target=look)
    person.start()
    database.read_patiently(lambda connection: connection.run(_QUICK))
    ended.append("quick")
    person.join()
    assert ended == ["quick", "long"]


def test_one_long_read_runs_at_a_time() -> None:
    lane = threading.Semaphore(1)
    first, second, third = Turn(lane, 0, 100), Turn(lane, 0, 0), Turn(lane, 0, 100)
    assert not first.must_end()
    assert second.must_end()  # its time was over while it waited
    second.end()
    first.end()
    assert not third.must_end()
    third.end()
