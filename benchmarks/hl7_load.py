"""Hospital systems in one thread: each sends an order over MLLP and waits for its acknowledgement.

Linux only (epoll). `depth` above 1 pipelines: that many orders may wait for their answers on one connection.
"""

import select
import socket
import time
from collections import deque
from collections.abc import Iterator

from benchmarks.client import Outcome

_END = b"\x1c\r"
_ACCEPTED = (b"MSA|AA", b"MSA|CA")


class _Sender:
    __slots__ = ("buffer", "sent_at", "sock")

    def __init__(self, address: tuple[str, int]) -> None:
        self.sock = socket.create_connection(address, 10)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = bytearray()
        self.sent_at: deque[float] = deque()


class Senders:
    """`count` connections that share one stream of messages. `messages` yields HL7 without MLLP framing."""

    def __init__(
        self, address: tuple[str, int], messages: Iterator[bytes], count: int, depth: int = 1
    ) -> None:
        self._messages, self._depth = messages, depth
        self._epoll = select.epoll()
        self._senders: dict[int, _Sender] = {}
        for _ in range(count):
            sender = _Sender(address)
            self._senders[sender.sock.fileno()] = sender
            self._epoll.register(sender.sock.fileno(), select.EPOLLIN)
        self.refusal = b""

    def run(self, seconds: float, idle_limit: float = 30.0) -> Outcome:
        """Send for so long, or until the messages run out, then wait for the last answers.

        Outcome.wrong counts answers that did not accept; raises TimeoutError after `idle_limit` s of silence.
        """
        outcome = Outcome()
        wall, cpu = time.perf_counter(), time.process_time()
        until = wall + seconds
        waiting = 0
        for sender in self._senders.values():
            waiting += self._fill(sender)
        heard = wall
        while waiting:
            events = self._epoll.poll(1.0)
            if not events and time.perf_counter() - heard > idle_limit:
                raise TimeoutError(f"{waiting} orders were not answered within {idle_limit:.0f} s")
            for fd, _ in events:
                sender = self._senders[fd]
                waiting -= self._receive(sender, outcome)
                heard = time.perf_counter()
                if heard < until:
                    waiting += self._fill(sender)
        outcome.wall_seconds = time.perf_counter() - wall
        outcome.cpu_seconds = time.process_time() - cpu
        return outcome

    def drop_closed(self) -> int:
        """Forget the connections that the server has closed; how many still stand. None may wait."""
        for fd, _ in self._epoll.poll(0, len(self._senders) + 1):  # there is nothing to read but the end
            self._senders.pop(fd).sock.close()
        return len(self._senders)

    def close(self) -> None:
        """Drop every connection."""
        for sender in self._senders.values():
            sender.sock.close()
        self._epoll.close()

    def _fill(self, sender: _Sender) -> int:
        """Send until `depth` orders wait on this connection; how many were sent."""
        batch = bytearray()
        before = len(sender.sent_at)
        now = time.perf_counter()
        while len(sender.sent_at) < self._depth:
            message = next(self._messages, None)
            if message is None:
                break
            batch += b"\x0b" + message + _END
            sender.sent_at.append(now)
        if batch:
            sender.sock.sendall(batch)
        return len(sender.sent_at) - before

    def _receive(self, sender: _Sender, outcome: Outcome) -> int:
        data = sender.sock.recv(1 << 16)
        if not data:
            raise ConnectionResetError(
                "the server closed an HL7 connection that waited for an acknowledgement"
            )
        sender.buffer += data
        answers = 0
        while (end := sender.buffer.find(_END)) >= 0:
            answer = bytes(sender.buffer[:end])
            del sender.buffer[: end + 2]
            outcome.latencies.append(time.perf_counter() - sender.sent_at.popleft())
            answers += 1
            if not any(code in answer for code in _ACCEPTED):
                outcome.wrong += 1
                self.refusal = answer
        return answers
