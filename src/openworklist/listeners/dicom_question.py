"""A C-FIND being answered: batch after batch, heeding C-CANCEL and a peer that reads slowly."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from time import perf_counter
from typing import TYPE_CHECKING, Final

from openworklist.dicom.dimse import encode_find_response, encode_response
from openworklist.dicom.events import CommandReceived
from openworklist.dicom.status import Status
from openworklist.domain.errors import IdentifierError, OpenWorklistError, StoreError, TooManyAnswers

if TYPE_CHECKING:
    from openworklist.listeners.dicom_connection import Connection
    from openworklist.listeners.dicom_contract import FindCursor

log = logging.getLogger(__name__)

_ZONE_OPTION: Final = slice(3, 4)  # of extended negotiation: PS3.4 K.5


class Question:
    """Runs on the loop. It ends with one final answer, or with its connection."""

    __slots__ = (
        "_connection",
        "_cursor",
        "_held",
        "_is_stopped",
        "_waits_for",
        "answers",
        "asked",
        "began",
        "is_cancelled",
    )

    def __init__(self, connection: Connection, asked: CommandReceived, began: float) -> None:
        self._connection = connection
        self._cursor: FindCursor | None = None
        self._held: list[bytes] | None = None  # read, but not yet sent
        self._waits_for: asyncio.Future[list[bytes]] | asyncio.Handle | None = None
        self._is_stopped = False
        self.asked = asked
        self.began = began
        self.answers = 0
        self.is_cancelled = False

    @property
    def adjusts_zone(self) -> bool:
        """Whether it was agreed that dates and times are those of the question's time zone."""
        return self.asked.context.options[_ZONE_OPTION] == b"\1"

    def run(self) -> None:
        """Answer until all is said, or something has to be waited for.

        A second batch waits for the loop's next turn. The usual question, answered in one batch, is over
        before this returns, and all its answers leave in one write.
        """
        try:
            self._run()
        except Exception as error:  # noqa: BLE001 - the edge: one question fails, not the server
            self._fail(error)

    def cancel(self) -> None:
        """The peer has asked for no more; what it waits for is given up."""
        self.is_cancelled = True
        if isinstance(self._waits_for, asyncio.Future):
            self._waits_for.cancel()

    def stop(self) -> None:
        """Nobody waits for the answers any more."""
        self._is_stopped = True
        if self._waits_for is not None:
            self._waits_for.cancel()
        self._waits_for = self._cursor = None

    def resume(self) -> None:
        """The peer reads again."""
        if self._waits_for is None:
            self.run()

    def _run(self) -> None:
        connection = self._connection
        if self._cursor is None:
            self._cursor = self._open()
        has_sent = False
        while not self.is_cancelled:
            if self._held is None:
                batch = self._cursor.next_batch()
                if not isinstance(batch, list):
                    self._await(batch)
                    return
                self._held = batch
            if not self._held:
                self._finish(Status.SUCCESS)
                return
            if has_sent:
                self._waits_for = connection.call_soon(self._go_on)
                return
            connection.send_answers(self.asked, self._cursor.status, self._held)
            self.answers += len(self._held)
            if (deliveries := connection.listener.deliveries) is not None:
                deliveries.note(connection.calling, self._cursor.numbers)
            self._held = None
            has_sent = True
        self._finish(Status.CANCEL)

    def _open(self) -> FindCursor:
        asked, connection = self.asked, self._connection
        if asked.dataset is None:
            raise IdentifierError("the question has no identifier")
        return connection.listener.service.open(
            connection.calling,
            asked.dataset,
            asked.context.transfer_syntax,
            adjusts_zone=self.adjusts_zone,
        )

    def _go_on(self) -> None:
        self._waits_for = None
        self._connection.go_on()

    def _await(self, batch: Awaitable[list[bytes]]) -> None:
        future = asyncio.ensure_future(batch)
        future.add_done_callback(self._take)
        self._waits_for = future

    def _take(self, future: asyncio.Future[list[bytes]]) -> None:
        try:
            batch = future.result()
        except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 - as in run
            if not self._is_stopped:
                self._waits_for = None
                if not self.is_cancelled:
                    self._fail(error)
                self._connection.go_on()
            return
        if not self._is_stopped:
            self._waits_for = None
            self._held = batch
            self._connection.go_on()

    def _fail(self, error: BaseException) -> None:
        status, comment, tag = to_failure(error)
        if status is Status.INTERNAL_ERROR or isinstance(error, StoreError):
            self._connection.note_failure(error)
        else:
            log.debug("question refused", extra={"peer": self._connection.peer, "error": error})
        self._finish(status, comment, () if tag is None else (tag,))

    def _finish(self, status: Status, comment: str = "", offending: tuple[int, ...] = ()) -> None:
        """Send the final answer, and tell whoever counts and remembers questions."""
        asked, connection = self.asked, self._connection
        if comment:
            answer = encode_response(asked.command, status, error_comment=comment, offending=offending)
        else:
            answer = encode_find_response(
                asked.context.abstract_syntax, asked.command.message_id, status, False
            )
        connection.end(self, answer)
        listener, calling = connection.listener, connection.calling
        listener.observer.question(calling, self.answers, perf_counter() - self.began, status)
        if listener.keeper is not None and asked.dataset:
            listener.keeper.note(
                calling,
                connection.peer,
                asked.dataset,
                asked.context.transfer_syntax,
                self.adjusts_zone,
                self.answers,
                status,
            )
        if log.isEnabledFor(logging.DEBUG):
            log.debug("a question of %s got %d answers", calling, self.answers)


def to_failure(error: BaseException) -> tuple[Status, str, int | None]:
    """The status (PS3.4 table K.4-1), Error Comment and Offending Element for an error."""
    if isinstance(error, IdentifierError):
        return Status.UNABLE_TO_PROCESS, error.sentence, error.tag
    if isinstance(error, StoreError | TooManyAnswers):
        return Status.OUT_OF_RESOURCES, error.sentence, None
    if isinstance(error, OpenWorklistError):
        return Status.UNABLE_TO_PROCESS, error.sentence, None
    return Status.INTERNAL_ERROR, "internal error, see the log of the server", None
