"""A port opened for a while, to see what a sender really sends. Nothing is stored."""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from openworklist.domain.errors import ListenError
from openworklist.hl7.ack import REJECTED, Problem, acknowledge, read_header
from openworklist.hl7.framing import MAX_MESSAGE, wrap
from openworklist.hl7.stretches import Kind, Stretch, cut
from openworklist.services.doctor.finding import Level
from openworklist.services.doctor.foreign import find_foreign
from openworklist.services.doctor.framing import Explained, explain_stretch
from openworklist.services.doctor.holders import command_for, find_holders
from openworklist.services.doctor.remarks import Remark

_PIECE: Final = 65_536
_SILENCE: Final = 2.0  # seconds after which what has come so far is shown, and 0x1C ends a message
_MOST: Final = 64 * 1024 * 1024
_PATIENCE: Final = 5.0
_ANYWHERE: Final = frozenset({"", "*"})
_SENTENCE: Final = "Nothing was stored: openworklist doctor listens here. Send it again later."


@dataclass(frozen=True, slots=True)
class Opened:
    """The port is open, at these addresses."""

    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Connected:
    peer: str


@dataclass(frozen=True, slots=True)
class Recognised:
    """The peer speaks something else than HL7."""

    peer: str
    remark: Remark


@dataclass(frozen=True, slots=True)
class Arrived:
    """A stretch of what the peer sends; `is_so_far`: it has fallen silent in the middle of it."""

    peer: str
    explained: Explained
    is_so_far: bool = False


@dataclass(frozen=True, slots=True)
class Closed:
    """The connection has ended, after so many bytes; by us, or by the peer."""

    peer: str
    size: int
    is_ours: bool = False


Happening = Opened | Connected | Recognised | Arrived | Closed


@dataclass(slots=True)
class _Peer:
    name: str
    socket: socket.socket
    buffer: bytearray = field(default_factory=bytearray)
    done: int = 0
    before: Stretch | None = None
    foreign: Remark | None = None
    last_read: float = 0.0
    is_shown: bool = True  # what is unfinished, as far as it has come


