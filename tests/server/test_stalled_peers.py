"""A thousand peers connect and stall, in every way there is: the next scanner is answered all the same."""

import re
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from openworklist.clients.dicom import Node
from openworklist.dicom.items import ProposedContext
from openworklist.dicom.pdu import AssociateRequest, encode
from openworklist.dicom.sop_classes import APPLICATION_CONTEXT
from openworklist.dicom.user_information import UserInformation
from openworklist.domain.destination import Tls
from players.line import Line
from players.scanner import IMPLICIT, WORKLIST

STALLED = 1_000
REQUEST = encode(
    AssociateRequest(
        "OPENWORKLIST",
        "CT01",
        APPLICATION_CONTEXT,
        (ProposedContext(1, WORKLIST, (IMPLICIT,)),),
        UserInformation(16_384, "1.2.3"),
    )
)
HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100)


def stall(stack: ExitStack, port: int, beginning: bytes) -> socket.socket:
    peer = stack.enter_context(socket.create_connection(("127.0.0.1", port), 30))
    peer.sendall(beginning)
    return peer


def stall_secured(stack: ExitStack, port: int, papers: Path) -> None:
    """The handshake is done, and then nothing follows."""
    context = ssl.create_default_context(cafile=papers / "ca.pem")
    plain = socket.create_connection(("127.0.0.1", port), 30)
    stack.enter_context(context.wrap_socket(plain, server_hostname="localhost"))


@pytest.fixture
def start(
    start_server: Callable[..., Any], free_ports: Callable[[int], list[int]], papers: Path, tmp_path: Path
) -> Callable[..., tuple[Any, int]]:
    def begin(*flags: str) -> tuple[Any, int]:
        (port,) = free_ports(1)
        pair = ("--tls-certificate", str(papers / "server.pem"), "--tls-key", str(papers / "server.key"))
        return start_server(tmp_path / "data", "--dicom-tls-port", str(port), *pair, *flags), port

    return begin


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


@pytest.mark.parametrize("flags", [(), ("--dicom-max-pending", "50", "--tls-handshake-timeout", "0")])
@pytest.mark.parametrize("is_secured", [False, True], ids=["plain", "TLS"])
def test_the_next_one_is_answered(
    start: Callable[..., tuple[Any, int]],
    stack: ExitStack,
    papers: Path,
    flags: tuple[str, ...],
    is_secured: bool,
) -> None:
    server, tls_port = start("--dicom-artim-timeout", "0", *flags)
    settled = stack.enter_context(Line(server.dicom))
    settled.send(REQUEST)
    settled.read_pdu()
    port = tls_port if is_secured else server.dicom
    halves = (b"", HELLO[:1], HELLO) if is_secured else (b"", REQUEST[:1], REQUEST[:100])
    for number in range(STALLED):
        if is_secured and number % 10 == 0:
            stall_secured(stack, port, papers)
        else:
            stall(stack, port, halves[number % 3])

    assert Node("127.0.0.1", server.dicom, timeout=30).echo() > 0
    tls = Tls(str(papers / "ca.pem"))
    assert Node("127.0.0.1", tls_port, timeout=30, tls=tls).find({"patient_id": "NOBODY"}) == []
    settled.send(b"\x05\0\0\0\0\x04\0\0\0\0")  # its release is answered: it was not the one that gave way
    settled.read_pdu()

    assert server.stop() == 0
    log = server.log.read_text()
    reached = re.search(r"dicom_max_pending_reached=(\d+)", log)
    if flags:
        assert reached
        assert int(reached[1]) >= STALLED - 50
        assert log.count("dicom_max_pending are waiting") < 20  # a flood does not fill the log
    else:
        assert not reached
    assert "Traceback" not in log


def test_a_thousand_that_stall_behind_one_address_leave_room_for_the_next(
    start_server: Callable[..., Any], stack: ExitStack, tmp_path: Path
) -> None:
    server = start_server(tmp_path / "data")
    for number in range(STALLED):
        scanner = stack.enter_context(Line(server.dicom))
        scanner.send(REQUEST)
        scanner.read_pdu()
        scanner.send((b"", b"\x04", b"\x04\0\0\0\x10\0half")[number % 3])
        stall(stack, server.hl7, (b"", b"\x0b", b"\x0bMSH|^~\\&|")[number % 3])
    assert Node("127.0.0.1", server.dicom, timeout=30).find({"patient_id": "NOBODY"}) == []
    sender = stack.enter_context(Line(server.hl7))
    sender.send(b"\x10\x5a\x0d")
    assert sender.read_exactly(2) == b"\x10\x0d"
    assert server.stop() == 0


def test_silent_senders_give_way_to_one_that_talks(
    start_server: Callable[..., Any], stack: ExitStack, tmp_path: Path
) -> None:
    server = start_server(tmp_path / "data", "--hl7-max-connections", "50")
    for number in range(200):
        stall(stack, server.hl7, (b"", b"\x0b", b"\x0bMSH|^~\\&|")[number % 3])
    sender = stack.enter_context(Line(server.hl7))
    sender.send(b"\x10\x5a\x0d")
    assert sender.read_exactly(2) == b"\x10\x0d"
    for _ in range(200):
        stall(stack, server.hl7, b"")
    sender.send(b"\x10\x5a\x0d")
    assert sender.read_exactly(2) == b"\x10\x0d"
    assert server.stop() == 0
