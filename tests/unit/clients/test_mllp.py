import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from openworklist.clients.mllp import MllpClient, send_message
from openworklist.domain.errors import PeerError
from openworklist.hl7.framing import wrap


@contextmanager
def peer(*answers: bytes, is_slow: bool = False) -> Iterator[int]:
    """A port whose one caller gets these answers, one for each of its messages, and is then closed."""
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(10)

    def play() -> None:
        connection, _ = server.accept()
        with connection:
            connection.settimeout(10)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for answer in answers:
                connection.recv(65536)
                for piece in [answer[i : i + 1] for i in range(len(answer))] if is_slow else [answer]:
                    connection.sendall(piece)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass

    thread = threading.Thread(target=play)
    thread.start()
    try:
        yield server.getsockname()[1]
    finally:
        thread.join(10)
        server.close()


def test_the_acknowledgement_comes_back_without_its_framing() -> None:
    with peer(wrap(b"MSH|ACK")) as port:
        assert send_message("127.0.0.1", port, b"MSH|ORM") == b"MSH|ACK"


def test_several_messages_go_over_one_connection() -> None:
    with peer(wrap(b"one"), b"noise" + wrap(b"two")) as port, MllpClient("127.0.0.1", port) as client:
        assert client.send(b"1") == b"one"
        assert client.send(b"2") == b"two"


def test_an_answer_that_comes_byte_by_byte_is_one_answer() -> None:
    with peer(wrap(b"MSH|ACK"), is_slow=True) as port:
        assert send_message("127.0.0.1", port, b"MSH|ORM") == b"MSH|ACK"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"", "it closed the connection before it answered"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "it closed the connection before it answered"),
        (b"\x0bMSH|", "its answer broke off"),
    ],
)
def test_a_peer_that_does_not_answer_properly_is_told(answer: bytes, reason: str) -> None:
    with peer(answer) as port, pytest.raises(PeerError, match=reason):
        send_message("127.0.0.1", port, b"MSH|")


def test_a_peer_that_is_silent_is_told_after_the_time_out() -> None:
    server = socket.create_server(("127.0.0.1", 0))
    with server, pytest.raises(PeerError, match=r"did not answer within 0\.1 seconds") as caught:
        send_message("127.0.0.1", server.getsockname()[1], b"MSH|", timeout=0.1)
    assert caught.value.code == "peer.timeout"


def test_a_port_that_nobody_listens_on_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(PeerError, match=f"127.0.0.1:{port} cannot be reached") as caught:
        send_message("127.0.0.1", port, b"MSH|", timeout=5)
    assert caught.value.code == "peer.unreachable"


def test_a_port_that_is_no_port_is_told() -> None:
    with pytest.raises(PeerError, match="cannot be reached"):
        send_message("127.0.0.1", 70_000, b"MSH|", timeout=5)
