"""Thousands who say nothing on every port of a whole server, and those among them who speak."""

import resource
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psutil
import pytest
from pynetdicom import dsutils

from openworklist.clients.mllp import send_message
from openworklist.dicom import dimse
from openworklist.dicom.items import ProposedContext
from openworklist.dicom.pdu import AssociateAccept, AssociateRequest, Data, encode, encode_pieces
from openworklist.dicom.sop_classes import APPLICATION_CONTEXT, VERIFICATION
from openworklist.dicom.user_information import UserInformation
from openworklist.hl7.framing import wrap
from players.hospital import make_order
from players.line import Line
from players.scanner import IMPLICIT, WORKLIST, make_question

MEGABYTE = 1_000_000
MOST_BROWSERS = 1_000
REQUEST = encode(
    AssociateRequest(
        "OPENWORKLIST",
        "CT01",
        APPLICATION_CONTEXT,
        (ProposedContext(1, VERIFICATION, (IMPLICIT,)), ProposedContext(3, WORKLIST, (IMPLICIT,))),
        UserInformation(16_384, "1.2.3"),
    )
)
NO_DATASET = 0x0101
GET = b"GET /readyz HTTP/1.1\r\nHost: worklist\r\n\r\n"


@pytest.fixture
def many_files() -> Iterator[None]:
    """As many files as fifteen thousand connections need; the server takes what it may by itself."""
    wanted = 16_000
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted:
        pytest.skip(f"the file limit is {hard}: raise it with `ulimit -Hn {wanted}`")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def send_order(line: Line, number: str) -> None:
    line.send(wrap(make_order(number)))
    assert f"MSA|AA|{number}".encode() in line.read_frame()


def associate(line: Line) -> None:
    line.send(REQUEST)
    assert isinstance(line.read_pdu(), AssociateAccept)


def send_command(line: Line, context: int, field: int, identifier: bytes | None = None) -> None:
    command = dimse.encode(
        {
            dimse.COMMAND_FIELD: field,
            dimse.MESSAGE_ID: 1,
            dimse.DATA_SET_TYPE: NO_DATASET if identifier is None else 1,
        }
    )
    pieces = encode_pieces(context, command, 0, is_command=True)
    if identifier is not None:
        pieces += encode_pieces(context, identifier, 0, is_command=False)
    line.send(b"".join(pieces))


def read_status(line: Line) -> int | None:
    """The status of a response, whose identifier is read too."""
    answer = line.read_pdu()
    assert isinstance(answer, Data)
    command = dimse.decode(answer.pdvs[0].data)
    if command.has_dataset:
        line.read_pdu()
    return command.find_number(dimse.STATUS)


def echo(line: Line) -> None:
    send_command(line, 1, 0x30)
    assert read_status(line) == 0


def find(line: Line, number: str) -> None:
    """Not by pynetdicom: its select() knows no file beyond the thousandth."""
    send_command(line, 3, 0x20, dsutils.encode(make_question(PatientID=number), True, True))
    assert [read_status(line), read_status(line)] == [0xFF00, 0]


def get_ready(line: Line) -> None:
    line.send(GET)
    expected = b'{"status":"ready","problems":{}}'
    found = b""
    while not found.endswith(expected):
        found += line.read_exactly(1)
    assert found.startswith(b"HTTP/1.1 200")


def speak(server: Any, number: str) -> None:
    """A hospital, a scanner and a monitor that come anew."""
    assert b"MSA|AA|" in send_message("127.0.0.1", server.hl7, make_order(number))
    with Line(server.dicom) as line:
        associate(line)
        find(line, number)
    with Line(server.web) as line:
        get_ready(line)


def hold(server: Any, count: int, stack: ExitStack) -> tuple[list[Line], list[Line], list[Line]]:
    """`count` open connections on each port, on the web's not beyond its limit; of scanners associations."""
    senders = [stack.enter_context(Line(server.hl7)) for _ in range(count)]
    scanners = []
    for _ in range(count):
        scanners.append(stack.enter_context(Line(server.dicom)))
        associate(scanners[-1])  # at once: of those without an association only so many may wait
    browsers = [stack.enter_context(Line(server.web)) for _ in range(min(count, MOST_BROWSERS))]
    return senders, scanners, browsers


def check_idle(server: Any, count: int, every: int) -> int:
    """Hold connections; those who come are served, and each of those who hold can speak. Bytes of memory."""
    with ExitStack() as stack:
        senders, scanners, browsers = hold(server, count, stack)
        for turn in range(20):
            speak(server, f"CAME{turn}")
        for turn in range(0, count, every):
            send_order(senders[turn], f"HELD{turn}")
            echo(scanners[turn])
            get_ready(browsers[turn % len(browsers)])
        return int(psutil.Process(server.process.pid).memory_info().rss)


def test_a_hundred_that_are_silent_on_every_port_keep_nobody_waiting(server: Any) -> None:
    check_idle(server, 100, 10)


@pytest.mark.long
@pytest.mark.usefixtures("many_files")
def test_5000_that_are_silent_on_every_port_keep_nobody_waiting(start_server: Any, tmp_path: Path) -> None:
    # They all come from one address.
    limits = ("--hl7-max-per-address", "0", "--dicom-max-per-address", "0", "--web-request-timeout", "0")
    server = start_server(tmp_path / "data", *limits)
    assert check_idle(server, 5_000, 50) < 600 * MEGABYTE
    assert server.stop() == 0
    assert "error" not in server.log.read_text()
