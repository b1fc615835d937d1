"""The watched folder of a whole server, and one that is killed in the middle of a file."""

import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from openworklist.store.connection import Statement
from openworklist.store.database import open_database
from openworklist.store.schema import messages, records

MANY = 4000
JOURNALLED = Statement(select(func.count()).select_from(messages))
PATIENTS = Statement(select(records.c.accession_number))


def make_order(number: str) -> bytes:
    return (
        f"MSH|^~\\&|RIS|H|OW|RAD|20260314080000||ORM^O01|{number}|P|2.3.1\rPID|||P{number}||Doe^{number}\r"
        f"ORC|NW|A{number}\rOBR||||RP^CT||||||||||||||CT|||CT01\r"
    ).encode()


def until(server: Any, is_so: Callable[[], bool]) -> None:
    """Wait for something to become so; the server is asked whether it lives before each look."""
    deadline = time.monotonic() + 60
    connection = HTTPConnection("127.0.0.1", server.web, timeout=10)
    while not is_so():
        assert time.monotonic() < deadline
        connection.request("GET", "/livez")
        assert connection.getresponse().read()
    connection.close()


def test_orders_of_a_folder_reach_the_database(start_server: Any, tmp_path: Path) -> None:
    folder = tmp_path / "orders"
    server = start_server(tmp_path / "data", "--folder", str(folder), "--folder-interval", "0.05")
    folder.mkdir()  # it may come later
    (folder / "ORDER.HL7").write_bytes(make_order("1"))
    (folder / "notes.txt").write_bytes(b"no order")
    done, failed = folder / "ORDER.HL7.DON", folder / "notes.txt.ERR.reason"
    until(server, lambda: done.exists() and failed.exists())
    assert server.stop() == 0
    assert "MSH" in failed.read_text("utf-8")
    database = open_database("", tmp_path / "data", read_only=True)
    assert database.read(lambda connection: connection.run(PATIENTS)) == [("A1",)]
    database.close()


def test_a_file_in_the_middle_of_kill_9_is_taken_again_and_nothing_twice(
    start_server: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "orders"
    folder.mkdir()
    orders = [make_order(str(number)) for number in range(MANY)]
    (folder / "orders.hl7").write_bytes(b"".join(orders))
    flags = ["--folder", str(folder), "--folder-interval", "0.05", "--folder-erase"]
    server = start_server(tmp_path / "data", *flags)
    database = open_database("", tmp_path / "data", read_only=True)

    def count() -> int:
        return int(database.read(lambda connection: connection.run(JOURNALLED))[0][0])

    until(server, lambda: count() >= MANY // 20)
    server.kill()
    assert 0 < count() < MANY
    assert [path.name for path in folder.iterdir()] == ["orders.hl7"]

    again = start_server(tmp_path / "data", *flags)
    until(again, lambda: not any(folder.iterdir()))
    assert again.stop() == 0
    found = database.read(lambda connection: connection.run(PATIENTS))
    assert sorted(found) == sorted((f"A{number}",) for number in range(MANY))
    assert count() == MANY
    database.close()


def test_a_server_stops_in_the_middle_of_a_long_file(start_server: Any, tmp_path: Path) -> None:
    folder = tmp_path / "orders"
    folder.mkdir()
    (folder / "orders.hl7").write_bytes(b"".join(make_order(str(number)) for number in range(20 * MANY)))
    flags = ["--folder", str(folder), "--folder-interval", "0.05"]
    server = start_server(tmp_path / "data", *flags)
    database = open_database("", tmp_path / "data", read_only=True)
    until(server, lambda: database.read(lambda connection: connection.run(JOURNALLED))[0][0] > 0)
    assert server.stop() == 0
    assert [path.name for path in folder.iterdir()] == ["orders.hl7"]
    database.close()
