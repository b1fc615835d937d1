"""Sending a message over MLLP and waiting for its acknowledgement: one connection, one message at a time."""

from __future__ import annotations

import socket
import time
from types import TracebackType
from typing import Final

from openworklist.domain.errors import PeerError
from openworklist.hl7.framing import MAX_MESSAGE, Deframer, Frame, HalfFrame, Oversize, wrap

_PIECE: Final = 65_536


class MllpClient:
    """A connection to an HL7 host; use it in a `with` statement. Every trouble is a PeerError.

    `timeout` is in seconds, for the connection and for each acknowledgement.
    """

    def __init__(self, host: str, port: int, *, timeout: float = 30) -> None:
        self._host = host
        self._port = port
        self._timeout = timeout
        self._deframer = Deframer(MAX_MESSAGE)
        self._waiting: list[bytes] = []
        self._socket = self._connect()

    def __enter__(self) -> MllpClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._socket.close()

    def send(self, content: bytes) -> bytes:
        """Send one message, without framing, and return the bytes of its acknowledgement."""
        try:
            self._socket.settimeout(self._timeout)
            self._socket.sendall(wrap(content))
            return self._receive()
        except TimeoutError:
            raise PeerError(
                f"{self._name} did not answer within {self._timeout:g} seconds.",
                where=self._name,
                code="peer.timeout",
                hint="check that it is an HL7 port and that acknowledgements are switched on there",
            ) from None
        except OSError as error:
            raise self._broken(error.strerror or str(error)) from error

    @property
    def _name(self) -> str:
        return f"[{self._host}]:{self._port}" if ":" in self._host else f"{self._host}:{self._port}"

    def _connect(self) -> socket.socket:
        try:
            sock = socket.create_connection((self._host, self._port), self._timeout)
        except TimeoutError:
            raise PeerError(
                f"{self._name} cannot be reached: no answer within {self._timeout:g} seconds.",
                where=self._name,
                code="peer.timeout",
                hint="check the address, the port and the firewalls between",
            ) from None
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise PeerError(
                f"{self._name} cannot be reached: {reason}.",
                where=self._name,
                code="peer.unreachable",
                hint="check the address and the port, and that the receiver runs",
            ) from error
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return sock

    def _receive(self) -> bytes:
        deadline = time.monotonic() + self._timeout
        while not self._waiting:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self._socket.settimeout(left)
            data = self._socket.recv(_PIECE)
            events = self._deframer.feed(data) if data else self._deframer.finish()
            for event in events:
                if isinstance(event, Frame):
                    self._waiting.append(event.content)
                elif isinstance(event, HalfFrame):
                    raise self._broken("its answer broke off")
                elif isinstance(event, Oversize):
                    raise self._broken(f"its answer has {event.size} bytes")
            if not data and not self._waiting:
                raise self._broken("it closed the connection before it answered")
        return self._waiting.pop(0)

    def _broken(self, reason: str) -> PeerError:
        return PeerError(f"The connection to {self._name} failed: {reason}.", where=self._name)


def send_message(host: str, port: int, content: bytes, *, timeout: float = 30) -> bytes:
    """Connect, send one message, and return the bytes of its acknowledgement. PeerError if anything fails."""
    with MllpClient(host, port, timeout=timeout) as client:
        return client.send(content)
