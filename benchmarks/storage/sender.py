"""A scanner that sends slices over one association, in P-DATA-TFs as long as the server takes."""

import socket
import struct
import time
from collections.abc import Iterable

from benchmarks.process import ServerFailed
from benchmarks.storage.slices import SOP_CLASS, SYNTAX, Slice
from openworklist.dicom import dimse
from openworklist.dicom.items import ProposedContext
from openworklist.dicom.pdu import AssociateAccept, AssociateRequest, decode, encode
from openworklist.dicom.sop_classes import APPLICATION_CONTEXT
from openworklist.dicom.user_information import UserInformation

_PDV = struct.Struct(">B1xIIBB")
_CONTEXT = 1
_LONGEST = 131_072  # DCMTK's longest
_RELEASE = b"\5\0\0\0\0\4\0\0\0\0"


class Sender:
    """Open from the start; `send` gives the seconds of each slice, to its answer."""

    def __init__(self, port: int, called: str, calling: str) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), 60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        request = AssociateRequest(
            called,
            calling,
            APPLICATION_CONTEXT,
            (ProposedContext(_CONTEXT, SOP_CLASS, (SYNTAX,)),),
            UserInformation(65_536, "2.25.1"),
        )
        self._socket.sendall(encode(request))
        answer = decode(self._read_pdu())
        if not isinstance(answer, AssociateAccept) or answer.contexts[0].result:
            raise ServerFailed("it takes no CT images")
        self._longest = min(answer.user.max_length or _LONGEST, _LONGEST) - 6

    def send(self, slices: Iterable[Slice]) -> list[float]:
        """Send them one after the other; raises ServerFailed."""
        return [self._store(number % 65_535 + 1, each) for number, each in enumerate(slices)]

    def close(self) -> None:
        self._socket.sendall(_RELEASE)
        self._socket.recv(10)
        self._socket.close()

    def _store(self, number: int, image: Slice) -> float:
        command = dimse.encode(
            {
                dimse.AFFECTED_SOP_CLASS_UID: SOP_CLASS,
                dimse.COMMAND_FIELD: dimse.CommandField.C_STORE_RQ,
                dimse.MESSAGE_ID: number,
                dimse.PRIORITY: 0,
                dimse.DATA_SET_TYPE: 1,
                dimse.AFFECTED_SOP_INSTANCE_UID: image.uid,
            }
        )
        pieces: list[bytes | memoryview] = [self._head(len(command), 3), command]
        data, size = memoryview(image.dataset), len(image.dataset)
        for start in range(0, size, self._longest):
            piece = data[start : start + self._longest]
            pieces += (self._head(len(piece), 2 if start + self._longest >= size else 0), piece)
        message = b"".join(pieces)
        began = time.perf_counter()
        self._socket.sendall(message)
        answer = dimse.decode(self._read_pdu()[12:])
        seconds = time.perf_counter() - began
        status = answer.find_number(dimse.STATUS)
        if status:
            raise ServerFailed(f"it answered {status:04X}")
        return seconds

    def _head(self, size: int, control: int) -> bytes:
        return _PDV.pack(4, size + 6, size + 2, _CONTEXT, control)

    def _read_pdu(self) -> bytes:
        head = self._read(6)
        return head + self._read(int.from_bytes(head[2:], "big"))

    def _read(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            more = self._socket.recv(size - len(found))
            if not more:
                raise ServerFailed("it closed the connection")
            found += more
        return found
