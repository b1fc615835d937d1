"""A frame with many messages: each is taken and answered, in order, and a bad one takes no other along."""

import asyncio
from collections.abc import Callable
from itertools import count

import pytest

from openworklist.hl7.message import MAX_SEGMENTS
from openworklist.hl7.profile import preset
from openworklist.observe.metrics import Metrics
from openworklist.services.configuration import using
from openworklist.services.intake import Intake
from openworklist.services.reading import Reader
from openworklist.services.reception import Reception
from openworklist.store.database import Database
from players.auditor import read_journal, read_records
from players.hospital import make_order
from services.conftest import segment

PEER = "192.0.2.1:4711"
Receive = Callable[[bytes], list[str]]
BEGIN = b"FHS|^~\\&|RIS|HOSPITAL|OW|RAD|20260314\rBHS|^~\\&|RIS|HOSPITAL|OW|RAD|20260314\r"


def pack(*messages: bytes, begin: bytes = BEGIN, end: bytes | None = None) -> bytes:
    return begin + b"".join(messages) + (b"BTS|%d\rFTS|1\r" % len(messages) if end is None else end)


@pytest.fixture
def receive(database: Database, intake: Intake, metrics: Metrics) -> Receive:
    """Receives a frame on a loop, as the listener does, and waits for its answers: their MSA segments."""
    reception = Reception(intake, metrics)

    def run(raw: bytes) -> list[str]:
        async def play() -> list[str]:
            loop = asyncio.get_running_loop()
            database.attach(loop)
            given: asyncio.Future[tuple[bytes, ...]] = loop.create_future()
            reception.receive(raw, PEER, lambda *answers: given.set_result(answers))
            return [segment(answer, "MSA") for answer in await asyncio.wait_for(given, 30)]

        return asyncio.run(play())

    return run


def test_each_message_is_taken_and_answered_in_order(database: Database, receive: Receive) -> None:
    orders = [make_order(str(number), control_id=f"M{number}") for number in range(200)]
    assert receive(pack(*orders)) == [f"MSA|AA|M{number}" for number in range(200)]
    assert len(read_records(database)) == 200
    assert {entry.raw for entry in read_journal(database)} == set(orders)
    assert all(entry.warnings == () for entry in read_journal(database))


def test_a_bad_message_takes_no_other_along(database: Database, receive: Receive) -> None:
    orders = [make_order(str(n), "" if n == 1 else "Doe^Jane", control_id=f"M{n}") for n in range(3)]
    assert [msa[:9] for msa in receive(pack(*orders))] == ["MSA|AA|M0", "MSA|AE|M1", "MSA|AA|M2"]
    assert {record.text("patient_id") for record in read_records(database)} == {"0", "2"}


def test_each_message_is_answered_as_its_own_header_asks(receive: Receive) -> None:
    one, two, three = (make_order(str(n), control_id=f"M{n}") for n in range(3))
    silent = two.replace(b"|2.3.1||||||", b"|2.3.1|||NE|NE||")
    both = three.replace(b"|2.3.1||||||", b"|2.3.1|||AL|AL||")
    assert receive(pack(one, silent, both)) == ["MSA|AA|M0", "MSA|CA|M2", "MSA|AA|M2"]


@pytest.mark.parametrize(
    ("end", "warning"),
    [
        (b"BTS|3\rFTS|1\r", "BTS-1 says 3 messages, but 2 came."),
        (b"", "BHS has no BTS: the batch may have been cut off."),
    ],
)
def test_a_batch_that_is_not_what_it_says_is_taken_with_a_warning(
    database: Database, receive: Receive, end: bytes, warning: str
) -> None:
    assert receive(pack(make_order("1", control_id="M1"), make_order("2", control_id="M2"), end=end)) == [
        "MSA|AA|M1",
        "MSA|AA|M2",
    ]
    first, last = sorted(read_journal(database), key=lambda entry: entry.control_id)
    assert first.warnings == ()
    assert warning in last.warnings


