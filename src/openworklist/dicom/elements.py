"""A dataset's bytes as a tree of raw elements, by a reader that is small and trusts no length."""

from __future__ import annotations

from struct import Struct
from typing import Final, NamedTuple

from openworklist.dicom.sop_classes import EXPLICIT_LITTLE_ENDIAN
from openworklist.domain.errors import IdentifierError

_ITEM: Final = 0xFFFE_E000
_END_OF_ITEM: Final = 0xFFFE_E00D
_END_OF_SEQUENCE: Final = 0xFFFE_E0DD
_UNDEFINED: Final = 0xFFFF_FFFF
_BEGINS_ITEM: Final = b"\xfe\xff\x00\xe0"
_DEEPEST: Final = 8
_MOST: Final = 10_000  # elements and items of one dataset

_tag: Final = Struct("<HH").unpack_from
_long: Final = Struct("<I").unpack_from
_short: Final = Struct("<H").unpack_from
# PS3.5 7.1.2: these have two reserved bytes and a length of 32 bits.
LONG_FORM: Final = frozenset(
    (b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV")
)


class Element(NamedTuple):
    """`vr` is "" where the transfer syntax does not tell; `items` is None but for a sequence.

    `left` is the path of a value that was left where it is.
    """

    tag: int
    vr: str
    value: bytes
    items: tuple[tuple[Element, ...], ...] | None = None
    left: str = ""


def read_elements(
    data: bytes, transfer_syntax: str, sequences: frozenset[int], *, most: int = _MOST
) -> tuple[Element, ...]:
    """The elements of a dataset (PS3.5 section 7); IdentifierError, with the tag, if its lengths do not fit.

    `sequences` are the tags that are sequences where Implicit VR does not say so; of other tags, private ones
    among them, a value that begins with an item is taken for one. Zeros at the end are padding. `most` bounds
    the elements and items.
    """
    reader = _Reader(data, transfer_syntax == EXPLICIT_LITTLE_ENDIAN, sequences, most)
    return reader.read_dataset(0, len(data), 0, is_delimited=False)[0]


class _Reader:
    __slots__ = ("_count", "_data", "_end", "_is_explicit", "_most", "_sequences")

    def __init__(self, data: bytes, is_explicit: bool, sequences: frozenset[int], most: int) -> None:
        self._data = data
        self._end = len(data.rstrip(b"\0"))  # of what is more than zeros
        self._is_explicit = is_explicit
        self._sequences = sequences
        self._most = most
        self._count = 0

    def read_dataset(
        self, at: int, end: int, depth: int, *, is_delimited: bool
    ) -> tuple[tuple[Element, ...], int]:
        """The elements from `at` to `end`, or to the delimiter of their item; and where that was."""
        found: list[Element] = []
        while at < end:
            # Some scanners pad the identifier with zeros to the size of their buffer.
            if not depth and at >= self._end:
                break
            if end - at < 8:
                raise IdentifierError(f"The identifier ends within an element, at byte {at}.")
            group, number = _tag(self._data, at)
            tag = group << 16 | number
            if tag == _END_OF_ITEM and is_delimited:
                return tuple(found), at + 8
            element, at = self._read_element(tag, at + 4, end, depth)
            found.append(element)
            self._note(tag)
        if is_delimited:
            raise IdentifierError("An item of the identifier has no end.")
        return tuple(found), at

    def _note(self, tag: int) -> None:
        self._count += 1
        if self._count > self._most:
            raise IdentifierError(f"The identifier has more than {self._most} elements.", tag=tag)

    def _read_element(self, tag: int, at: int, end: int, depth: int) -> tuple[Element, int]:
        vr, length, at = self._read_head(tag, at, end)
        if length == _UNDEFINED or vr == "SQ" or (vr in ("", "UN") and self._holds_items(tag, at, length)):
            outer = self._is_explicit
            # PS3.5 6.2.2: what is within an element of VR UN is encoded in Implicit VR.
            self._is_explicit = outer and vr != "UN"
            items, at = self._read_items(tag, at, end, length, depth + 1)
            self._is_explicit = outer
            return Element(tag, "SQ", b"", items), at
        if length > end - at:
            raise IdentifierError(f"A length of {length} goes beyond the end of the identifier.", tag=tag)
        return Element(tag, vr, self._data[at : at + length]), at + length

    def _holds_items(self, tag: int, at: int, length: int) -> bool:
        return tag in self._sequences or (length >= 8 and self._data.startswith(_BEGINS_ITEM, at))

    def _read_head(self, tag: int, at: int, end: int) -> tuple[str, int, int]:
        data = self._data
        if not self._is_explicit:
            return "", _long(data, at)[0], at + 4
        vr = data[at : at + 2]
        if not (vr.isalpha() and vr.isupper()):
            raise IdentifierError("An element has no value representation.", tag=tag)
        if vr not in LONG_FORM:
            return vr.decode("ascii"), _short(data, at + 2)[0], at + 4
        if end - at < 8:
            raise IdentifierError("The identifier ends within an element.", tag=tag)
        return vr.decode("ascii"), _long(data, at + 4)[0], at + 8

    def _read_items(
        self, tag: int, at: int, end: int, length: int, depth: int
    ) -> tuple[tuple[tuple[Element, ...], ...], int]:
        if depth > _DEEPEST:
            raise IdentifierError(f"Sequences are nested more than {_DEEPEST} deep.", tag=tag)
        is_delimited = length == _UNDEFINED
        if not is_delimited:
            if length > end - at:
                raise IdentifierError(f"A length of {length} goes beyond the end of its place.", tag=tag)
            end = at + length
        items: list[tuple[Element, ...]] = []
        while at < end:
            if end - at < 8:
                raise IdentifierError("A sequence ends within an item.", tag=tag)
            group, number = _tag(self._data, at)
            kind, size = group << 16 | number, _long(self._data, at + 4)[0]
            at += 8
            if kind == _END_OF_SEQUENCE and is_delimited:
                return tuple(items), at
            if kind != _ITEM:
                raise IdentifierError("A sequence holds something that is no item.", tag=tag)
            self._note(tag)
            if size == _UNDEFINED:
                item, at = self.read_dataset(at, end, depth, is_delimited=True)
            elif size > end - at:
                raise IdentifierError(f"An item of {size} bytes goes beyond its sequence.", tag=tag)
            else:
                item, at = self.read_dataset(at, at + size, depth, is_delimited=False)
            items.append(item)
        if is_delimited:
            raise IdentifierError("A sequence has no end.", tag=tag)
        return tuple(items), at
