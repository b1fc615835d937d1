"""A C-STORE: its dataset handed on as it comes, answered once it is stored."""

from __future__ import annotations

import asyncio
from time import perf_counter
from typing import TYPE_CHECKING, Final

from openworklist.dicom.dimse import AFFECTED_SOP_INSTANCE_UID, encode_response
from openworklist.dicom.events import StoreBegun
from openworklist.dicom.status import Status
from openworklist.domain.errors import InstanceError, StoreError
from openworklist.domain.instance import Sender
from openworklist.listeners.dicom_contract import IncomingInstance

if TYPE_CHECKING:
    from openworklist.listeners.dicom_connection import Connection

# PS3.4 table B.2-1
_STATUSES: Final = {"instance.mismatch": Status.IDENTIFIER_MISMATCH}
_INTERNAL: Final = "internal error, see the log of the server"


class Storing:
    """Runs on the loop. It ends with one answer, or with its connection.

    With a `refusal` nothing is stored: the dataset is read to its end and that is the answer.
    """

    __slots__ = ("_connection", "_incoming", "_refusal", "_uid", "asked", "began", "is_receiving")

    def __init__(self, connection: Connection, asked: StoreBegun, refusal: tuple[Status, str] | None) -> None:
        self._connection = connection
        self._incoming: IncomingInstance | None = None
        self._refusal = refusal
        self._uid = asked.command.find_text(AFFECTED_SOP_INSTANCE_UID) or ""
        self.asked = asked
        self.began = perf_counter()
        self.is_receiving = True

    @property
    def is_full(self) -> bool:
        """Whether nothing more is to be read for now."""
        return self._incoming is not None and self._incoming.is_full

    def run(self) -> None:
        store = self._connection.listener.store
        if self._refusal is not None or store is None:
            return
        context = self.asked.context
        sender = Sender(self._connection.calling, self._connection.called, self._connection.peer)
        self._incoming = store.open(
            sender, self._uid, context.abstract_syntax, context.transfer_syntax, self._connection.go_on
        )

    def take(self, data: bytes, is_last: bool) -> None:
        """A piece of the dataset."""
        if self._incoming is not None:
            self._incoming.write(data)
        if not is_last:
            return
        self.is_receiving = False
        if self._incoming is not None:
            task = asyncio.ensure_future(self._incoming.finish())
            task.add_done_callback(self._note_end)
        elif self._refusal is not None:
            self._answer(*self._refusal)

    def cancel(self) -> None:
        """A C-STORE cannot be cancelled (PS3.7 9.1.1)."""

    def stop(self) -> None:
        """Nobody waits for the answer any more; what came whole is stored nevertheless."""
        if self._incoming is not None and self.is_receiving:
            self._incoming.drop()
            connection = self._connection
            connection.listener.observer.unfinished(connection.peer, connection.calling)
        self._incoming = None

    def resume(self) -> None:
        """The peer reads again: one answer does not wait for that."""

    def _note_end(self, task: asyncio.Future[None]) -> None:
        if self._incoming is None or task.cancelled():
            return
        error = task.exception()
        if error is not None and not isinstance(error, InstanceError):
            self._connection.note_failure(error)
        self._answer(*to_status(error))
        self._connection.go_on()

    def _answer(self, status: Status, comment: str, tags: tuple[int, ...] = ()) -> None:
        connection = self._connection
        answer = encode_response(
            self.asked.command, status, error_comment=comment, offending=tags, instance=self._uid
        )
        connection.end(self, answer)
        seconds = perf_counter() - self.began
        connection.listener.observer.stored(connection.peer, connection.calling, seconds, status)


def to_status(error: BaseException | None) -> tuple[Status, str, tuple[int, ...]]:
    """The status of a C-STORE that ended so, its Error Comment and Offending Element."""
    if error is None:
        return Status.SUCCESS, "", ()
    if isinstance(error, InstanceError):
        tags = () if error.tag is None else (error.tag,)
        return _STATUSES.get(error.code, Status.CANNOT_UNDERSTAND), error.sentence, tags
    if isinstance(error, StoreError):
        return Status.OUT_OF_RESOURCES, error.sentence, ()
    return Status.INTERNAL_ERROR, _INTERNAL, ()
