"""What scanners ask is kept: folded, counted, bounded, and added up by two servers."""

import asyncio
from datetime import UTC, datetime
from itertools import count
from typing import Final

import pytest

from openworklist.observe.metrics import Metrics
from openworklist.services.expiry import Expiry
from openworklist.services.questions import Questions
from openworklist.store.database import Database
from openworklist.store.questions import (
    MOST_QUESTIONS,
    MOST_SCANNERS,
    Asking,
    Kept,
    find_asking,
    find_questions,
)

EXPLICIT: Final = "1.2.840.10008.1.2.1"
NOON: Final = int(datetime(2026, 3, 14, 12, tzinfo=UTC).timestamp()) * 1_000_000
DAY: Final = 86_400_000_000
DATE: Final = b"\x40\x00\x02\x00DA\x08\x00"


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> int:
        return self.now


def make(
    database: Database, clock: Clock, metrics: Metrics | None = None, confirmed: tuple[str, ...] = ()
) -> Questions:
    return Questions(
        database, metrics or Metrics(), zone=UTC, clock=clock, find_confirmed=lambda: frozenset(confirmed)
    )


def ask(questions: Questions, identifier: bytes = b"", calling: str = "CT01", answers: int = 3) -> None:
    questions.note(calling, "10.0.0.1:5000", identifier, EXPLICIT, False, answers, 0)


def find(database: Database, ae_title: str = "CT01") -> list[Kept]:
    return database.read(lambda connection: find_questions(connection, ae_title))


def flush(database: Database, *questions: Questions) -> None:
    """Write what is pending; the database does what it was told in order."""

    async def run() -> None:
        for each in questions:
            each.flush()
        await asyncio.get_running_loop().run_in_executor(None, database.write, lambda connection: None)

    asyncio.run(run())


def settle(database: Database, *questions: Questions) -> None:
    """As `flush`; on PostgreSQL a lane that is empty again has been written."""
    done: list[object] = []
    flush(database, *questions)
    database.submit(lambda connection: None, done.append, lane="questions")
    while not done:
        database.write(lambda connection: None)


def test_the_same_question_again_is_one_line_with_a_count(database: Database) -> None:
    clock = Clock()
    questions = make(database, clock)
    for answers in (5, 4):
        ask(questions, b"A", answers=answers)
        clock.now += 60_000_000
    settle(database, questions)
    ask(questions, b"A", answers=2)
    ask(questions, b"B")
    settle(database, questions)
    second, first = find(database)
    assert (first.identifier, first.times, first.answers) == (b"A", 3, 2)
    assert (first.first_asked, first.last_asked) == (NOON, NOON + 120_000_000)
    assert (second.identifier, second.times, second.peer) == (b"B", 1, "10.0.0.1:5000")
    assert not first.adjusts_zone


def test_a_poll_for_today_is_the_same_tomorrow(database: Database) -> None:
    clock = Clock()
    questions = make(database, clock)
    ask(questions, DATE + b"20260314")
    settle(database, questions)
    clock.now += DAY
    ask(questions, DATE + b"20260315")
    ask(questions, DATE + b"20260314")  # for yesterday
    settle(database, questions)
    today, yesterday = sorted(find(database), key=lambda kept: -kept.times)
    assert (today.times, today.identifier) == (2, DATE + b"20260315")
    assert yesterday.times == 1


def test_of_a_scanner_the_last_ones_are_kept(database: Database) -> None:
    clock = Clock()
    questions = make(database, clock)
    for number in range(3 * MOST_QUESTIONS):
        clock.now += 1_000_000
        ask(questions, b"%04d" % number)
        if number % 7 == 0:
            settle(database, questions)
    settle(database, questions)
    assert [int(kept.identifier) for kept in find(database)] == [
        *reversed(range(2 * MOST_QUESTIONS, 3 * MOST_QUESTIONS))
    ]


def test_a_flood_of_questions_and_of_scanners_fills_neither_memory_nor_disk(database: Database) -> None:
    clock, metrics = Clock(), Metrics()
    questions = make(database, clock, metrics, confirmed=("MR01",))
    ask(questions, b"real", "MR01")
    settle(database, questions)
    numbers = count()
    for _ in range(3):
        for number, _ in zip(numbers, range(1000), strict=False):
            clock.now += 1
            ask(questions, b"x", f"X{number}")
        settle(database, questions)
    asking = database.read(find_asking)
    assert len(asking) == MOST_SCANNERS
    assert asking["MR01"] == Asking("MR01", NOON, 1)
    assert metrics.get("questions_not_kept") == 3 * 500
    ask(questions, bytes(8193), "MR01")
    ask(questions, b"x", "no\\title")
    settle(database, questions)
    assert len(find(database, "MR01")) == 1


def test_two_servers_add_up_their_counts(database: Database) -> None:
    clock = Clock()
    one, other = make(database, clock), make(database, clock)
    for questions in (one, one, other):
        ask(questions, b"A")
    settle(database, one, other)
    assert [kept.times for kept in find(database)] == [3]


def test_an_association_that_was_turned_away_is_kept_beside_them(database: Database) -> None:
    questions = make(database, Clock())
    for called in ("WRONG", "WRONG", "WORSE"):
        questions.note_refusal("CT01", "10.0.0.1:5000", called, "it calls an AE title that is not ours")
    settle(database, questions)
    found = {(kept.called, kept.times, kept.refusal[:8]) for kept in find(database)}
    assert found == {("WRONG", 2, "it calls"), ("WORSE", 1, "it calls")}


def test_no_title_that_is_none_spoils_the_others(database: Database) -> None:
    questions = make(database, Clock())
    ask(questions, b"A")
    for odd in ("\0\0", "A\0B", "\udc80", "\n", "X" * 100):
        questions.note_refusal("CT01", "10.0.0.1:5000", odd, "it calls an AE title that is not ours")
        questions.note_refusal(odd, "10.0.0.1:5000", "OK", "its own AE title is not among those allowed")
    settle(database, questions)
    assert {kept.called for kept in find(database) if kept.refusal} == {"", "AB", "X" * 16}
    assert len(find(database)) == 4
    assert set(database.read(find_asking)) == {"CT01"}


def test_old_ones_go_with_the_journal(database: Database) -> None:
    clock = Clock()
    questions = make(database, clock)
    ask(questions, b"old")
    clock.now += 3 * DAY
    ask(questions, b"new")
    settle(database, questions)

    async def expire() -> None:
        expiry = Expiry(database, 2, Metrics(), clock=clock)
        await expiry._expire()

    asyncio.run(expire())
    assert [kept.identifier for kept in find(database)] == [b"new"]


def test_what_is_pending_is_written_at_the_end(database: Database) -> None:
    async def run() -> None:
        questions = make(database, Clock())
        questions.start()
        ask(questions, b"A")
        await questions.stop()

    asyncio.run(run())
    settle(database)
    assert len(find(database)) == 1


@pytest.mark.parametrize("status", [0, 0xA700])
def test_how_it_ended_is_kept(database: Database, status: int) -> None:
    questions = make(database, Clock())
    questions.note("CT01", "10.0.0.1:5000", b"A", EXPLICIT, True, 7, status)
    settle(database, questions)
    (kept,) = find(database)
    assert (kept.status, kept.answers, kept.adjusts_zone, kept.transfer_syntax) == (status, 7, True, EXPLICIT)