def test_segments_that_belong_to_no_message_are_refused_and_kept(
    database: Database, receive: Receive
) -> None:
    stray = b"PID|||9||Stray\r"
    answers = receive(pack(make_order("1", control_id="M1"), begin=BEGIN + stray))
    assert [answer[:9] for answer in answers] == ["MSA|AR||T", "MSA|AA|M1"]
    assert {(entry.outcome, entry.raw == stray) for entry in read_journal(database)} == {
        ("refused", True),
        ("applied", False),
    }


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (pack(), "holds no message"),
        (BEGIN + b"BTS\r" * (MAX_SEGMENTS + 1), "more than"),
    ],
)
def test_a_batch_that_cannot_be_taken_is_refused_as_a_whole_and_kept(
    database: Database, receive: Receive, raw: bytes, reason: str
) -> None:
    (answer,) = receive(raw)
    assert answer.startswith("MSA|AR|")
    (entry,) = read_journal(database)
    assert (entry.outcome, entry.raw) == ("refused", raw)
    assert reason in entry.reason


def test_a_byte_order_mark_before_the_batch_is_about_all_of_it(database: Database, receive: Receive) -> None:
    raw = b"\xef\xbb\xbf" + pack(make_order("1", "Müller", charset="8859/7"), make_order("2", "Ödön"))
    receive(raw)
    assert {record.text("patient_name") for record in read_records(database)} == {"Müller", "Ödön"}


def test_a_batch_that_is_sent_again_changes_nothing(database: Database, receive: Receive) -> None:
    raw = pack(*(make_order(str(number)) for number in range(3)))
    assert receive(raw) == receive(raw)
    assert [entry.repeats for entry in read_journal(database)] == [1, 1, 1]


def test_a_database_that_takes_nothing_is_told_to_each_message(database: Database, receive: Receive) -> None:
    database.close()
    answers = receive(pack(*(make_order(str(number), control_id=f"M{number}") for number in range(100))))
    assert [answer.split("|")[1:3] for answer in answers] == [["AR", f"M{number}"] for number in range(100)]


@pytest.mark.parametrize(
    ("raw", "messages"),
    [
        (BEGIN + b"MSH|\r" * 2_000, 2_000),  # each is refused, and kept
        (BEGIN + b"MSH|\r" + b"FHS|\r" * 20_000, 1),
        (BEGIN + b"".join(make_order(str(n)) + b"NTE|1||" + b"x" * 40_000 + b"\r" for n in range(20)), 20),
    ],
    ids=["messages", "envelopes", "large messages"],
)
def test_others_have_their_turn_after_every_few_messages_of_a_batch(
    database: Database, metrics: Metrics, raw: bytes, messages: int
) -> None:
    """The clock is looked at once for each message, and the loop turns once for each round of `others`."""
    times = count(1_773_478_800_000_000)
    looks = 0

    def clock() -> int:
        nonlocal looks
        looks += 1
        return next(times)

    intake = Intake(database, Reader(using(preset("classic"))), metrics, clock=clock)
    looks = 0
    turns: list[int] = []

    async def others(given: asyncio.Future[tuple[bytes, ...]]) -> None:
        before = looks
        while not given.done():
            await asyncio.sleep(0)
            turns.append(looks - before)
            before = looks

    async def play() -> None:
        loop = asyncio.get_running_loop()
        database.attach(loop)
        given: asyncio.Future[tuple[bytes, ...]] = loop.create_future()
        Reception(intake, metrics).receive(raw, PEER, lambda *answers: given.set_result(answers))
        assert looks == 0, "nothing is done before the loop has turned"
        await asyncio.wait_for(others(given), 60)
        assert len(given.result()) == messages

    asyncio.run(play())
    assert looks == messages
    assert max(turns) <= (2 if messages == 20 else 16)
    assert len(turns) >= len(raw) // 4096, "a turn cuts no more than a few thousand bytes"
