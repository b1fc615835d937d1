"""Nodes that send half a PDU, or one without end: whoever asks them is let go, and so is the thread."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pynetdicom import AE, evt
from pynetdicom.sop_class import ModalityWorklistInformationFind  # type: ignore[attr-defined]

from openworklist.clients import dicom_question
from openworklist.clients.dicom import Node
from openworklist.clients.dicom_question import Terms
from openworklist.domain.errors import PeerError

# pynetdicom as a server leaves the sockets of peers that were quicker to be closed by themselves.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
HALF = b"\x04\0\0\0\x10\0"  # of a P-DATA-TF that says it has 4,096 bytes


@pytest.fixture
def speak() -> Iterator[Callable[[bytes], Node]]:
    """A port that answers the association request with these bytes, and then nothing."""
    is_over = threading.Event()
    sockets: list[socket.socket] = []

    def start(said: bytes) -> Node:
        port = socket.create_server(("127.0.0.1", 0))
        sockets.append(port)

        def answer() -> None:
            with port.accept()[0] as line, suppress(OSError):
                line.recv(65_536)
                line.sendall(said)
                is_over.wait(60)

        threading.Thread(target=answer, daemon=True).start()
        return Node("127.0.0.1", port.getsockname()[1], "NODE", "ME", timeout=0.5)

    yield start
    is_over.set()
    for each in sockets:
        each.close()


@pytest.fixture
def serve() -> Iterator[Callable[..., Node]]:
    servers: list[Any] = []

    def start(answer: Callable[[Any], Iterator[tuple[int, Dataset | None]]], timeout: float) -> Node:
        entity = AE(ae_title="NODE")
        entity.add_supported_context(ModalityWorklistInformationFind)
        server = entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=[(evt.EVT_C_FIND, answer)])
        servers.append(server)
        return Node("127.0.0.1", server.server_address[1], "NODE", "ME", timeout=timeout)

    yield start
    for server in servers:
        server.shutdown()


@pytest.mark.parametrize(
    "said",
    [b"\x02\0\0\0\x10\0half", b"\x02\0\xff\xff\xff\xff" + bytes(100_000), b"\x02", b""],
    ids=["half", "four gigabytes", "a byte", "nothing"],
)
def test_an_association_that_is_never_accepted_is_given_up(
    speak: Callable[[bytes], Node], said: bytes
) -> None:
    with pytest.raises(PeerError) as caught:
        speak(said).echo()
    assert caught.value.code == "peer.unreachable"


def test_an_answer_that_ends_within_a_pdu_is_waited_for_no_longer_than_another(
    serve: Callable[..., Node],
) -> None:
    is_over = threading.Event()

    def answer(event: Any) -> Iterator[tuple[int, Dataset | None]]:
        event.assoc.dul.socket.socket.sendall(HALF)
        is_over.wait(60)
        yield 0x0000, None

    with pytest.raises(PeerError, match="did not answer the worklist question") as caught:
        serve(answer, 0.5).ask({}, Terms())
    is_over.set()
    assert caught.value.code == "peer.timeout"


@pytest.mark.parametrize("has_grace", [True, False])
def test_a_question_ends_in_all_within_a_pdu_too(
    serve: Callable[..., Node], monkeypatch: pytest.MonkeyPatch, has_grace: bool
) -> None:
    monkeypatch.setattr(dicom_question, "_GRACE", 0.3 if has_grace else 0)
    is_over = threading.Event()

    def answer(event: Any) -> Iterator[tuple[int, Dataset | None]]:
        event.assoc.dul.socket.socket.sendall(HALF)
        is_over.wait(60)
        yield 0x0000, None

    before = threading.active_count()
    with pytest.raises(PeerError, match="did not end the worklist question") as caught:
        serve(answer, 600).ask({}, Terms(total=0.5))
    ours = [each for each in threading.enumerate() if "RQ" in each.name]
    is_over.set()
    assert caught.value.code == "peer.timeout"
    assert not ours or threading.active_count() <= before


def test_who_presses_ctrl_c_does_not_wait_for_the_node(serve: Callable[..., Node]) -> None:
    is_let_go = threading.Event()

    def answer(event: Any) -> Iterator[tuple[int, Dataset | None]]:
        dataset = Dataset()
        dataset.PatientID = "1"
        try:
            while True:
                yield 0xFF00, dataset
                is_let_go.wait(0.01)
        finally:
            is_let_go.set()

    def press(count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        serve(answer, 600).ask({}, Terms(on_answer=press))
    assert is_let_go.wait(60)


def test_a_node_that_answers_for_ever_is_ended_before_the_memory_is_full(
    serve: Callable[..., Node], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dicom_question, "_MOST_IN_ALL", 10_000)

    def answer(event: Any) -> Iterator[tuple[int, Dataset | None]]:
        dataset = Dataset()
        dataset.PatientID = "1"
        while event.assoc.is_established:
            yield 0xFF00, dataset

    with pytest.raises(PeerError, match="sends more than can be held after") as caught:
        serve(answer, 20).ask({}, Terms())
    assert caught.value.code == "peer.protocol"
