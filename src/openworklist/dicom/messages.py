"""Messages out of PDVs: fragmented, batched, and never longer than agreed (PS3.8 annex E)."""

from __future__ import annotations

from typing import Final, NamedTuple

from openworklist.dicom.dimse import Command, CommandField, decode
from openworklist.dicom.items import malformed
from openworklist.dicom.pdu import Pdv
from openworklist.domain.errors import PeerError

TOO_LONG: Final = "dicom.message-too-long"
IDENTIFIER_TOO_LONG: Final = "dicom.identifier-too-long"
MAX_COMMAND: Final = 16_384
MAX_DATASET: Final = 1024 * 1024
# What a scanner performed names each image, of which one examination may have tens of thousands.
MAX_STEP: Final = 8 * MAX_DATASET
_STEP_COMMANDS: Final = frozenset((CommandField.N_CREATE_RQ, CommandField.N_SET_RQ))


class Message(NamedTuple):
    context_id: int
    command: Command
    dataset: bytes | None


class Begun(NamedTuple):
    """A command whose dataset comes as `Part`s: it is never whole in memory."""

    context_id: int
    command: Command


class Part(NamedTuple):
    data: bytes
    is_last: bool


class Assembler:
    """Puts the messages of one association together, one after the other; PeerError where they interleave.

    What it gives is its own: a PDV may be a view of bytes that change.
    """

    __slots__ = ("_command", "_context_id", "_is_streaming", "_limit", "_max_dataset", "_parts")

    def __init__(self, max_dataset: int = MAX_DATASET) -> None:
        self._max_dataset = self._limit = max_dataset
        self._context_id = 0  # of the message that has begun
        self._command: Command | None = None  # read, its dataset is still to come
        self._is_streaming = False
        self._parts = bytearray()

    def take(self, pdv: Pdv, *, streams: bool = False) -> Message | Begun | Part | None:
        """The message that ends with this PDV, if one does.

        `streams`: the dataset of a C-STORE is handed on piece by piece.
        """
        if pdv.context_id != self._context_id:
            if self._context_id:
                raise malformed("A message changes its presentation context on the way.", "P-DATA-TF")
            self._context_id = pdv.context_id
        if pdv.is_command is not (self._command is None):
            kinds = (
                "dataset without its command" if self._command is None else "command instead of the dataset"
            )
            raise malformed(f"A {kinds} arrived.", "P-DATA-TF")
        if self._is_streaming:
            return self._pass_on(pdv)
        data = self._join(pdv)
        if data is None:
            return None
        if self._command is None:
            command = decode(data)
            if command.has_dataset:
                self._command = command
                if streams and command.field == CommandField.C_STORE_RQ:
                    self._is_streaming = True
                    return Begun(pdv.context_id, command)
                self._limit = MAX_STEP if command.field in _STEP_COMMANDS else self._max_dataset
                return None
            message = Message(pdv.context_id, command, None)
        else:
            message = Message(pdv.context_id, self._command, data)
            self._command = None
        self._context_id = 0
        return message

    def _pass_on(self, pdv: Pdv) -> Part:
        if pdv.is_last:
            self._command = None
            self._is_streaming = False
            self._context_id = 0
        return Part(bytes(pdv.data), pdv.is_last)

    def _join(self, pdv: Pdv) -> bytes | None:
        """The whole command or dataset if this piece is its last."""
        limit = MAX_COMMAND if self._command is None else self._limit
        size = len(self._parts) + len(pdv.data)
        if size > limit:
            raise self._too_long(limit)
        if pdv.is_last and not self._parts:
            return bytes(pdv.data)
        self._parts += pdv.data
        if not pdv.is_last:
            return None
        whole = bytes(self._parts)
        self._parts.clear()
        return whole

    def _too_long(self, limit: int) -> PeerError:
        command = self._command
        if command is not None and command.field not in _STEP_COMMANDS:
            sentence = f"A dataset is longer than the {limit} bytes that dicom_max_identifier allows."
            return PeerError(sentence, where="P-DATA-TF", code=IDENTIFIER_TOO_LONG)
        kind = "command" if command is None else "dataset"
        return PeerError(f"A {kind} is longer than {limit} bytes.", where="P-DATA-TF", code=TOO_LONG)
