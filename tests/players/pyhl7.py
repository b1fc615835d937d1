"""A receiver of HL7 messages by python-hl7, which knows nothing of our code."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hl7.mllp import start_hl7_server

_PATIENCE = 30


class Arrivals:
    """The messages, in order of arrival."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._arrived = threading.Condition()

    def add(self, text: str) -> None:
        with self._arrived:
            self.texts.append(text)
            self._arrived.notify_all()

    def wait_for(self, count: int) -> None:
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.texts) >= count, _PATIENCE), self.texts


@contextmanager
def receive(encoding: str = "utf-8") -> Iterator[tuple[int, Arrivals]]:
    """Listens while this lasts; its port, and what arrives."""
    arrivals = Arrivals()
    loop = asyncio.new_event_loop()
    ready, ended = threading.Event(), asyncio.Event()
    ports: list[int] = []

    async def talk(reader: Any, writer: Any) -> None:
        try:
            while True:
                message = await reader.readmessage()
                arrivals.add(str(message))
                writer.writemessage(message.create_ack())
                await writer.drain()
        except asyncio.IncompleteReadError:
            writer.close()

    async def serve() -> None:
        async with await start_hl7_server(talk, host="127.0.0.1", port=0, encoding=encoding) as served:
            ports.append(served.sockets[0].getsockname()[1])
            ready.set()
            await ended.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    try:
        assert ready.wait(_PATIENCE)
        yield ports[0], arrivals
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(_PATIENCE)
        loop.close()
