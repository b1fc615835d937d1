import asyncio
import resource
import socket
from collections.abc import Awaitable, Callable
from ipaddress import ip_network

import pytest

from openworklist.domain.errors import ListenError
from openworklist.hl7.framing import TokenQuery, wrap, wrap_token
from openworklist.listeners.mllp import Done, Limits, MllpListener, Observer

Reader = asyncio.StreamReader
Writer = asyncio.StreamWriter


class Echo:
    """Answers each message with itself; `held` keeps the answers back until the test gives them.

    What comes behind a message that begins with FHS is to wait for its answer.
    """

    def __init__(self, *, holds: bool = False) -> None:
        self.holds = holds
        self.held: list[tuple[bytes, Done]] = []
        self.halves: list[bytes] = []
        self.questions: list[TokenQuery] = []
        self.arrived = asyncio.Event()

    def receive(self, raw: bytes, peer: str, done: Done) -> bool:
        if raw == b"fail":
            raise RuntimeError("SMITH^JOHN")
        if self.holds:
            self.held.append((raw, done))
            self.arrived.set()
        else:
            done(*(b"ACK " + each for each in raw.split(b"+") if each != b"silence"))
        return raw.startswith(b"FHS")

    def receive_oversize(self, head: bytes, size: int, peer: str, done: Done) -> None:
        done(b"too long: " + str(size).encode())

    def receive_half(self, raw: bytes, peer: str, done: Done) -> None:
        self.halves.append(raw)
        self.arrived.set()
        if self.holds:
            self.held.append((raw, done))
        else:
            done()

    def receive_token(self, query: TokenQuery, peer: str, is_local: bool, done: Done) -> None:
        self.questions.append(query)
        done(b"")


class Counts(Observer):
    def __init__(self) -> None:
        self.events: list[str] = []
        self.changed = asyncio.Event()

    def _note(self, event: str) -> None:
        self.events.append(event)
        self.changed.set()

    def connection_opened(self, peer: str) -> None:
        self._note("opened")

    def connection_closed(self, peer: str) -> None:
        self._note("closed")

    def connection_refused(self, peer: str, reason: str) -> None:
        self._note(reason)

    def timed_out(self, peer: str, reason: str) -> None:
        self._note(reason)

    def limit_reached(self, setting: str) -> None:
        self._note(setting)

    def misdirected(self, peer: str, reason: str) -> None:
        self._note(reason)

    def noise(self, peer: str, count: int) -> None:
        self._note(f"noise {count}")

    def failed(self, peer: str, error: Exception) -> None:
        self._note(f"failed {type(error).__name__}")


def run(
    scene: Callable[[MllpListener, Echo, Counts], Awaitable[None]],
    *,
    limits: Limits | None = None,
    holds: bool = False,
    allowed: tuple[str, ...] = (),
) -> None:
    """Play a scene against a real listener; it must end within half a minute."""

    async def play() -> None:
        echo, counts = Echo(holds=holds), Counts()
        listener = MllpListener(
            echo,
            host="127.0.0.1",
            port=0,
            limits=limits,
            allowed=[ip_network(network) for network in allowed],
            observer=counts,
            sweep_seconds=0.02,
        )
        await listener.start()
        try:
            await asyncio.wait_for(scene(listener, echo, counts), 30)
        finally:
            await listener.stop(0.1)

    asyncio.run(play())


async def connect(listener: MllpListener) -> tuple[Reader, Writer]:
    return await asyncio.open_connection("127.0.0.1", listener.port, limit=1 << 26)


async def is_closed(reader: Reader) -> bool:
    try:
        return await reader.read() == b""
    except ConnectionError:
        return True


async def until(counts: Counts, event: str) -> None:
    while event not in counts.events:
        counts.changed.clear()
        await counts.changed.wait()


