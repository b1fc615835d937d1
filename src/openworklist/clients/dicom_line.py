"""pynetdicom's association, made to end: bounds on what is read of a PDU, and a way to drop who hangs."""

from __future__ import annotations

import select
import socket
import ssl
import time
from contextlib import suppress
from typing import Any, Final

from pynetdicom import AE
from pynetdicom.transport import AssociationSocket

_LONGEST: Final = 16 * 1024 * 1024  # bytes of a PDU: many times what any node is told that we take
_PIECE: Final = 65_536
_FAREWELL: Final = 1.0  # seconds for an A-ABORT to leave
# PS3.8 9.2: idle, and waiting for the peer to close.
_ENDED: Final = ("Sta1", "Sta13")


class Entity(AE):  # type: ignore[misc]
    """An application entity whose associations do not wait for ever for the rest of a PDU."""

    def _create_socket(self, assoc: Any, address: Any, tls_args: Any) -> AssociationSocket:
        line = _Line(assoc, address=address)
        line.tls_args = tls_args
        return line


class _Line(AssociationSocket):  # type: ignore[misc]
    """pynetdicom reads a PDU to its end, whatever length it claims and however long that takes."""

    @property
    def ready(self) -> bool:
        """Whether something can be read; by poll, since select knows no file beyond the 1,024th."""
        sock = self.socket
        if sock is None or not self._is_connected:
            return False
        try:
            poll = select.poll()
            poll.register(sock, select.POLLIN)
            is_ready = bool(poll.poll(0))
        except (OSError, ValueError):
            self.event_queue.put("Evt17")  # the connection is closed
            return False
        return is_ready or (isinstance(sock, ssl.SSLSocket) and sock.pending() > 0)

    def recv(self, nr_bytes: int) -> bytearray:
        """So many bytes, fewer at the end of the connection; OSError if they are too many or too late."""
        sock = self.socket
        if sock is None or nr_bytes > _LONGEST:
            raise OSError("no connection, or a PDU that is too long")
        patience = self.assoc.network_timeout
        deadline = time.monotonic() + patience
        received = bytearray()
        while len(received) < nr_bytes:
            # It stays for what is sent, too.
            sock.settimeout(max(deadline - time.monotonic(), 0.001))
            piece = sock.recv(min(nr_bytes - len(received), _PIECE))
            if not piece:
                break
            received += piece
        sock.settimeout(patience)
        return received

    def _shutdown_socket(self) -> None:
        """Close the socket even where the peer was quicker, so that it cannot be shut down."""
        if self.socket is not None:
            with suppress(OSError):
                self.socket.shutdown(socket.SHUT_RDWR)
            self.socket.close()


def drop(association: Any) -> None:
    """End an association at once: the peer is told so, and nothing is waited for."""
    association.abort(block=False)
    dul = association.dul
    deadline = time.monotonic() + _FAREWELL
    while dul.is_alive() and time.monotonic() < deadline:
        if dul.state_machine.current_state in _ENDED:
            break
        time.sleep(0.005)
    if dul.socket is not None:
        dul.socket.close()
    association.kill()
