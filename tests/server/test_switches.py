"""The HL7 port and the watched folder of a whole server, changed by the command line while it runs."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from openworklist.clients.mllp import send_message
from openworklist.domain.errors import PeerError
from openworklist.hl7.charset import decode
from openworklist.hl7.message import parse

PATIENCE = 60  # seconds


def make_order(number: str) -> bytes:
    return (
        f"MSH|^~\\&|RIS|H|OW|RAD|20260314080000||ORM^O01|{number}|P|2.3.1\rPID|||P{number}||Doe^{number}\r"
        f"ORC|NW|{number}\rOBR||||RP^CT||||||||||||||CT|||CT01\r"
    ).encode()


def until(server: Any, is_so: Callable[[], bool]) -> None:
    """Wait for something to become so; the server is asked whether it lives before each look."""
    deadline = time.monotonic() + PATIENCE
    connection = HTTPConnection("127.0.0.1", server.web, timeout=10)
    while not is_so():
        assert time.monotonic() < deadline, server.log.read_text()
        connection.request("GET", "/livez")
        assert connection.getresponse().read()
    connection.close()


def is_open(port: int) -> bool:
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


def send(port: int, number: str) -> str:
    answer = send_message("127.0.0.1", port, make_order(number), timeout=20)
    return parse(decode(answer).text).get("MSA-1")


def send_somewhere(ports: list[int], number: str) -> None:
    """As a sender does that is told of both ports: again until it is acknowledged."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        for port in ports:
            try:
                assert send(port, number) == "AA"
            except PeerError:
                continue
            return
    raise AssertionError("nobody acknowledged it")


@contextmanager
def held_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        yield holder.getsockname()[1]


@pytest.fixture
def set_option(openworklist: Any, server: Any) -> Callable[[str, object], None]:
    def change(name: str, value: object) -> None:
        ended = openworklist("options", "set", name, str(value), "--data", server.data)
        assert ended.returncode == 0, ended.stderr

    return change


@pytest.fixture
def find_orders(openworklist: Any, server: Any) -> Callable[[], set[str]]:
    def find() -> set[str]:
        ended = openworklist("messages", "list", "--json", "--data", server.data)
        assert ended.returncode == 0, ended.stderr
        return {each["control_id"] for each in json.loads(ended.stdout)}

    return find


def test_orders_go_on_at_the_new_port_and_none_is_lost(
    server: Any,
    set_option: Callable[[str, object], None],
    find_orders: Callable[[], set[str]],
    free_ports: Callable[[int], list[int]],
) -> None:
    (new,) = free_ports(1)
    with socket.create_connection(("127.0.0.1", server.hl7), timeout=PATIENCE) as old_sender:
        assert send(server.hl7, "MOVE0") == "AA"
        set_option("hl7_port", new)
        for number in range(1, 40):
            send_somewhere([server.hl7, new], f"MOVE{number}")
        until(server, lambda: is_open(new) and not is_open(server.hl7))
        assert old_sender.recv(1) == b""  # its connection is closed in order
    assert send(new, "MOVE40") == "AA"
    assert {f"MOVE{number}" for number in range(41)} <= find_orders()
    set_option("hl7_port", server.hl7)
    until(server, lambda: is_open(server.hl7) and not is_open(new))


def test_a_port_of_0_switches_it_off_and_reset_brings_the_setting_back(
    server: Any, set_option: Callable[[str, object], None], openworklist: Any
) -> None:
    set_option("hl7_port", 0)
    until(server, lambda: not is_open(server.hl7))
    assert openworklist("ready", "--to", f"127.0.0.1:{server.web}").returncode == 0  # it was asked for
    assert openworklist("options", "reset", "hl7_port", "--data", server.data).returncode == 0
    until(server, lambda: is_open(server.hl7))
    assert send(server.hl7, "BACK") == "AA"


