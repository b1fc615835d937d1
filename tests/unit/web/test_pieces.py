"""What an answer was made of is closed off the loop, whoever leaves, and when."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from openworklist.web.methods import IS_HEAD
from openworklist.web.pieces import Pieces


def answer(*, is_head: bool, takes: int) -> tuple[list[Any], list[threading.Thread]]:
    """What was sent to a client that leaves after so many messages, and the threads that closed."""
    closed_by: list[threading.Thread] = []
    sent: list[Any] = []

    def give() -> Iterator[bytes]:
        try:
            for _ in range(1_000):
                yield b"piece"
        finally:
            closed_by.append(threading.current_thread())

    async def run() -> None:
        is_gone = asyncio.Event()

        async def receive() -> dict[str, Any]:
            await is_gone.wait()
            return {"type": "http.disconnect"}

        async def send(message: Any) -> None:
            if len(sent) == takes:
                is_gone.set()
                await asyncio.Event().wait()
            sent.append(message)

        scope = {"type": "http", "method": "GET", "asgi": {"spec_version": "2.3"}, IS_HEAD: is_head}
        await Pieces(give(), "text/plain")(scope, receive, send)

    asyncio.run(run())
    return sent, closed_by


@pytest.mark.parametrize("takes", [0, 1, 2, 5])
def test_a_client_that_leaves_keeps_no_loop_busy(takes: int) -> None:
    sent, closed_by = answer(is_head=False, takes=takes)
    assert len(sent) == takes
    assert len(closed_by) == 1
    assert closed_by[0] is not threading.main_thread()


def test_a_head_alone_neither() -> None:
    sent, closed_by = answer(is_head=True, takes=9)
    assert [each.get("body", b"") for each in sent] == [b"", b""]
    assert len(closed_by) == 1
    assert closed_by[0] is not threading.main_thread()


def test_all_pieces_come() -> None:
    sent, closed_by = answer(is_head=False, takes=9_999)
    assert b"".join(each.get("body", b"") for each in sent) == b"piece" * 1_000
    assert len(closed_by) == 1
