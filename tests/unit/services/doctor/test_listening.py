import socket
from collections.abc import Iterator
from typing import Any

import pytest

from openworklist.domain.errors import ListenError
from openworklist.hl7.framing import wrap
from openworklist.hl7.stretches import Kind
from openworklist.services.doctor.listening import (
    Arrived,
    Closed,
    Connected,
    Happening,
    Listener,
    Opened,
    Recognised,
)

ORDER = b"MSH|^~\\&|RIS|H|OW|RAD|20260314||ORM^O01|M1|P|2.5\rPID|1||P1||DOE^JANE\rORC|NW|1\rOBR|1\r"


def open_listener(**options: Any) -> tuple[Iterator[Happening], int]:
    """What happens on a free port, from now on."""
    happenings = Listener(0, "127.0.0.1", **options).run()
    opened = next(happenings)
    assert isinstance(opened, Opened)
    return happenings, int(opened.addresses[0].rpartition(":")[2])


def until_closed(happenings: Iterator[Happening]) -> list[Happening]:
    found = []
    for each in happenings:
        found.append(each)
        if isinstance(each, Closed):
            break
    return found


def send(port: int, *pieces: bytes) -> str:
    """Send and close; the address it came from."""
    with socket.create_connection(("127.0.0.1", port)) as sender:
        for piece in pieces:
            sender.sendall(piece)
        return "{}:{}".format(*sender.getsockname())


def test_what_a_sender_sends_is_explained_as_it_comes() -> None:
    happenings, port = open_listener()
    peer = send(port, wrap(ORDER), b"\n\x0b", ORDER)

    connected, *arrived, closed = until_closed(happenings)

    assert connected == Connected(peer)
    assert closed == Closed(peer, 2 * len(ORDER) + 5)
    kinds = [each.explained.stretch.kind for each in arrived if isinstance(each, Arrived)]
    assert kinds == [Kind.MESSAGE, Kind.NOISE, Kind.HALF]


def test_several_senders_are_told_apart() -> None:
    happenings, port = open_listener()
    with socket.create_connection(("127.0.0.1", port)) as first:
        name = "{}:{}".format(*first.getsockname())
        first.sendall(b"\x0bMSH|")
        second = send(port, wrap(ORDER))
        until_closed(happenings)
        first.sendall(ORDER[4:] + b"\x1c\r")

    found = [each for each in until_closed(happenings) if isinstance(each, Arrived) and not each.is_so_far]

    assert [(each.peer, each.explained.stretch.kind) for each in found] == [(name, Kind.MESSAGE)]
    assert second != name


def test_another_language_is_recognised() -> None:
    happenings, port = open_listener()
    send(port, b"GET / HTTP/1.1\r\n\r\n")

    recognised = [each for each in until_closed(happenings) if isinstance(each, Recognised)]

    assert [each.remark.sentence for each in recognised] == ["This is HTTP, not HL7 over MLLP."]


def test_without_being_asked_it_answers_nothing() -> None:
    happenings, port = open_listener()
    with socket.create_connection(("127.0.0.1", port)) as sender:
        sender.sendall(wrap(ORDER))
        sender.shutdown(socket.SHUT_WR)
        until_closed(happenings)

        assert sender.recv(1000) == b""


def test_an_answer_tells_the_sender_to_keep_its_message() -> None:
    happenings, port = open_listener(has_answers=True)
    with socket.create_connection(("127.0.0.1", port)) as sender:
        sender.sendall(wrap(ORDER))
        sender.shutdown(socket.SHUT_WR)
        until_closed(happenings)
        answer = sender.makefile("rb").read()

    assert answer.startswith(b"\x0bMSH|^~\\&|OW|RAD|RIS|H|")
    assert b"\rMSA|AR|M1|Nothing was stored" in answer
    assert b"|207^" in answer


def test_who_falls_silent_in_a_message_is_shown_so_far() -> None:
    happenings, port = open_listener()
    with socket.create_connection(("127.0.0.1", port)) as sender:
        sender.sendall(b"\x0b" + ORDER)
        so_far = next(each for each in happenings if isinstance(each, Arrived))
        sender.sendall(b"\x1c\r")
    whole = next(each for each in happenings if isinstance(each, Arrived))

    assert so_far.is_so_far
    assert so_far.explained.does.startswith("waits for the rest")
    assert (whole.is_so_far, whole.explained.stretch.kind) == (False, Kind.MESSAGE)


def test_it_ends_by_itself_and_lets_the_port_go() -> None:
    happenings, port = open_listener(seconds=0.2)

    assert list(happenings) == []
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", port))


def test_at_its_end_it_tells_what_has_come() -> None:
    happenings, port = open_listener(seconds=1)
    with socket.create_connection(("127.0.0.1", port)) as sender:
        sender.sendall(b"\x0bMSH|")
        *_, arrived, closed = list(happenings)

    assert isinstance(arrived, Arrived)
    assert arrived.explained.stretch.kind is Kind.HALF
    assert isinstance(closed, Closed)
    assert closed.is_ours


def test_a_port_that_is_taken_names_its_holder() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(ListenError, match="cannot be opened: ") as raised,
    ):
        next(Listener(taken.getsockname()[1], "127.0.0.1").run())

    assert raised.value.hint
