"""What must not lose an order: kill -9 in a flood, two servers on one folder, a port that is taken."""

import socket
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from openworklist.clients.mllp import MllpClient
from openworklist.store.connection import Statement
from openworklist.store.database import open_database
from openworklist.store.schema import messages, records
from players.flood import flood_and_kill


def make_order(number: str) -> bytes:
    return (
        f"MSH|^~\\&|RIS|H|OW|RAD|20260314080000||ORM^O01|{number}|P|2.3.1\rPID|||P{number}||Doe^{number}\r"
        f"ORC|NW|A{number}\rOBR||||RP^CT||||||||||||||CT|||CT01\r"
    ).encode()


def test_every_acknowledged_order_survives_kill_9_and_none_is_there_twice(
    start_server: Any, tmp_path: Path
) -> None:
    server = start_server(tmp_path / "data")
    acknowledged, sent = flood_and_kill(server, make_order)

    again = start_server(tmp_path / "data")
    lost = sorted(sent - acknowledged)
    with MllpClient("127.0.0.1", again.hl7) as client:
        # Senders send again what nobody acknowledged; some of it may have been on disk already.
        assert all(b"MSA|AA|" in client.send(make_order(number)) for number in lost)
    assert again.stop() == 0
    database = open_database("", tmp_path / "data", read_only=True)
    numbers = [
        row[0] for row in database.read(lambda c: c.run(Statement(select(records.c.accession_number))))
    ]
    journalled = [row[0] for row in database.read(lambda c: c.run(Statement(select(messages.c.control_id))))]
    database.close()
    assert sorted(numbers) == sorted(f"A{number}" for number in sent)
    assert sorted(journalled) == sorted(sent)


def test_a_second_server_on_the_folder_says_so_and_ends(
    start_server: Any, serve_in_vain: Any, tmp_path: Path
) -> None:
    server = start_server(tmp_path / "data")
    second = serve_in_vain(tmp_path / "data")
    assert second.returncode == 1
    assert "in use by another server" in second.stderr
    assert str(server.process.pid) in second.stderr
    assert server.stop() == 0


@pytest.mark.parametrize(("port_of", "listener"), [("hl7", "HL7"), ("dicom", "DICOM"), ("web", "web")])
def test_a_taken_port_is_named_with_its_listener_the_address_and_the_way_out(
    serve_in_vain: Any, tmp_path: Path, port_of: str, listener: str
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = serve_in_vain(tmp_path / "data", **{port_of: port})
    assert ended.returncode == 1
    assert ended.stdout == ""  # it never says that it is ready
    (line,) = ended.stderr.strip().splitlines()
    assert f"The {listener} listener cannot open 127.0.0.1:{port}" in line
    assert "another program holds this port" in line
    assert "stop that program or choose another port" in line


def test_a_folder_that_cannot_be_made_is_one_line_on_stderr(serve_in_vain: Any, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ended = serve_in_vain(tmp_path / "file")
    assert ended.returncode == 1
    assert len(ended.stderr.strip().splitlines()) == 1
    assert "--data" in ended.stderr
