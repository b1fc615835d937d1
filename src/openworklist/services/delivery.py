"""Sends what waits for one destination, in order, until nothing is due. No loop and no thread lives here."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from openworklist.clients.mllp import MllpClient
from openworklist.domain.destination import Destination
from openworklist.domain.errors import OpenWorklistError, PeerError, Unanswered
from openworklist.domain.outgoing import Outgoing, Result, State
from openworklist.domain.retry import Retry
from openworklist.hl7.receipt import Answer, Verdict
from openworklist.services.clock import Clock
from openworklist.services.outbound import from_options
from openworklist.store import outbound as store
from openworklist.store.connection import Connection
from openworklist.store.database import Database
from openworklist.store.outbound import Claimed

log = logging.getLogger(__name__)

_SECOND: Final = 1_000_000
_MARGIN: Final = 60.0  # seconds of a lease for what no time-out bounds: names looked up, a slow disk


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a server sends: time-outs in seconds, `owner` is who holds its leases."""

    owner: str
    retry: Retry
    timeout: float
    connect_timeout: float
    clock: Clock
    jitter: Callable[[], float]  # from 0 to 1

    @property
    def lease(self) -> float:
        """Seconds after which a server that has not settled a message does not send it any more.

        A connection, a message handed over, CA and AA; and once more where the receiver had closed.
        """
        return 2 * (self.connect_timeout + 3 * self.timeout) + _MARGIN


class Delivery:
    """One destination as one server sees it; it outlives its runs."""

    def __init__(
        self, database: Database, destination: str, terms: Terms, count: Callable[[str], None]
    ) -> None:
        self._database = database
        self._name = destination
        self._terms = terms
        self._count = count
        self._is_stopping = False
        self._closes_connections = False  # as some receivers do after each answer
        self._client: MllpClient | None = None
        self._to: Destination | None = None  # where the client is connected to
        self._settled: tuple[Outgoing, Result] | None = None  # what the database does not know yet

    def run(self) -> None:
        """Send until nothing is due. StoreError if the database refuses: the next run goes on from there."""
        try:
            while (claimed := self._step()) is not None:
                self._settled = claimed.outgoing, self._send(claimed)
        finally:
            self._hang_up()

    def stop(self) -> None:
        """Take up no more; from another thread."""
        self._is_stopping = True

    def abort(self) -> None:
        """Wait no longer for an answer, from another thread: the message is sent again after a start."""
        self._is_stopping = True
        if (client := self._client) is not None:
            client.abort()

    def _step(self) -> Claimed | None:
        """Settle what was sent, and take up what comes next, in one transaction."""
        now = self._terms.clock()

        def change(connection: Connection) -> tuple[bool, Claimed | None]:
            is_noted = False
            if self._settled is not None:
                outgoing, result = self._settled
                is_noted = store.settle(connection, outgoing.id, result, self._terms.owner, now)
            if self._is_stopping:
                return is_noted, None
            until = now + int(self._terms.lease * _SECOND)
            return is_noted, store.claim(connection, self._name, self._terms.owner, now, until)

        is_noted, claimed = self._database.write(change)
        if is_noted and self._settled is not None:
            self._note(*self._settled)
        self._settled = None
        return claimed

    def _send(self, claimed: Claimed) -> Result:
        try:
            client = self._connect(from_options(claimed.outgoing.options))
            answer = client.deliver(claimed.content, resend=self._note_resend)
        except OpenWorklistError as error:
            # A file for TLS that cannot be used may be mended, as a receiver that does not run.
            self._hang_up()
            return self._fail(claimed.outgoing, error.code, _tell(error))
        except Exception as error:
            log.error("sending failed", extra={"to": self._name, "error": type(error).__name__})
            log.debug("the error", exc_info=error)
            self._hang_up()
            return self._fail(claimed.outgoing, "outbound.internal-error", "The fault is ours: see the log.")
        if self._closes_connections:
            self._hang_up()
        return self._judge(claimed.outgoing, answer)

    def _judge(self, outgoing: Outgoing, answer: Answer | None) -> Result:
        if answer is None:
            return Result(State.SENT)
        if answer.verdict is Verdict.ACCEPTED:
            return Result(State.SENT, acknowledgement=answer.content)
        said = f"The receiver answered {answer.code}{': ' * bool(answer.text)}{answer.text}"
        if answer.verdict is Verdict.REFUSED:
            # Its content is wrong in the eyes of the receiver: the same again would be refused again.
            return Result(State.DEAD, "outbound.refused", said, answer.content)
        return self._fail(outgoing, "outbound.rejected", said, answer.content)

    def _fail(self, outgoing: Outgoing, code: str, said: str, acknowledgement: bytes = b"") -> Result:
        now = self._terms.clock()
        tries = outgoing.attempts + 1
        if self._terms.retry.is_over(tries, (now - outgoing.due_since) / _SECOND):
            return Result(State.DEAD, code, said, acknowledgement)
        pause = self._terms.retry.pause(tries, self._terms.jitter())
        return Result(State.WAITING, code, said, acknowledgement, now + int(pause * _SECOND))

    def _connect(self, destination: Destination) -> MllpClient:
        if self._client is None or self._to != destination:
            self._hang_up()
            self._client = MllpClient(
                destination.host,
                destination.port,
                timeout=self._terms.timeout,
                connect_timeout=self._terms.connect_timeout,
                tls=destination.tls,
            )
            self._to = destination
        return self._client

    def _hang_up(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    def _note_resend(self, error: PeerError) -> None:
        self._closes_connections = True
        self._count("outbound_repeated")
        log.info("the receiver had closed: sent again", extra={"to": self._name, "code": error.code})

    def _note(self, outgoing: Outgoing, result: Result) -> None:
        # What a receiver says may name a patient: that is for the queue, not for the log.
        about = {"outbound": outgoing.id, "to": self._name, "code": result.error_code}
        if result.state is State.SENT:
            self._count("outbound_sent")
        elif result.state is State.DEAD:
            self._count("outbound_dead")
            log.error("a message was given up", extra={**about, "attempts": outgoing.attempts + 1})
        else:
            self._count("outbound_failed")
            log.log(
                logging.INFO if outgoing.attempts else logging.WARNING, "a message was not sent", extra=about
            )


def _tell(error: OpenWorklistError) -> str:
    hint = f" — {error.hint}" if error.hint else ""
    doubt = " It may have arrived." if isinstance(error, Unanswered) else ""
    return f"{error.sentence}{doubt}{hint}"
