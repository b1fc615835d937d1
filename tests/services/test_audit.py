"""The audit trail on each database: what is noted, found, and forgotten."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from openworklist.domain.audit import DeedFilter
from openworklist.domain.role import Role
from openworklist.observe.metrics import Metrics
from openworklist.services.audit import Audit
from openworklist.services.expiry import Expiry
from openworklist.services.people import People
from openworklist.store.audit import to_statement
from openworklist.store.database import Database, open_database
from players.people import (
    BEGIN,
    DAY,
    DESK,
    HOUR,
    PASSWORD,
    SECOND,
    Watch,
    guess,
    wait_for_lane,
)


def find_actions(database: Database) -> list[tuple[str, str, str]]:
    """Who did what to whom, the first first."""
    deeds = Audit(database).find(DeedFilter())
    return [(each.actor, each.action, each.subject_id) for each in reversed(deeds)]


def test_what_people_do_stands_in_the_audit_trail(people: People, database: Database) -> None:
    people.login("ada", PASSWORD, DESK)
    guess(people)
    guess(people, "nobody")
    people.users.set_role("ada", Role.VIEWER, "user:admin", peer=DESK)
    people.keys.add("robot", Role.VIEWER, "user:admin")
    assert find_actions(database) == [
        ("cli:root", "user.add", "admin"),
        ("user:admin", "user.add", "ada"),
        ("user:ada", "login", "ada"),
        ("unknown", "login-failed", "ada"),
        ("unknown", "login-failed", "unknown"),
        ("user:admin", "user.role", "ada"),
        ("user:admin", "key.add", "robot"),
    ]


@pytest.fixture
def audit(database: Database, watch: Watch) -> Audit:
    return Audit(database, clock=watch)


def find(audit: Audit, database: Database, **asked: object) -> list[str]:
    """The details of what is found, once all is on disk."""
    wait_for_lane(database, "audit")
    return [each.detail for each in audit.find(DeedFilter(**asked))]  # type: ignore[arg-type]


def test_a_deed_has_the_address_that_it_came_from(audit: Audit, database: Database) -> None:
    here = audit.at(DESK)
    here.note("user:ada", "login")
    here.note("user:ada", "node.echo", peer="192.0.2.99")
    audit.note("user:ada", "logout")
    wait_for_lane(database, "audit")
    assert [each.peer for each in audit.find(DeedFilter())] == ["", "192.0.2.99", DESK]


def test_a_view_is_noted_once_a_minute_wherever_it_is_seen(audit: Audit, database: Database) -> None:
    audit.at(DESK).note_view("user:ada", 7)
    audit.at("192.0.2.99").note_view("user:ada", 7)
    wait_for_lane(database, "audit")
    assert len(audit.find(DeedFilter())) == 1


def test_rows_are_found_by_who_what_whom_where_and_when(
    audit: Audit, database: Database, watch: Watch
) -> None:
    audit.note("user:ada", "record.edit", subject="record", subject_id="7", record_id=7, detail="first")
    watch.go(HOUR)
    audit.note("key:robot", "record.send", record_id=7, peer=DESK, detail="second")
    watch.go(HOUR)
    audit.note("user:ada", "records.export", detail="\0third\ud800")

    assert find(audit, database) == ["third?", "second", "first"]
    assert find(audit, database, actor="user:ada") == ["third?", "first"]
    assert find(audit, database, action="record.send") == ["second"]
    assert find(audit, database, action="record.") == ["second", "first"]
    assert find(audit, database, subject="record", subject_id="7") == ["first"]
    assert find(audit, database, record_id=7) == ["second", "first"]
    assert find(audit, database, peer=DESK) == ["second"]
    assert find(audit, database, since=BEGIN + HOUR) == ["third?", "second"]
    assert find(audit, database, until=BEGIN + HOUR) == ["first"]
    assert find(audit, database, since=BEGIN + 1, until=BEGIN + 2 * HOUR) == ["second"]


def test_pages_go_on_where_the_last_one_ended(audit: Audit, database: Database, watch: Watch) -> None:
    for number in range(7):
        watch.go(number % 2)  # two at the same moment each
        audit.note("user:ada", "record.edit", detail=str(number))
    wait_for_lane(database, "audit")
    found: list[str] = []
    after = None
    while page := audit.find(DeedFilter(actor="user:ada"), after, limit=2):
        found += [each.detail for each in page]
        after = page[-1].at, page[-1].id
    assert found == list("6543210")


def test_that_somebody_saw_a_record_is_noted_once_a_minute(
    audit: Audit, database: Database, watch: Watch
) -> None:
    for _ in range(3):
        audit.note_view("user:ada", 7)
        audit.note_view("user:ada", 8)
        audit.note_view("user:eve", 7)
        watch.go(20 * SECOND)
    assert len(find(audit, database)) == 3
    audit.note_view("user:ada", 7)
    assert len(find(audit, database)) == 4


@pytest.mark.parametrize(("days", "left"), [(5, ["new"]), (0, ["new", "old", "old", "old"])])
def test_rows_are_kept_as_long_as_the_site_wants(
    audit: Audit, database: Database, watch: Watch, days: int, left: list[str]
) -> None:
    for _ in range(3):
        audit.note("user:ada", "record.edit", detail="old")
    watch.go(6 * DAY)
    audit.note("user:ada", "record.edit", detail="new")
    wait_for_lane(database, "audit")
    metrics = Metrics()

    async def main() -> None:
        looks = asyncio.Event()
        count = 0

        def find_days() -> float:
            nonlocal count
            count += 1
            if count == 2:
                looks.set()
            return days

        database.attach(asyncio.get_running_loop())
        expiry = Expiry(database, 0, metrics, find_audit_days=find_days, clock=watch, interval=0.001, batch=2)
        expiry.start()
        async with asyncio.timeout(30):
            await looks.wait()
        await expiry.stop()

    asyncio.run(main())
    assert [each.detail for each in audit.find(DeedFilter())] == left
    assert metrics.get("audit_rows_expired") == 4 - len(left)


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        (DeedFilter(), "ix_audit_at_id"),
        (DeedFilter(actor="user:ada"), "ix_audit_actor_at_id"),
        (DeedFilter(record_id=7, since=1), "ix_audit_record_id_at_id"),
    ],
)
def test_common_questions_are_answered_by_an_index(tmp_path: Path, asked: DeedFilter, index: str) -> None:
    database = open_database("", tmp_path)
    names = tuple(name for name in ("actor", "record_id") if getattr(asked, name))
    statement, parameters, _ = to_statement(names, starts=False).compile("sqlite")
    database.close()
    with closing(sqlite3.connect(tmp_path / "openworklist.sqlite3")) as driver:
        plan = driver.execute(f"EXPLAIN QUERY PLAN {statement}", [1] * len(parameters)).fetchall()
    assert [row[3].split(" (")[0] for row in plan] == [f"SEARCH audit USING INDEX {index}"]
