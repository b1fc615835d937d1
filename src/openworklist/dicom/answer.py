"""A record as the bytes of one C-FIND answer: what was asked for, and nothing more (PS3.4 K.4.1.1.3)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from struct import pack
from typing import Final, NamedTuple

from openworklist.dicom.fitting import MOST_BYTES, encode_value
from openworklist.dicom.identifier import STEPS
from openworklist.dicom.plan import Plan, Wanted
from openworklist.dicom.text import ASCII, Encoding, choose
from openworklist.domain.attributes import ATTRIBUTES, Attribute, Level, Match
from openworklist.domain.codes import CODE_VALUES, value_in
from openworklist.domain.query import Condition, fulfils, value_of
from openworklist.domain.record import Item, Record, Value

_CHARSET: Final = 0x0008_0005
_ITEM: Final = b"\xfe\xff\x00\xe0"
_LONG_FORM: Final = frozenset(("OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"))
_STEP_PLAN: Final = tuple(
    Wanted(each.tag, each.vr, each)
    for each in sorted(ATTRIBUTES, key=lambda each: each.tag)
    if each.level is Level.STEP and each.tag and each.match is not Match.NONE
)

Look = Callable[[str], Value]


class _Field(NamedTuple):
    """An element to write: its tag and VR as bytes, and what an item holds if it is a sequence.

    `is_optional`: written only if there is a value, as where all that is known was asked for. `most_bytes` is
    None where the length has 32 bits. `fixed` stands where there is no value. Items that do not fulfil the
    conditions are left out.
    """

    head: bytes
    most_bytes: int | None
    attribute: Attribute | None
    fields: tuple[_Field, ...] | None
    conditions: tuple[Condition, ...]
    is_steps: bool
    is_optional: bool
    fixed: bytes


class Encoder:
    """Writes answers with one set of return keys in one transfer syntax."""

    __slots__ = ("_charset_field", "_fields")

    def __init__(self, plan: Plan, *, is_explicit: bool) -> None:
        self._fields = tuple(_to_field(wanted, is_explicit, is_top=True) for wanted in plan)
        self._charset_field = _to_field(Wanted(_CHARSET, "CS", None), is_explicit)

    def encode(self, record: Record) -> bytes:
        """The identifier of the answer, of even length, with (0008,0005) if a value needs it."""
        look = partial(value_of, record)
        try:
            return _encode_fields(self._fields, look, ASCII)
        except UnicodeEncodeError:
            encoding = choose(self._read_texts(look))
        terms = "\\".join(encoding.terms)
        charset = _frame(self._charset_field, f"{terms}{' ' * (len(terms) % 2)}".encode("ascii"))
        return charset + _encode_fields(self._fields, look, encoding)

    def _read_texts(self, look: Look) -> list[str]:
        """The texts of the answer: its set must hold them, not what nobody asked for."""
        texts: list[str] = []

        def note(text: str) -> bytes:
            texts.append(text)
            return b""

        _encode_fields(self._fields, look, Encoding((), note))
        return texts


def _encode_fields(fields: tuple[_Field, ...], look: Look, encoding: Encoding) -> bytes:
    out = []
    for field in fields:
        if field.is_steps:
            out.append(_frame(field, _encode_item(field, look, encoding)))
            continue
        attribute = field.attribute
        value = look(attribute.name) if attribute is not None else ""
        if attribute is not None and value:
            out.append(_frame(field, _encode_value(field, attribute, value, encoding)))
        elif not field.is_optional:
            out.append(_frame(field, field.fixed))
    return b"".join(out)


def _encode_value(field: _Field, attribute: Attribute, value: Value, encoding: Encoding) -> bytes:
    if isinstance(value, str):
        return b"" if attribute.is_sequence else encode_value(attribute, value, encoding, field.most_bytes)
    if not attribute.is_sequence:
        return b""
    items: list[Item] = [item for item in value if fulfils(item, field.conditions)]
    return b"".join([_encode_item(field, partial(value_in, item), encoding) for item in items])


def _encode_item(field: _Field, look: Look, encoding: Encoding) -> bytes:
    content = _encode_fields(field.fields or (), look, encoding)
    return _ITEM + pack("<I", len(content)) + content


def _to_field(
    wanted: Wanted, is_explicit: bool, *, is_optional: bool = False, is_top: bool = False
) -> _Field:
    attribute = wanted.attribute
    head = pack("<HH", wanted.tag >> 16, wanted.tag & 0xFFFF)
    has_long_length = not is_explicit or wanted.vr in _LONG_FORM
    if is_explicit:
        head += wanted.vr.encode("ascii") + (b"\0\0" if has_long_length else b"")
    fields = None
    if wanted.vr == "SQ":
        fields = tuple(
            _to_field(each, is_explicit, is_optional=wanted.items is None) for each in _items_of(wanted)
        )
    # PS3.3 table 8.8-1: of the three places for a code one is present.
    is_optional = is_optional or (attribute is not None and attribute.name in CODE_VALUES)
    return _Field(
        head=head,
        most_bytes=None if has_long_length else MOST_BYTES,
        attribute=attribute,
        fields=fields,
        conditions=wanted.conditions,
        is_steps=is_top and wanted.tag == STEPS,  # inside of an item it is a key that nobody knows
        is_optional=is_optional,
        fixed=wanted.fixed,
    )


def _items_of(wanted: Wanted) -> Plan:
    """The elements of an item: those asked for, or all that the catalogue knows."""
    if wanted.items is not None:
        return wanted.items
    if wanted.tag == STEPS:
        return tuple(sorted((*_STEP_PLAN, *wanted.known), key=lambda each: each.tag))
    items = wanted.attribute.items if wanted.attribute else ()
    return tuple(Wanted(each.tag, each.vr, each) for each in sorted(items, key=lambda each: each.tag))


def _frame(field: _Field, value: bytes) -> bytes:
    return field.head + pack("<I" if field.most_bytes is None else "<H", len(value)) + value
