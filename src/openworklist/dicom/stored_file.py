"""A stored file (PS3.10) as a tree of elements: small values are read, large ones are left where they are.

What a scanner sent may be odd behind its UIDs: what can be read of it is, up to where it cannot.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from struct import Struct
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, Final, NamedTuple, cast

from openworklist.dicom.dictionary import find_vr
from openworklist.dicom.elements import LONG_FORM, Element
from openworklist.dicom.pixel_data import find_dataset
from openworklist.dicom.sop_classes import IMPLICIT_LITTLE_ENDIAN
from openworklist.dicom.transfer_syntaxes import DEFLATED, EXPLICIT_BIG_ENDIAN
from openworklist.domain.errors import InstanceError, PictureError

INLINE: Final = 1024  # bytes of a binary value that is read
UNDEFINED: Final = 0xFFFF_FFFF
_INLINE_TEXT: Final = 1024 * 1024
_BINARY: Final = frozenset(("OB", "OD", "OF", "OL", "OV", "OW", "UN"))
_ITEM: Final = 0xFFFE_E000
_END_OF_ITEM: Final = 0xFFFE_E00D
_END_OF_SEQUENCE: Final = 0xFFFE_E0DD
_PIXEL_DATA: Final = 0x7FE0_0010
_PIXELS: Final = "7FE00010"
_MOST: Final = 250_000  # elements and items: per-frame groups of tens of thousands of frames
_DEEPEST: Final = 32
_WINDOW: Final = 16_384
_MOST_INFLATED: Final = 4 * 1024 * 1024 * 1024
_IN_MEMORY: Final = 16 * 1024 * 1024

_LITTLE: Final = (Struct("<HH"), Struct("<H"), Struct("<I"))
_BIG: Final = (Struct(">HH"), Struct(">H"), Struct(">I"))


class Left(NamedTuple):
    """A value that was left in its file; `length` is UNDEFINED for fragments of encapsulated pixels."""

    vr: str
    offset: int
    length: int


class StoredDataset(NamedTuple):
    """`left` has the values that were not read by their path: `54000100/0/54001010`."""

    transfer_syntax: str
    elements: tuple[Element, ...]
    left: dict[str, Left]

    @property
    def is_big_endian(self) -> bool:
        return self.transfer_syntax == EXPLICIT_BIG_ENDIAN


@contextmanager
def open_dataset(path: Path) -> Iterator[tuple[StoredDataset, BinaryIO]]:
    """The dataset of a file, and in what its values lie that were left; InstanceError for no DICOM file."""
    with open(path, "rb") as file:
        syntax, start = _find(file)
        if syntax != DEFLATED:
            yield _read(file, syntax, start), file
            return
        with SpooledTemporaryFile(_IN_MEMORY, dir=str(path.parent)) as inflated:
            _inflate(file, start, cast(BinaryIO, inflated))
            yield _read(cast(BinaryIO, inflated), syntax, 0), cast(BinaryIO, inflated)


def read_dataset(path: Path) -> StoredDataset:
    with open_dataset(path) as (dataset, _):
        return dataset


def _find(file: BinaryIO) -> tuple[str, int]:
    """The transfer syntax, and where the dataset begins (PS3.10 7.1)."""
    try:
        return find_dataset(file)
    except PictureError as error:
        raise InstanceError(error.sentence) from None


def _read(file: BinaryIO, syntax: str, start: int) -> StoredDataset:
    reader = _Reader(file, syntax)
    found: list[Element] = []
    at = start
    try:
        while at < reader.size:
            element, at = reader.read_element(at, "", 0)
            found.append(element)
            if element.tag >= _PIXEL_DATA:
                break
    except InstanceError:  # the rest of it says nothing that can be shown
        pass
    return StoredDataset(syntax, tuple(found), reader.left)


def _inflate(file: BinaryIO, start: int, into: BinaryIO) -> None:
    """PS3.5 A.5: what is inflated is Explicit VR Little Endian."""
    file.seek(start)
    inflator = zlib.decompressobj(-zlib.MAX_WBITS)
    size = 0
    try:
        while piece := inflator.unconsumed_tail or file.read(_WINDOW):
            data = inflator.decompress(piece, 1 << 20)
            size += into.write(data)
            if size > _MOST_INFLATED:
                raise InstanceError("The dataset is too long once it is inflated.")
            if inflator.eof:
                break
    except zlib.error:
        raise InstanceError("The dataset is not deflated as its transfer syntax says.") from None


class _Reader:
    """InstanceError where lengths do not fit."""

    def __init__(self, file: BinaryIO, syntax: str) -> None:
        self.left: dict[str, Left] = {}
        self.size = file.seek(0, os.SEEK_END)
        self._file = file
        self._is_explicit = syntax != IMPLICIT_LITTLE_ENDIAN
        self._structs = _BIG if syntax == EXPLICIT_BIG_ENDIAN else _LITTLE
        self._window = b""
        self._begin = 0
        self._count = 0
        self._is_signed = False

    def peek(self, at: int) -> int:
        """The tag at a place; 0 at the end."""
        if self.size - at < 8:
            return 0
        group, number = self._structs[0].unpack(self._take(at, 4))
        return int(group << 16 | number)

    def read_element(self, at: int, path: str, depth: int) -> tuple[Element, int]:
        """The element at a place and where the next begins. `path` is that of its item, with a slash."""
        tag = self.peek(at)
        if not tag:
            raise InstanceError("The dataset ends within an element.")
        self._note(tag)
        vr, length, at = self._read_head(tag, at + 4)
        here = f"{path}{tag:08X}"
        if length == UNDEFINED and vr in ("OB", "OW"):
            if here != _PIXELS:  # an icon, which is not worth an address
                return Element(tag, vr, b""), self._skip_fragments(at)
            self.left[here] = Left(vr, at, UNDEFINED)
            return Element(tag, vr, b"", None, here), self.size
        if vr == "SQ" or length == UNDEFINED:
            outer = self._is_explicit
            # PS3.5 6.2.2: what is within an element of VR UN is encoded in Implicit VR.
            self._is_explicit = outer and self._was_named
            items, at = self._read_items(tag, at, length, here, depth + 1)
            self._is_explicit = outer
            return Element(tag, "SQ", b"", items), at
        if here == _PIXELS:
            length = min(length, self.size - at)  # half a picture is one too
        end = at + length
        if end > self.size:
            raise InstanceError("A value goes beyond the end of the dataset.", tag=tag)
        if here == _PIXELS or length > (INLINE if vr in _BINARY else _INLINE_TEXT):
            self.left[here] = Left(vr, at, length)
            return Element(tag, vr, b"", None, here), end
        value = self._take(at, length)
        if tag == 0x0028_0103:  # Pixel Representation
            self._is_signed = any(value)
        return Element(tag, vr, self._to_little(value, vr)), end

    def _read_head(self, tag: int, at: int) -> tuple[str, int, int]:
        """VR, length, and where the value begins. `_was_named` says whether the VR is the file's own word."""
        _, short, long = self._structs
        self._was_named = False
        if not self._is_explicit:
            return find_vr(tag, is_signed=self._is_signed), long.unpack(self._take(at, 4))[0], at + 4
        vr = self._take(at, 2)
        if not (vr.isalpha() and vr.isupper()):
            raise InstanceError("An element has no value representation.", tag=tag)
        if vr not in LONG_FORM:
            return vr.decode("ascii"), short.unpack(self._take(at + 2, 2))[0], at + 4
        length = long.unpack(self._take(at + 4, 4))[0]
        self._was_named = vr != b"UN"
        name = vr.decode("ascii") if self._was_named else find_vr(tag, is_signed=self._is_signed)
        return name, length, at + 8

    def _read_items(
        self, tag: int, at: int, length: int, path: str, depth: int
    ) -> tuple[tuple[tuple[Element, ...], ...], int]:
        if depth > _DEEPEST:
            raise InstanceError(f"Sequences are nested more than {_DEEPEST} deep.", tag=tag)
        end = self.size if length == UNDEFINED else at + length
        if end > self.size:
            raise InstanceError("A sequence goes beyond the end of the dataset.", tag=tag)
        items: list[tuple[Element, ...]] = []
        while at < end:
            kind, size = self.peek(at), self._length(at)
            at += 8
            if kind == _END_OF_SEQUENCE and length == UNDEFINED:
                return tuple(items), at
            if kind != _ITEM:
                raise InstanceError("A sequence has something else than items.", tag=tag)
            self._note(tag)
            item, at = self._read_item(at, end, size, f"{path}/{len(items)}/", depth)
            items.append(item)
        return tuple(items), at

    def _read_item(
        self, at: int, end: int, size: int, path: str, depth: int
    ) -> tuple[tuple[Element, ...], int]:
        last = end if size == UNDEFINED else at + size
        if last > end:
            raise InstanceError("An item goes beyond its sequence.")
        found: list[Element] = []
        while at < last:
            if size == UNDEFINED and self.peek(at) == _END_OF_ITEM:
                return tuple(found), at + 8
            element, at = self.read_element(at, path, depth)
            found.append(element)
        return tuple(found), at

    def _skip_fragments(self, at: int) -> int:
        """PS3.5 A.4: where the fragments of compressed pixels end."""
        while self.peek(at) == _ITEM:
            at += 8 + self._length(at)
            self._note(_PIXEL_DATA)
        if self.peek(at) != _END_OF_SEQUENCE:
            raise InstanceError("Encapsulated pixels have something else than items.", tag=_PIXEL_DATA)
        return at + 8

    def _length(self, at: int) -> int:
        return int(self._structs[2].unpack(self._take(at + 4, 4))[0])

    def _take(self, at: int, size: int) -> bytes:
        first = at - self._begin
        if first < 0 or first + size > len(self._window):
            self._file.seek(at)
            self._window = self._file.read(max(size, _WINDOW))
            self._begin, first = at, 0
            if len(self._window) < size:
                raise InstanceError("The dataset ends within an element.")
        return self._window[first : first + size]

    def _note(self, tag: int) -> None:
        self._count += 1
        if self._count > _MOST:
            raise InstanceError(f"The dataset has more than {_MOST} elements.", tag=tag)

    def _to_little(self, value: bytes, vr: str) -> bytes:
        return swap(value, vr) if self._structs is _BIG else value


_WORDS: Final = {
    **dict.fromkeys(("US", "SS", "OW", "AT"), 2),
    **dict.fromkeys(("UL", "SL", "FL", "OF", "OL"), 4),
    **dict.fromkeys(("FD", "OD", "OV", "SV", "UV"), 8),
}


def swap(value: bytes, vr: str) -> bytes:
    """A value of Big Endian in Little Endian (PS3.5 7.3). Its length is a multiple of eight, or its own."""
    size = _WORDS.get(vr, 1)
    if size == 1 or len(value) % size:
        return value
    swapped = bytearray(value)
    for place in range(size):
        swapped[place::size] = value[size - 1 - place :: size]
    return bytes(swapped)
