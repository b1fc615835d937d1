"""TLS in front of the listeners, on real sockets, against Python's own ssl on the other side."""

import asyncio
import os
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path

import pytest

from openworklist.dicom import dimse
from openworklist.dicom.items import ProposedContext
from openworklist.dicom.pdu import AssociateRequest, encode, encode_pieces
from openworklist.dicom.sop_classes import (
    APPLICATION_CONTEXT,
    IMPLICIT_LITTLE_ENDIAN,
    MODALITY_WORKLIST,
)
from openworklist.dicom.user_information import UserInformation
from openworklist.hl7.framing import TokenQuery, wrap
from openworklist.listeners.dicom import DicomLimits, DicomListener
from openworklist.listeners.dicom_contract import DicomObserver
from openworklist.listeners.entrance import TlsPort
from openworklist.listeners.mllp import Done, Limits, MllpListener, Observer
from openworklist.services.certificates import TlsFiles, make_server_context

LOOPS = [asyncio.new_event_loop]  # the last one is used


@pytest.fixture(autouse=True, params=["asyncio", "uvloop"])
def _loop(request: pytest.FixtureRequest) -> Iterator[None]:
    if request.param == "asyncio":
        yield
        return
    LOOPS.append(pytest.importorskip("uvloop", reason="uvloop runs on CPython for Unix only").new_event_loop)
    yield
    LOOPS.pop()


