"""The hospital system of the demo as one that is told of exams: it takes every message, but some."""

from __future__ import annotations

import asyncio
import socket
from contextlib import suppress
from typing import Final

from openworklist.domain.errors import MessageError
from openworklist.hl7.framing import Deframer, Frame, wrap
from openworklist.hl7.receipt import read_asked

_HOST: Final = "127.0.0.1"
_REFUSED: Final = 9  # of so many messages one
_CHUNK: Final = 65_536


class Receiver:
    """Bound when it is made, so that its port is known; `start` lets others in."""

    def __init__(self, port: int = 0) -> None:
        """On `port` if nobody holds it, else on any."""
        self._socket = _bind(port)
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._count = 0

    @property
    def address(self) -> tuple[str, int]:
        return _HOST, int(self._socket.getsockname()[1])

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, sock=self._socket)

    def close(self) -> None:
        """Let nobody in any more, and hang up."""
        self._socket.close()
        if self._server is not None:
            self._server.close()
        for writer in self._open:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        deframer = Deframer()
        try:
            with suppress(OSError):
                while data := await reader.read(_CHUNK):
                    for event in deframer.feed(data):
                        if isinstance(event, Frame):
                            writer.write(wrap(self._answer(event.content)))
        finally:
            self._open.discard(writer)
            writer.close()

    def _answer(self, content: bytes) -> bytes:
        self._count += 1
        try:
            control_id = read_asked(content).control_id
        except MessageError:
            control_id = ""
        said = "AE|{}|The order is closed in billing." if self._count % _REFUSED == 0 else "AA|{}"
        text = (
            f"MSH|^~\\&|HIS|CITY|OPENWORKLIST||||ACK|R{self._count}|P|2.3.1\rMSA|{said.format(control_id)}\r"
        )
        return text.encode()


def _bind(port: int) -> socket.socket:
    try:
        return socket.create_server((_HOST, port))
    except OSError:
        return socket.create_server((_HOST, 0))
