"""Cutting the bytes of a connection into whole PDUs, none longer than allowed. What they hold is pdu's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from openworklist.dicom.items import malformed
from openworklist.dicom.pdu import HEADER, PduType
from openworklist.domain.errors import PeerError

UNKNOWN_PDU: Final = "dicom.pdu-unknown"
PDU_TOO_LONG: Final = "dicom.pdu-too-long"

MAX_ASSOCIATE: Final = 256 * 1024  # 128 contexts of 30 transfer syntaxes each would fit
_UNLIMITED: Final = 1024 * 1024  # for P-DATA-TFs, where none was announced
_TOLERANCE: Final = 12  # some peers do not count the headers into the maximum length
_FIXED: Final = 4  # bytes behind the header of the four short PDUs
_HEADER_SIZE: Final = HEADER.size
_LIMITS: Final[Mapping[int, int]] = {
    PduType.ASSOCIATE_REQUEST: MAX_ASSOCIATE,
    PduType.ASSOCIATE_ACCEPT: MAX_ASSOCIATE,
    PduType.ASSOCIATE_REJECT: _FIXED,
    PduType.RELEASE_REQUEST: _FIXED,
    PduType.RELEASE_REPLY: _FIXED,
    PduType.ABORT: _FIXED,
}


class PduStream:
    """`feed` it what arrives, `take` the PDUs one by one. `max_pdu` bounds P-DATA-TFs, 0 is the default."""

    __slots__ = ("_chunk", "_max_data", "_rest", "_start", "_wanted")

    def __init__(self, max_pdu: int) -> None:
        self._max_data = max_pdu + _TOLERANCE if max_pdu else _UNLIMITED
        self._chunk = b""  # being cut, from _start on
        self._start = 0
        self._rest = bytearray()  # came behind a chunk that was not cut to its end
        self._wanted = _HEADER_SIZE  # bytes that must be there before it is worth looking again

    @property
    def buffered(self) -> int:
        """Bytes that were fed and not taken."""
        return len(self._chunk) - self._start + len(self._rest)

    def feed(self, data: bytes) -> None:
        if self._rest:
            self._rest += data
        elif self._chunk:
            self._rest += memoryview(self._chunk)[self._start :]
            self._rest += data
            self._chunk, self._start = b"", 0
        else:
            self._chunk = data

    def take(self) -> tuple[int, bytes] | None:
        """The next whole PDU, its type and its bytes with the header; None if none is there.

        PeerError if what comes next is no PDU, or one longer than allowed.
        """
        if self._rest:
            if len(self._rest) < self._wanted:
                return None
            self._chunk = bytes(self._rest)
            self._rest.clear()
        chunk, start = self._chunk, self._start
        available = len(chunk) - start
        if available < _HEADER_SIZE:
            self._wanted = _HEADER_SIZE
            return None
        kind, length = HEADER.unpack_from(chunk, start)
        self._check(kind, length)
        stop = start + _HEADER_SIZE + length
        if stop > len(chunk):
            self._wanted = _HEADER_SIZE + length
            return None
        if stop == len(chunk):
            self._chunk, self._start = b"", 0
        else:
            self._start = stop
        return kind, chunk[start:stop]

    def clear(self) -> None:
        self._chunk, self._start = b"", 0
        self._rest.clear()

    def _check(self, kind: int, length: int) -> None:
        limit = self._max_data if kind == PduType.DATA else _LIMITS.get(kind)
        if limit is None:
            raise PeerError(f"No PDU has the type {kind:02X}H.", where="PDU", code=UNKNOWN_PDU)
        if length > limit and kind == PduType.DATA:
            raise PeerError(
                f"It is said to be {length} bytes long: dicom_max_pdu allows {self._max_data}.",
                where="P-DATA-TF",
                code=PDU_TOO_LONG,
            )
        if length > limit or (length != limit and limit == _FIXED):
            raise malformed(f"It is said to be {length} bytes long instead of {limit}.", PduType(kind).name)
