"""Many scanners in one thread: sends pre-encoded bytes and reads PDUs by their length alone.

Linux only (epoll). Nothing here knows which server it talks to.
"""

import errno
import heapq
import select
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from benchmarks.pdus import PENDING, RELEASE, STATUS, Question

_CHUNK = 1 << 18
_EDGE = select.EPOLLIN | select.EPOLLOUT | select.EPOLLET
_BACK_OFF = 0.05  # seconds before a refused caller tries again


class Mode(Enum):
    """What a caller does over and over."""

    CYCLE = "associate, ask, release"
    OPEN = "ask on an open association"
    HOLD = "associate once and stay silent"


class _State(Enum):
    CONNECTING = 0
    ASSOCIATING = 1
    ASKING = 2
    RELEASING = 3
    HELD = 4


@dataclass(slots=True)
class Outcome:
    """What a run saw. Latencies are seconds from the first byte (or connect) to the last."""

    latencies: list[float] = field(default_factory=list)
    failures: int = 0
    wrong: int = 0
    cpu_seconds: float = 0.0
    wall_seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Finished rounds a second."""
        return len(self.latencies) / self.wall_seconds if self.wall_seconds else 0.0


class _Caller:
    __slots__ = ("at", "began", "buffer", "kind", "sock", "state")

    def __init__(self) -> None:
        self.buffer = bytearray()
        self.at = 0
        self.kind = 0
        self.began = 0.0
        self.state = _State.CONNECTING
        self.sock: socket.socket | None = None


def _find_final_status(buffer: bytearray) -> bool:
    """True if the newest command set in the buffer carries a status other than pending."""
    place = buffer.rfind(STATUS, max(0, len(buffer) - 300))
    return place >= 0 and buffer[place + 9] != 0xFF


class Callers:
    """`count` callers of one server. Call `run` as often as wanted; `close` drops what is open."""

    def __init__(
        self,
        address: tuple[str, int],
        associate: bytes,
        question: Question,
        count: int,
        mode: Mode,
        interval: float = 0.0,
    ) -> None:
        self._address, self._associate, self._question = address, associate, question
        self._mode, self._interval = mode, interval
        self._epoll = select.epoll()
        self._by_fd: dict[int, _Caller] = {}
        self._sleepers: list[tuple[float, int, _Caller]] = []
        self._outcome = Outcome()
        self._is_ending = False
        now = time.perf_counter()
        # Callers that poll once an interval are spread over it, as scanners are.
        for number in range(count):
            heapq.heappush(self._sleepers, (now + interval * number / count, number, _Caller()))

    def run(self, seconds: float, longest: float = 20.0, stop_at: int | None = None) -> Outcome:
        """Work for `seconds` and on until a round is finished, but never past `longest`.

        With `stop_at`, stop as soon as so many rounds (in HOLD mode: associations) are done.
        """
        outcome = self._outcome = Outcome()
        wall, cpu = time.perf_counter(), time.process_time()
        before = 0
        while True:
            now = time.perf_counter()
            done = len(outcome.latencies)
            passed = now - wall
            # From the end of a round to the end of a round: a slow server is not charged for a broken one.
            is_over = passed >= seconds and done > before
            if passed >= longest or is_over or (stop_at is not None and done >= stop_at):
                break
            before = done
            while self._sleepers and self._sleepers[0][0] <= now:
                self._connect_or_ask(heapq.heappop(self._sleepers)[2])
            pause = min(0.1, max(0.0, self._sleepers[0][0] - now)) if self._sleepers else 0.1
            self._hear(pause)
        outcome.wall_seconds = time.perf_counter() - wall
        outcome.cpu_seconds = time.process_time() - cpu
        return outcome

    def ask_once(self, longest: float) -> tuple[int, int]:
        """In HOLD mode, at the end: every association that still stands asks once.

        How many stood, and how many of them were answered within `longest`.
        """
        self._is_ending = True
        self._sleepers.clear()
        while self._hear(0.0):
            pass  # what the server has closed in the meantime is dropped
        for caller in [*self._by_fd.values()]:
            if caller.state is not _State.HELD:
                self._drop(caller)
        held = [*self._by_fd.values()]
        for caller in held:
            try:
                self._ask(caller)
            except OSError:
                self._drop(caller)
        return len(held), len(self.run(longest, longest, stop_at=len(held)).latencies)

    def close(self) -> None:
        """Drop every connection."""
        for caller in self._by_fd.values():
            if caller.sock is not None:
                caller.sock.close()
        self._by_fd.clear()
        self._epoll.close()

    def _hear(self, pause: float) -> int:
        """Wait so long for something to happen, and act on it; how much it was."""
        events = self._epoll.poll(pause)
        for fd, _ in events:
            caller = self._by_fd.get(fd)
            if caller is not None:
                try:
                    self._advance(caller)
                except OSError:
                    self._fail(caller)
        return len(events)

    def _connect_or_ask(self, caller: _Caller) -> None:
        caller.began = time.perf_counter()
        if caller.sock is not None:
            self._ask(caller)
            return
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        caller.sock, caller.state = sock, _State.CONNECTING
        self._by_fd[sock.fileno()] = caller
        code = sock.connect_ex(self._address)
        if code not in (0, errno.EINPROGRESS):
            self._fail(caller)
            return
        self._epoll.register(sock.fileno(), _EDGE)

    def _advance(self, caller: _Caller) -> None:
        sock = caller.sock
        assert sock is not None
        if caller.state is _State.CONNECTING:
            sock.send(self._associate)
            caller.state = _State.ASSOCIATING
            return
        buffer = caller.buffer
        while True:
            try:
                data = sock.recv(_CHUNK)
            except BlockingIOError:
                return
            if not data:
                self._fail(caller)
                return
            buffer += data
            if len(data) < _CHUNK:
                break
        at, size = caller.at, len(buffer)
        while size - at >= 6:
            length = 6 + int.from_bytes(buffer[at + 2 : at + 6], "big")
            if size - at < length:
                break
            caller.kind = buffer[at]
            at += length
        caller.at = at
        if at == size:
            self._act(caller)

    def _act(self, caller: _Caller) -> None:
        """Every byte so far belongs to a whole PDU; caller.kind is the type of the last one."""
        kind, state = caller.kind, caller.state
        if state is _State.ASKING and kind == 4:
            if not _find_final_status(caller.buffer):
                return
            found = caller.buffer.count(PENDING[0]) + caller.buffer.count(PENDING[1])
            if found != self._question.expected:
                self._outcome.wrong += 1
            if self._mode is Mode.OPEN:
                self._finish(caller)
            elif self._mode is Mode.HOLD:
                caller.state = _State.HELD
                self._outcome.latencies.append(time.perf_counter() - caller.began)
            else:
                self._send(caller, RELEASE, _State.RELEASING)
        elif state is _State.ASSOCIATING and kind == 2:
            if self._mode is Mode.HOLD:
                caller.state = _State.HELD
                self._outcome.latencies.append(time.perf_counter() - caller.began)
            elif self._mode is Mode.OPEN:
                caller.began = time.perf_counter()
                self._ask(caller)
            else:
                self._ask(caller)
        elif state is _State.RELEASING and kind == 6:
            self._drop(caller)
            self._finish(caller)
        else:
            self._fail(caller)

    def _ask(self, caller: _Caller) -> None:
        self._send(caller, self._question.request, _State.ASKING)

    def _send(self, caller: _Caller, data: bytes, state: _State) -> None:
        assert caller.sock is not None
        caller.buffer.clear()
        caller.at, caller.state = 0, state
        caller.sock.send(data)

    def _finish(self, caller: _Caller) -> None:
        now = time.perf_counter()
        self._outcome.latencies.append(now - caller.began)
        self._sleep(caller, max(now, caller.began + self._interval))

    def _fail(self, caller: _Caller) -> None:
        self._drop(caller)
        self._outcome.failures += 1
        if not self._is_ending:
            self._sleep(caller, time.perf_counter() + _BACK_OFF)

    def _sleep(self, caller: _Caller, until: float) -> None:
        heapq.heappush(self._sleepers, (until, id(caller), caller))

    def _drop(self, caller: _Caller) -> None:
        if caller.sock is not None:
            self._by_fd.pop(caller.sock.fileno(), None)
            caller.sock.close()
        caller.sock = None
        caller.buffer.clear()
        caller.at = 0


def percentile(latencies: Sequence[float], share: float) -> float:
    """The latency, in milliseconds, that this share of the rounds did not exceed; 0 for none."""
    if not latencies:
        return 0.0
    ordered = sorted(latencies)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000
