"""A record as the bytes of one C-FIND answer: what was asked for, and nothing more (PS3.4 K.4.1.1.3)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from struct import pack
from typing import Final, NamedTuple

from openworklist.dicom.fitting import (
    MOST_BYTES,
    NUMBERS,
    WITH_CHARSET,
    Fitting,
    encode_fitted,
    encode_numbers,
    make_fitting,
)
from openworklist.dicom.identifier import STEPS
from openworklist.dicom.plan import Plan, Wanted
from openworklist.dicom.showing import show
from openworklist.dicom.text import ASCII, UNICODE, Encoding, choose, get_encoding
from openworklist.domain.attributes import ATTRIBUTES, Attribute, Level, Match
from openworklist.domain.codes import CODE_VALUES, value_in
from openworklist.domain.query import Condition, fulfils, value_of
from openworklist.domain.record import Item, Record, Value
from openworklist.domain.repertoire import AUTOMATIC, Repertoire
from openworklist.domain.repertoire import UNICODE as TO_UNICODE

_CHARSET: Final = 0x0008_0005
_NO_LOSSES: Final[frozenset[str]] = frozenset()
_ITEM: Final = b"\xfe\xff\x00\xe0"
_LONG_FORM: Final = frozenset(("OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"))
_STEP_PLAN: Final = tuple(
    Wanted(each.tag, each.vr, each)
    for each in sorted(ATTRIBUTES, key=lambda each: each.tag)
    if each.level is Level.STEP and each.tag and each.match is not Match.NONE
)

Look = Callable[[str], Value]
NoteLosses = Callable[[Record, frozenset[str]], None]


class _Field(NamedTuple):
    """An element to write: its tag and VR as bytes, and what an item holds if it is a sequence.

    `is_optional`: written only if there is a value, as where all that is known was asked for. `most_bytes` is
    None where the length has 32 bits. `fixed` stands where there is no value. Items that do not fulfil the
    conditions are left out. `write_ascii` raises UnicodeEncodeError on any other letter.
    """

    head: bytes
    most_bytes: int | None
    attribute: Attribute | None
    fields: tuple[_Field, ...] | None
    conditions: tuple[Condition, ...]
    is_steps: bool
    is_optional: bool
    fixed: bytes
    fitting: Fitting | None
    write_ascii: Callable[[str], bytes]


Write = Callable[[_Field, Attribute, str], bytes]


class Encoder:
    """Writes answers with one set of return keys in one transfer syntax, in letters that a scanner can show.

    `note_losses` is told which attributes of a record have lost letters on the way, by their keywords.
    """

    __slots__ = ("_charset_field", "_fields", "_note_losses", "_repertoire")

    def __init__(
        self,
        plan: Plan,
        *,
        is_explicit: bool,
        repertoire: Repertoire = AUTOMATIC,
        note_losses: NoteLosses = lambda record, keywords: None,
    ) -> None:
        self._fields = tuple(_to_field(wanted, is_explicit, is_top=True) for wanted in plan)
        self._charset_field = _to_field(Wanted(_CHARSET, "CS", None), is_explicit)
        self._repertoire = repertoire
        self._note_losses = note_losses

    def encode(self, record: Record) -> bytes:
        """The identifier of the answer, of even length, with (0008,0005) if a value needs it."""
        answer, lost = self.write(record)
        if lost:
            self._note_losses(record, lost)
        return answer

    def write(self, record: Record) -> tuple[bytes, frozenset[str]]:
        """As `encode`, with the keywords of what has lost letters, of which nobody else is told."""
        look = partial(value_of, record)
        try:
            return _encode_fields(self._fields, look, _write_ascii), _NO_LOSSES
        except UnicodeEncodeError:
            letters = _Letters(self._choose(look))
        content = _encode_fields(self._fields, look, letters.write)
        lost = frozenset(letters.lost)
        if letters.is_ascii:
            return content, lost
        terms = "\\".join(letters.encoding.terms)
        charset = _frame(self._charset_field, f"{terms}{' ' * (len(terms) % 2)}".encode("ascii"))
        return charset + content, lost

    def _choose(self, look: Look) -> Encoding:
        """The encoding of an answer: it must hold the texts of this, not what nobody asked for."""
        repertoire = self._repertoire
        if repertoire.is_automatic:
            texts: list[str] = []

            def note(field: _Field, attribute: Attribute, text: str) -> bytes:
                if attribute.vr in WITH_CHARSET and field.fitting:
                    texts.append(field.fitting.fit(text))
                return b""

            _encode_fields(self._fields, look, note)
            return choose(texts)
        encoding = get_encoding(repertoire)
        if repertoire.fallback == TO_UNICODE:
            letters = _Letters(encoding)
            _encode_fields(self._fields, look, letters.write)
            return UNICODE if letters.lost else encoding
        return encoding


class _Letters:
    """Writes values in an encoding; `lost` are the attributes whose letters had to be written in others."""

    __slots__ = ("encoding", "is_ascii", "lost")

    def __init__(self, encoding: Encoding) -> None:
        self.encoding = encoding
        self.is_ascii = True
        self.lost: set[str] = set()

    def write(self, field: _Field, attribute: Attribute, text: str) -> bytes:
        if text.isascii() or field.fitting is None:
            return field.write_ascii(text)
        shown, has_lost = show(attribute, field.fitting, text, self.encoding)
        if has_lost:
            self.lost.add(attribute.keyword or attribute.tag_text)
        if shown.isascii():
            return encode_fitted(attribute, shown, ASCII, field.most_bytes)
        self.is_ascii = False
        return encode_fitted(attribute, shown, self.encoding, field.most_bytes)


def _write_ascii(field: _Field, attribute: Attribute, text: str) -> bytes:
    return field.write_ascii(text)


def _make_ascii_writer(
    attribute: Attribute, fitting: Fitting | None, most_bytes: int | None
) -> Callable[[str], bytes]:
    if fitting is None:
        return partial(encode_numbers, attribute, most_bytes=most_bytes)
    clean, cut = fitting
    pad = b"\0" if attribute.vr == "UI" else b" "

    def write(text: str) -> bytes:
        text = cut(clean(text))
        value = text.encode("ascii")
        size = len(value)
        if most_bytes is not None and size > most_bytes:
            return encode_fitted(attribute, text, ASCII, most_bytes)
        return value + pad if size & 1 else value

    return write


def _encode_fields(fields: tuple[_Field, ...], look: Look, write: Write) -> bytes:
    out = []
    for field in fields:
        if field.is_steps:
            out.append(_frame(field, _encode_item(field, look, write)))
            continue
        attribute = field.attribute
        value = look(attribute.name) if attribute is not None else ""
        if attribute is not None and value:
            out.append(_frame(field, _encode_value(field, attribute, value, write)))
        elif not field.is_optional:
            out.append(_frame(field, field.fixed))
    return b"".join(out)


def _encode_value(field: _Field, attribute: Attribute, value: Value, write: Write) -> bytes:
    if isinstance(value, str):
        return b"" if attribute.is_sequence else write(field, attribute, value)
    if not attribute.is_sequence:
        return b""
    items: list[Item] = [item for item in value if fulfils(item, field.conditions)]
    return b"".join([_encode_item(field, partial(value_in, item), write) for item in items])


def _encode_item(field: _Field, look: Look, write: Write) -> bytes:
    content = _encode_fields(field.fields or (), look, write)
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
    most_bytes = None if has_long_length else MOST_BYTES
    fitting = make_fitting(attribute) if attribute is not None and attribute.vr not in NUMBERS else None
    return _Field(
        head=head,
        most_bytes=most_bytes,
        attribute=attribute,
        fields=fields,
        conditions=wanted.conditions,
        is_steps=is_top and wanted.tag == STEPS,  # inside of an item it is a key that nobody knows
        is_optional=is_optional,
        fixed=wanted.fixed,
        fitting=fitting,
        write_ascii=_make_ascii_writer(attribute, fitting, most_bytes)
        if attribute is not None
        else _write_nothing,
    )


def _write_nothing(text: str) -> bytes:
    return b""


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
