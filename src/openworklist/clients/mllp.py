"""Sending messages over MLLP, one at a time, and finding the acknowledgement that belongs to each."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Final

from openworklist.clients.mllp_connection import MllpConnection
from openworklist.domain.destination import Destination, Tls
from openworklist.domain.errors import MessageError, PeerError, Unanswered
from openworklist.domain.retry import Retry
from openworklist.hl7.receipt import Answer, Asked, read_answer, read_asked

# What may be otherwise when a connection is tried anew.
_PASSING: Final = frozenset(("peer.unreachable", "peer.timeout"))
_RETRY: Final = Retry(first=0.5, cap=30.0)


class MllpClient:
    """A connection to an HL7 host; use it in a `with` statement. Every trouble is a PeerError.

    `timeout` is in seconds for each acknowledgement, and for the connection too unless `connect_timeout` is
    given. A connection that fails is tried again `retries` times, after a `pause`. After an error the next
    message goes over a new connection, and so it does where the receiver has closed in between.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        timeout: float = 30,
        connect_timeout: float | None = None,
        tls: Tls | None = None,
        retries: int = 0,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._destination = Destination(host, port, tls)
        self._timeout = timeout
        self._connect_timeout = connect_timeout or timeout
        self._retries = retries
        self._pause = pause
        self._sent: set[str] = set()  # control IDs of what went over this connection
        self._count = 0  # of them
        self._connection: MllpConnection | None = self._connect()

    def __enter__(self) -> MllpClient:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def abort(self) -> None:
        """End the connection from another thread: who waits for an answer gets Unanswered."""
        if (connection := self._connection) is not None:
            connection.abort()

    def send(self, content: bytes) -> bytes:
        """Send one message, without framing, and return the bytes that come back, whatever they say."""
        try:
            return self._transmit(content).receive(time.monotonic() + self._timeout)
        except PeerError:
            self.close()
            raise

    def deliver(self, content: bytes, *, resend: Callable[[PeerError], None] | None = None) -> Answer | None:
        """Send one message and return the acknowledgement that counts; None if it asks for none.

        MSA-2 of the acknowledgement is MSH-10 of the message, or empty. Where MSH-16 asks for it, the one
        that follows a CA is waited for; if it does not come the CA counts. Unanswered if the message may have
        been taken and nothing says so, a plain PeerError if it cannot have been.

        Some receivers close each connection after its first message. With `resend`, which is told why, a
        message that meets the end of a connection that others went over is sent again over a new one.
        """
        asked = read_asked(content)
        try:
            return self._deliver(content, asked)
        except PeerError as error:
            has_company = self._count > 1
            self.close()
            if resend is None or not has_company or error.code != "peer.closed":
                raise
            resend(error)
        return self.deliver(content)

    def _deliver(self, content: bytes, asked: Asked) -> Answer | None:
        connection = self._transmit(content)
        earlier, self._sent = self._sent, self._sent | {asked.control_id}
        if not asked.is_answered:
            return None
        answer = self._await_answer(connection, asked, earlier)
        if not (asked.is_told_the_result and answer.is_commit):
            return answer
        try:
            return self._await_answer(connection, asked, earlier)
        except Unanswered:
            # HL7 v2.9 2.9.3: with CA the receiver has taken the message upon itself. It is not sent again.
            self.close()
            return answer

    def _await_answer(self, connection: MllpConnection, asked: Asked, earlier: set[str]) -> Answer:
        deadline = time.monotonic() + self._timeout
        while True:
            try:
                answer = read_answer(connection.receive(deadline))
            except MessageError as error:
                raise self._wrong(
                    f"answered with something else than an acknowledgement: {error.sentence}",
                    "check that it is the port of an HL7 receiver",
                ) from None
            if answer.control_id in ("", asked.control_id):
                return answer
            if answer.control_id not in earlier:
                raise self._wrong(
                    "acknowledged another message than the one that was sent.",
                    "the receiver must give back MSH-10 in MSA-2",
                )

    def _transmit(self, content: bytes) -> MllpConnection:
        """Hand a message to the network, over a new connection where the one there is has ended."""
        connection = self._connection
        if connection is not None and self._count:
            try:
                if not connection.has_ended():
                    connection.hand_over(content)
                    self._count += 1
                    return connection
            except PeerError as error:
                if error.code != "peer.closed":
                    raise
            # It cannot have arrived: nothing is sent twice.
            self.close()
            connection = None
        if connection is None:
            connection = self._connection = self._connect()
        connection.hand_over(content)
        self._count += 1
        return connection

    def _connect(self) -> MllpConnection:
        tries = 0
        while True:
            try:
                connection = MllpConnection(
                    self._destination, connect_timeout=self._connect_timeout, timeout=self._timeout
                )
            except PeerError as error:
                tries += 1
                if tries > self._retries or error.code not in _PASSING:
                    raise
                self._pause(_RETRY.pause(tries, 0))
            else:
                self._sent = set()
                self._count = 0
                return connection

    def _wrong(self, what: str, hint: str) -> Unanswered:
        name = self._destination.name
        return Unanswered(f"{name} {what}", where=name, code="peer.wrong-answer", hint=hint)


def send_message(host: str, port: int, content: bytes, *, timeout: float = 30) -> bytes:
    """Connect, send one message, and return the bytes of its acknowledgement. PeerError if anything fails."""
    with MllpClient(host, port, timeout=timeout) as client:
        return client.send(content)
