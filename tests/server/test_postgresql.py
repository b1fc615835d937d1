"""The whole server on a real PostgreSQL: an order's way, kill -9 in a flood, two servers on one database."""

import threading
from pathlib import Path
from typing import Any

import pytest

from openworklist.clients.mllp import MllpClient, send_message
from openworklist.store.database import open_database
from players.auditor import read_journal, read_records
from players.flood import flood_and_kill
from players.hospital import make_order
from players.receiver import Receiver
from players.scanner import ask, make_question


@pytest.fixture
def url(make_postgresql: Any) -> str:
    found: str = make_postgresql()
    return found


def audit(url: str, folder: Path) -> tuple[list[str], list[str]]:
    """The patients stored and the control IDs journalled, sorted."""
    database = open_database(url, folder, read_only=True)
    try:
        patients = sorted(record.text("patient_id") for record in read_records(database))
        return patients, sorted(entry.control_id for entry in read_journal(database))
    finally:
        database.close()


def test_an_order_goes_in_and_a_scanner_sees_it_as_on_sqlite(
    url: str, start_server: Any, tmp_path: Path
) -> None:
    server = start_server(tmp_path / "data", "--database", url)

    def send(*arguments: str, **options: str) -> bytes:
        return send_message("127.0.0.1", server.hl7, make_order(*arguments, **options))

    name = "Żółkiewski^Łucjan"
    assert b"MSA|AA|" in send("P1", name, charset="8859/2", codec="iso8859_2")
    (found,) = ask(server.dicom, make_question(PatientName="żół*", charset="ISO_IR 192"))
    assert (found.PatientID, found.PatientName) == ("P1", name)
    (step,) = found.ScheduledProcedureStepSequence
    assert (step.Modality, step.ScheduledStationAETitle) == ("CT", "CT01")
    assert b"MSA|AA|" in send("P1", "Roe^Jane", control="XO", time="20260314090000")
    (changed,) = ask(server.dicom, make_question(PatientID="P1"))
    assert (changed.PatientName, changed.StudyInstanceUID) == ("Roe^Jane", found.StudyInstanceUID)
    assert b"MSA|AE|" in send("P2", "")
    assert b"MSA|AA|" in send("P1", "Roe^Jane", control="CA", time="20260314100000")
    assert ask(server.dicom, make_question(PatientID="P1")) == []
    assert server.stop() == 0


def test_answers_of_many_pages_come_whole_and_in_order(url: str, start_server: Any, tmp_path: Path) -> None:
    server = start_server(tmp_path / "data", "--database", url)
    numbers = [f"N{number:03}" for number in range(450)]
    with MllpClient("127.0.0.1", server.hl7) as client:
        assert all(b"MSA|AA|" in client.send(make_order(number)) for number in numbers)
    found = ask(server.dicom, make_question(Modality="CT"))
    assert [answer.PatientID for answer in found] == numbers
    assert server.stop() == 0


def test_every_acknowledged_order_survives_kill_9_and_none_is_there_twice(
    url: str, start_server: Any, tmp_path: Path
) -> None:
    server = start_server(tmp_path / "data", "--database", url)
    acknowledged, sent = flood_and_kill(server, lambda number: make_order(number, control_id=number))

    again = start_server(tmp_path / "data", "--database", url)
    assert acknowledged <= set(audit(url, tmp_path)[0])
    with MllpClient("127.0.0.1", again.hl7) as client:
        # Senders send again what nobody acknowledged; some of it may have been on disk already.
        for number in sorted(sent - acknowledged):
            assert b"MSA|AA|" in client.send(make_order(number, control_id=number))
    assert again.stop() == 0
    assert audit(url, tmp_path) == (sorted(sent), sorted(sent))


def test_two_servers_on_one_database_take_the_same_orders_once_and_show_the_same(
    url: str, start_server: Any, tmp_path: Path
) -> None:
    servers = [start_server(tmp_path / name, "--database", url) for name in ("one", "two")]
    numbers = [f"N{number:03}" for number in range(100)]
    start = threading.Barrier(len(servers) * 2)
    answers: list[dict[str, bytes]] = []

    def send(server: Any) -> None:
        start.wait(10)
        with MllpClient("127.0.0.1", server.hl7) as client:
            answers.append({number: client.send(make_order(number)) for number in numbers})

    threads = [threading.Thread(target=send, args=(server,)) for server in servers for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(answers) == len(threads)
    assert all(b"MSA|AA|" in answer for answer in answers[0].values())
    assert answers == [answers[0]] * len(threads)  # to the byte: the first answer is everybody's
    question = make_question(Modality="CT")
    found = [[each.PatientID for each in ask(server.dicom, question)] for server in servers]
    assert sorted(found[0]) == numbers
    assert found[0] == found[1]
    assert [server.stop() for server in servers] == [0, 0]
    assert len(audit(url, tmp_path)[1]) == len(numbers)


def test_two_servers_on_one_queue_send_each_message_once_and_in_order(
    url: str, start_server: Any, openworklist: Any, tmp_path: Path
) -> None:
    numbers = [f"C{number:03}" for number in range(60)]
    orders = tmp_path / "orders.hl7"
    orders.write_bytes(b"".join(make_order(number, control_id=number) for number in numbers))
    servers = [start_server(tmp_path / name, "--database", url) for name in ("one", "two")]
    with Receiver() as receiver:
        where = ("--to", f"127.0.0.1:{receiver.port}", "--queue", "--data", tmp_path, "--database", url)
        assert openworklist("send", orders, *where).returncode == 0
        receiver.wait_for(len(numbers) // 3)
        assert servers[0].stop() == 0  # the other goes on where this one was
        receiver.wait_for(len(numbers))
        assert servers[1].stop() == 0
        assert receiver.control_ids == numbers
