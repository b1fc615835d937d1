"""A receiver of HL7 messages that keeps what it gets, and answers as a test wants it to."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from openworklist.hl7.framing import Deframer, Frame, wrap
from players.authority import Papers

# What is written back, byte for byte; None ends the connection without an answer, "" is silence.
Answers = Callable[[bytes], "Sequence[bytes] | None"]
_PATIENCE = 30


def control_id_of(message: bytes) -> str:
    return message.split(b"\r")[0].split(b"|")[9].decode()


def make_answer(message: bytes, code: str = "AA", *, control_id: str | None = None, text: str = "") -> bytes:
    """An ACK, in its frame."""
    found = control_id_of(message) if control_id is None else control_id
    return wrap(
        f"MSH|^~\\&|B|B|A|A|||ACK|R{found}|P|2.3\rMSA|{code}|{found}|{text}".rstrip("|").encode() + b"\r"
    )


def accept(message: bytes) -> list[bytes]:
    return [make_answer(message)]


class Receiver:
    """Listens on a port of its own; use it in a `with` statement. `received` is in order of arrival.

    With `papers` it speaks TLS; with `ca` it wants a certificate of that authority. One that `closes` does so
    after each answer.
    """

    def __init__(
        self,
        answers: Answers = accept,
        *,
        port: int = 0,
        papers: Papers | None = None,
        ca: str = "",
        closes: bool = False,
    ) -> None:
        self.received: list[bytes] = []
        self.connections = 0
        self._answers = answers
        self._closes = closes
        self._context = _make_context(papers, ca) if papers else None
        self._server = socket.create_server(("127.0.0.1", port))
        self.port = int(self._server.getsockname()[1])
        self._open: set[socket.socket] = set()
        self._arrived = threading.Condition()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def __enter__(self) -> Receiver:
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self.hang_up()
        self._thread.join(_PATIENCE)

    def hang_up(self) -> None:
        """Close the connections that are open, as one that restarts does."""
        for each in list(self._open):
            with suppress(OSError):
                socket.socket.shutdown(each, socket.SHUT_RDWR)

    @property
    def control_ids(self) -> list[str]:
        return [control_id_of(message) for message in self.received]

    def wait_for(self, count: int) -> None:
        """Until so many messages have arrived."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.received) >= count, _PATIENCE), self.control_ids

    def wait_for_id(self, control_id: str) -> None:
        """Until the message with that MSH-10 has arrived."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: control_id in self.control_ids, _PATIENCE), self.control_ids

    def _listen(self) -> None:
        threads = []
        with suppress(OSError):
            while True:
                plain, _ = self._server.accept()
                self.connections += 1
                threads.append(threading.Thread(target=self._serve, args=(plain,), daemon=True))
                threads[-1].start()
        for thread in threads:
            thread.join(_PATIENCE)

    def _serve(self, plain: socket.socket) -> None:
        plain.settimeout(_PATIENCE)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._open.add(plain)
        sock = plain
        with suppress(OSError):
            sock = self._context.wrap_socket(plain, server_side=True) if self._context else plain
            self._open.add(sock)
            for message in _read_messages(sock):
                with self._arrived:
                    self.received.append(message)
                    self._arrived.notify_all()
                answers = self._answers(message)
                for answer in answers or ():
                    sock.sendall(answer)
                if answers is None or self._closes:
                    break
        for each in (plain, sock):
            self._open.discard(each)
            each.close()


def _read_messages(sock: socket.socket) -> Iterator[bytes]:
    deframer = Deframer()
    while data := sock.recv(1 << 16):
        yield from (event.content for event in deframer.feed(data) if isinstance(event, Frame))


def _make_context(papers: Papers, ca: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(papers.certificate, papers.key)
    if ca:
        context.load_verify_locations(ca)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


@contextmanager
def closed_port() -> Iterator[int]:
    """A port on which nobody listens while this lasts: it is held, and refuses."""
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        yield int(holder.getsockname()[1])
