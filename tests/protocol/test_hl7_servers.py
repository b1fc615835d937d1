"""`openworklist send` to the MLLP servers of python-hl7 and hl7apy: what they read, what we make of it."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hl7
import pytest
from hl7.mllp import start_hl7_server
from hl7apy.core import Message
from hl7apy.mllp import AbstractErrorHandler, AbstractHandler, MLLPServer
from hl7apy.parser import parse_message

from players.hospital import make_order

NAME = "Żółkiewski^Łucjan^^^Dr."


class Heard(list[tuple[str, str, str]]):
    """Of each message that a server read: the control ID, the patient's family and given name."""

    port = 0


def make_acknowledgement(control_id: str, code: str) -> str:
    return f"MSH|^~\\&|PEER|THERE|RIS|H|20260314080000||ACK|P{control_id}|P|2.3.1\rMSA|{code}|{control_id}\r"


def code_for(control_id: str) -> str:
    return "AE" if control_id.startswith("BAD") else "AA"


class PythonHl7Server:
    """Its asyncio server on a loop of its own; a connection is answered until it ends."""

    def __init__(self, heard: Heard) -> None:
        self._heard = heard
        self._loop = asyncio.new_event_loop()
        self._is_up = threading.Event()
        self._over = asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),))

    def __enter__(self) -> None:
        self._thread.start()
        assert self._is_up.wait(30)

    def __exit__(self, *ended: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(30)
        self._loop.close()

    async def _serve(self) -> None:
        server = await start_hl7_server(self._answer, "127.0.0.1", 0, encoding="utf-8")
        self._heard.port = server.sockets[0].getsockname()[1]
        self._is_up.set()
        async with server:
            await self._over.wait()

    async def _answer(self, reader: Any, writer: Any) -> None:
        while True:
            try:
                message = await reader.readmessage()
            except asyncio.IncompleteReadError:
                break
            control_id = str(message["MSH.F10"])
            self._heard.append((control_id, str(message["PID.F5.R1.C1"]), str(message["PID.F5.R1.C2"])))
            writer.writemessage(hl7.parse(make_acknowledgement(control_id, code_for(control_id))))
            await writer.drain()
        writer.close()
        await writer.wait_closed()


class _Handler(AbstractHandler):
    def __init__(self, message: str, heard: Heard) -> None:
        super().__init__(message)
        self._heard = heard

    def reply(self) -> str:
        message = parse_message(self.incoming_message, find_groups=False)
        control_id = message.msh.msh_10.value
        name = message.pid.pid_5
        self._heard.append((control_id, name.pid_5_1.to_er7(), name.pid_5_2.to_er7()))
        answer = Message("ACK", version="2.3.1")
        answer.msh.msh_9 = "ACK"
        answer.msa.msa_1 = code_for(control_id)
        answer.msa.msa_2 = control_id
        framed: str = answer.to_mllp()
        return framed


class _Refusal(AbstractErrorHandler):
    """For a message of a type that nobody handles."""

    def __init__(self, error: Exception, message: str, heard: Heard) -> None:
        super().__init__(error, message)

    def reply(self) -> str:
        control_id = parse_message(self.incoming_message, find_groups=False).msh.msh_10.value
        return f"\x0b{make_acknowledgement(control_id, 'AR')}\x1c\r"


class Hl7apyServer:
    """Its threading server; a connection ends with its first answer."""

    def __init__(self, heard: Heard) -> None:
        handlers = {"ORM^O01": (_Handler, heard), "ERR": (_Refusal, heard)}
        self._server = MLLPServer("127.0.0.1", 0, handlers)
        heard.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *ended: object) -> None:
        self._server.shutdown()
        self._thread.join(30)
        self._server.server_close()


@pytest.fixture(params=[PythonHl7Server, Hl7apyServer])
def heard(request: pytest.FixtureRequest) -> Iterator[Heard]:
    heard = Heard()
    with request.param(heard):
        yield heard


@pytest.fixture
def python_hl7() -> Iterator[Heard]:
    heard = Heard()
    with PythonHl7Server(heard):
        yield heard


def write_order(folder: Path, control_id: str, **more: str) -> Path:
    file = folder / f"{control_id}.hl7"
    file.write_bytes(make_order("7", NAME, control_id=control_id, charset="UNICODE UTF-8", **more))
    return file


def test_an_order_is_read_there_and_its_answer_shown_here(
    heard: Heard, openworklist: Any, tmp_path: Path
) -> None:
    ended = openworklist("send", write_order(tmp_path, "GOOD"), "--to", f"127.0.0.1:{heard.port}")

    assert ended.returncode == 0, ended.stderr
    assert "MSA|AA|GOOD" in ended.stdout
    assert heard == [("GOOD", "Żółkiewski", "Łucjan")]


def test_an_error_that_it_answers_is_exit_1(heard: Heard, openworklist: Any, tmp_path: Path) -> None:
    ended = openworklist("send", write_order(tmp_path, "BAD1"), "--to", f"127.0.0.1:{heard.port}")

    assert (ended.returncode, heard[0][0]) == (1, "BAD1")
    assert "MSA|AE|BAD1" in ended.stdout


def test_a_type_that_it_does_not_handle_is_exit_1(openworklist: Any, tmp_path: Path) -> None:
    heard = Heard()
    file = write_order(tmp_path, "OTHER")
    file.write_bytes(file.read_bytes().replace(b"ORM^O01", b"ORU^R01"))
    with Hl7apyServer(heard):
        ended = openworklist("send", file, "--to", f"127.0.0.1:{heard.port}")

    assert (ended.returncode, heard) == (1, [])
    assert "MSA|AR|OTHER" in ended.stdout


def test_many_go_over_one_connection_and_are_counted(
    python_hl7: Heard, openworklist: Any, tmp_path: Path
) -> None:
    numbers = ["M1", "BAD2", "M3", "M4"]
    files = [write_order(tmp_path, number, comment="x" * 20_000) for number in numbers]

    ended = openworklist("send", *files, "--to", f"127.0.0.1:{python_hl7.port}")

    assert ended.returncode == 1
    assert ended.stdout.splitlines()[-1] == "3 of 4 accepted"
    assert [control_id for control_id, *_ in python_hl7] == numbers


def test_a_server_that_hangs_up_after_each_answer_gets_the_next_message_too(
    openworklist: Any, tmp_path: Path
) -> None:
    files = [write_order(tmp_path, number) for number in ("H1", "H2")]
    heard = Heard()
    with Hl7apyServer(heard):
        ended = openworklist("send", *files, "--to", f"127.0.0.1:{heard.port}")

    assert ended.returncode == 0
    assert "MSA|AA|H1" in ended.stdout
    assert ended.stdout.endswith("2 of 2 accepted\n")
