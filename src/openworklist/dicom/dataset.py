"""A dataset as the DICOM JSON model (PS3.18 annex F) and back: text in Unicode, whatever set it came in."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable, Mapping
from struct import calcsize, iter_unpack, pack
from struct import error as StructError
from typing import Any, Final

from openworklist.dicom.elements import Element, read_elements
from openworklist.dicom.fitting import MOST_BYTES, NUMBERS
from openworklist.dicom.sop_classes import EXPLICIT_LITTLE_ENDIAN
from openworklist.dicom.vrs import SEQUENCES, find_vr
from openworklist.domain import iso2022
from openworklist.domain.charset import Charset, from_dicom

# By tag as eight hexadecimal digits: {"vr": …} with Value, InlineBinary or neither.
Json = Mapping[str, Mapping[str, Any]]

CHARSET: Final = "00080005"
_CHARSET_TAG: Final = 0x0008_0005
_MOST: Final = 250_000  # elements and items: an examination of tens of thousands of images
UNICODE: Final[Json] = {CHARSET: {"vr": "CS", "Value": ["ISO_IR 192"]}}  # in any JSON: PS3.18 F.2
_TEXTS: Final = frozenset(("AE", "AS", "CS", "DA", "DS", "DT", "IS", "TM", "UI", "UR"))
_WITH_LETTERS: Final = frozenset(("LO", "LT", "PN", "SH", "ST", "UC", "UT"))
_ONE_VALUE: Final = frozenset(("LT", "ST", "UR", "UT"))
_NUMBERS: Final = {**NUMBERS, "SV": "<q", "UV": "<Q"}
_LONG_FORM: Final = frozenset(("OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"))
_GROUPS: Final = ("Alphabetic", "Ideographic", "Phonetic")
_ITEM: Final = b"\xfe\xff\x00\xe0"


def to_json(data: bytes, transfer_syntax: str) -> tuple[dict[str, Any], bool]:
    """The elements of a dataset, and whether all its letters could be read: U+FFFD stands for the others.

    IdentifierError if its lengths do not fit. Group lengths are left out, private and unknown elements kept.
    """
    elements = read_elements(data, transfer_syntax, SEQUENCES, most=_MOST)
    reading = Reading()
    return reading.read(elements, ("",)), reading.is_whole


def to_texts(elements: Iterable[Element]) -> dict[int, str]:
    """The values of elements as text, those of several values with a backslash between."""
    read = Reading().read(elements, ("",))
    return {int(key, 16): "\\".join(map(_to_text, each.get("Value", ()))) for key, each in read.items()}


def _to_text(value: Any) -> str:
    if isinstance(value, Mapping):
        return _from_name(value)
    return "" if value is None else str(value)


class Reading:
    """Elements as the JSON model; `is_whole` says whether all letters could be read."""

    def __init__(self) -> None:
        self.is_whole = True

    def read(self, elements: Iterable[Element], outer: tuple[str, ...]) -> dict[str, Any]:
        elements = tuple(elements)
        charsets = _find_charsets(elements) or outer
        return {
            f"{each.tag:08X}": self.read_element(each, charsets)
            for each in sorted(elements, key=lambda each: each.tag)
            if each.tag & 0xFFFF and each.tag != _CHARSET_TAG
        }

    def read_element(self, element: Element, charsets: tuple[str, ...]) -> dict[str, Any]:
        if element.items is not None:
            items = [self.read(item, charsets) for item in element.items]
            return {"vr": "SQ", "Value": items} if items else {"vr": "SQ"}
        vr = find_vr(element.tag) if element.vr in ("", "UN") else element.vr
        if vr == "SQ" and element.value:
            vr = "UN"  # said to be items, which it is not
        if not element.value:
            return {"vr": vr}
        if vr in _TEXTS or vr in _WITH_LETTERS:
            values = self._read_texts(vr, element.value, charsets)
        elif vr in _NUMBERS and len(element.value) % calcsize(_NUMBERS[vr]) == 0:
            values = [number for (number,) in iter_unpack(_NUMBERS[vr], element.value)]
        elif vr == "AT" and len(element.value) % 4 == 0:
            values = [f"{group:04X}{number:04X}" for group, number in iter_unpack("<HH", element.value)]
        else:
            return {"vr": vr, "InlineBinary": b64encode(element.value).decode("ascii")}
        return {"vr": vr, "Value": values} if values else {"vr": vr}

    def _read_texts(self, vr: str, value: bytes, charsets: tuple[str, ...]) -> list[Any]:
        text = self._decode(value, charsets) if vr in _WITH_LETTERS else value.decode("latin_1")
        text = text.rstrip(" \0")
        if vr in _ONE_VALUE:
            return [text] if text else []
        values = [each.strip(" \0") for each in text.split("\\")]
        if not any(values):
            return []
        return [(_to_name(each) if vr == "PN" else each) if each else None for each in values]

    def _decode(self, value: bytes, charsets: tuple[str, ...]) -> str:
        if value.isascii() and b"\x1b" not in value:
            return value.decode("ascii")
        charset = from_dicom(charsets[0])
        if charset is None or (charset.python == "ascii" and len(charsets) == 1 and b"\x1b" not in value):
            return self._guess(value)
        text = _decode_by(value, charset)
        self.is_whole = self.is_whole and "\ufffd" not in text
        return text

    def _guess(self, value: bytes) -> str:
        """Letters whose set is not named, or not known: UTF-8 if they can be, else Latin 1."""
        try:
            return value.decode("utf_8")
        except UnicodeDecodeError:
            self.is_whole = False
            return value.decode("latin_1")


def _decode_by(value: bytes, charset: Charset) -> str:
    if b"\x1b" in value or charset.is_multibyte:
        return iso2022.decode(value, charset, "replace")
    return value.decode(charset.python, "replace")


def _find_charsets(elements: Iterable[Element]) -> tuple[str, ...]:
    """The terms that a dataset or an item names for itself (PS3.5 7.5.3)."""
    found = next((each.value for each in elements if each.tag == _CHARSET_TAG), b"")
    text = found.decode("latin_1").strip(" \0")
    return tuple(term.strip(" \0") for term in text.split("\\")) if text else ()


def _to_name(text: str) -> dict[str, str]:
    groups = zip(_GROUPS, text.split("="), strict=False)
    return {name: group.strip(" ") for name, group in groups if group.strip(" ")}


def from_json(dataset: Json, transfer_syntax: str) -> bytes:
    """The bytes of a dataset, in Unicode with (0008,0005) where it has other letters than ASCII."""
    writing = _Writing(transfer_syntax == EXPLICIT_LITTLE_ENDIAN)
    body = writing.write(dataset)
    if writing.is_ascii:
        return body
    # No element of a lower group is left: command elements are in no dataset.
    return writing.write({**UNICODE, **dataset})


class _Writing:
    def __init__(self, is_explicit: bool) -> None:
        self._is_explicit = is_explicit
        self.is_ascii = True

    def write(self, dataset: Json) -> bytes:
        return b"".join(self._write_element(int(tag, 16), dataset[tag]) for tag in sorted(dataset))

    def _write_element(self, tag: int, element: Mapping[str, Any]) -> bytes:
        vr: str = element["vr"]
        value = self._write_value(vr, element)
        if len(value) % 2:
            value += b"\0" if vr in ("UI", "OB", "UN") else b" "
        head = pack("<HH", tag >> 16, tag & 0xFFFF)
        if not self._is_explicit:
            return head + pack("<I", len(value)) + value
        if vr not in _LONG_FORM and len(value) <= MOST_BYTES:
            return head + vr.encode("ascii") + pack("<H", len(value)) + value
        # PS3.5 6.2.2, note: what is longer than its VR can say goes as UN.
        vr = vr if vr in _LONG_FORM else "UN"
        return head + vr.encode("ascii") + b"\0\0" + pack("<I", len(value)) + value

    def _write_value(self, vr: str, element: Mapping[str, Any]) -> bytes:
        if "InlineBinary" in element:
            try:
                return b64decode(element["InlineBinary"])
            except Base64Error:
                return b""
        values = element.get("Value", ())
        if vr == "SQ":
            items = [self.write(item) for item in values]
            return b"".join(_ITEM + pack("<I", len(item)) + item for item in items)
        if vr in _NUMBERS:
            return b"".join(_write_number(_NUMBERS[vr], number) for number in values)
        if vr == "AT":
            return b"".join(pack("<HH", int(each[:4], 16), int(each[4:], 16)) for each in values)
        texts = [_from_name(each) if vr == "PN" and each else str(each or "") for each in values]
        text: str = "\\".join(texts)
        if vr not in _WITH_LETTERS:
            return text.encode("latin_1", "replace")
        self.is_ascii = self.is_ascii and text.isascii()
        return text.encode("utf_8", "replace")


def _write_number(form: str, number: Any) -> bytes:
    try:
        return pack(form, number)
    except StructError:
        return b""


def _from_name(name: Mapping[str, str]) -> str:
    return "=".join(name.get(group, "") for group in _GROUPS).rstrip("=")


def items_of(dataset: Json, tag: int) -> list[Json]:
    """The items of a sequence, none where there is none."""
    element = dataset.get(f"{tag:08X}", {})
    return list(element.get("Value", ())) if element.get("vr") == "SQ" else []


def text_of(dataset: Json, tag: int) -> str:
    """The first value of an element as text, "" where there is none."""
    values = dataset.get(f"{tag:08X}", {}).get("Value", ())
    return _to_text(values[0] if values else None)


def has_value(dataset: Json, tag: int) -> bool:
    element = dataset.get(f"{tag:08X}", {})
    return bool(element.get("Value") or element.get("InlineBinary"))