def test_a_message_is_answered() -> None:
    async def scene(listener: MllpListener, echo: Echo, counts: Counts) -> None:
        reader, writer = await connect(listener)
        writer.write(wrap(b"MSH|1"))
        assert await reader.readuntil(b"\x1c\r") == wrap(b"ACK MSH|1")
        assert listener.status.is_running
        assert listener.status.connections == 1
        writer.close()
        await until(counts, "closed")
        assert listener.status.connections == 0

    run(scene)


def test_one_byte_at_a_time_is_the_same_message() -> None:
    async def scene(listener: MllpListener, echo: Echo, counts: Counts) -> None:
        reader, writer = await connect(listener)
        for byte in wrap(b"MSH|slow") * 2:
            writer.write(bytes([byte]))
            await writer.drain()
        assert await reader.readexactly(2 * len(wrap(b"ACK MSH|slow"))) == wrap(b"ACK MSH|slow") * 2
        writer.close()

    run(scene)


def test_answers_leave_in_the_order_of_the_messages() -> None:
    async def scene(listener: MllpListener, echo: Echo, counts: Counts) -> None:
        reader, writer = await connect(listener)
        writer.write(b"".join(wrap(b"%d" % number) for number in range(5)))
        while len(echo.held) < 5:
            echo.arrived.clear()
            await echo.arrived.wait()
        for raw, done in reversed(echo.held):
            done(b"ACK " + raw)
            done(b"a second answer is none")
        expected = b"".join(wrap(b"ACK %d" % number) for number in range(5))
        assert await reader.readexactly(len(expected)) == expected
        writer.close()

    run(scene, holds=True)


@pytest.mark.parametrize("is_lost", [False, True])
def test_what_comes_behind_a_batch_waits_until_it_is_answered(is_lost: bool) -> None:
    async def scene(listener: MllpListener, echo: Echo, counts: Counts) -> None:
        reader, writer = await connect(listener)
        writer.write(b"".join(map(wrap, (b"1", b"FHS 2", b"3", b"FHS 4", b"5"))))
        if is_lost:
            await echo.arrived.wait()
            writer.transport.abort()
        steps = []
        while len(steps) < 3:
            while not echo.held:
                echo.arrived.clear()
                await echo.arrived.wait()
            steps.append([raw for raw, _ in echo.held])
            before, echo.held = echo.held, []
            for raw, done in before:
                done(b"ACK " + raw)
        assert steps == [[b"1", b"FHS 2"], [b"3", b"FHS 4"], [b"5"]]
        if is_lost:
            await until(counts, "closed")
        else:
            expected = b"".join(wrap(b"ACK " + each) for each in (b"1", b"FHS 2", b"3", b"FHS 4", b"5"))
            assert await reader.readexactly(len(expected)) == expected
        writer.close()

    run(scene, holds=True)


def test_reading_stops_while_too_much_is_unanswered() -> None:
    async def scene(listener: MllpListener, echo: Echo, counts: Counts) -> None:
        reader, writer = await connect(listener)
        writer.write(b"".join(wrap(b"%d" % number) for number in range(20)))
        answered = 0
        while answered < 20:
            while not echo.held:
                echo.arrived.clear()
                await echo.arrived.wait()
            assert len(echo.held) <= 4
            raw, done = echo.held.pop(0)
            done(raw)
            assert await reader.readuntil(b"\x1c\r") == wrap(b"%d" % answered)
            answered += 1
        writer.close()

    run(scene, holds=True, limits=Limits(pending=4))


def test_noise_is_skipped_and_counted() -> None:
    async def scene(listener: MllpListener, echo: Echo, counts: Counts) -> None:
        reader, writer = await connect(listener)
        writer.write(b"GET / HTTP/1.1\r\n\r\n" + wrap(b"MSH|1") + b"\n")
        assert await reader.readuntil(b"\x1c\r") == wrap(b"ACK MSH|1")
        assert sum(int(event[6:]) for event in counts.events if event.startswith("noise")) >= 18
        writer.close()

    run(scene)


