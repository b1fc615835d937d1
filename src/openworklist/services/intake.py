"""The door for orders: journalled and applied in one transaction, acknowledged after its commit."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import count
from typing import Final

from openworklist.domain.errors import OpenWorklistError, OrderError, StoreError
from openworklist.hl7.ack import ACCEPTED, Header, Problem, acknowledge, explain, warn
from openworklist.hl7.modes import wanted
from openworklist.observe.metrics import Metrics
from openworklist.services.clock import Clock, read_clock
from openworklist.services.merging import MergeMemory
from openworklist.services.reading import Arrival, Reader, Source
from openworklist.services.settling import Settled, settle
from openworklist.store.connection import Connection
from openworklist.store.database import Database

log = logging.getLogger(__name__)

Done = Callable[[bytes], None]
Told = Callable[[Settled], None]
_SECOND: Final = 1_000_000
_MOST_WARNINGS: Final = 10  # of a message, in its answer; the journal has them all


def always(header: Header) -> bool:
    """Whether a sender gets acknowledgements: every one does."""
    return True


class Intake:
    """Takes messages; each gets its answer once, and AA or CA in it means that it is on disk.

    An answer is one acknowledgement after the other: mostly one, two to a sender that wants both of enhanced
    mode. It is empty, and nothing is sent, to an acknowledgement, to a sender that wants none, and where
    `acknowledges` says no. Of what came another way than over a line it is that of original mode.
    """

    def __init__(
        self,
        database: Database,
        reader: Reader,
        metrics: Metrics,
        *,
        acknowledges: Callable[[Header], bool] = always,
        clock: Clock = read_clock,
        note_sender: Callable[[str, str], None] = lambda application, facility: None,
    ) -> None:
        self._database = database
        self._reader = reader
        self._metrics = metrics
        self._acknowledges = acknowledges
        self._clock = clock
        self._note_sender = note_sender
        self._merges = MergeMemory()
        self._numbers = count(clock())  # of our own control IDs: they go on where a restart left off

    def receive(self, raw: bytes, source: Source, done: Done, *, warnings: tuple[str, ...] = ()) -> None:
        """Take a message; `done` gets its answer on the loop's thread, once it is on disk.

        `warnings` are for the journal: what was odd about the way in which it came.
        """
        arrival = self._reader.read(raw, source, self._clock())
        if warnings:
            arrival = replace(arrival, warnings=(*arrival.warnings, *warnings))
        self._submit(arrival, lambda settled: done(settled.answer))

    def refuse(self, raw: bytes, source: Source, error: OpenWorklistError, done: Done) -> None:
        """Journal as refused what never was a whole message; `done` as in `receive`."""
        arrival = self._reader.read_head(raw, source, self._clock(), error)
        self._submit(arrival, lambda settled: done(settled.answer))

    def settle(
        self, raw: bytes, source: Source, told: Told, *, lane: str, error: OpenWorklistError | None = None
    ) -> None:
        """As `receive`, or with an `error` as `refuse`, for whom the acknowledgement says too little.

        The messages of a lane are applied in the order of their coming, whatever patients they are about.
        """
        now = self._clock()
        if error is None:
            arrival = self._reader.read(raw, source, now)
        else:
            arrival = self._reader.read_head(raw, source, now, error)
        self._submit(arrival, told, lane)

    def receive_message(self, raw: bytes, source: Source) -> bytes:
        """Take a message and wait until it is on disk; returns its answer."""
        arrival = self._reader.read(raw, source, self._clock())
        while True:
            answer = self.answer(arrival)
            try:
                settled = self._database.write(partial(self._settle, arrival, answer))
            except StoreError as error:
                return self._fail(arrival, error).answer
            except OpenWorklistError as error:
                arrival = arrival.refused(error)
            else:
                return self._note(arrival, settled).answer

    def _submit(self, arrival: Arrival, told: Told, lane: str = "") -> None:
        answer = self.answer(arrival)

        def finish(result: Settled | Exception) -> None:
            if isinstance(result, Settled):
                told(self._note(arrival, result))
            elif isinstance(result, OpenWorklistError) and not isinstance(result, StoreError):
                # Its changes were taken back; what is journalled now is the message, and why.
                self._submit(arrival.refused(result), told, lane)
            else:
                told(self._fail(arrival, result))

        self._database.submit(partial(self._settle, arrival, answer), finish, lane=lane or arrival.patient)

    def _settle(self, arrival: Arrival, answer: bytes, connection: Connection) -> Settled:
        return settle(
            connection,
            arrival,
            answer,
            self._reader.configuration().study_uids.root,
            warn=partial(self._warn, arrival),
            merges=self._merges,
        )

    def _note(self, arrival: Arrival, settled: Settled) -> Settled:
        if arrival.is_sender_new:
            self._note_sender(arrival.application, arrival.facility)
        self._metrics.count(f"messages_{settled.disposition}")
        return settled

    def answer(self, arrival: Arrival) -> bytes:
        """What the sender is told if all goes well, or why it cannot."""
        if arrival.error is None:
            return self._acknowledge(arrival, ACCEPTED)
        log.debug("message refused", extra={"peer": arrival.source.peer, "error": arrival.error})
        code, problem = explain(arrival.error)
        return self._acknowledge(arrival, code, problem)

    def _warn(self, arrival: Arrival, errors: Sequence[OrderError]) -> bytes:
        """AA that says what was asked for in vain."""
        return self._acknowledge(arrival, ACCEPTED, *map(warn, errors[:_MOST_WARNINGS]))

    def _fail(self, arrival: Arrival, error: Exception) -> Settled:
        """AR with 207: nothing was stored, and the sender may try again."""
        self._metrics.count("messages_not_stored")
        name = type(error).__name__
        if not isinstance(error, StoreError):
            log.debug("the error", exc_info=error)
            error = StoreError("The message could not be stored.", code="store.failed")
        log.error("a message was not stored", extra={"error": name, "code": error.code})
        code, problem = explain(error)
        return Settled("failed", self._acknowledge(arrival, code, problem), error=error)

    def _acknowledge(self, arrival: Arrival, code: str, *problems: Problem) -> bytes:
        if arrival.is_answer:
            return b""
        header = arrival.header
        if not arrival.source.is_line:
            return self._write(arrival, code, problems)
        if not self._acknowledges(header):
            return b""
        codes = wanted(header, code, problems[0].condition if problems else 0)
        if len(codes) == 1:
            return self._write(arrival, codes[0], problems)
        # What there is to say is said by the last.
        return b"".join(
            self._write(arrival, each, () if number < len(codes) else problems)
            for number, each in enumerate(codes, 1)
        )

    def _write(self, arrival: Arrival, code: str, problems: Sequence[Problem]) -> bytes:
        moment = datetime.fromtimestamp(arrival.received_at / _SECOND, self._reader.zone)
        return acknowledge(
            arrival.header,
            code,
            now=f"{moment:%Y%m%d%H%M%S}",
            control_id=f"OW{next(self._numbers):X}",
            problems=problems,
        )