@dataclass(frozen=True, slots=True)
class Listener:
    """Listens for `seconds` at most. `has_answers`: messages are answered AR, so that senders keep them."""

    port: int
    host: str = ""
    seconds: float = 60
    has_answers: bool = False
    max_message: int = MAX_MESSAGE

    def run(self) -> Iterator[Happening]:
        """What happens on the port, as it happens. ListenError if it cannot be opened."""
        with ExitStack() as stack:
            selector = stack.enter_context(selectors.DefaultSelector())
            sockets = [stack.enter_context(each) for each in _open(self.host, self.port)]
            for each in sockets:
                selector.register(each, selectors.EVENT_READ)
            yield Opened(tuple(_name(each.getsockname()) for each in sockets))
            peers: dict[socket.socket, _Peer] = {}
            deadline = time.monotonic() + self.seconds
            while (left := deadline - time.monotonic()) > 0:
                for key, _ in selector.select(min(left, _SILENCE / 4)):
                    sock = key.fileobj
                    assert isinstance(sock, socket.socket)
                    if sock in peers:
                        yield from self._read(peers, sock, selector)
                    else:
                        peer = _accept(sock, stack)
                        if peer:
                            peers[peer.socket] = peer
                            selector.register(peer.socket, selectors.EVENT_READ)
                            yield Connected(peer.name)
                for peer in peers.values():
                    yield from self._look_at_silence(peer)
            for peer in peers.values():
                yield from self._finish(peer)
                yield Closed(peer.name, len(peer.buffer), is_ours=True)

    def _read(
        self, peers: dict[socket.socket, _Peer], sock: socket.socket, selector: selectors.BaseSelector
    ) -> Iterator[Happening]:
        peer = peers[sock]
        try:
            data = sock.recv(_PIECE)
        except OSError:  # it broke the connection off
            data = b""
        if data:
            peer.buffer += data
            peer.last_read = time.monotonic()
            peer.is_shown = False
            yield from self._recognise(peer)
            yield from self._take(peer)
        is_too_much = len(peer.buffer) > _MOST
        if not data or is_too_much:
            yield from self._finish(peer)
            selector.unregister(sock)
            sock.close()
            del peers[sock]
            yield Closed(peer.name, len(peer.buffer), is_ours=is_too_much)

    def _recognise(self, peer: _Peer) -> Iterator[Happening]:
        if peer.foreign is None and peer.done == 0:
            foreign = find_foreign(bytes(peer.buffer[:_PIECE]))
            if foreign:
                sentence = f"This is {foreign.name}, not HL7 over MLLP."
                peer.foreign = Remark(0, Level.PROBLEM, sentence, foreign.hint)
                yield Recognised(peer.name, peer.foreign)

    def _take(self, peer: _Peer) -> Iterator[Happening]:
        """What has come to its end."""
        for stretch in cut(peer.buffer, start=peer.done, max_message=self.max_message):
            if not stretch.is_open:
                yield self._explain(peer, stretch)

    def _look_at_silence(self, peer: _Peer) -> Iterator[Happening]:
        if peer.is_shown or time.monotonic() - peer.last_read < _SILENCE:
            return
        peer.is_shown = True
        for stretch in cut(peer.buffer, start=peer.done, max_message=self.max_message):
            if stretch.kind in (Kind.NO_CARRIAGE_RETURN, Kind.NOISE):
                yield self._explain(peer, stretch)
            else:
                explained = explain_stretch(
                    peer.buffer, stretch, peer.before, is_hl7=peer.foreign is None, has_ended=False
                )
                yield Arrived(peer.name, explained, is_so_far=True)

    def _finish(self, peer: _Peer) -> Iterator[Happening]:
        for stretch in cut(peer.buffer, start=peer.done, max_message=self.max_message):
            yield self._explain(peer, stretch)

    def _explain(self, peer: _Peer, stretch: Stretch) -> Arrived:
        explained = explain_stretch(peer.buffer, stretch, peer.before, is_hl7=peer.foreign is None)
        peer.done, peer.before = stretch.end, stretch
        if self.has_answers and stretch.kind in (Kind.MESSAGE, Kind.NO_CARRIAGE_RETURN):
            _answer(peer, stretch)
        return Arrived(peer.name, explained)


def _answer(peer: _Peer, stretch: Stretch) -> None:
    """AR with condition 207, as when the disk is full: the sender tries again, and no order is lost."""
    content = bytes(peer.buffer[stretch.content_start : stretch.content_end])
    header = read_header(content.removeprefix(b"\xef\xbb\xbf").decode("latin_1"), "latin_1")
    now = datetime.now()
    answer = acknowledge(
        header,
        REJECTED,
        now=f"{now:%Y%m%d%H%M%S}",
        control_id=f"DOCTOR{now:%H%M%S%f}",
        problems=(Problem(207, _SENTENCE),),
    )
    with suppress(OSError):  # it has gone, and hears no answer
        peer.socket.sendall(wrap(answer))


def _accept(listening: socket.socket, stack: ExitStack) -> _Peer | None:
    try:
        sock, address = listening.accept()
    except OSError:  # it has gone again
        return None
    stack.callback(sock.close)
    sock.settimeout(_PATIENCE)
    return _Peer(_name(address), sock)


def _open(host: str, port: int) -> list[socket.socket]:
    opened: list[socket.socket] = []
    try:
        if host in _ANYWHERE and socket.has_dualstack_ipv6():
            opened.append(socket.create_server(("", port), family=socket.AF_INET6, dualstack_ipv6=True))
        else:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            opened.append(socket.create_server((host if host not in _ANYWHERE else "", port), family=family))
    except OSError as error:
        holders = [holder for holder in find_holders(port) or () if holder.pid is not None]
        who = f" it is held by {holders[0].describe()}" if holders else f" {error.strerror or error}"
        raise ListenError(
            f"Port {port} cannot be opened:{who}.",
            where=str(port),
            hint="stop that program for a while, or let the sender try another port"
            if holders
            else f"{command_for(port)} shows who holds it",
        ) from error
    for each in opened:
        each.setblocking(False)
    return opened


def _name(address: tuple[object, ...]) -> str:
    host, port = str(address[0]).removeprefix("::ffff:"), address[1]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