def test_a_token_query_is_answered_unknown_among_messages() -> None:
    async def scene(listener: MllpListener, echo: Echo, counts: Counts) -> None:
        reader, writer = await connect(listener)
        writer.write(wrap(b"1") + wrap_token(b"1.2.3") + wrap_token(b"x" * 5000) + wrap(b"2"))
        expected = wrap(b"ACK 1") + b"\x10\r" * 2 + wrap(b"ACK 2")
        assert await reader.readexactly(len(expected)) == expected
        assert echo.questions == [TokenQuery(b"1.2.3"), TokenQuery(b"", is_too_long=True)]
        writer.close()

    run(scene)


def test_a_message_of_20_megabytes_is_refused_and_the_connection_goes_on() -> None:
    async def scene(listener: MllpListener, echo: Echo, counts: Counts) -> None:
        reader, writer = await connect(listener)
        writer.write(wrap(b"x" * 20_000_000) + wrap(b"next"))
        assert await reader.readuntil(b"\x1c\r") == wrap(b"too long: 20000000")
        assert await reader.readuntil(b"\x1c\r") == wrap(b"ACK next")
        writer.close()

    run(scene)


def test_a_message_over_the_limit_that_breaks_off_gets_no_answer() -> None:
    """It would be taken for that of the message that was begun anew."""

    async def scene(listener: MllpListener, echo: Echo, counts: Counts) -> None:
        reader, writer = await connect(listener)
        writer.write(b"\x0b" + b"x" * 2000 + wrap(b"anew"))
        assert await reader.readuntil(b"\x1c\r") == wrap(b"ACK anew")
        writer.close()

    run(scene, limits=Limits(message=1000))


def test_a_message_may_have_no_answer_or_several_each_in_its_frame() -> None:
    async def scene(listener: MllpListener, echo: Echo, counts: Counts) -> None:
        reader, writer = await connect(listener)
        writer.write(wrap(b"silence") + wrap(b"2+3") + wrap(b"4"))
        expected = wrap(b"ACK 2") + wrap(b"ACK 3") + wrap(b"ACK 4")
        assert await reader.readexactly(len(expected)) == expected
        writer.close()

    run(scene)


def test_a_message_that_breaks_off_is_not_lost() -> None:
    async def scene(listener: MllpListener, echo: Echo, counts: Counts) -> None:
        _, writer = await connect(listener)
        writer.write(b"\x0bMSH|half")
        writer.close()
        await echo.arrived.wait()
        assert echo.halves == [b"MSH|half"]

    run(scene)


def test_a_peer_that_sends_no_more_still_gets_its_answers() -> None:
    async def scene(listener: MllpListener, echo: Echo, counts: Counts) -> None:
        reader, writer = await connect(listener)
        writer.write(wrap(b"1") + wrap(b"2"))
        writer.write_eof()
        while len(echo.held) < 2:
            echo.arrived.clear()
            await echo.arrived.wait()
        for raw, done in echo.held:
            done(raw)
        assert await reader.read() == wrap(b"1") + wrap(b"2")
        writer.close()

    run(scene, holds=True)


def test_a_frame_whose_last_carriage_return_is_missing_is_answered_after_a_silence() -> None:
    async def scene(listener: MllpListener, echo: Echo, counts: Counts) -> None:
        reader, writer = await connect(listener)
        writer.write(b"\x0bMSH|1\x1c")
        assert await reader.readuntil(b"\x1c\r") == wrap(b"ACK MSH|1")
        writer.close()

    run(scene)


def test_a_message_that_never_ends_is_given_up() -> None:
    async def scene(listener: MllpListener, echo: Echo, counts: Counts) -> None:
        reader, writer = await connect(listener)
        writer.write(b"\x0bMSH|")
        assert await reader.read() == b""
        assert echo.halves == [b"MSH|"]
        assert "a message was begun and not ended: hl7_frame_timeout is over" in counts.events
        writer.close()

    run(scene, limits=Limits(frame_timeout=0.05))


