"""A record as the bytes of one C-FIND answer: what was asked for, and nothing more (PS3.4 K.4.1.1.3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from hashlib import sha256
from struct import pack
from typing import Final, NamedTuple

from openworklist.dicom.identifier import STEPS
from openworklist.dicom.plan import Plan, Wanted
from openworklist.dicom.text import ASCII, Encoding, choose
from openworklist.domain.attributes import ATTRIBUTES, Attribute, Level, Match
from openworklist.domain.query import value_of
from openworklist.domain.record import Record, Value

_CHARSET: Final = 0x0008_0005
_ITEM: Final = b"\xfe\xff\x00\xe0"
_LONG_FORM: Final = frozenset(("OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"))
# PS3.5 table 6.2-1: characters of one value (of one component group in PN).
_LIMITS: Final = {
    "AE": 16, "AS": 4, "CS": 16, "DA": 8, "DS": 16, "LO": 64, "LT": 10240, "PN": 64, "SH": 16,
    "ST": 1024, "TM": 14, "UI": 64,
}  # fmt: skip
_WITH_CHARSET: Final = frozenset(("LO", "LT", "PN", "SH", "ST", "UC", "UT"))
_WITH_LINES: Final = frozenset(("LT", "ST", "UT"))
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f]")
_CONTROLS_BUT_LINES: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_MOST_VALUES: Final = 500  # of one attribute: what fits in a length of 16 bits
# Numbers by which people and machines tell patients and orders apart: never cut so that two become one.
_IDENTIFIERS: Final = frozenset(
    (
        "patient_id",
        "accession_number",
        "placer_order_number_imaging_service_request",
        "filler_order_number_imaging_service_request",
        "requested_procedure_id",
        "scheduled_procedure_step_id",
        "admission_id",
    )
)
_STEP_PLAN: Final = tuple(
    Wanted(each.tag, each.vr, each)
    for each in sorted(ATTRIBUTES, key=lambda each: each.tag)
    if each.level is Level.STEP and each.tag and each.match is not Match.NONE
)

Look = Callable[[str], Value]


class _Field(NamedTuple):
    """An element to write: its tag and VR as bytes, and what an item holds if it is a sequence.

    `is_optional`: written only if there is a value, as where all that is known was asked for.
    """

    head: bytes
    has_long_length: bool
    vr: str
    attribute: Attribute | None
    fields: tuple[_Field, ...] | None
    is_steps: bool
    is_optional: bool


class Encoder:
    """Writes answers with one set of return keys in one transfer syntax."""

    __slots__ = ("_charset_field", "_fields")

    def __init__(self, plan: Plan, *, is_explicit: bool) -> None:
        self._fields = tuple(_to_field(wanted, is_explicit) for wanted in plan)
        self._charset_field = _to_field(Wanted(_CHARSET, "CS", None), is_explicit)

    def encode(self, record: Record) -> bytes:
        """The identifier of the answer, of even length, with (0008,0005) if a value needs it."""

        def look(name: str) -> Value:
            return value_of(record, name)

        try:
            return self._encode_fields(self._fields, look, ASCII)
        except UnicodeEncodeError:
            encoding = choose(_texts(record.values.values()))
        charset = _frame(self._charset_field, _pad("\\".join(encoding.terms).encode("ascii"), b" "))
        return charset + self._encode_fields(self._fields, look, encoding)

    def _encode_fields(self, fields: tuple[_Field, ...], look: Look, encoding: Encoding) -> bytes:
        out = []
        for field in fields:
            if field.is_steps:
                out.append(_frame(field, self._encode_item(field, look, encoding)))
                continue
            attribute = field.attribute
            value = look(attribute.name) if attribute is not None else ""
            if value or not field.is_optional:
                out.append(_frame(field, self._encode_value(field, value, encoding) if value else b""))
        return b"".join(out)

    def _encode_value(self, field: _Field, value: Value, encoding: Encoding) -> bytes:
        attribute = field.attribute
        assert attribute is not None
        if isinstance(value, str):
            return _encode_text(attribute, value, encoding) if field.fields is None else b""
        if field.fields is None:
            return b""

        def encode_item(item: object) -> bytes:
            return self._encode_item(field, lambda name: item.get(name, ""), encoding)  # type: ignore[attr-defined]

        return b"".join(map(encode_item, value))

    def _encode_item(self, field: _Field, look: Look, encoding: Encoding) -> bytes:
        content = self._encode_fields(field.fields or (), look, encoding)
        return _ITEM + pack("<I", len(content)) + content


def _to_field(wanted: Wanted, is_explicit: bool, *, is_optional: bool = False) -> _Field:
    head = pack("<HH", wanted.tag >> 16, wanted.tag & 0xFFFF)
    has_long_length = not is_explicit or wanted.vr in _LONG_FORM
    if is_explicit:
        head += wanted.vr.encode("ascii") + (b"\0\0" if has_long_length else b"")
    fields = None
    if wanted.vr == "SQ":
        fields = tuple(
            _to_field(each, is_explicit, is_optional=wanted.items is None) for each in _items_of(wanted)
        )
    is_steps = wanted.tag == STEPS
    return _Field(head, has_long_length, wanted.vr, wanted.attribute, fields, is_steps, is_optional)


def _items_of(wanted: Wanted) -> Plan:
    """The elements of an item: those asked for, or all that the catalogue knows."""
    if wanted.items is not None:
        return wanted.items
    if wanted.tag == STEPS:
        return _STEP_PLAN
    items = wanted.attribute.items if wanted.attribute else ()
    return tuple(Wanted(each.tag, each.vr, each) for each in sorted(items, key=lambda each: each.tag))


def _frame(field: _Field, value: bytes) -> bytes:
    return field.head + pack("<I" if field.has_long_length else "<H", len(value)) + value


def _pad(value: bytes, with_: bytes) -> bytes:
    return value + with_ if len(value) % 2 else value


def _texts(values: Iterable[Value]) -> Iterable[str]:
    """All texts of a record: a set is chosen for the whole, so that every answer about it has the same."""
    for value in values:
        if isinstance(value, str):
            yield value
        else:
            for item in value:
                yield from _texts(item.values())


def _encode_text(attribute: Attribute, text: str, encoding: Encoding) -> bytes:
    vr = attribute.vr
    if vr == "US":
        return pack("<H", int(text)) if text.isdecimal() and int(text) < 0x10000 else b""
    text = _fit(attribute, text)
    if vr == "UI":
        return _pad(text.encode("ascii", "replace"), b"\0")
    if vr in _WITH_CHARSET:
        return _pad(encoding.encode(text, vr), b" ")
    return _pad(text.encode("ascii", "replace"), b" ")


def _fit(attribute: Attribute, text: str) -> str:
    """The text as its VR allows it: within its length, without the letters that it has not."""
    vr = attribute.vr
    if vr in _WITH_LINES:
        text = _CONTROLS_BUT_LINES.sub(" ", text) if not text.isprintable() else text
        return text[: _LIMITS.get(vr, len(text))]
    if not text.isprintable():
        text = _CONTROLS.sub(" ", text)
    limit = _LIMITS.get(vr)
    if attribute.multiple:
        values = text.split("\\")[:_MOST_VALUES]
        return "\\".join(_cut(value, limit) for value in values)
    if "\\" in text and vr != "UI":
        text = text.replace("\\", "/")
    if limit is None or len(text) <= limit:
        return text
    if vr == "PN":
        return "=".join(_cut(group, limit) for group in text.split("=")[:3])
    if attribute.name in _IDENTIFIERS:
        return f"{text[: limit - 7]}~{sha256(text.encode()).hexdigest()[:6].upper()}"
    return _cut(text, limit)


def _cut(text: str, limit: int | None) -> str:
    return text if limit is None or len(text) <= limit else text[:limit].rstrip("^ ")
