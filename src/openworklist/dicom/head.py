"""The head of a dataset, read while it passes: values of a few elements, whatever else comes before them.

Nothing is kept but those values, and no length is believed before its bytes have come.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from struct import Struct
from typing import Final

from openworklist.dicom.elements import LONG_FORM
from openworklist.dicom.sop_classes import IMPLICIT_LITTLE_ENDIAN
from openworklist.dicom.transfer_syntaxes import DEFLATED, EXPLICIT_BIG_ENDIAN
from openworklist.domain.errors import IdentifierError

_ITEM: Final = 0xFFFE_E000
_END_OF_ITEM: Final = 0xFFFE_E00D
_END_OF_SEQUENCE: Final = 0xFFFE_E0DD
_UNDEFINED: Final = 0xFFFF_FFFF
_DEEPEST: Final = 64
_LONGEST: Final = 4096  # bytes of a value that is kept
_INFLATED: Final = 16 * 1024 * 1024  # bytes that a deflated head may have
_PIECE: Final = 65_536

_LITTLE: Final = (Struct("<HH"), Struct("<H"), Struct("<I"))
_BIG: Final = (Struct(">HH"), Struct(">H"), Struct(">I"))


class HeadReader:
    """`feed` it what comes until `is_done`; `values` has the wanted elements that were found, by tag.

    `wanted` are tags of the top level with their VR. What stands behind the last of them is not looked at.
    Values are as in Little Endian. `length` is where the last element that was looked at ends: once it is
    done, where the first behind the wanted ones begins. IdentifierError, with the tag, where lengths do not
    fit.
    """

    __slots__ = (
        "_depth",
        "_inflated",
        "_inflator",
        "_is_big",
        "_is_explicit",
        "_last",
        "_outer",
        "_rest",
        "_skip",
        "_structs",
        "_wanted",
        "is_done",
        "length",
        "values",
    )

    def __init__(self, transfer_syntax: str, wanted: Mapping[int, str]) -> None:
        self.values: dict[int, bytes] = {}
        self.is_done = False
        self.length = 0
        self._wanted = wanted
        self._last = max(wanted)
        self._is_explicit = transfer_syntax != IMPLICIT_LITTLE_ENDIAN
        self._is_big = transfer_syntax == EXPLICIT_BIG_ENDIAN
        self._structs = _BIG if self._is_big else _LITTLE
        self._inflator = zlib.decompressobj(-zlib.MAX_WBITS) if transfer_syntax == DEFLATED else None
        self._inflated = 0
        self._rest = b""  # begins an element that has not come whole
        self._skip = 0  # bytes yet to come that mean nothing here
        # Sequences and items of undefined length that are open, outermost first: True for a sequence.
        self._depth: list[bool] = []
        self._outer: list[bool] = []  # whether Explicit VR holds outside of each sequence

    def feed(self, data: bytes) -> None:
        if self._inflator is None:
            self._read(data)
            return
        try:
            while data and not self.is_done:
                piece = self._inflator.decompress(data, _PIECE)
                data = self._inflator.unconsumed_tail
                self._inflated += len(piece)
                self._read(piece)
                if self._inflated > _INFLATED:
                    raise IdentifierError("The head of the dataset is too long.")
        except zlib.error:
            raise IdentifierError("The dataset is not deflated as its transfer syntax says.") from None

    def finish(self) -> None:
        """The dataset has ended. IdentifierError if it did so within its head."""
        if not self.is_done and (self._skip or self._depth or self._rest.strip(b"\0")):
            raise IdentifierError("The dataset ends within an element.")

    def _read(self, data: bytes) -> None:
        if self.is_done:
            return
        if self._skip:
            skipped = min(self._skip, len(data))
            self._skip -= skipped
            data = data[skipped:]
        if self._rest:
            data = self._rest + data
        at = 0
        while not self.is_done:
            following = self._step(data, at)
            if following < 0:
                break
            self.length += following - at
            at = following
            if at > len(data):
                self._skip = at - len(data)
                at = len(data)
                break
        self._rest = b"" if self.is_done else data[at:]

    def _step(self, data: bytes, at: int) -> int:
        """Where the element at `at` ends and the next begins; -1 if more has to come first."""
        if len(data) - at < 8:
            return -1
        group, number = self._structs[0].unpack_from(data, at)
        tag = group << 16 | number
        if self._depth and (self._depth[-1] or tag == _END_OF_ITEM):
            return self._step_around_items(data, at, tag)
        if not self._depth and tag > self._last:
            self.is_done = True
            return at
        start, length = self._read_head(data, at + 4, tag)
        if start < 0:
            return -1
        if length == _UNDEFINED:
            self._open(is_sequence=True, tag=tag)
            self._outer.append(self._is_explicit)
            # PS3.5 6.2.2: what is within an element of VR UN is encoded in Implicit VR.
            if self._is_explicit and data[at + 4 : at + 6] == b"UN":
                self._is_explicit = False
            return start
        if not self._depth and tag in self._wanted and length <= _LONGEST:
            if len(data) - start < length:
                return -1
            self.values[tag] = self._to_little(data[start : start + length], self._wanted[tag])
        return start + length

    def _step_around_items(self, data: bytes, at: int, tag: int) -> int:
        length: int = self._structs[2].unpack_from(data, at + 4)[0]
        if not self._depth[-1]:  # the end of an item
            self._depth.pop()
            return at + 8
        if tag == _END_OF_SEQUENCE:
            self._depth.pop()
            self._is_explicit = self._outer.pop()
            return at + 8
        if tag != _ITEM:
            raise IdentifierError("A sequence has something else than items.", tag=tag)
        if length != _UNDEFINED:
            return at + 8 + length
        self._open(is_sequence=False, tag=tag)
        return at + 8

    def _open(self, *, is_sequence: bool, tag: int) -> None:
        if len(self._depth) >= 2 * _DEEPEST:
            raise IdentifierError(f"Sequences are nested more than {_DEEPEST} deep.", tag=tag)
        self._depth.append(is_sequence)

    def _read_head(self, data: bytes, at: int, tag: int) -> tuple[int, int]:
        """Where the value begins, and its length; -1 if more has to come first."""
        _, short, long = self._structs
        if not self._is_explicit:
            return at + 4, long.unpack_from(data, at)[0]
        vr = data[at : at + 2]
        if not (vr.isalpha() and vr.isupper()):
            raise IdentifierError("An element has no value representation.", tag=tag)
        if vr not in LONG_FORM:
            return at + 4, short.unpack_from(data, at + 2)[0]
        if len(data) - at < 8:
            return -1, 0
        return at + 8, long.unpack_from(data, at + 4)[0]

    def _to_little(self, value: bytes, vr: str) -> bytes:
        if not self._is_big or vr != "US":
            return value
        return b"".join(value[at : at + 2][::-1] for at in range(0, len(value), 2))