class Noted:
    """What observers heard."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.changed = asyncio.Event()

    def note(self, event: str) -> None:
        self.events.append(event)
        self.changed.set()

    async def until(self, part: str) -> str:
        while True:
            for event in self.events:
                if part in event:
                    return event
            self.changed.clear()
            await self.changed.wait()


class _Told:
    def __init__(self, noted: Noted) -> None:
        self._noted = noted

    def secured(self, peer: str, version: str, cipher: str) -> None:
        self._noted.note(f"secured {version} {cipher}")

    def tls_failed(self, peer: str, reason: str) -> None:
        self._noted.note(f"failed: {reason}")

    def misdirected(self, peer: str, reason: str) -> None:
        self._noted.note(f"misdirected: {reason}")

    def timed_out(self, peer: str, reason: str) -> None:
        self._noted.note(f"timed out: {reason}")

    def connection_closed(self, peer: str) -> None:
        self._noted.note("closed")


class DicomTold(_Told, DicomObserver):
    pass


class Hl7Told(_Told, Observer):
    pass


class Echo:
    """Acknowledges each message with all of it; `later` keeps the answers back."""

    def __init__(self) -> None:
        self.later: list[tuple[Done, bytes]] | None = None

    def receive(self, raw: bytes, peer: str, done: Done) -> bool:
        if self.later is None:
            done(b"ACK " + raw)
        else:
            self.later.append((done, b"ACK " + raw))
        return False

    def receive_oversize(self, head: bytes, size: int, peer: str, done: Done) -> None:
        done(b"too long")

    def receive_half(self, raw: bytes, peer: str, done: Done) -> None:
        done()

    def receive_token(self, query: TokenQuery, peer: str, is_local: bool, done: Done) -> None:
        done(b"")


class Cursor:
    status = 0xFF00
    numbers: tuple[int, ...] = ()

    def __init__(self, batches: Iterator[list[bytes]]) -> None:
        self._batches = batches
        self.given = 0

    def next_batch(self) -> list[bytes]:
        self.given += 1
        return next(self._batches, [])


@dataclass
class Worklist:
    batches: Callable[[], Iterator[list[bytes]]] = lambda: iter([[b"one."]])
    cursors: list[Cursor] = field(default_factory=list)

    def open(self, calling_ae: str, identifier: bytes, transfer_syntax: str, *, adjusts_zone: bool) -> Cursor:
        self.cursors.append(Cursor(self.batches()))
        return self.cursors[-1]


@dataclass
class Scene:
    papers: Path
    noted: Noted
    port: int
    echo: Echo
    worklist: Worklist
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    def context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.papers / "ca.pem")
        context.load_cert_chain(self.papers / "client.pem", self.papers / "client.key")
        return context

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", self.port, ssl=self.context(), server_hostname="localhost", limit=1 << 26
        )
        self.writers.append(writer)
        return reader, writer

    async def connect_plain(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.writers.append(writer)
        return reader, writer

    async def end(self) -> None:
        for writer in self.writers:
            writer.transport.abort()
        await asyncio.sleep(0)


Play = Callable[[Scene], Awaitable[None]]


def run(
    play: Play,
    papers: Path,
    *,
    is_dicom: bool = False,
    timeout: float = 10,
    limits: Limits | None = None,
    dicom_limits: DicomLimits | None = None,
    worklist: Worklist | None = None,
) -> None:
    """Play a scene against a listener that has a TLS port alone, and wants certificates of clients."""
    files = TlsFiles(*(str(papers / name) for name in ("server.pem", "server.key", "ca.pem")))

    async def stage() -> None:
        context = make_server_context(files)
        noted, echo, questions = Noted(), Echo(), worklist or Worklist()
        tls = TlsPort(0, lambda: context, timeout)
        listener: DicomListener | MllpListener
        if is_dicom:
            listener = DicomListener(
                questions, host="127.0.0.1", port=None, tls=tls, limits=dicom_limits,
                observer=DicomTold(noted), sweep_seconds=0.02,
            )  # fmt: skip
        else:
            listener = MllpListener(
                echo, host="127.0.0.1", port=None, tls=tls, limits=limits,
                observer=Hl7Told(noted), sweep_seconds=0.02,
            )  # fmt: skip
        await listener.start()
        assert listener.addresses == (f"127.0.0.1:{listener.tls_port} (TLS)",)
        assert listener.port == 0
        troubles: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, trouble: troubles.append(trouble))
        scene = Scene(papers, noted, listener.tls_port, echo, questions)
        try:
            await asyncio.wait_for(play(scene), 30)
        finally:
            await scene.end()
            await listener.stop(0.1)
        assert troubles == []

    with asyncio.Runner(loop_factory=LOOPS[-1]) as runner:
        runner.run(stage())


async def read_frame(reader: asyncio.StreamReader) -> bytes:
    return (await reader.readuntil(b"\x1c\r"))[1:-2]


async def is_closed(reader: asyncio.StreamReader) -> bool:
    try:
        while await reader.read(1 << 16):
            pass
    except (ConnectionError, ssl.SSLError):
        pass
    return True


@pytest.mark.parametrize("size", [1, 16_384, 16_385, 300_000, 3_000_000])
def test_messages_of_every_size_come_and_go_whole(papers: Path, size: int) -> None:
    async def play(scene: Scene) -> None:
        reader, writer = await scene.connect()
        content = bytes(0x41 + number % 26 for number in range(size))
        writer.write(wrap(content) * 3)
        for _ in range(3):
            assert await read_frame(reader) == b"ACK " + content
        writer.close()
        await scene.noted.until("closed")
        assert scene.noted.events[0].startswith("secured TLSv1.3 ")

    run(play, papers)


def test_one_byte_at_a_time_is_the_same(papers: Path) -> None:
    async def play(scene: Scene) -> None:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = scene.context().wrap_bio(incoming, outgoing, server_hostname="localhost")
        reader, writer = await scene.connect_plain()
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        async def do(step: Callable[[], object]) -> object:
            while True:
                try:
                    return step()
                except ssl.SSLWantReadError:
                    for byte in outgoing.read():
                        writer.write(bytes((byte,)))
                        await asyncio.sleep(0)
                    incoming.write(await reader.read(1 << 16))

        await do(tls.do_handshake)
        tls.write(wrap(b"slowly"))
        assert await do(lambda: tls.read(100)) == wrap(b"ACK slowly")
        writer.close()

    run(play, papers)


def test_a_peer_that_says_it_is_done_still_gets_its_answers(papers: Path) -> None:
    """Its close_notify comes while the answer is being made."""

    async def play(scene: Scene) -> None:
        scene.echo.later = []

        def talk() -> bytes:
            with (
                socket.create_connection(("127.0.0.1", scene.port)) as plain,
                scene.context().wrap_socket(plain, server_hostname="localhost") as secured,
            ):
                secured.sendall(wrap(b"last"))
                # Half a close: our close_notify goes out, and what comes is read on.
                loop.call_soon_threadsafe(answer.set)
                found = b""
                while not found.endswith(b"\x1c\r"):
                    found += secured.recv(1 << 16)
                secured.unwrap()
                return found

        loop, answer = asyncio.get_running_loop(), asyncio.Event()
        talking = asyncio.create_task(asyncio.to_thread(talk))
        await answer.wait()
        while not scene.echo.later:
            await asyncio.sleep(0)
        for done, content in scene.echo.later:
            done(content)
        assert await talking == wrap(b"ACK last")
        await scene.noted.until("closed")

    run(play, papers)


def test_a_peer_that_goes_without_a_word_leaves_nothing_behind(papers: Path) -> None:
    async def play(scene: Scene) -> None:
        reader, writer = await scene.connect()
        writer.write(wrap(b"1"))
        await read_frame(reader)
        writer.transport.abort()
        await scene.noted.until("closed")

    run(play, papers)


@pytest.mark.parametrize("sent", [b"", b"\x16", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"])
def test_a_handshake_that_does_not_end_is_given_up(papers: Path, sent: bytes) -> None:
    async def play(scene: Scene) -> None:
        reader, writer = await scene.connect_plain()
        writer.write(sent)
        assert await is_closed(reader)
        await scene.noted.until("closed")
        assert (
            scene.noted.events[0]
            == "failed: it did not finish the handshake in time: tls_handshake_timeout is over"
        )
        writer.close()

    run(play, papers, timeout=0.1)


def test_a_port_scan_is_no_failure(papers: Path) -> None:
    async def play(scene: Scene) -> None:
        _, writer = await scene.connect_plain()
        writer.close()
        await scene.noted.until("closed")
        assert scene.noted.events == ["closed"]

    run(play, papers)


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (wrap(b"MSH|"), "it speaks HL7 without TLS on the TLS port"),
        (b"\x01\x00\x00\x00\x00\xd0", "it speaks DICOM without TLS on the TLS port"),
        (b"GET / HTTP/1.1\r\n\r\n", "it speaks HTTP on the TLS port"),
        (b"\x00\x01", "it speaks no TLS on the TLS port"),
    ],
)
def test_who_speaks_no_tls_is_told_and_closed(papers: Path, sent: bytes, reason: str) -> None:
    async def play(scene: Scene) -> None:
        reader, writer = await scene.connect_plain()
        writer.write(sent)
        assert await is_closed(reader)
        assert scene.noted.events[0] == f"misdirected: {reason}"
        writer.close()

    run(play, papers)


@pytest.mark.parametrize(
    "sent", [b"\x16\x03\x01\x00\x05hello", b"\x16\x03\x01\xff\xff" + bytes(70_000), b"\x16" * 100]
)
def test_what_only_begins_like_tls_is_a_failure_and_no_trouble(papers: Path, sent: bytes) -> None:
    async def play(scene: Scene) -> None:
        reader, writer = await scene.connect_plain()
        writer.write(sent)
        assert await is_closed(reader)
        await scene.noted.until("failed: ")
        writer.close()

    run(play, papers)


def test_rubbish_after_the_handshake_ends_the_connection(papers: Path) -> None:
    async def play(scene: Scene) -> None:
        reader, writer = await scene.connect()
        writer.write(wrap(b"1"))
        await read_frame(reader)
        os.write(writer.get_extra_info("socket").fileno(), b"\x17\x03\x03\x00\x20" + bytes(32))
        assert await is_closed(reader)
        await scene.noted.until("failed: ")
        await scene.noted.until("closed")
        writer.close()

    run(play, papers)


def test_a_certificate_of_nobody_we_trust_is_refused_with_the_reason(papers: Path, tmp_path: Path) -> None:
    async def play(scene: Scene) -> None:
        context = ssl.create_default_context(cafile=papers / "ca.pem")
        with pytest.raises((ssl.SSLError, ConnectionError)):  # noqa: PT012 - TLS 1.3 tells it afterwards
            reader, writer = await asyncio.open_connection(
                "127.0.0.1", scene.port, ssl=context, server_hostname="localhost"
            )
            writer.write(wrap(b"1"))
            if await reader.read() == b"":
                raise ConnectionError
        assert await scene.noted.until("failed") == "failed: it shows no certificate"

    run(play, papers)


REQUEST = encode(
    AssociateRequest(
        "OPENWORKLIST",
        "CT1",
        APPLICATION_CONTEXT,
        (ProposedContext(1, MODALITY_WORKLIST, (IMPLICIT_LITTLE_ENDIAN,)),),
        UserInformation(16384, "1.2.3"),
    )
)
FIND = b"".join(
    [
        *encode_pieces(
            1,
            dimse.encode({dimse.COMMAND_FIELD: 0x20, dimse.MESSAGE_ID: 7, dimse.DATA_SET_TYPE: 1}),
            0,
            is_command=True,
        ),
        *encode_pieces(1, b"\x10\0\x10\0\0\0\0\0", 0, is_command=False),
    ]
)


def test_who_asks_for_much_and_never_reads_costs_little_and_is_closed(papers: Path) -> None:
    worklist = Worklist(lambda: repeat([bytes(10_000)] * 10))

    async def play(scene: Scene) -> None:
        _, writer = await scene.connect()
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        writer.write(REQUEST + FIND)
        await scene.noted.until("timed out: it does not read its answers: dicom_write_timeout is over")
        # What the kernel holds in both directions, and a little of ours.
        assert worklist.cursors[0].given < 1000
        writer.transport.abort()

    run(play, papers, is_dicom=True, worklist=worklist, dicom_limits=DicomLimits(write_timeout=0.2))


def test_who_reads_slowly_misses_nothing(papers: Path) -> None:
    worklist = Worklist(lambda: iter([[bytes(10_000)] * 10] * 300))

    async def play(scene: Scene) -> None:
        reader, writer = await scene.connect()
        writer.transport.pause_reading()  # type: ignore[attr-defined]
        writer.write(REQUEST + FIND)
        given, idle_turns = 0, 0
        while not given or idle_turns < 100:
            await asyncio.sleep(0)
            now_given = worklist.cursors[0].given if worklist.cursors else 0
            idle_turns = idle_turns + 1 if now_given == given else 0
            given = now_given
        assert given < 300
        writer.transport.resume_reading()  # type: ignore[attr-defined]
        size = 0
        while size < 3000 * 10_000:
            size += len(await reader.read(1 << 20))
        writer.transport.abort()

    run(play, papers, is_dicom=True, worklist=worklist)


def test_a_handshake_under_way_counts_as_a_connection_without_association(papers: Path) -> None:
    async def play(scene: Scene) -> None:
        stalled = [await scene.connect_plain() for _ in range(5)]
        for _, writer in stalled:
            writer.write(b"\x16\x03\x01")
        assert await is_closed(stalled[0][0])
        _, writer = await scene.connect()
        writer.close()
        for _, writer in stalled:
            writer.close()

    run(play, papers, is_dicom=True, dicom_limits=DicomLimits(pending=4))
