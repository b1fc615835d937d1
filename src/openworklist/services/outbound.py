"""The outbound queue for those who put messages into it and for people who look after it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Final, TypeVar

from openworklist.domain.destination import Destination, Tls
from openworklist.domain.errors import NotFound, QueueError
from openworklist.domain.outgoing import Outgoing, Result, State
from openworklist.hl7.receipt import check_sendable, read_asked
from openworklist.services.clock import Clock, read_clock
from openworklist.store import outbound as store
from openworklist.store.connection import Connection
from openworklist.store.database import Database

T = TypeVar("T")
_DAY: Final = 86_400_000_000
BATCH: Final = 100  # expired in a transaction
UNSENT: Final = (State.WAITING, State.DEAD)


@dataclass(frozen=True, slots=True)
class Whole:
    """A message of the queue with its bytes, and those of the last acknowledgement."""

    outgoing: Outgoing
    content: bytes
    acknowledgement: bytes


def put(
    connection: Connection,
    content: bytes,
    destination: Destination,
    *,
    actor: str,
    now: int,
    record_id: int | None = None,
) -> int:
    """Put a message into the queue, in the transaction of whoever has cause to send it; its number.

    MessageError if it cannot be sent. The courier is woken after the commit.
    """
    asked = check_sendable(content)
    return store.insert_outgoing(
        connection,
        destination=destination.name,
        options=to_options(destination),
        content=content,
        control_id=asked.control_id,
        record_id=record_id,
        now=now,
        actor=actor,
    )


class Outbound:
    """Each change is a transaction of its own: all of the messages named, or none."""

    def __init__(
        self, database: Database, *, clock: Clock = read_clock, wake: Callable[[], None] | None = None
    ) -> None:
        self._database = database
        self._clock = clock
        self._wake = wake

    def put(
        self,
        contents: Iterable[bytes],
        destination: Destination,
        *,
        actor: str,
        record_id: int | None = None,
    ) -> list[int]:
        """Put messages into the queue in this order; their numbers. MessageError if one cannot be sent."""
        contents = list(contents)

        def change(connection: Connection) -> list[int]:
            now = self._clock()
            return [
                put(connection, content, destination, actor=actor, now=now, record_id=record_id)
                for content in contents
            ]

        return self._write(change)

    def note_sent(
        self,
        content: bytes,
        destination: Destination,
        result: Result,
        *,
        began: int,
        actor: str,
        record_id: int | None = None,
    ) -> int:
        """Keep what a person sent at once, without the queue, with what became of it; its number.

        `began` is when it went out, in microseconds since 1970; `result` is an end: nothing of it waits.
        """

        def change(connection: Connection) -> int:
            number = store.insert_outgoing(
                connection,
                destination=destination.name,
                options=to_options(destination),
                content=content,
                control_id=read_asked(content).control_id,
                record_id=record_id,
                now=began,
                actor=actor,
            )
            store.settle(connection, number, result, "", self._clock())
            return number

        return self._database.write(change)

    def find(
        self,
        states: Sequence[State] = UNSENT,
        *,
        destination: str = "",
        record_id: int | None = None,
        most: int = 100,
    ) -> list[Outgoing]:
        """The newest so many in these states, in any if none is named."""
        return self._database.read(
            lambda connection: store.find_all(connection, states, destination, record_id, most)
        )

    def get(self, number: int) -> Whole:
        def read(connection: Connection) -> Whole:
            return Whole(_get(connection, number), *store.find_bytes(connection, number))

        return self._database.read(read)

    def retry(self, numbers: Iterable[int], actor: str) -> None:
        """Have messages tried again at once, from the first attempt on; QueueError if one was sent."""
        self._change(numbers, actor, "tried again", (*UNSENT, State.DROPPED), store.try_again)

    def drop(self, numbers: Iterable[int], actor: str) -> None:
        """Give messages up; QueueError if one was sent, or is being sent just now."""
        self._change(numbers, actor, "dropped", UNSENT, store.drop)

    def _change(
        self,
        numbers: Iterable[int],
        actor: str,
        what: str,
        states: Sequence[State],
        change: Callable[[Connection, int, int, str], None],
    ) -> None:
        chosen = sorted(set(numbers))

        def run(connection: Connection) -> None:
            now = self._clock()
            for destination in sorted({_get(connection, number).destination for number in chosen}):
                store.lock_destination(connection, destination)
            for number in chosen:
                outgoing = _get(connection, number)
                if outgoing.state not in states:
                    raise _not_possible(number, what, f"it was {outgoing.state}", "outbound.ended")
                if store.find_lease(connection, outgoing.destination, now) == number:
                    hint = "wait for what becomes of it"
                    raise _not_possible(number, what, "it is being sent", "outbound.being-sent", hint)
                change(connection, number, now, actor)

        self._write(run)

    def _write(self, change: Callable[[Connection], T]) -> T:
        result = self._database.write(change)
        if self._wake is not None:
            self._wake()
        return result


def expire_batch(database: Database, now: int, days: float, batch: int = BATCH) -> int:
    """Delete some of those that were sent or dropped longer ago; fewer than `batch` are the last."""
    cutoff = now - int(days * _DAY)
    return database.write(lambda connection: store.delete_ended(connection, cutoff, batch))


def to_options(destination: Destination) -> str:
    """A destination as the queue keeps it."""
    tls = {"tls": asdict(destination.tls)} if destination.tls else {}
    return json.dumps({"host": destination.host, "port": destination.port, **tls})


def from_options(options: str) -> Destination:
    found = json.loads(options)
    tls = Tls(**found["tls"]) if "tls" in found else None
    return Destination(found["host"], found["port"], tls)


def _get(connection: Connection, number: int) -> Outgoing:
    found = store.find_outgoing(connection, number)
    if found is None:
        raise NotFound(
            f"There is no message {number} in the outbound queue.",
            hint="openworklist outbound list --all shows what there is",
            code="outbound.not-found",
        )
    return found


def _not_possible(number: int, what: str, why: str, code: str, hint: str = "") -> QueueError:
    return QueueError(
        f"Message {number} of the outbound queue cannot be {what}: {why}.", code=code, hint=hint
    )