def test_an_idle_connection_is_closed_only_if_a_time_out_is_set() -> None:
    async def scene(listener: MllpListener, echo: Echo, counts: Counts) -> None:
        reader, writer = await connect(listener)
        assert await reader.read() == b""
        assert "idle: hl7_idle_timeout is over" in counts.events
        writer.close()

    run(scene, limits=Limits(idle_timeout=0.05))


def test_a_peer_that_never_reads_is_closed_with_bounded_buffers() -> None:
    async def scene(listener: MllpListener, echo: Echo, counts: Counts) -> None:
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(sock, ("127.0.0.1", listener.port))
        flood = asyncio.create_task(send_until_closed(sock, wrap(b"x" * 10_000) * 20))
        await until(counts, "it does not read its answers: hl7_write_timeout is over")
        sent = await flood
        # What the kernel holds in both directions, and a little of ours: not the whole of what it would send.
        assert sent < 64_000_000
        sock.close()

    run(scene, limits=Limits(write_timeout=0.2))


async def send_until_closed(sock: socket.socket, piece: bytes) -> int:
    sent = 0
    try:
        for _ in range(1000):
            await asyncio.get_running_loop().sock_sendall(sock, piece)
            sent += len(piece)
    except OSError:
        pass
    return sent


def test_a_connection_too_many_is_turned_away() -> None:
    async def scene(listener: MllpListener, echo: Echo, counts: Counts) -> None:
        reader, writer = await connect(listener)
        writer.write(wrap(b"1"))
        await reader.readuntil(b"\x1c\r")
        other_reader, other_writer = await connect(listener)
        assert await is_closed(other_reader)
        assert "as many connections are open as hl7_max_connections allows" in counts.events
        writer.write(wrap(b"2"))
        assert await reader.readuntil(b"\x1c\r") == wrap(b"ACK 2")
        writer.close()
        other_writer.close()

    run(scene, limits=Limits(connections=1))


def test_a_silent_connection_gives_way_to_another() -> None:
    async def scene(listener: MllpListener, echo: Echo, counts: Counts) -> None:
        silent, silent_writer = await connect(listener)
        reader, writer = await connect(listener)
        assert await is_closed(silent)
        writer.write(wrap(b"1"))
        assert await reader.readuntil(b"\x1c\r") == wrap(b"ACK 1")
        assert "hl7_max_connections" in counts.events
        silent_writer.close()
        writer.close()

    run(scene, limits=Limits(connections=1))


def test_one_address_has_so_many_connections_and_no_more() -> None:
    async def scene(listener: MllpListener, echo: Echo, counts: Counts) -> None:
        _, writer = await connect(listener)
        other, other_writer = await connect(listener)
        assert await is_closed(other)
        assert "hl7_max_per_address" in counts.events
        writer.close()
        other_writer.close()

    run(scene, limits=Limits(per_address=1))


