"""Cutting the bytes of a connection into whole PDUs, none longer than allowed. What they hold is pdu's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from openworklist.dicom.items import malformed
from openworklist.dicom.pdu import HEADER, Bytes, PduType
from openworklist.domain.errors import PeerError

UNKNOWN_PDU: Final = "dicom.pdu-unknown"
PDU_TOO_LONG: Final = "dicom.pdu-too-long"

MAX_ASSOCIATE: Final = 256 * 1024  # 128 contexts of 30 transfer syntaxes each would fit
_UNLIMITED: Final = 1024 * 1024  # for P-DATA-TFs, where none was announced
_TOLERANCE: Final = 12  # some peers do not count the headers into the maximum length
_FIXED: Final = 4  # bytes behind the header of the four short PDUs
_HEADER_SIZE: Final = HEADER.size
_NOTHING: Final = memoryview(b"")
_LIMITS: Final[Mapping[int, int]] = {
    PduType.ASSOCIATE_REQUEST: MAX_ASSOCIATE,
    PduType.ASSOCIATE_ACCEPT: MAX_ASSOCIATE,
    PduType.ASSOCIATE_REJECT: _FIXED,
    PduType.RELEASE_REQUEST: _FIXED,
    PduType.RELEASE_REPLY: _FIXED,
    PduType.ABORT: _FIXED,
}


class PduStream:
    """`feed` it what arrives, `take` the PDUs one by one. `max_pdu` bounds P-DATA-TFs, 0 is the default.

    What was fed is cut where it lies: after `keep` its bytes, and the PDUs that were taken, may change.
    """

    __slots__ = ("_chunk", "_max_data", "_rest", "_start")

    def __init__(self, max_pdu: int) -> None:
        self._max_data = max_pdu + _TOLERANCE if max_pdu else _UNLIMITED
        self._rest = bytearray()  # came before the chunk, and was not taken
        self._chunk = _NOTHING  # being cut, from _start on
        self._start = 0

    @property
    def buffered(self) -> int:
        """Bytes that were fed and not taken."""
        return len(self._rest) + len(self._chunk) - self._start

    def feed(self, data: Bytes) -> None:
        self.keep()
        self._chunk, self._start = memoryview(data), 0

    def keep(self) -> None:
        """Copy what was fed and not taken."""
        if self._start < len(self._chunk):
            self._rest += self._chunk[self._start :]
        self._chunk, self._start = _NOTHING, 0

    def take(self) -> tuple[int, memoryview] | None:
        """The next whole PDU, its type and its bytes with the header; None if none is there.

        PeerError if what comes next is no PDU, or one longer than allowed.
        """
        if self._rest:
            return self._take_begun()
        chunk, start = self._chunk, self._start
        available = len(chunk) - start
        if available < _HEADER_SIZE:
            return None
        kind, length = HEADER.unpack_from(chunk, start)
        self._check(kind, length)
        if available < _HEADER_SIZE + length:
            return None
        self._start = stop = start + _HEADER_SIZE + length
        return kind, chunk[start:stop]

    def clear(self) -> None:
        self._rest = bytearray()
        self._chunk, self._start = _NOTHING, 0

    def _take_begun(self) -> tuple[int, memoryview] | None:
        """As `take`, where its first bytes came earlier."""
        if not self._fill(_HEADER_SIZE):
            return None
        kind, length = HEADER.unpack_from(self._rest)
        self._check(kind, length)
        if not self._fill(_HEADER_SIZE + length):
            return None
        size = _HEADER_SIZE + length
        if len(self._rest) > size:
            self.keep()
        begun, self._rest = memoryview(self._rest), bytearray()
        if len(begun) > size:
            # More than one was left: the others are cut where they lie.
            self._chunk, self._start = begun, size
        return kind, begun[:size]

    def _fill(self, size: int) -> bool:
        """Whether so many bytes came earlier, with those of the chunk that they lack."""
        lacking = size - len(self._rest)
        if lacking <= 0:
            return True
        piece = self._chunk[self._start : self._start + lacking]
        self._rest += piece
        self._start += len(piece)
        return len(piece) == lacking

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