def test_a_taken_port_leaves_the_old_one_open_and_is_opened_when_it_is_free(
    server: Any, set_option: Callable[[str, object], None]
) -> None:
    with held_port() as taken:
        set_option("hl7_port", taken)
        until(server, lambda: f"127.0.0.1:{taken}" in server.log.read_text())
        assert "another program holds this port" in server.log.read_text()
        assert send(server.hl7, "STILL") == "AA"
    until(server, lambda: is_open(taken) and not is_open(server.hl7))
    assert send(taken, "NOW") == "AA"
    set_option("hl7_port", server.hl7)
    until(server, lambda: is_open(server.hl7))


def test_a_folder_is_watched_from_now_on_and_no_more(
    server: Any, set_option: Callable[[str, object], None], tmp_path: Path
) -> None:
    folder = tmp_path / "orders"
    folder.mkdir()
    (folder / "first.hl7").write_bytes(make_order("FOLDER1"))
    set_option("folder", folder)
    until(server, (folder / "first.hl7.DON").exists)
    set_option("folder_erase", "yes")
    (folder / "second.hl7").write_bytes(make_order("FOLDER2"))
    until(
        server, lambda: not (folder / "second.hl7").exists() and "FOLDER2" not in str(list(folder.iterdir()))
    )
    set_option("folder", "-")
    until(server, lambda: "watched no more" in server.log.read_text().rpartition("a folder is watched")[2])
    (folder / "third.hl7").write_bytes(make_order("FOLDER3"))
    assert send(server.hl7, "AFTER") == "AA"
    assert (folder / "third.hl7").exists()


def test_a_server_starts_beside_a_taken_port_of_an_option_and_says_so(
    start_server: Any, openworklist: Any, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    start_server(data).stop()
    with held_port() as taken:
        assert openworklist("options", "set", "hl7_port", taken, "--data", data).returncode == 0
        server = start_server(data)
        assert f":{server.hl7}" not in server.said  # the option goes before the flag
        ended = openworklist("ready", "--to", f"127.0.0.1:{server.web}")
        assert ended.returncode == 1
        assert "another program holds this port" in ended.stderr
    until(server, lambda: is_open(taken))
    assert openworklist("ready", "--to", f"127.0.0.1:{server.web}").returncode == 0
    assert server.stop() == 0


def test_the_doctor_looks_at_the_port_of_the_option(
    server: Any,
    set_option: Callable[[str, object], None],
    openworklist: Any,
    free_ports: Callable[[int], list[int]],
) -> None:
    (new,) = free_ports(1)
    set_option("hl7_port", new)
    until(server, lambda: is_open(new))
    ports = ["--hl7-port", server.hl7, "--dicom-port", server.dicom, "--web-port", server.web]
    ended = openworklist("doctor", "--json", "--data", server.data, "--host", "127.0.0.1", *ports)
    sentences = {each["name"]: each["sentence"] for each in json.loads(ended.stdout)["findings"]}
    assert sentences["HL7 port"].startswith(f"Port {new} is held by")
    set_option("hl7_port", server.hl7)
    until(server, lambda: is_open(server.hl7) and not is_open(new))


def test_questions_are_logged_from_now_on(
    server: Any, set_option: Callable[[str, object], None], openworklist: Any
) -> None:
    ask = ["find", f"127.0.0.1:{server.dicom}"]
    set_option("log_questions", "yes")

    def is_logged() -> bool:
        assert openworklist(*ask).returncode == 0
        return "milliseconds=" in server.log.read_text()

    until(server, is_logged)


def test_the_list_says_where_a_value_comes_from(
    server: Any, set_option: Callable[[str, object], None], openworklist: Any
) -> None:
    set_option("hl7_port", server.hl7)
    lines = openworklist("options", "list", "--data", server.data).stdout.splitlines()
    origins = {line.split()[0]: line.split()[2] for line in lines[1:] if len(line.split()) > 2}
    assert origins["hl7_port"] == "site"
    assert origins["default_charset"] == "setting"
    assert origins["acknowledge"] == "default"
