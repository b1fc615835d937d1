"""Opening sockets; what cannot be opened is told with its listener, the address and the way out."""

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from openworklist.domain.errors import ListenError
from openworklist.listeners.binding import open_sockets, show


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


def opened(stack: ExitStack, host: str, port: int = 0) -> list[socket.socket]:
    return [stack.enter_context(sock) for sock in open_sockets("HL7", host, port)]


def has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


def test_one_address_is_one_socket_that_listens_already(stack: ExitStack) -> None:
    (sock,) = opened(stack, "127.0.0.1")
    host, port = sock.getsockname()
    assert host == "127.0.0.1"
    assert port > 0
    with socket.create_connection((host, port), 10):
        pass


@pytest.mark.parametrize("host", ["", "*"])
def test_every_address_is_ipv4_and_ipv6_on_one_port(stack: ExitStack, host: str) -> None:
    sockets = opened(stack, host)
    assert len({sock.getsockname()[1] for sock in sockets}) == 1
    assert sockets[0].family == socket.AF_INET
    if has_ipv6():
        assert [sock.family for sock in sockets] == [socket.AF_INET, socket.AF_INET6]


def test_a_host_is_opened_on_each_of_its_addresses(stack: ExitStack) -> None:
    addresses = {sock.getsockname()[0] for sock in opened(stack, "localhost")}
    assert addresses <= {"127.0.0.1", "::1"}
    assert addresses


def test_a_taken_port_is_told_and_nothing_stays_open(stack: ExitStack) -> None:
    port = opened(stack, "127.0.0.1")[0].getsockname()[1]
    with pytest.raises(ListenError) as caught:
        open_sockets("web", "", port)
    assert (
        caught.value.sentence
        == f"The web listener cannot open 0.0.0.0:{port}: another program holds this port."
    )
    assert caught.value.where == f"0.0.0.0:{port}"
    assert "choose another port" in caught.value.hint
    if has_ipv6():
        # The other family's socket, which could be opened, was closed again.
        with socket.create_server(("::1", port), family=socket.AF_INET6):
            pass


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6: enable it to test both families")
def test_a_port_that_only_ipv6_has_taken_is_taken_too(stack: ExitStack) -> None:
    taken = stack.enter_context(socket.create_server(("::", 0), family=socket.AF_INET6))
    port = taken.getsockname()[1]
    with pytest.raises(ListenError, match="another program holds this port") as caught:
        open_sockets("DICOM", "", port)
    assert caught.value.where == f"[::]:{port}"
    (sock,) = opened(stack, "127.0.0.1", port)  # IPv4 was let go
    assert sock.getsockname()[1] == port


def test_an_address_of_another_machine_is_told() -> None:
    with pytest.raises(ListenError, match=r"192\.0\.2\.1:0: this machine has no such address") as caught:
        open_sockets("HL7", "192.0.2.1", 0)
    assert caught.value.hint == "choose another address"


def test_a_host_that_nobody_knows_is_told() -> None:
    with pytest.raises(ListenError, match=r"nobody knows the host 'no\.such") as caught:
        open_sockets("HL7", "no.such.host.invalid", 3001)
    assert caught.value.code == "listener.port-taken"


@pytest.mark.skipif(os.name != "posix", reason="elsewhere the option would share the port")
def test_a_port_whose_last_connection_lingers_can_be_opened_again() -> None:
    (sock,) = open_sockets("HL7", "127.0.0.1", 0)
    port = sock.getsockname()[1]
    sock.setblocking(True)
    with socket.create_connection(("127.0.0.1", port), 10) as client:
        accepted, _ = sock.accept()
        accepted.close()  # the server closes first: the address lingers on its side
        assert client.recv(1) == b""
    sock.close()
    for again in open_sockets("HL7", "127.0.0.1", port):
        again.close()


def test_addresses_are_shown_as_people_type_them() -> None:
    assert show("127.0.0.1", 3001) == "127.0.0.1:3001"
    assert show("::1", 3001) == "[::1]:3001"
