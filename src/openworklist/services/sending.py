"""Sends messages at once, as a person wishes; what went out is kept in the list of the outbound queue."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from openworklist.clients.mllp import MllpClient
from openworklist.clients.tls import make_context
from openworklist.domain.destination import Destination
from openworklist.domain.errors import OpenWorklistError, PeerError, Unanswered
from openworklist.domain.outgoing import Result, State
from openworklist.hl7.receipt import Answer, Verdict, check_sendable, read_asked
from openworklist.services.clock import read_clock
from openworklist.services.outbound import Outbound, from_options
from openworklist.services.traffic import REFUSED, read_header_of
from openworklist.store.database import Database
from openworklist.store.outbound_list import find_heads_sent

_LOOKED_AT: Final = 300  # messages of ours among which destinations are looked for
_OFFERED: Final = 12


@dataclass(frozen=True, slots=True)
class Letter:
    """A message on its way; `is_as_it_is`: a control ID is not asked of it."""

    content: bytes
    record_id: int | None = None
    is_as_it_is: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a letter: `number` in the list of what goes out, 0 where nothing went out.

    Without `answer` and `error` it asked for no acknowledgement.
    """

    letter: Letter
    number: int = 0
    answer: Answer | None = None
    error: OpenWorklistError | None = None

    @property
    def is_accepted(self) -> bool:
        return self.error is None and (self.answer is None or self.answer.verdict is Verdict.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Known:
    """A destination that was used before, with MSH-5 and MSH-6 of its newest message."""

    destination: Destination
    application: str
    facility: str
    used_at: int


class Sender:
    """Sends one message after the other over one connection."""

    def __init__(
        self,
        database: Database,
        *,
        wake: Callable[[], None] | None = None,
        timeout: float = 30,
        connect_timeout: float = 10,
    ) -> None:
        self._database = database
        self._outbound = Outbound(database, wake=wake)
        self._timeout = timeout
        self._connect_timeout = connect_timeout

    def send(self, letters: Iterable[Letter], destination: Destination, actor: str) -> list[Sent]:
        """What became of each. After one that could not be sent the others are not tried."""
        return list(self._send(list(letters), destination, actor))

    def queue(self, letters: Iterable[Letter], destination: Destination, actor: str) -> list[int]:
        """Put them into the outbound queue; their numbers.

        SettingsError if the files of its TLS are of no use, MessageError at the first that cannot be sent.
        """
        if destination.tls is not None:
            make_context(destination.tls)
        return [
            number
            for letter in letters
            for number in self._outbound.put(
                [letter.content], destination, actor=actor, record_id=letter.record_id
            )
        ]

    def find_known(self) -> list[Known]:
        """Destinations used before, the newest first."""
        rows = self._database.read(lambda connection: find_heads_sent(connection, _LOOKED_AT))
        known: dict[Destination, Known] = {}
        for options, head, at in rows:
            destination, header = from_options(options), read_header_of(head)
            known.setdefault(destination, Known(destination, header.field(5), header.field(6), at))
        return list(known.values())[:_OFFERED]

    def _send(self, letters: list[Letter], destination: Destination, actor: str) -> Iterator[Sent]:
        trouble: OpenWorklistError | None = None
        client: MllpClient | None = None
        try:
            for letter in letters:
                if trouble is not None:
                    yield Sent(letter, error=trouble)
                    continue
                keep = partial(self._keep, letter, destination, actor, read_clock())
                try:
                    _check(letter)
                    client = client or self._connect(destination)
                    answer = client.deliver(letter.content, resend=lambda _: None)
                except Unanswered as error:
                    trouble = error.to_value()
                    said = f"{error.sentence} It may have arrived."
                    yield Sent(letter, keep(Result(State.DROPPED, error.code, said)), error=trouble)
                except PeerError as error:
                    trouble = error.to_value()
                    yield Sent(letter, error=trouble)
                except OpenWorklistError as error:
                    yield Sent(letter, error=error.to_value())
                else:
                    yield Sent(letter, keep(_to_result(answer)), answer)
        finally:
            if client is not None:
                client.close()

    def _keep(self, letter: Letter, to: Destination, actor: str, began: int, result: Result) -> int:
        return self._outbound.note_sent(
            letter.content, to, result, began=began, actor=actor, record_id=letter.record_id
        )

    def _connect(self, destination: Destination) -> MllpClient:
        return MllpClient(
            destination.host,
            destination.port,
            timeout=self._timeout,
            connect_timeout=self._connect_timeout,
            tls=destination.tls,
        )


def _check(letter: Letter) -> None:
    if letter.is_as_it_is:
        read_asked(letter.content)
    else:
        check_sendable(letter.content)


def _to_result(answer: Answer | None) -> Result:
    if answer is None:
        return Result(State.SENT)
    if answer.verdict is Verdict.ACCEPTED:
        return Result(State.SENT, acknowledgement=answer.content)
    said = f"The receiver answered {answer.code}{': ' * bool(answer.text)}{answer.text}"
    # Who sent it sees the answer: nobody else has to look at it.
    return Result(State.DROPPED, REFUSED, said, answer.content)
