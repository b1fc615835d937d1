"""A dataset written as a scanner writes it, right or wrong: nothing is sorted, padded or mended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from struct import pack

from pydicom.datadict import dictionary_VR, tag_for_keyword

_LONG_FORM = ("OB", "OW", "SQ", "UC", "UN", "UR", "UT")
_UNDEFINED = 0xFFFF_FFFF
_ITEM, _END_OF_ITEM, _END_OF_SEQUENCE = 0xFFFE_E000, 0xFFFE_E00D, 0xFFFE_E0DD


@dataclass(frozen=True)
class Key:
    """An element: `items` is None unless it is a sequence."""

    tag: int
    vr: str
    value: bytes = b""
    items: tuple[tuple[Key, ...], ...] | None = None

    def as_vr(self, vr: str) -> Key:
        """The same under another VR, as gateways and old scanners write it."""
        return replace(self, vr=vr)


def key(name: str | int, value: str | bytes = "", codec: str = "ascii") -> Key:
    """An element by keyword or tag. A text is padded to an even length, bytes are sent as they are."""
    tag = _find_tag(name)
    vr = dictionary_VR(tag) if not tag >> 16 & 1 and tag & 0xFFFF else "UL" if not tag & 0xFFFF else "LO"
    if isinstance(value, str):
        value = value.encode(codec)
        value += (b"\0" if vr == "UI" else b" ") * (len(value) % 2)
    return Key(tag, vr, value)


def sequence(name: str | int, *items: Sequence[Key]) -> Key:
    return Key(_find_tag(name), "SQ", b"", tuple(tuple(item) for item in items))


def keys(names: str) -> list[Key]:
    """Keys without value, by their keywords with blanks between."""
    return [key(name) for name in names.split()]


def write(elements: Sequence[Key], *, is_explicit: bool, is_undefined: bool = False) -> bytes:
    """The bytes in Explicit or Implicit VR Little Endian, sequences with a length or with delimiters."""
    return b"".join(_write(each, is_explicit, is_undefined) for each in elements)


def _find_tag(name: str | int) -> int:
    tag = name if isinstance(name, int) else tag_for_keyword(name)
    assert tag is not None, name
    return tag


def _write(element: Key, is_explicit: bool, is_undefined: bool) -> bytes:
    if element.items is None:
        return _head(element, is_explicit, len(element.value)) + element.value
    # PS3.5 6.2.2: a sequence under VR UN holds Implicit VR.
    is_inner_explicit = is_explicit and element.vr != "UN"
    items = b"".join(_write_item(item, is_inner_explicit, is_undefined) for item in element.items)
    if not is_undefined:
        return _head(element, is_explicit, len(items)) + items
    return _head(element, is_explicit, _UNDEFINED) + items + _delimiter(_END_OF_SEQUENCE, 0)


def _write_item(item: tuple[Key, ...], is_explicit: bool, is_undefined: bool) -> bytes:
    content = write(item, is_explicit=is_explicit, is_undefined=is_undefined)
    if not is_undefined:
        return _delimiter(_ITEM, len(content)) + content
    return _delimiter(_ITEM, _UNDEFINED) + content + _delimiter(_END_OF_ITEM, 0)


def _head(element: Key, is_explicit: bool, length: int) -> bytes:
    tag = pack("<HH", element.tag >> 16, element.tag & 0xFFFF)
    if not is_explicit:
        return tag + pack("<I", length)
    vr = element.vr.encode("ascii")
    return tag + vr + (pack("<HI", 0, length) if element.vr in _LONG_FORM else pack("<H", length))


def _delimiter(tag: int, length: int) -> bytes:
    return pack("<HHI", tag >> 16, tag & 0xFFFF, length)
