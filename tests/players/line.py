"""A connection of plain bytes, for those who break the rules of a protocol on purpose."""

from __future__ import annotations

import socket
from types import TracebackType

from openworklist.dicom.pdu import Pdu, decode

_PATIENCE = 30  # seconds after which a test fails instead of waiting for ever
_END = b"\x1c\r"


class Line:
    """Use it in a `with` statement. What is read beyond an answer is kept for the next.

    `buffer` bounds, in bytes, what the system receives for it before anybody reads.
    """

    def __init__(self, port: int, *, buffer: int = 0) -> None:
        self._socket = socket.socket()
        if buffer:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self._socket.settimeout(_PATIENCE)
        self._socket.connect(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._read = b""

    def __enter__(self) -> Line:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def end(self) -> None:
        """Say that nothing more will come."""
        self._socket.shutdown(socket.SHUT_WR)

    def is_sent(self, data: bytes) -> bool:
        """Whether the other side still takes it."""
        try:
            self._socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            return False
        return True

    def read_exactly(self, length: int) -> bytes:
        while len(self._read) < length:
            self._more()
        found, self._read = self._read[:length], self._read[length:]
        return found

    def read_frame(self) -> bytes:
        """The content of the next MLLP frame; answers to token queries before it are left out."""
        while _END not in self._read:
            self._more()
        frame, _, self._read = self._read.partition(_END)
        before, _, content = frame.partition(b"\x0b")
        assert before.replace(b"\x10\r", b"") == b""
        return content

    def read_pdu(self) -> Pdu:
        """The next PDU of the upper layer."""
        header = self.read_exactly(6)
        return decode(header + self.read_exactly(int.from_bytes(header[2:], "big")))

    def read_rest(self) -> bytes:
        """Everything up to the end of the connection: waits for it."""
        while True:
            try:
                data = self._socket.recv(1 << 16)
            except ConnectionResetError:
                data = b""
            if not data:
                return self._read
            self._read += data

    def _more(self) -> None:
        data = self._socket.recv(1 << 16)
        if not data:
            raise EOFError(f"the connection ended behind {self._read!r}")
        self._read += data
