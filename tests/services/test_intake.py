"""One message, one answer; what AA says is on disk, and nothing is there twice."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from openworklist.domain.errors import MessageError
from openworklist.domain.record import Status
from openworklist.observe.metrics import Metrics
from openworklist.services.intake import Intake
from openworklist.services.reading import Source
from openworklist.store.connection import Connection
from openworklist.store.database import Database, open_database
from players.auditor import read_changes, read_journal, read_records
from players.hospital import make_order

RIS = Source("mllp", "192.0.2.1:4711")
Send = Callable[[bytes], str]

# Makes every commit fail that stores a record: a reference that nothing fulfils, looked at by COMMIT alone.
DOOM = {
    "sqlite": (
        "CREATE TABLE fate (id INTEGER PRIMARY KEY)",
        "CREATE TABLE doom (ref INTEGER REFERENCES fate (id) DEFERRABLE INITIALLY DEFERRED)",
        "CREATE TRIGGER doom AFTER INSERT ON records BEGIN INSERT INTO doom VALUES (1); END",
    ),
    "postgresql": (
        "CREATE TABLE fate (id integer PRIMARY KEY)",
        "CREATE TABLE doom (ref integer REFERENCES fate (id) DEFERRABLE INITIALLY DEFERRED)",
        "CREATE FUNCTION doom() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN INSERT INTO doom VALUES (1); RETURN NEW; END $$",
        "CREATE TRIGGER doom AFTER INSERT ON records FOR EACH ROW EXECUTE FUNCTION doom()",
    ),
}


def run(database: Database, *texts: str) -> None:
    def change(connection: Connection) -> None:
        for text in texts:
            connection.execute_text(text)

    database.write(change)


def send_together(intakes: list[Intake], messages: list[bytes]) -> list[bytes]:
    """The answers to messages that come at the same moment, each on a connection of its own."""
    start = threading.Barrier(len(messages))

    def send(place: int) -> bytes:
        start.wait(10)
        return intakes[place % len(intakes)].receive_message(messages[place], RIS)

    with ThreadPoolExecutor(len(messages)) as senders:
        return list(senders.map(send, range(len(messages))))


def test_an_order_is_journalled_stored_and_noted_with_who_sent_it(database: Database, send: Send) -> None:
    raw = make_order("1", control_id="M1")
    assert send(raw) == "MSA|AA|M1"
    (entry,) = read_journal(database)
    (record,) = read_records(database)
    (change,) = read_changes(database)
    assert (entry.control_id, entry.outcome, entry.raw) == ("M1", "applied", raw)
    assert (entry.channel, entry.peer) == ("mllp", "192.0.2.1:4711")
    assert b"MSA|AA|M1" in entry.acknowledgement
    assert (record.text("patient_id"), record.text("patient_name")) == ("1", "Doe^Jane")
    assert change == (record.id, 1, "create", "hl7:RIS|HOSPITAL", "the order is new", entry.id)


def test_the_answer_is_given_once_and_what_it_says_is_there_for_others_to_see(
    database: Database, intake: Intake, tmp_path: Path, database_url: str
) -> None:
    other = open_database(database_url, tmp_path, read_only=True)
    answers: list[bytes] = []
    seen: list[int] = []
    is_done = threading.Event()

    def done(answer: bytes) -> None:
        answers.append(answer)
        # Another connection sees what is committed and nothing else.
        seen.append(len(read_records(other)))
        is_done.set()

    intake.receive(make_order("1"), RIS, done)
    assert is_done.wait(10)
    other.close()
    assert (len(answers), seen) == (1, [1])
    assert b"MSA|AA|" in answers[0]


def test_with_a_loop_the_answer_comes_on_its_thread(database: Database, intake: Intake) -> None:
    async def play() -> tuple[bytes, int]:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[tuple[bytes, int]] = loop.create_future()
        database.attach(loop)
        intake.receive(make_order("1"), RIS, lambda raw: answer.set_result((raw, threading.get_ident())))
        return await asyncio.wait_for(answer, 10)

    raw, thread = asyncio.run(play())
    assert b"MSA|AA|" in raw
    assert thread == threading.get_ident()


def test_a_commit_that_fails_is_no_acceptance_and_leaves_nothing(
    database: Database, send: Send, request: pytest.FixtureRequest, metrics: Metrics
) -> None:
    run(database, *DOOM["postgresql" if "postgresql" in request.node.name else "sqlite"])
    refused = send(make_order("1", control_id="M1"))
    assert refused.startswith("MSA|AR|M1|")
    assert read_journal(database) == read_records(database) == read_changes(database) == []
    assert metrics.get("messages_not_stored") == 1
    run(database, "DROP TRIGGER doom" + (" ON records" if "postgresql" in request.node.name else ""))
    assert send(make_order("1", control_id="M1")) == "MSA|AA|M1"


def test_message_and_record_are_stored_together_or_not_at_all(database: Database, send: Send) -> None:
    run(database, "ALTER TABLE changes RENAME TO elsewhere")  # the last table that an order is written to
    assert send(make_order("1", control_id="M1")).startswith("MSA|AR|M1|")
    run(database, "ALTER TABLE elsewhere RENAME TO changes")
    assert read_journal(database) == read_records(database) == []


def test_the_same_message_again_is_answered_the_same_and_nothing_is_there_twice(
    database: Database, intake: Intake, metrics: Metrics
) -> None:
    raw = make_order("1")
    first = intake.receive_message(raw, RIS)
    assert intake.receive_message(raw, Source("mllp", "192.0.2.9:1")) == first
    (entry,) = read_journal(database)
    assert entry.repeats == 1
    assert len(read_records(database)) == len(read_changes(database)) == 1
    assert (metrics.get("messages_applied"), metrics.get("messages_repeated")) == (1, 1)


def test_the_same_message_from_eight_connections_at_once_is_one(database: Database, intake: Intake) -> None:
    answers = send_together([intake], [make_order("1")] * 8)
    assert b"MSA|AA|" in answers[0]
    assert len(set(answers)) == 1
    (entry,) = read_journal(database)
    assert entry.repeats == 7
    assert len(read_records(database)) == 1


def test_a_changed_message_with_the_same_control_id_is_another_message(
    database: Database, send: Send
) -> None:
    assert send(make_order("1", "Doe^Jane", control_id="M1")) == "MSA|AA|M1"
    assert send(make_order("1", "Roe^Jane", control_id="M1")) == "MSA|AA|M1"
    assert [entry.outcome for entry in read_journal(database)] == ["applied", "applied"]
    (record,) = read_records(database)
    assert record.text("patient_name") == "Roe^Jane"


def test_messages_of_two_senders_with_one_control_id_are_two(database: Database, send: Send) -> None:
    raw = make_order("1", control_id="M1")
    send(raw)
    send(raw.replace(b"|RIS|", b"|OTHER|"))
    assert len(read_journal(database)) == 2


# What a sender is told, and what people find in the journal: outcome, a word of the reason, the place.
REFUSED = {
    "no header": (b"hello\r", "MSA|AR|", "MSH", "MSH"),
    "another type": (
        make_order("1", control_id="M1").replace(b"ORM^O01", b"ORU^R01"), "MSA|AR|M1", "ORU^R01", "MSH-9",
    ),
    "no order": (make_order("1", control_id="M1").partition(b"ORC")[0], "MSA|AR|M1", "no order", "OBR"),
    "not a letter": (
        make_order("1", "D\xffe", control_id="M1", charset="UNICODE UTF-8", codec="latin_1"),
        "MSA|AE|M1", "0xFF at offset 100 in PID-5", "PID-5",
    ),
    "no patient": (make_order("1", "", control_id="M1"), "MSA|AE|M1", "no patient", "PID-5"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_is_journalled_with_its_bytes_the_reason_and_the_place(
    database: Database, intake: Intake, case: str
) -> None:
    raw, msa, reason, place = REFUSED[case]
    answer = intake.receive_message(raw, RIS)
    (entry,) = read_journal(database)
    assert msa.encode() in answer
    assert entry.acknowledgement == answer
    assert (entry.outcome, entry.raw, entry.place) == ("refused", raw, place)
    assert reason in entry.reason
    assert read_records(database) == read_changes(database) == []


def test_a_refused_message_may_be_tried_again_and_is_journalled_again(database: Database, send: Send) -> None:
    raw = make_order("1", "")
    send(raw)
    send(raw)
    assert [entry.outcome for entry in read_journal(database)] == ["refused", "refused"]


def test_one_wrong_order_in_a_message_keeps_its_good_ones_out_too(database: Database, send: Send) -> None:
    raw = make_order("1", control_id="M1") + b"ORC|NW|\rOBR|2\r"  # its second order has no number at all
    assert send(raw).startswith("MSA|AE|M1|")
    (entry,) = read_journal(database)
    assert (entry.outcome, entry.place) == ("refused", "ORC[2]-2")
    assert read_records(database) == []


def test_an_order_that_is_refused_shares_no_fate_with_those_beside_it(
    database: Database, intake: Intake
) -> None:
    messages = [make_order(str(number), "" if number % 3 == 0 else "Doe^Jane") for number in range(9)]
    answers = send_together([intake], messages)
    assert [b"MSA|AA|" in answer for answer in answers] == [number % 3 != 0 for number in range(9)]
    assert {record.text("patient_id") for record in read_records(database)} == set("124578")
    assert len(read_journal(database)) == 9


def test_bytes_that_are_no_whole_message_are_journalled_as_refused(
    database: Database, intake: Intake
) -> None:
    answers: list[bytes] = []
    is_done = threading.Event()

    def done(answer: bytes) -> None:
        answers.append(answer)
        is_done.set()

    head = make_order("1", control_id="M1")[:120]
    intake.refuse(head, RIS, MessageError("Too long.", code="message.too-large"), done)
    assert is_done.wait(10)
    (entry,) = read_journal(database)
    assert (entry.control_id, entry.outcome, entry.raw, entry.reason) == ("M1", "refused", head, "Too long.")
    assert b"MSA|AR|M1|Too long." in answers[0]


def test_a_life_of_an_order(database: Database, send: Send) -> None:
    def status() -> tuple[int, Status, str]:
        (record,) = read_records(database)
        return record.version, record.status, record.text("patient_name")

    send(make_order("1", "Doe^Jane", control="NW", time="20260314080000"))
    assert status() == (1, Status.SCHEDULED, "Doe^Jane")
    send(make_order("1", "Doe^Jane", control="NW", time="20260314080500"))  # a resend says nothing new
    assert status() == (1, Status.SCHEDULED, "Doe^Jane")
    send(make_order("1", "Roe^Jane", control="XO", time="20260314081000"))
    assert status() == (2, Status.SCHEDULED, "Roe^Jane")
    send(make_order("1", "Roe^Jane", control="CA", time="20260314082000"))
    assert status() == (3, Status.CANCELED, "Roe^Jane")
    send(make_order("1", "Poe^Jane", control="XO", time="20260314081500"))  # older than the cancel
    assert status() == (3, Status.CANCELED, "Roe^Jane")
    send(make_order("1", "Poe^Jane", control="XO", time="20260314082500"))  # no change brings it back
    assert status() == (3, Status.CANCELED, "Roe^Jane")
    send(make_order("1", "Poe^Jane", control="NW", time="20260314083000"))  # ordered again
    assert status() == (4, Status.SCHEDULED, "Poe^Jane")
    assert [change.action for change in read_changes(database)] == ["create", "update", "cancel", "reopen"]
    outcomes = [entry.outcome for entry in read_journal(database)]
    assert outcomes == ["applied", "ignored", "applied", "applied", "ignored", "ignored", "applied"]


def test_a_discontinued_order_is_kept_and_closed(database: Database, send: Send) -> None:
    send(make_order("1", time="20260314080000"))
    send(make_order("1", control="DC", time="20260314090000"))
    (record,) = read_records(database)
    assert (record.status, record.status.is_open) == (Status.DISCONTINUED, False)


def test_orders_for_one_step_that_come_at_once_make_one_record(database: Database, intake: Intake) -> None:
    for round_ in range(5):
        messages = [
            make_order(f"R{round_}", f"Doe^{letter}", control_id=f"{round_}{letter}") for letter in "ABCDEFGH"
        ]
        answers = send_together([intake], messages)
        assert all(b"MSA|AA|" in answer for answer in answers)
    records = read_records(database)
    assert [record.text("patient_id") for record in records] == [f"R{round_}" for round_ in range(5)]
    # Every one was applied, one after the other: no change was lost under another.
    assert [record.version for record in records] == [8] * 5
    assert [change.version for change in read_changes(database)] == list(range(1, 9)) * 5


def make_pair(first: str, second: str, turn: int) -> bytes:
    """A message with an order for each of two patients."""
    message = make_order(first, control_id=f"C{turn}").partition(b"PID")[0]
    for number in (first, second):
        message += f"PID|||{number}||Doe^{turn}\rORC|NW|A{number}\rOBR|1|||RP{number}\r".encode()
    return message


def test_messages_about_two_patients_in_either_order_do_not_block_each_other(
    database: Database, intake: Intake
) -> None:
    messages = [make_pair("1", "2", turn) if turn % 2 else make_pair("2", "1", turn) for turn in range(8)]
    answers = send_together([intake], messages)
    assert all(b"MSA|AA|" in answer for answer in answers)
    assert sorted(record.text("patient_id") for record in read_records(database)) == ["1", "2"]


def test_a_database_that_is_closed_is_told_and_nothing_is_accepted(
    database: Database, intake: Intake
) -> None:
    database.close()
    answer = intake.receive_message(make_order("1", control_id="M1"), RIS)
    assert b"MSA|AR|M1|" in answer
    answers: list[bytes] = []
    intake.receive(make_order("1", control_id="M1"), RIS, answers.append)
    assert b"MSA|AR|M1|" in answers[0]


def test_two_servers_on_one_postgresql_are_one_hospital(
    make_postgresql: Any, make_intake: Callable[[Database], Intake], tmp_path: Path
) -> None:
    url = make_postgresql()
    servers = [open_database(url, tmp_path / name) for name in ("one", "two")]
    intakes = [make_intake(server) for server in servers]
    same = send_together(intakes, [make_order("1")] * 8)
    assert len(set(same)) == 1
    changes = [make_order("1", f"Doe^{letter}", control="XO", control_id=letter) for letter in "ABCDEFGH"]
    assert all(b"MSA|AA|" in answer for answer in send_together(intakes, changes))
    (record,) = read_records(servers[0])
    assert record.version == 9
    assert len(read_journal(servers[1])) == 9
    for server in servers:
        server.close()


def test_a_cancel_that_came_too_soon_counts_when_it_is_sent_again(database: Database, intake: Intake) -> None:
    cancel = make_order("1", control="CA", time="20260314090000")
    assert b"MSA|AA|" in intake.receive_message(cancel, RIS)
    intake.receive_message(make_order("1"), RIS)
    intake.receive_message(cancel, RIS)
    (record,) = read_records(database)
    assert record.status is Status.CANCELED
