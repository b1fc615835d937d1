"""The outbound queue of a whole server: nothing is lost, the order is kept."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hl7.mllp import start_hl7_server

from openworklist.clients.mllp import send_message
from players.hospital import make_order
from players.receiver import Receiver, accept, control_id_of, make_answer

MANY = 120


def queue(openworklist: Any, data: Path, port: int, *more: object) -> None:
    ended = openworklist("send", *more, "--to", f"127.0.0.1:{port}", "--queue", "--data", data)
    assert (ended.returncode, ended.stderr) == (0, "")


def states(openworklist: Any, data: Path) -> list[str]:
    listed = json.loads(openworklist("outbound", "list", "--all", "--json", "--data", data).stdout)
    return [each["state"] for each in listed]


def test_what_waits_is_sent_after_a_kill_in_the_order_in_which_it_was_put(
    start_server: Any, openworklist: Any, tmp_path: Path
) -> None:
    orders = tmp_path / "orders.hl7"
    orders.write_bytes(b"".join(make_order(str(n), control_id=f"C{n:03}") for n in range(MANY)))
    server = start_server(tmp_path / "data")
    with Receiver() as receiver:
        queue(openworklist, server.data, receiver.port, orders)
        receiver.wait_for(MANY // 4)
        server.kill()
        other = start_server(tmp_path / "data")
        receiver.wait_for_id(f"C{MANY - 1:03}")
        assert other.stop() == 0
        ids = [control_id_of(message) for message in receiver.received]
    assert list(dict.fromkeys(ids)) == [f"C{n:03}" for n in range(MANY)]
    assert len(ids) <= MANY + 1  # the one under way at the kill came twice


def test_a_record_is_sent_again_until_it_is_taken(
    start_server: Any, openworklist: Any, tmp_path: Path
) -> None:
    server = start_server(tmp_path / "data")
    send_message("127.0.0.1", server.hl7, make_order("1", "Müller^Jörg", charset="8859/1", codec="latin_1"))
    answers = iter((None, "AR", "AA"))

    def answer(message: bytes) -> list[bytes] | None:
        code = next(answers, "AA")
        return [make_answer(message, code)] if code else None

    with Receiver(answer) as receiver:
        queue(openworklist, server.data, receiver.port, "--record", 1)
        receiver.wait_for(3)
        assert server.stop() == 0
        assert len(set(receiver.received)) == 1
    assert b"PID|1||1^^^HOSP||M\xfcller^J\xf6rg" in receiver.received[0]
    assert states(openworklist, server.data) == ["sent"]


def test_what_is_refused_for_good_is_given_up_and_the_rest_goes_on(
    start_server: Any, openworklist: Any, tmp_path: Path
) -> None:
    server = start_server(tmp_path / "data")
    orders = tmp_path / "orders.hl7"
    orders.write_bytes(make_order("1", control_id="BAD") + make_order("2", control_id="GOOD"))

    def answer(message: bytes) -> list[bytes]:
        return [make_answer(message, "AE")] if control_id_of(message) == "BAD" else accept(message)

    with Receiver(answer) as receiver:
        queue(openworklist, server.data, receiver.port, orders)
        receiver.wait_for(2)
        assert server.stop() == 0
    assert sorted(states(openworklist, server.data)) == ["dead", "sent"]
    log = server.log.read_text()
    assert 'event="a message was given up" outbound=1 ' in log
    assert "a delivery failed" not in log
    dropped = openworklist("outbound", "drop", "--dead", "--data", server.data)
    assert dropped.returncode == 0
    assert sorted(states(openworklist, server.data)) == ["dropped", "sent"]


@contextmanager
def foreign_receiver() -> Iterator[tuple[int, list[str], threading.Semaphore]]:
    """python-hl7's own server; its port, the control IDs that it got, and one permit for each."""
    ids: list[str] = []
    arrived = threading.Semaphore(0)
    loop = asyncio.new_event_loop()
    ended = asyncio.Event()
    ready: Any = threading.Event()
    ports: list[int] = []

    async def talk(reader: Any, writer: Any) -> None:
        try:
            while not writer.is_closing():
                message = await reader.readmessage()
                ids.append(str(message.segment("MSH")[10]))
                writer.writemessage(message.create_ack())
                await writer.drain()
                arrived.release()
        except asyncio.IncompleteReadError:
            writer.close()

    async def serve() -> None:
        async with await start_hl7_server(talk, host="127.0.0.1", port=0, encoding="utf-8") as served:
            ports.append(served.sockets[0].getsockname()[1])
            ready.set()
            await ended.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    try:
        assert ready.wait(30)
        yield ports[0], ids, arrived
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(30)
        loop.close()


def test_another_implementation_gets_what_is_queued(
    start_server: Any, openworklist: Any, tmp_path: Path
) -> None:
    server = start_server(tmp_path / "data")
    orders = tmp_path / "orders.hl7"
    orders.write_bytes(make_order("1", control_id="A") + make_order("2", control_id="B"))
    with foreign_receiver() as (port, ids, arrived):
        queue(openworklist, server.data, port, orders)
        assert all(arrived.acquire(timeout=30) for _ in range(2))
        assert server.stop() == 0
        assert ids == ["A", "B"]
    assert states(openworklist, server.data) == ["sent", "sent"]


@pytest.mark.parametrize("arguments", [(), ("--record", "9")])
def test_nothing_to_send_is_told(openworklist: Any, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    ended = openworklist("send", *arguments, "--to", "127.0.0.1:1", "--data", tmp_path / "none")
    assert ended.returncode in (1, 2)
    assert ended.stderr
