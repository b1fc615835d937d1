"""An N-CREATE, N-SET or N-GET of a performed step: handed to the service, answered with its status."""

from __future__ import annotations

import asyncio
import logging
from time import perf_counter
from typing import TYPE_CHECKING, Final, NamedTuple

from openworklist.dicom.dimse import (
    AFFECTED_SOP_INSTANCE_UID,
    ATTRIBUTE_IDENTIFIER_LIST,
    REQUESTED_SOP_INSTANCE_UID,
    CommandField,
    encode_response,
)
from openworklist.dicom.events import CommandReceived
from openworklist.dicom.status import Status
from openworklist.domain.errors import IdentifierError, OpenWorklistError, StepError, StoreError

if TYPE_CHECKING:
    from openworklist.listeners.dicom_connection import Connection

log = logging.getLogger(__name__)

_NAMES: Final = {
    CommandField.N_CREATE_RQ: "N-CREATE",
    CommandField.N_SET_RQ: "N-SET",
    CommandField.N_GET_RQ: "N-GET",
}
_STATUSES: Final = {
    "step.duplicate": Status.DUPLICATE_INSTANCE,
    "step.final": Status.PROCESSING_FAILURE,
    "step.invalid-instance": Status.INVALID_INSTANCE,
    "step.invalid-value": Status.INVALID_ATTRIBUTE_VALUE,
    "step.missing-attribute": Status.MISSING_ATTRIBUTE,
    "step.missing-value": Status.MISSING_ATTRIBUTE_VALUE,
    "step.no-such-attribute": Status.NO_SUCH_ATTRIBUTE,
    "step.unknown": Status.NO_SUCH_INSTANCE,
}
# PS3.4 table F.7.2-2: "Performed Procedure Step Object may no longer be updated".
_ERROR_IDS: Final = {"step.final": 0xA501}


class Outcome(NamedTuple):
    """What is answered: the fields of PS3.7 annex C that go with the status."""

    status: Status
    comment: str = ""
    tags: tuple[int, ...] = ()
    error_id: int | None = None
    instance: str = ""
    dataset: bytes | None = None


class StepRequest:
    """Runs on the loop. It ends with one answer, or with its connection; what it stores stays stored."""

    __slots__ = ("_connection", "_is_stopped", "_task", "asked", "began", "name")

    def __init__(self, connection: Connection, asked: CommandReceived, began: float) -> None:
        self._connection = connection
        self._is_stopped = False
        self._task: asyncio.Future[Outcome] | None = None
        self.asked = asked
        self.began = began
        self.name = _NAMES.get(CommandField(asked.command.field), "")

    def run(self) -> None:
        self._task = asyncio.ensure_future(self._do())
        self._task.add_done_callback(self._answer)

    def cancel(self) -> None:
        """DIMSE-N services cannot be cancelled (PS3.7 10.1)."""

    def stop(self) -> None:
        """Nobody waits for the answer any more."""
        self._is_stopped = True

    def resume(self) -> None:
        """The peer reads again: one answer does not wait for that."""

    async def _do(self) -> Outcome:
        asked, connection = self.asked, self._connection
        command, syntax, dataset = asked.command, asked.context.transfer_syntax, asked.dataset or b""
        steps = connection.listener.steps
        assert steps is not None
        if command.field == CommandField.N_CREATE_RQ:
            uid = command.find_text(AFFECTED_SOP_INSTANCE_UID) or ""
            uid = await steps.create(connection.calling, connection.peer, uid, dataset, syntax)
            return Outcome(Status.SUCCESS, instance=uid)
        uid = command.find_text(REQUESTED_SOP_INSTANCE_UID) or ""
        if command.field == CommandField.N_SET_RQ:
            await steps.change(connection.calling, uid, dataset, syntax)
            return Outcome(Status.SUCCESS, instance=uid)
        tags = command.find_tags(ATTRIBUTE_IDENTIFIER_LIST)
        found, missing = await steps.get(uid, tags, syntax)
        status = Status.ATTRIBUTE_LIST_ERROR if missing else Status.SUCCESS
        return Outcome(status, tags=missing, instance=uid, dataset=found)

    def _answer(self, task: asyncio.Future[Outcome]) -> None:
        if task.cancelled():
            return
        error = task.exception()
        if self._is_stopped:
            return
        if error is None:
            outcome = task.result()
        else:
            outcome = to_outcome(error)
            if not isinstance(error, StepError | IdentifierError):
                self._connection.note_failure(error)
        answer = encode_response(
            self.asked.command,
            outcome.status,
            error_comment=outcome.comment,
            has_dataset=bool(outcome.dataset),
            instance=outcome.instance,
            error_id=outcome.error_id,
            attributes=outcome.tags,
        )
        connection = self._connection
        connection.end(self, answer, outcome.dataset or None)
        seconds = perf_counter() - self.began
        connection.listener.observer.step(connection.calling, self.name, seconds, outcome.status)
        connection.go_on()


def to_outcome(error: BaseException) -> Outcome:
    """The status of an error (PS3.7 annex C, PS3.4 F.7.2), its comment and attributes."""
    if isinstance(error, StepError):
        status = _STATUSES.get(error.code, Status.PROCESSING_FAILURE)
        return Outcome(status, error.sentence, error.tags, _ERROR_IDS.get(error.code))
    if isinstance(error, IdentifierError):
        tags = () if error.tag is None else (error.tag,)
        return Outcome(Status.PROCESSING_FAILURE, error.sentence, tags)
    if isinstance(error, StoreError):
        return Outcome(Status.RESOURCE_LIMITATION, error.sentence)
    if isinstance(error, OpenWorklistError):
        return Outcome(Status.PROCESSING_FAILURE, error.sentence)
    return Outcome(Status.PROCESSING_FAILURE, "internal error, see the log of the server")