def test_who_speaks_tls_on_the_plain_port_is_closed_at_once() -> None:
    async def scene(listener: MllpListener, echo: Echo, counts: Counts) -> None:
        reader, writer = await connect(listener)
        writer.write(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc")
        assert await is_closed(reader)
        assert "it speaks TLS on the plain port" in counts.events
        writer.close()

    run(scene)


@pytest.mark.parametrize(("network", "is_allowed"), [("127.0.0.0/8", True), ("10.0.0.0/8", False)])
def test_only_allowed_addresses_may_connect(network: str, is_allowed: bool) -> None:
    async def scene(listener: MllpListener, echo: Echo, counts: Counts) -> None:
        _, writer = await connect(listener)
        await until(counts, "opened" if is_allowed else "its address is not in hl7_allowed")
        writer.close()

    run(scene, allowed=(network,))


def test_an_error_of_ours_closes_one_connection_and_logs_no_patient(caplog: pytest.LogCaptureFixture) -> None:
    async def scene(listener: MllpListener, echo: Echo, counts: Counts) -> None:
        _, first = await connect(listener)
        second_reader, second = await connect(listener)
        first.write(wrap(b"fail"))
        await until(counts, "failed RuntimeError")
        second.write(wrap(b"1"))
        assert await second_reader.readuntil(b"\x1c\r") == wrap(b"ACK 1")
        assert listener.status.last_error == "RuntimeError"
        first.close()
        second.close()

    caplog.set_level("INFO")
    run(scene)
    assert "SMITH" not in caplog.text
    assert "RuntimeError" in caplog.text


def test_stopping_answers_what_was_taken() -> None:
    async def scene(listener: MllpListener, echo: Echo, counts: Counts) -> None:
        reader, writer = await connect(listener)
        writer.write(wrap(b"1"))
        await echo.arrived.wait()
        stopping = asyncio.create_task(listener.stop(10))
        await asyncio.sleep(0)
        ((raw, done),) = echo.held
        done(raw)
        assert await reader.read() == wrap(b"1")
        await stopping
        assert not listener.status.is_running
        writer.close()

    run(scene, holds=True)


def test_messages_that_break_off_count_as_unanswered_until_they_are_kept() -> None:
    async def scene(listener: MllpListener, echo: Echo, counts: Counts) -> None:
        reader, writer = await connect(listener)
        writer.write(b"\x0bhalf" * 20 + wrap(b"whole"))
        await echo.arrived.wait()
        assert len(echo.held) == 4  # the limit: no more is taken from the connection
        while len(echo.halves) < 20 or not echo.held or echo.held[-1][0] != b"whole":
            _, done = echo.held.pop(0)
            done()
            await asyncio.sleep(0)
        for raw, done in echo.held:
            done(*([] if raw == b"half" else [b"ACK " + raw]))
        assert await reader.readuntil(b"\x1c\r") == wrap(b"ACK whole")
        writer.close()

    run(scene, limits=Limits(pending=4), holds=True)


def test_a_peer_that_only_begins_messages_is_turned_away() -> None:
    async def scene(listener: MllpListener, echo: Echo, counts: Counts) -> None:
        reader, writer = await connect(listener)
        writer.write(b"\x0bA" * 10_000)
        assert await is_closed(reader)
        assert len(echo.halves) == 100
        assert any("does not end them" in event for event in counts.events)
        writer.close()

    run(scene)


def test_large_messages_together_stay_within_the_memory_and_small_ones_pass() -> None:
    async def scene(listener: MllpListener, echo: Echo, counts: Counts) -> None:
        large = [await connect(listener) for _ in range(3)]
        for _, writer in large:
            writer.write(b"\x0b" + b"x" * 400_000)
        while "too many large messages at once" not in counts.events:
            counts.changed.clear()
            await counts.changed.wait()
        reader, writer = await connect(listener)
        writer.write(wrap(b"small"))
        assert await reader.readuntil(b"\x1c\r") == wrap(b"ACK small")
        for each in [writer, *(writer for _, writer in large)]:
            each.close()

    run(scene, limits=Limits(memory=1_000_000))


def test_it_listens_on_both_families() -> None:
    async def play() -> None:
        listener = MllpListener(Echo(), host="", port=0)
        await listener.start()
        try:
            families = {"[" in address for address in listener.addresses}
            assert False in families
            if not socket.has_ipv6 or len(families) < 2:
                pytest.skip("this machine has no IPv6: enable it to test both families")
            reader, writer = await asyncio.open_connection("::1", listener.port)
            writer.write(wrap(b"1"))
            assert await reader.readuntil(b"\x1c\r") == wrap(b"ACK 1")
            writer.close()
        finally:
            await listener.stop(0)

    asyncio.run(play())


def test_a_taken_port_is_told_with_the_way_out() -> None:
    async def play() -> None:
        first = MllpListener(Echo(), host="127.0.0.1", port=0)
        first.bind()
        second = MllpListener(Echo(), host="127.0.0.1", port=first.port)
        with pytest.raises(ListenError) as caught:
            second.bind()
        address = f"127.0.0.1:{first.port}"
        await first.stop(0)
        assert str(caught.value) == (
            f"The HL7 listener cannot open {address}: another program holds this port. [{address}]"
            " — stop that program or choose another port (listener.port-taken)"
        )

    asyncio.run(play())


def test_an_unknown_host_is_told() -> None:
    async def play() -> None:
        with pytest.raises(ListenError, match="nobody knows the host"):
            MllpListener(Echo(), host="no.such.host.invalid", port=0).bind()

    asyncio.run(play())


@pytest.mark.long
def test_5000_idle_connections_do_not_slow_the_one_that_talks() -> None:
    wanted = 5000
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 2 * wanted + 200:
        pytest.skip(f"the file limit is {hard}: raise it with `ulimit -Hn 20000`")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, 2 * wanted + 200), hard))

    async def scene(listener: MllpListener, echo: Echo, counts: Counts) -> None:
        writers = [(await connect(listener))[1] for _ in range(wanted)]
        reader, writer = await connect(listener)
        for _ in range(100):
            writer.write(wrap(b"1"))
            assert await reader.readuntil(b"\x1c\r") == wrap(b"ACK 1")
        assert listener.status.connections == wanted + 1
        for each in [*writers, writer]:
            each.close()

    try:
        run(scene)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def is_open(port: int) -> bool:
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == 0


