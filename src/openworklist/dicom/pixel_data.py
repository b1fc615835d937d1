"""Where the pixels of a stored file lie, and what its head says of them. No value of the pixels is read."""

from __future__ import annotations

import os
from dataclasses import dataclass
from struct import Struct
from typing import BinaryIO, Final

from openworklist.dicom.head import HeadReader
from openworklist.dicom.sop_classes import EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN
from openworklist.dicom.transfer_syntaxes import DEFLATED, EXPLICIT_BIG_ENDIAN
from openworklist.domain.errors import IdentifierError, PictureError

NATIVE: Final = frozenset((IMPLICIT_LITTLE_ENDIAN, EXPLICIT_LITTLE_ENDIAN, DEFLATED, EXPLICIT_BIG_ENDIAN))
UNDEFINED: Final = 0xFFFF_FFFF

_MAGIC: Final = 128
_META_START: Final = 132
_SYNTAX: Final = 0x0002_0010
_META_END: Final = 0x0002_FFFF
_PIECE: Final = 65_536
_LONGEST_HEAD: Final = 128 * 1024 * 1024
_PIXELS: Final = frozenset((0x7FE0_0008, 0x7FE0_0009, 0x7FE0_0010))  # floats, doubles, whole numbers
_OFFSETS: Final = 0x7FE0_0001
_LENGTHS: Final = 0x7FE0_0002
_FRAMES: Final = 0x0028_0008
_PHOTOMETRIC: Final = 0x0028_0004
_NUMBERS: Final = {
    "samples": 0x0028_0002,
    "planar": 0x0028_0006,
    "rows": 0x0028_0010,
    "columns": 0x0028_0011,
    "bits_allocated": 0x0028_0100,
}
_WANTED: Final = {
    _FRAMES: "IS",
    _PHOTOMETRIC: "CS",
    **dict.fromkeys(_NUMBERS.values(), "US"),
    0x7FE0_0000: "UL",  # nothing behind it is looked at
}
_US: Final = Struct("<H")


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes of a file."""

    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class PixelData:
    """The pixel data of a file. `value` ends with the file where its length is undefined.

    `offsets` and `lengths` are the Extended Offset Table (PS3.3 C.7.6.3.1.8) and what goes with it.
    """

    transfer_syntax: str
    tag: int
    vr: str
    value: Span
    is_encapsulated: bool
    frames: int
    rows: int
    columns: int
    samples: int
    planar: int
    bits_allocated: int
    photometric: str
    offsets: Span | None = None
    lengths: Span | None = None

    @property
    def frame_bits(self) -> int:
        """Bits of one native frame; those of YBR_FULL_422 are as they are sent (PS3.3 C.7.6.3.1.2)."""
        samples = 2 if self.is_subsampled else self.samples
        return self.rows * self.columns * samples * self.bits_allocated

    @property
    def is_subsampled(self) -> bool:
        return self.photometric == "YBR_FULL_422" and not self.is_encapsulated


def find_dataset(file: BinaryIO) -> tuple[str, int]:
    """The transfer syntax of a file (PS3.10 7.1) and where its dataset begins."""
    file.seek(_MAGIC)
    if file.read(4) != b"DICM":
        raise PictureError("The file is no DICOM file.")
    reader = _read_head(
        file, _META_START, HeadReader(EXPLICIT_LITTLE_ENDIAN, {_SYNTAX: "UI", _META_END: "UN"})
    )
    syntax = reader.values.get(_SYNTAX, b"").decode("ascii", "replace").strip("\0 ")
    if not syntax:
        raise PictureError("The file does not say which transfer syntax it has.")
    return syntax, _META_START + reader.length


def find_pixel_data(file: BinaryIO, transfer_syntax: str, start: int) -> PixelData:
    """The pixel data of a dataset that begins at `start` of a file, inflated if it was deflated.

    PictureError: `picture.not-an-image` if it has none, `picture.unreadable` if it is broken.
    """
    is_explicit = transfer_syntax != IMPLICIT_LITTLE_ENDIAN
    syntax = EXPLICIT_LITTLE_ENDIAN if transfer_syntax == DEFLATED else transfer_syntax
    reader = _read_head(file, start, HeadReader(syntax, _WANTED))
    size = file.seek(0, os.SEEK_END)
    at = start + reader.length
    order = ">" if syntax == EXPLICIT_BIG_ENDIAN else "<"
    tables: dict[int, Span] = {}
    while (element := _read_element(file, at, is_explicit, order)) is not None:
        tag, vr, offset, length = element
        if tag >> 16 != 0x7FE0:
            break
        is_encapsulated = length == UNDEFINED
        if tag in _PIXELS:
            value = Span(offset, size - offset if is_encapsulated else min(length, size - offset))
            return _describe(
                reader, transfer_syntax, tag, vr, value, is_encapsulated=is_encapsulated, tables=tables
            )
        if is_encapsulated:
            break
        tables[tag] = Span(offset, length)
        at = offset + length
    raise PictureError("The instance has no pixels.", code="picture.not-an-image")


def _read_head(file: BinaryIO, start: int, reader: HeadReader) -> HeadReader:
    file.seek(start)
    try:
        while not reader.is_done and (piece := file.read(_PIECE)):
            reader.feed(piece)
            if file.tell() > start + _LONGEST_HEAD:
                raise PictureError("The file has too much before its pixels.", code="picture.too-large")
    except IdentifierError as error:
        raise PictureError(error.sentence, where=error.where) from None
    return reader


def _read_element(file: BinaryIO, at: int, is_explicit: bool, order: str) -> tuple[int, str, int, int] | None:
    """Tag, VR, where the value begins and its length, of an element of group 7FE0; None at the end."""
    file.seek(at)
    head = file.read(12)
    if len(head) < 8:
        return None
    group, number = Struct(f"{order}HH").unpack_from(head)
    long = Struct(f"{order}I").unpack_from
    tag = group << 16 | number
    if not is_explicit:
        return tag, "OW", at + 8, long(head, 4)[0]
    vr = head[4:6].decode("latin_1")
    if vr == "UL":
        return tag, vr, at + 8, Struct(f"{order}H").unpack_from(head, 6)[0]
    if len(head) < 12:
        return None
    return tag, vr, at + 12, long(head, 8)[0]


def _describe(
    reader: HeadReader,
    transfer_syntax: str,
    tag: int,
    vr: str,
    value: Span,
    *,
    is_encapsulated: bool,
    tables: dict[int, Span],
) -> PixelData:
    if is_encapsulated == (transfer_syntax in NATIVE):
        raise PictureError("The pixels are not encoded as the transfer syntax says.")
    numbers = {name: _number(reader.values.get(each, b"")) for name, each in _NUMBERS.items()}
    numbers["samples"] = numbers["samples"] or 1
    if not numbers["rows"] or not numbers["columns"] or not numbers["bits_allocated"]:
        raise PictureError("The instance does not say how large its picture is.")
    return PixelData(
        transfer_syntax=transfer_syntax,
        tag=tag,
        vr=vr,
        value=value,
        is_encapsulated=is_encapsulated,
        frames=_count(reader.values.get(_FRAMES, b"")),
        photometric=reader.values.get(_PHOTOMETRIC, b"").decode("latin_1").strip("\0 "),
        offsets=tables.get(_OFFSETS),
        lengths=tables.get(_LENGTHS),
        **numbers,
    )


def _number(value: bytes) -> int:
    return int(_US.unpack_from(value)[0]) if len(value) >= _US.size else 0


def _count(value: bytes) -> int:
    """The number of frames; one where it is not told or nonsense."""
    text = value.decode("latin_1").split("\\")[0].strip("\0 ")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) <= 12 else 1
