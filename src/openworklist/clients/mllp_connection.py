"""One MLLP connection to a receiver: whole messages out, whole answers in. What they say is not read."""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from typing import Final

from openworklist.clients import tls
from openworklist.domain.destination import Destination
from openworklist.domain.errors import PeerError, Unanswered
from openworklist.hl7.framing import MAX_MESSAGE, Deframer, Frame, HalfFrame, Oversize, wrap

_PIECE: Final = 65_536
_TLS_ALERT: Final = b"\x15\x03"  # RFC 8446 5.1: how a TLS port answers what is not TLS
_NO_ANSWER: Final = "check that it is an HL7 port and that acknowledgements are switched on there"
_CLOSED: Final = "check that it is an HL7 port, and whether it wants TLS"


class MllpConnection:
    """Open from the beginning, or a PeerError: `connect_timeout` and `timeout` are in seconds.

    Errors are PeerErrors, and Unanswered where a whole message went out before.
    """

    def __init__(self, destination: Destination, *, connect_timeout: float, timeout: float) -> None:
        self._destination = destination
        self._timeout = timeout
        self._deframer = Deframer(MAX_MESSAGE)
        self._waiting: list[bytes] = []
        self._has_answered = False
        self._socket = connect(destination, connect_timeout)

    def close(self) -> None:
        self._socket.close()

    def abort(self) -> None:
        """End it from another thread: who waits for an answer gets Unanswered."""
        with contextlib.suppress(OSError):
            # Not SSLSocket's own: it would take the state away under who reads.
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def has_ended(self) -> bool:
        """Whether the peer has closed it. What came unasked is thrown away: it answers nothing sent later."""
        self._socket.settimeout(0)
        try:
            while data := self._socket.recv(_PIECE):
                self._deframer.feed(data)
        except (BlockingIOError, ssl.SSLWantReadError):
            self._waiting.clear()
            return self._deframer.is_inside
        except OSError:
            return True
        return True

    def hand_over(self, content: bytes) -> None:
        """Give a message to the network. If that fails it cannot have arrived whole."""
        self._socket.settimeout(self._timeout)
        try:
            self._socket.sendall(wrap(content))
        except TimeoutError:
            raise self._silent(PeerError, "did not read the message", _NO_ANSWER) from None
        except OSError as error:
            raise self._explain(error, PeerError) from error

    def receive(self, deadline: float) -> bytes:
        """The next message that comes, without framing, until a moment of the monotonic clock."""
        while not self._waiting:
            try:
                self._socket.settimeout(_time_left(deadline))
                data = self._socket.recv(_PIECE)
            except TimeoutError:
                raise self._silent(Unanswered, "did not answer", _NO_ANSWER) from None
            except OSError as error:
                raise self._explain(error, Unanswered) from error
            self._take(data)
        return self._waiting.pop(0)

    def _take(self, data: bytes) -> None:
        is_begun = self._deframer.is_inside
        for event in self._deframer.feed(data) if data else self._deframer.finish():
            if isinstance(event, Frame):
                self._waiting.append(event.content)
                self._has_answered = True
            elif isinstance(event, HalfFrame):
                raise self._broken(Unanswered, "its answer broke off", "peer.closed")
            elif isinstance(event, Oversize):
                raise self._broken(Unanswered, f"its answer has {event.size} bytes")
        if data.startswith(_TLS_ALERT) and not is_begun and not self._destination.tls:
            name = self._destination.name
            raise PeerError(f"{name} wants TLS.", where=name, code="peer.tls", hint="connect to it with TLS")
        if not data and not self._waiting:
            raise self._broken(Unanswered, "it closed the connection before it answered", "peer.closed")

    def _explain(self, error: OSError, kind: type[PeerError]) -> PeerError:
        if self._destination.tls and "ALERT" not in (getattr(error, "reason", None) or ""):
            error = self._find_alert() or error
        if isinstance(error, ssl.SSLError):
            explained = tls.explain(self._destination, error)
            if explained.code == "peer.certificate-refused":
                # TLS 1.3: the peer tells it only when we have begun to send, and has read nothing of it.
                return explained
        code = "peer.closed" if isinstance(error, ConnectionError | ssl.SSLError) else ""
        return self._broken(kind, _reason(error), code)

    def _find_alert(self) -> ssl.SSLError | None:
        """Why the peer has closed, where it said so."""
        try:
            self._socket.settimeout(0)
            self._socket.recv(1)
        except ssl.SSLError as alert:
            return alert
        except (OSError, ValueError):
            return None
        return None

    def _silent(self, kind: type[PeerError], what: str, hint: str) -> PeerError:
        name = self._destination.name
        sentence = f"{name} {what} within {self._timeout:g} seconds."
        return kind(sentence, where=name, code="peer.timeout", hint=hint)

    def _broken(self, kind: type[PeerError], reason: str, code: str = "") -> PeerError:
        name = self._destination.name
        is_plain = code == "peer.closed" and not self._destination.tls
        hint = _CLOSED if is_plain and not self._has_answered else ""
        return kind(f"The connection to {name} failed: {reason}.", where=name, code=code, hint=hint)


def _reason(error: OSError) -> str:
    # OpenSSL's own words name lines of its source.
    return "it broke off" if isinstance(error, ssl.SSLError) else error.strerror or str(error)


def _time_left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def connect(destination: Destination, patience: float) -> socket.socket:
    """A socket to a destination, secured if wanted; PeerError if there is none within so many seconds."""
    # Files that cannot be used are told before anybody is called.
    context = tls.make_context(destination.tls) if destination.tls else None
    try:
        sock = socket.create_connection((destination.host, destination.port), patience)
    except TimeoutError:
        raise PeerError(
            f"{destination.name} cannot be reached: no answer within {patience:g} seconds.",
            where=destination.name,
            code="peer.timeout",
            hint="check the address, the port and the firewalls between",
        ) from None
    except (OSError, OverflowError, UnicodeError) as error:
        raise _unreachable(destination, error) from error
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return tls.secure(sock, context, destination) if context else sock
    except OSError as error:
        sock.close()
        raise _unreachable(destination, error) from error
    except BaseException:
        sock.close()
        raise


def _unreachable(destination: Destination, error: Exception) -> PeerError:
    reason = getattr(error, "strerror", None) or str(error)
    return PeerError(
        f"{destination.name} cannot be reached: {reason}.",
        where=destination.name,
        code="peer.unreachable",
        hint="check the address and the port, and that the receiver runs",
    )
