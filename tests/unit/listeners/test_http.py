import asyncio
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any

import pytest

from openworklist.listeners.http import HttpListener
from openworklist.listeners.http_limits import HttpLimits


async def _get(listener: HttpListener, headers: bytes = b"") -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
    writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n" + headers + b"Connection: close\r\n\r\n")
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


async def _greet(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": scope["path"].encode() + b" hello"})


def test_serves_an_application_that_is_made_when_it_starts() -> None:
    made: list[str] = []

    def make() -> Any:
        made.append("once")
        return _greet

    async def talk() -> None:
        listener = HttpListener(make, host="127.0.0.1", port=0)
        listener.bind()
        assert made == []
        await listener.start()
        try:
            assert listener.is_running
            assert listener.status.addresses == (f"127.0.0.1:{listener.port}",)
            answer = await _get(listener)
            assert answer.startswith(b"HTTP/1.1 200")
            assert b"/ hello" in answer
        finally:
            await listener.stop()
        assert not listener.is_running
        assert made == ["once"]

    asyncio.run(talk())


def test_who_asks_while_the_application_is_made_is_answered_then() -> None:
    asked = threading.Event()

    def make() -> Any:
        assert asked.wait(30)
        return _greet

    async def talk() -> None:
        listener = HttpListener(make, host="127.0.0.1", port=0)
        await listener.start()
        try:
            assert listener.is_running
            reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
            writer.write(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            await writer.drain()
            asked.set()
            assert b"/ hello" in await reader.read()
            writer.close()
            await writer.wait_closed()
        finally:
            await listener.stop()

    asyncio.run(talk())


def test_a_server_that_stops_at_once_waits_for_what_is_being_made() -> None:
    made: list[str] = []

    def make() -> Any:
        made.append("whole")
        return _greet

    async def talk() -> None:
        listener = HttpListener(make, host="127.0.0.1", port=0)
        await listener.start()
        await listener.stop()
        assert made == ["whole"]

    asyncio.run(talk())


async def _tell(scope: Any, receive: Any, send: Any) -> None:
    """Whom the application takes the visitor for, once the whole body is there."""
    while (await receive()).get("more_body"):
        pass
    text = f"{scope['client'][0]} {scope['scheme']}".encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": text})


def _talk(limits: HttpLimits, say: Callable[[HttpListener], Coroutine[Any, Any, None]]) -> None:
    async def run() -> None:
        listener = HttpListener(lambda: _tell, host="127.0.0.1", port=0, limits=limits)
        await listener.start()
        try:
            await asyncio.wait_for(say(listener), 60)
        finally:
            await listener.stop()

    asyncio.run(run())


@pytest.mark.parametrize(
    "begun",
    [b"", b"GET / HT", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc"],
    ids=["nothing", "half a head", "half a body"],
)
def test_a_request_that_does_not_come_to_its_end_is_not_waited_for(begun: bytes) -> None:
    async def say(listener: HttpListener) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
        writer.write(begun)
        with suppress(ConnectionResetError):
            assert await reader.read() == b""
        writer.close()

    _talk(HttpLimits(request_timeout=0.05), say)


def test_who_asks_nothing_gives_way_to_who_does() -> None:
    async def say(listener: HttpListener) -> None:
        idle = [await asyncio.open_connection("127.0.0.1", listener.port) for _ in range(3)]
        assert b"127.0.0.1 http" in await _get(listener)
        with suppress(ConnectionResetError):
            assert await idle[0][0].read() == b""
        for _, writer in idle:
            writer.close()

    _talk(HttpLimits(connections=3), say)


@pytest.mark.parametrize(
    ("proxies", "told"),
    [((), b"127.0.0.1 http"), (("127.0.0.0/8",), b"10.1.2.3 https"), (("10.0.0.9",), b"127.0.0.1 http")],
)
def test_only_a_proxy_of_ours_says_for_whom_it_asks(proxies: tuple[str, ...], told: bytes) -> None:
    async def say(listener: HttpListener) -> None:
        headers = b"X-Forwarded-For: 10.1.2.3\r\nX-Forwarded-Proto: https\r\n"
        assert told in await _get(listener, headers)

    _talk(HttpLimits(proxies=proxies), say)


def test_what_a_stranger_sends_does_not_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async def say(listener: HttpListener) -> None:
        for odd in (b"\x00\x01\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\nX Y: z\r\n\r\n"):
            reader, writer = await asyncio.open_connection("127.0.0.1", listener.port)
            writer.write(odd)
            assert (await reader.read()).startswith(b"HTTP/1.1 400")
            writer.close()
        assert b"http" in await _get(listener, b"Upgrade: websocket\r\n")

    with caplog.at_level("INFO"):
        _talk(HttpLimits(), say)

    assert caplog.records == []