def test_it_moves_to_another_port_and_connections_of_the_old_one_stay_until_they_are_left() -> None:
    async def scene(listener: MllpListener, echo: Echo, counts: Counts) -> None:
        old = listener.port
        reader, writer = await connect(listener)
        writer.write(wrap(b"one"))
        assert await reader.readuntil(b"\x1c\r") == wrap(b"ACK one")
        await listener.move(free_port())
        assert listener.port != old
        assert not is_open(old)
        writer.write(wrap(b"two"))
        assert await reader.readuntil(b"\x1c\r") == wrap(b"ACK two")
        new_reader, new_writer = await connect(listener)
        await listener.leave(old)
        assert await reader.read() == b""
        new_writer.write(wrap(b"three"))
        assert await new_reader.readuntil(b"\x1c\r") == wrap(b"ACK three")
        writer.close()
        new_writer.close()

    run(scene)


def test_what_was_taken_on_the_old_port_is_answered_before_it_is_left() -> None:
    async def scene(listener: MllpListener, echo: Echo, counts: Counts) -> None:
        old = listener.port
        reader, writer = await connect(listener)
        writer.write(wrap(b"slow"))
        await echo.arrived.wait()
        await listener.move(None)
        assert (listener.addresses, listener.status.is_running) == ((), False)
        leaving = asyncio.create_task(listener.leave(old))
        await asyncio.sleep(0)
        ((raw, done),) = echo.held
        done(b"ACK " + raw)
        await leaving
        assert await reader.read() == wrap(b"ACK slow")
        writer.close()

    run(scene, holds=True)


def test_who_is_not_answered_in_time_is_left_anyway() -> None:
    async def scene(listener: MllpListener, echo: Echo, counts: Counts) -> None:
        old = listener.port
        reader, writer = await connect(listener)
        writer.write(wrap(b"never"))
        await echo.arrived.wait()
        await listener.move(None)
        await listener.leave(old, 0)
        assert await reader.read() == b""
        echo.held[0][1]()
        writer.close()

    run(scene, holds=True)


def test_a_port_that_is_taken_leaves_it_where_it_is() -> None:
    async def scene(listener: MllpListener, echo: Echo, counts: Counts) -> None:
        old = listener.port
        with socket.create_server(("127.0.0.1", 0)) as holder, pytest.raises(ListenError):
            await listener.move(holder.getsockname()[1])
        assert listener.port == old
        reader, writer = await connect(listener)
        writer.write(wrap(b"still"))
        assert await reader.readuntil(b"\x1c\r") == wrap(b"ACK still")
        writer.close()

    run(scene)
