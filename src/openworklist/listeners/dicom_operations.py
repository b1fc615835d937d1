"""Which command on which SOP class does what; everything else is refused with its status."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from openworklist.dicom.dimse import CommandField, encode_response
from openworklist.dicom.events import CommandReceived, StoreBegun
from openworklist.dicom.sop_classes import (
    MODALITY_WORKLIST,
    PERFORMED_STEP,
    PERFORMED_STEP_RETRIEVE,
    VERIFICATION,
)
from openworklist.dicom.status import Status
from openworklist.dicom.storage_classes import STORAGE_CLASSES

if TYPE_CHECKING:
    from openworklist.listeners.dicom_connection import Connection


_KNOWN: Final = frozenset((MODALITY_WORKLIST, PERFORMED_STEP, PERFORMED_STEP_RETRIEVE, VERIFICATION))
_OTHER_CLASS: Final = "the SOP class is not that of the presentation context"
# PS3.4 F.8.2.1: an N-GET names the Retrieve SOP Class; that of the instance is what it was created under.
_ALSO: Final = {PERFORMED_STEP_RETRIEVE: PERFORMED_STEP}


def perform(connection: Connection, asked: CommandReceived) -> None:
    """Do what a command asks, at once or, for a question, in the turns to come."""
    command, context = asked.command, asked.context
    if command.is_response:
        connection.abort("it answers what nobody asked")
    elif not connection.is_welcome:
        connection.abort("its scanner is turned away since")
    elif command.sop_class not in ("", context.abstract_syntax, _ALSO.get(context.abstract_syntax)):
        _refuse_sop_class(connection, asked)
    else:
        _OPERATIONS.get((context.abstract_syntax, command.field), _refuse_operation)(connection, asked)


def store(connection: Connection, asked: StoreBegun) -> None:
    """Begin to take an instance; one that is refused is read to its end all the same."""
    if not connection.is_welcome:
        connection.abort("its scanner is turned away since")
        return
    is_other = asked.command.sop_class != asked.context.abstract_syntax
    connection.take_instance(asked, (Status.SOP_CLASS_NOT_SUPPORTED, _OTHER_CLASS) if is_other else None)


def _echo(connection: Connection, asked: CommandReceived) -> None:
    connection.send(asked.context.id, encode_response(asked.command, Status.SUCCESS))
    connection.listener.observer.echo(connection.calling)


def _find(connection: Connection, asked: CommandReceived) -> None:
    connection.ask(asked)


def _refuse_sop_class(connection: Connection, asked: CommandReceived) -> None:
    status = Status.SOP_CLASS_NOT_SUPPORTED
    if asked.command.field == CommandField.C_FIND_RQ:
        # PS3.4 table K.4-1 has a status of its own for a question to the wrong SOP class.
        status = Status.IDENTIFIER_MISMATCH
    elif (asked.context.abstract_syntax, asked.command.field) in _STEP_OPERATIONS:
        is_known = asked.command.sop_class in _KNOWN
        status = Status.CLASS_INSTANCE_CONFLICT if is_known else Status.NO_SUCH_SOP_CLASS
    connection.send(asked.context.id, encode_response(asked.command, status, error_comment=_OTHER_CLASS))


def _refuse_operation(connection: Connection, asked: CommandReceived) -> None:
    connection.send(asked.context.id, encode_response(asked.command, Status.UNRECOGNIZED_OPERATION))


def _refuse_empty(connection: Connection, asked: CommandReceived) -> None:
    comment = "there is no dataset"
    answer = encode_response(asked.command, Status.CANNOT_UNDERSTAND, error_comment=comment)
    connection.send(asked.context.id, answer)


def _take_step(connection: Connection, asked: CommandReceived) -> None:
    connection.take_step(asked)


_STEP_OPERATIONS: Final = frozenset(
    (
        (PERFORMED_STEP, CommandField.N_CREATE_RQ),
        (PERFORMED_STEP, CommandField.N_SET_RQ),
        (PERFORMED_STEP_RETRIEVE, CommandField.N_GET_RQ),
    )
)
_OPERATIONS: Final[Mapping[tuple[str, int], Callable[[Connection, CommandReceived], None]]] = {
    (VERIFICATION, CommandField.C_ECHO_RQ): _echo,
    (MODALITY_WORKLIST, CommandField.C_FIND_RQ): _find,
    **dict.fromkeys(_STEP_OPERATIONS, _take_step),
    **{(uid, CommandField.C_STORE_RQ): _refuse_empty for uid in STORAGE_CLASSES},
}
