"""The message beside a mapping: typed, from a file, or of the journal, passed on by its number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from openworklist.domain.errors import MessageError, OpenWorklistError
from openworklist.hl7.batch import split_messages
from openworklist.hl7.charset import decode
from openworklist.services.journal import Journal

_BEFORE: Final = b"\xef\xbb\xbf\r\n\t \x0b"  # what may stand before a message
LARGEST: Final = 1_000_000  # letters of what is typed or opened: it goes forth and back with the form


@dataclass(frozen=True, slots=True)
class Sample:
    """`number` is that of the journal, 0 for none; else `text`, once in `codec`. `part` counts from 1."""

    number: int = 0
    text: str = ""
    codec: str = ""
    part: int = 1

    def __bool__(self) -> bool:
        return bool(self.number or self.text.strip())

    def read(self, journal: Journal) -> bytes:
        """The bytes, as they came if that is known; NotFound if the message is not kept any more."""
        if self.number:
            return journal.get(self.number).message.raw
        try:
            return self.text.encode(self.codec or "utf_8")
        except (UnicodeEncodeError, LookupError):
            return self.text.encode("utf_8", "replace")


def read_sample(texts: Mapping[str, str]) -> Sample:
    """What the fields of the form say."""
    number, part = texts.get("sample-number", ""), texts.get("part", "")
    return Sample(
        _to_number(number),
        texts.get("sample-text", ""),
        texts.get("sample-codec", ""),
        max(_to_number(part), 1),
    )


def open_sample(raw: bytes, default_charset: str) -> Sample:
    """The sample of a file; MessageError if there is no message in it, or it is too long for a page."""
    if len(raw) > LARGEST:
        raise MessageError(
            "The file is too long for a sample.",
            where="sample",
            hint=f"at most {LARGEST} bytes; a long message can be taken from the journal",
        )
    if not any(part.lstrip(_BEFORE).startswith(b"MSH") for part in split_messages(raw)):
        raise MessageError("There is no HL7 message in it.", where="sample", hint="a message begins with MSH")
    try:
        decoded = decode(raw, default_charset, replaces=True)
    except OpenWorklistError:
        return Sample(text=raw.decode("latin-1"), codec="latin_1")
    return Sample(text=decoded.text, codec=decoded.codec)


def _to_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0
