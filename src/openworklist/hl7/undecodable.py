"""Bytes that are no letters of their set: where in the message they stand, and what is made of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from openworklist.domain.attributes import ATTRIBUTES
from openworklist.domain.errors import CharsetError, MessageError
from openworklist.domain.iso2022 import REPLACEMENT
from openworklist.domain.order import Order
from openworklist.domain.patient import PatientChange
from openworklist.hl7.delimiters import read_delimiters
from openworklist.hl7.lines import cut

SWITCH: Final = re.compile(rb"\\[CM]([0-9A-Fa-f]{4}|[0-9A-Fa-f]{6})\\")
_IDENTIFIERS: Final = tuple(
    attribute for attribute in ATTRIBUTES if attribute.identifies or attribute.vr == "UI"
)
_BEHIND = re.compile(f"{REPLACEMENT}[^\x00-\x7f]+")


def spread(text: str) -> str:
    """The text with every letter replaced that follows a replaced one, up to the next of ASCII.

    In a set of several bytes a letter, what is read behind a byte that is none may be half of one letter and
    half of the next: another name, which nobody would doubt.
    """
    return _BEHIND.sub(lambda run: REPLACEMENT * len(run[0]), text)


def locate(raw: bytes, error: CharsetError, offset: int, before: str) -> CharsetError:
    """The error as a person looks for it: `offset` is the byte of `raw`, `before` the text up to it."""
    place = find_place(before)
    there = f"Byte 0x{raw[offset]:02X} at offset {offset}{f' in {place}' if place else ''} is"
    if not error.charset:  # one that nobody knows
        sentence = f"{error.sentence} {there} the first of them."
        return CharsetError(sentence, where="MSH-18", hint=error.hint, code=error.code, offset=offset)
    return CharsetError(
        f"{there} no letter of {error.charset}.",
        where=place or "MSH-18",
        hint="check which character set the sender uses and names in MSH-18, or set its default",
        offset=offset,
        charset=error.charset,
    )


def to_original(raw: bytes, offset: int) -> int:
    r"""The offset in `raw` of what stands at `offset` once its `\C..\` and `\M..\` are single bytes."""
    for match in SWITCH.finditer(raw):
        length = 1 + len(match[1]) // 2
        if match.start() + length > offset:
            break
        offset += len(match[0]) - length
    return offset


def find_place(before: str) -> str:
    """The field that goes on at the end of the beginning of a message: `PID-5`; "" where there is no MSH."""
    before = before.lstrip("\ufeff\r\n\t ")
    try:
        separator = before[3:4]
        if before[:3] != "MSH" or not separator:
            return ""
        read_delimiters(separator, "")
    except MessageError:
        return ""
    *earlier, last = cut(before, separator).texts
    name = last[:3]
    number = last.count(separator) + (name == "MSH")
    occurrence = 1 + sum(1 for text in earlier if text[:3] == name)
    return f"{name}[{occurrence}]-{number}" if occurrence > 1 else f"{name}-{number}"


def check_identifiers(contents: Iterable[Order | PatientChange], loss: CharsetError) -> None:
    """CharsetError if a letter was replaced in an identifier: two of them could become one."""
    for each in contents:
        texts = {attribute.label: str(each.values.get(attribute.name, "")) for attribute in _IDENTIFIERS}
        if isinstance(each, PatientChange):
            texts["MRG"] = str(each.former)
        for label, text in texts.items():
            if REPLACEMENT in text:
                raise CharsetError(
                    f"{loss.sentence} One stands in an identifier: {label}.",
                    where=loss.where,
                    hint=loss.hint,
                    offset=loss.offset,
                    charset=loss.charset,
                )
