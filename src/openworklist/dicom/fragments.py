"""Which bytes of a file are which frame: of native pixels, and of compressed ones (PS3.5 A.4).

Offset tables are believed where items are found at the offsets; otherwise the fragments are counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from struct import Struct
from typing import BinaryIO, Final

from openworklist.dicom.pixel_data import PixelData, Span
from openworklist.domain.errors import PictureError

_ITEM: Final = 0xFFFE_E000
_END: Final = (0xFFFE, 0xE0DD)
_HEAD: Final = Struct("<HHI")
_TAIL: Final = 10  # bytes at a fragment's end among which its last marker is: padding may follow
_END_OF_IMAGE: Final = b"\xff\xd9"  # JPEG and JPEG-LS (EOI), JPEG 2000 (EOC)
_MOST: Final = 2_000_000  # fragments of one file
_TABLES: Final = {4: "<I", 8: "<Q"}


class Frames:
    """The frames of a file that is open. `spans` says where one lies, counted from 1."""

    def __init__(self, file: BinaryIO, pixels: PixelData) -> None:
        self._file = file
        self.pixels = pixels
        self._groups: Sequence[tuple[Span, ...]] | None = None
        self._is_cut = False  # the items that were looked at last end in the middle of one

    @property
    def count(self) -> int:
        return self.pixels.frames

    def spans(self, frame: int) -> tuple[Span, ...]:
        """The bytes of a frame; of a native one of single bits, all bytes that it has bits in.

        PictureError: `picture.no-such-frame`, or `picture.unreadable` if its bytes are not there.
        """
        if not 1 <= frame <= self.count:
            raise PictureError(
                f"The instance has no frame {frame}.",
                hint=f"it has {self.count}",
                code="picture.no-such-frame",
            )
        if not self.pixels.is_encapsulated:
            return (self._native(frame),)
        found = self._by_extended_table(frame) or self._by_basic_table(frame)
        if found is None:
            if self._groups is None:
                self._groups = self._group()
            found = self._groups[frame - 1] if frame <= len(self._groups) else ()
        if not found:
            raise PictureError(f"Frame {frame} of the instance is missing: the file ends before it.")
        return found

    def read(self, frame: int, *, most: int) -> bytes:
        """A frame's bytes as they are stored; `picture.too-large` if they are more than `most`."""
        spans = self.spans(frame)
        if sum(each.length for each in spans) > most:
            raise PictureError(f"Frame {frame} is too large.", code="picture.too-large")
        return b"".join(map(self._read, spans))

    def read_value(self, first: int, last: int) -> bytes:
        """Bytes of the whole value, from `first` to before `last`."""
        return self._read(Span(self.pixels.value.offset + first, last - first))

    def fragments(self) -> Iterator[Span]:
        """The fragments of compressed pixels, in order, without their offset table."""
        items = self._items(self.pixels.value.offset)
        next(items, None)
        yield from items

    def _native(self, frame: int) -> Span:
        bits = self.pixels.frame_bits
        value = self.pixels.value
        first, last = (frame - 1) * bits // 8, (frame * bits + 7) // 8
        if last > value.length:
            raise PictureError(f"Frame {frame} of the instance is missing: the file ends before it.")
        return Span(value.offset + first, last - first)

    def _by_extended_table(self, frame: int) -> tuple[Span, ...] | None:
        """PS3.3 C.7.6.3.1.8: each frame is one fragment."""
        offsets = self._entry(self.pixels.offsets, frame - 1, 8)
        length = self._entry(self.pixels.lengths, frame - 1, 8)
        first = self._first_fragment()
        if offsets is None or length is None or first is None:
            return None
        item = self._item(first + offsets)
        if item is None or not length <= item.length <= length + 1:
            return None
        return (Span(item.offset, length),)

    def _by_basic_table(self, frame: int) -> tuple[Span, ...] | None:
        """PS3.5 A.4: the offset of each frame's first item, from the first byte behind the table."""
        table = self._item(self.pixels.value.offset)
        if table is None or table.length != 4 * self.count:
            return None
        start = self._entry(table, frame - 1, 4)
        following = self._entry(table, frame, 4) if frame < self.count else None
        before = self._entry(table, frame - 2, 4) if frame > 1 else -1
        if start is None or before is None or start <= before or (frame == 1 and start):
            return None
        if following is not None and following <= start:
            return None
        first = table.offset + table.length
        end = None if following is None else first + following
        found = []
        for span in self._items(first + start):
            found.append(span)
            if span.offset + span.length == end:
                return tuple(found)
            if end is not None and span.offset + span.length > end:
                return None
        return tuple(found) if end is None and found and not self._is_cut else None

    def _group(self) -> Sequence[tuple[Span, ...]]:
        """The fragments of each frame without a table: all, or one each, or up to an end of image each."""
        spans = list(self.fragments())
        if self.count == 1:
            return [] if self._is_cut else [tuple(spans)]
        if len(spans) <= self.count:
            return [(span,) for span in spans]
        groups: list[tuple[Span, ...]] = []
        open_: list[Span] = []
        for span in spans:
            open_.append(span)
            tail = min(_TAIL, span.length)
            if _END_OF_IMAGE in self._read(Span(span.offset + span.length - tail, tail)):
                groups.append(tuple(open_))
                open_ = []
        if len(groups) < self.count:
            raise PictureError("The instance does not say which of its fragments belong to which frame.")
        return groups

    def _first_fragment(self) -> int | None:
        table = self._item(self.pixels.value.offset)
        return None if table is None else table.offset + table.length

    def _entry(self, table: Span | None, index: int, size: int) -> int | None:
        if table is None or table.length < (index + 1) * size:
            return None
        data = self._read(Span(table.offset + index * size, size))
        return int(Struct(_TABLES[size]).unpack(data)[0]) if len(data) == size else None

    def _items(self, at: int) -> Iterator[Span]:
        for _ in range(_MOST):
            span = self._item(at)
            if span is None:
                self._is_cut = not self._is_end(at)
                return
            yield span
            at = span.offset + span.length
        raise PictureError("The pixels have too many fragments.", code="picture.too-large")

    def _item(self, at: int) -> Span | None:
        """The item that begins at a place; None if none does, or if it goes beyond the file."""
        value = self.pixels.value
        end = value.offset + value.length
        if not value.offset <= at <= end - _HEAD.size:
            return None
        head = self._read(Span(at, _HEAD.size))
        if len(head) < _HEAD.size:
            return None
        group, number, length = _HEAD.unpack(head)
        if group << 16 | number != _ITEM or at + _HEAD.size + length > end:
            return None
        return Span(at + _HEAD.size, length)

    def _is_end(self, at: int) -> bool:
        """Whether the sequence ends here, or else the file: some writers forget the delimiter."""
        head = self._read(Span(at, _HEAD.size))
        return not head or (len(head) == _HEAD.size and _HEAD.unpack(head)[:2] == _END)

    def _read(self, span: Span) -> bytes:
        self._file.seek(span.offset)
        return self._file.read(span.length)
