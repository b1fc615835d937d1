"""Which command on which SOP class does what; everything else is refused with its status."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from openworklist.dicom.dimse import CommandField, encode_response
from openworklist.dicom.events import CommandReceived
from openworklist.dicom.sop_classes import MODALITY_WORKLIST, VERIFICATION
from openworklist.dicom.status import Status

if TYPE_CHECKING:
    from openworklist.listeners.dicom_connection import Connection


def perform(connection: Connection, asked: CommandReceived) -> None:
    """Do what a command asks, at once or, for a question, in the turns to come."""
    command, context = asked.command, asked.context
    if command.is_response:
        connection.abort("it answers what nobody asked")
    elif command.sop_class and command.sop_class != context.abstract_syntax:
        _refuse_sop_class(connection, asked)
    else:
        _OPERATIONS.get((context.abstract_syntax, command.field), _refuse_operation)(connection, asked)


def _echo(connection: Connection, asked: CommandReceived) -> None:
    connection.send(asked.context.id, encode_response(asked.command, Status.SUCCESS))
    connection.listener.observer.echo(connection.calling)


def _find(connection: Connection, asked: CommandReceived) -> None:
    connection.ask(asked)


def _refuse_sop_class(connection: Connection, asked: CommandReceived) -> None:
    # PS3.4 table K.4-1 has a status of its own for a question to the wrong SOP class.
    is_find = asked.command.field == CommandField.C_FIND_RQ
    status = Status.IDENTIFIER_MISMATCH if is_find else Status.SOP_CLASS_NOT_SUPPORTED
    comment = "the SOP class is not that of the presentation context"
    connection.send(asked.context.id, encode_response(asked.command, status, error_comment=comment))


def _refuse_operation(connection: Connection, asked: CommandReceived) -> None:
    connection.send(asked.context.id, encode_response(asked.command, Status.UNRECOGNIZED_OPERATION))


_OPERATIONS: Final[Mapping[tuple[str, int], Callable[[Connection, CommandReceived], None]]] = {
    (VERIFICATION, CommandField.C_ECHO_RQ): _echo,
    (MODALITY_WORKLIST, CommandField.C_FIND_RQ): _find,
}
