"""The web port with TLS, on real sockets, against Python's own ssl on the other side."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from openworklist.listeners.http import HttpListener
from openworklist.listeners.http_limits import HttpLimits
from openworklist.listeners.https_connection import Https
from openworklist.services.certificates import TlsFiles, make_server_context

LOOPS = [asyncio.new_event_loop]  # the last one is used
HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"
BIG = 5_000_000


@pytest.fixture(autouse=True, params=["asyncio", "uvloop"])
def _loop(request: pytest.FixtureRequest) -> Iterator[None]:
    if request.param == "asyncio":
        yield
        return
    LOOPS.append(pytest.importorskip("uvloop", reason="uvloop runs on CPython for Unix only").new_event_loop)
    yield
    LOOPS.pop()


class Witness:
    def __init__(self) -> None:
        self.events: list[str] = []

    def secured(self, peer: str, version: str, cipher: str) -> None:
        self.events.append(f"secured {version}")

    def tls_failed(self, peer: str, reason: str) -> None:
        self.events.append(f"failed: {reason}")

    def misdirected(self, peer: str, reason: str) -> None:
        self.events.append(f"misdirected: {reason}")


async def _tell(scope: Any, receive: Any, send: Any) -> None:
    """The scheme and how much was sent, and as much back where the path wants it."""
    size, more = 0, True
    while more:
        message = await receive()
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    text = f"{scope['client'][0]} {scope['scheme']} {size}".encode()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    if scope["path"] == "/big":
        text += b"." * BIG
    await send({"type": "http.response.body", "body": text})


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Scene:
    def __init__(self, listener: HttpListener, witness: Witness, papers: Path) -> None:
        self.listener = listener
        self.witness = witness
        self._papers = papers
        self._writers: list[asyncio.StreamWriter] = []

    async def connect(self, *, is_plain: bool = False) -> Streams:
        context = None if is_plain else ssl.create_default_context(cafile=self._papers / "ca.pem")
        name = None if is_plain else "localhost"
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", self.listener.port, ssl=context, server_hostname=name
        )
        self._writers.append(writer)
        return reader, writer

    async def end(self) -> None:
        for writer in self._writers:
            writer.transport.abort()
        await asyncio.sleep(0)


def _request(path: str = "/", *headers: str, body: bytes = b"") -> bytes:
    method = "POST" if body else "GET"
    more = (*headers, f"Content-Length: {len(body)}") if body else headers
    return "\r\n".join((f"{method} {path} HTTP/1.1", "Host: ow:3000", *more, "", "")).encode() + body


CLOSE = "Connection: close"


def _play(
    play: Callable[[Scene], Awaitable[None]],
    papers: Path,
    *,
    timeout: float = 10,
    limits: HttpLimits | None = None,
    application: Any = _tell,
) -> None:
    files = TlsFiles(str(papers / "server.pem"), str(papers / "server.key"))

    async def stage() -> None:
        context, witness = make_server_context(files), Witness()
        listener = HttpListener(
            lambda: application,
            host="127.0.0.1",
            port=0,
            limits=limits,
            https=Https(lambda: context, witness, timeout),
        )
        await listener.start()
        troubles: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, trouble: troubles.append(trouble))
        scene = Scene(listener, witness, papers)
        try:
            await asyncio.wait_for(play(scene), 60)
        finally:
            await scene.end()
            await listener.stop(1)
        assert troubles == []

    with asyncio.Runner(loop_factory=LOOPS[-1]) as runner:
        runner.run(stage())


async def _is_closed(reader: asyncio.StreamReader) -> bool:
    with suppress(ConnectionError, ssl.SSLError):
        assert await reader.read() == b""
    return True


def test_requests_come_over_https_one_after_another(papers: Path) -> None:
    async def play(scene: Scene) -> None:
        reader, writer = await scene.connect()
        for _ in range(2):
            writer.write(_request())
            await reader.readuntil(b"127.0.0.1 https 0")
        assert scene.witness.events == ["secured TLSv1.3"]
        assert scene.listener.is_secure
        assert scene.listener.addresses == (f"127.0.0.1:{scene.listener.port} (TLS)",)
        assert scene.listener.origins == (f"https://127.0.0.1:{scene.listener.port}",)
        assert scene.listener.status.connections == 1

    _play(play, papers)


def test_what_is_big_comes_and_goes_whole(papers: Path) -> None:
    def talk(port: int) -> bytes:
        # On a socket of its own: the streams of uvloop drop what they hold when TLS ends.
        context = ssl.create_default_context(cafile=papers / "ca.pem")
        with (
            socket.create_connection(("127.0.0.1", port), 30) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as secured,
        ):
            secured.sendall(_request("/big", CLOSE, body=bytes(BIG)))
            return b"".join(iter(lambda: secured.recv(1 << 16), b""))

    async def play(scene: Scene) -> None:
        answer = await asyncio.to_thread(talk, scene.listener.port)
        assert f"127.0.0.1 https {BIG}".encode() in answer
        assert answer.count(b".") >= BIG

    _play(play, papers)


@pytest.mark.parametrize("body", [b"", b"x" * 1_000_000], ids=["a look", "an upload"])
def test_plain_http_is_answered_in_plain_and_gets_no_further(papers: Path, body: bytes) -> None:
    asked: list[str] = []

    async def note(scope: Any, receive: Any, send: Any) -> None:
        asked.append(scope["path"])

    async def play(scene: Scene) -> None:
        reader, writer = await scene.connect(is_plain=True)
        writer.write(_request("/worklist", body=body))
        answer = await reader.read()
        assert answer.startswith(b"HTTP/1.1 400" if body else b"HTTP/1.1 307")
        assert (b"\r\nLocation: https://ow:3000/worklist\r\n" in answer) is not body
        assert scene.witness.events == ["misdirected: it speaks HTTP on the TLS port"]
        assert asked == []

    _play(play, papers, application=note)


def test_plain_http_in_pieces_is_answered_once(papers: Path) -> None:
    async def play(scene: Scene) -> None:
        reader, writer = await scene.connect(is_plain=True)
        for byte in _request("/a"):
            writer.write(bytes((byte,)))
            await asyncio.sleep(0)
        answer = await reader.read()
        assert answer.count(b"HTTP/1.1 307") == 1
        assert b"Location: https://ow:3000/a\r\n" in answer

    _play(play, papers)


@pytest.mark.parametrize("limits", [None, HttpLimits(request_timeout=0.1)], ids=["handshake", "request"])
@pytest.mark.parametrize("sent", [b"", HELLO[:1], HELLO, b"GET / HT", _request()])
def test_a_handshake_that_does_not_end_is_given_up(
    papers: Path, sent: bytes, limits: HttpLimits | None
) -> None:
    """So is what comes in plain and does not end, and who was answered in plain and does not go."""

    async def play(scene: Scene) -> None:
        reader, writer = await scene.connect(is_plain=True)
        writer.write(sent)
        if sent == _request():
            assert (await reader.read()).startswith(b"HTTP/1.1 307")
        else:
            assert await _is_closed(reader)
        while scene.listener.status.connections:
            await asyncio.sleep(0)
        failures = [each for each in scene.witness.events if each.startswith("failed")]
        assert len(failures) == (not limits and not sent.startswith(b"GET"))

    _play(play, papers, timeout=0 if limits else 0.1, limits=limits)


def test_half_a_handshake_gives_way_to_who_asks(papers: Path) -> None:
    async def play(scene: Scene) -> None:
        stalled = [await scene.connect(is_plain=True) for _ in range(3)]
        for _, writer in stalled:
            writer.write(HELLO)
        reader, writer = await scene.connect()
        writer.write(_request("/", CLOSE))
        assert b"127.0.0.1 https" in await reader.read()
        assert await _is_closed(stalled[0][0])

    _play(play, papers, timeout=0, limits=HttpLimits(connections=3))


def test_half_a_request_is_not_waited_for(papers: Path) -> None:
    async def play(scene: Scene) -> None:
        with suppress(ConnectionError):  # on a busy machine the handshake alone may take as long
            reader, writer = await scene.connect()
            writer.write(b"GET / HT")
            assert await _is_closed(reader)
        while scene.listener.status.connections:
            await asyncio.sleep(0)

    _play(play, papers, limits=HttpLimits(request_timeout=0.5))


def test_who_does_not_read_is_closed(papers: Path) -> None:
    async def play(scene: Scene) -> None:
        _, writer = await scene.connect()
        writer.transport.pause_reading()
        writer.write(_request("/big") * 4)
        while scene.listener.status.connections:
            await asyncio.sleep(0)

    _play(play, papers, limits=HttpLimits(write_timeout=0.1))


def test_who_only_knows_what_is_old_is_refused(papers: Path) -> None:
    async def play(scene: Scene) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
        with pytest.raises((ssl.SSLError, ConnectionError)) as caught:
            await asyncio.open_connection("127.0.0.1", scene.listener.port, ssl=context)
        if "NO_PROTOCOLS" in str(caught.value):
            return  # this OpenSSL does not know it either
        while not scene.witness.events:
            await asyncio.sleep(0)
        assert scene.witness.events == ["failed: it offers no version of TLS from 1.2 on"]

    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        _play(play, papers)


def test_a_stream_ends_when_the_server_stops(papers: Path) -> None:
    ending = asyncio.Event()

    async def stream(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"data: one\n\n", "more_body": True})
        await ending.wait()
        await send({"type": "http.response.body", "body": b"data: last\n\n"})

    async def play(scene: Scene) -> None:
        reader, writer = await scene.connect()
        writer.write(_request())
        await reader.readuntil(b"data: one")
        stopping = asyncio.create_task(scene.listener.stop(30))
        await asyncio.sleep(0)
        ending.set()
        assert b"data: last" in await reader.read()
        await stopping

    _play(play, papers, application=stream)
