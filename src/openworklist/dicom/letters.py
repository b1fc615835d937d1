"""Text as other nodes write it, read by its Specific Character Set: never an error, odd things are told."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from openworklist.domain import iso2022
from openworklist.domain.charset import CHARSETS, Charset, from_dicom
from openworklist.domain.iso2022 import REPLACEMENT

_ASCII: Final = CHARSETS[0]
_LATIN_1: Final = next(each for each in CHARSETS if each.dicom == "ISO_IR 100")
# As they stand between the brackets of an expression.
_DELIMITERS: Final = {"PN": rb"=^\\"}
_OTHERS: Final = rb"\\\r\n\t\f"
_BEHIND: Final = re.compile(f"{REPLACEMENT}[^\x00-\x7f]+")
_UPPER_CONTROLS: Final = re.compile("[\x80-\x9f]")
_MULTIBYTE_G0: Final = re.compile(rb"\$[^)]")  # ESC $ B, ESC $ ( D; ESC $ ) C is of the upper half


class Letters(NamedTuple):
    """How the texts of a dataset are read. `remark` says what is odd about what it names, "" if nothing.

    Without `first` the set is not known: UTF-8 where the bytes can be, else `assumed`.
    """

    first: Charset | None
    assumed: Charset | None = None
    remark: str = ""

    def read(self, raw: bytes, vr: str) -> tuple[str, bool]:
        """The text of a value, and whether all of its bytes were letters; U+FFFD stands for those that were
        not.
        """
        if raw.isascii() and b"\x1b" not in raw:
            return raw.decode("ascii"), True
        if b"\x1b" in raw:
            text = _read_switching(raw, self.first or self.assumed or _ASCII, vr)
        elif self.first is None:
            text = _guess(raw, self.assumed)
        else:
            text = _read_whole(raw, self.first)
        return text, REPLACEMENT not in text


def find_letters(terms: str, assumed: str = "", outer: Letters | None = None) -> Letters:
    """How a dataset that names these terms in (0008,0005) is to be read; an item without is read as `outer`.

    `assumed` is the term of the set that is taken where none is named, or one that nobody knows.
    """
    known = from_dicom(assumed) if assumed else None
    if not terms.strip(" \0"):
        return outer or Letters(None, known)
    names = [term.strip(" \0") for term in terms.split("\\")]
    found = [from_dicom(name) for name in names]
    for name, charset in zip(names, found, strict=True):
        if charset is None:
            return Letters(None, known, f"(0008,0005): nobody knows the character set {name[:32]!r}.")
    if found == [_ASCII]:
        return Letters(None, known)  # letters beyond it are of a set that was not named
    return Letters(found[0])


def _guess(raw: bytes, assumed: Charset | None) -> str:
    if assumed is not None:
        return _read_whole(raw, assumed)
    try:
        return raw.decode("utf_8")
    except UnicodeDecodeError:
        return _read_whole(raw, _LATIN_1)


def _read_whole(raw: bytes, charset: Charset) -> str:
    """Text without a designation of ISO 2022."""
    if charset.is_multibyte:
        return _spread(iso2022.decode(raw, charset, "replace"))
    text = _spread(raw.decode(charset.python, "replace"))
    if charset.windows and _UPPER_CONTROLS.search(text):
        # Controls of the upper half are in no name: the code page of the same letters was meant.
        text = raw.decode(charset.windows, "replace")
    return _UPPER_CONTROLS.sub(REPLACEMENT, text)


def _read_switching(raw: bytes, first: Charset, vr: str) -> str:
    """Text with designations; behind a delimiter the first set is in force again (PS3.5 6.1.2.5.3)."""
    out: list[str] = []
    for piece, delimiter in _split(raw, _DELIMITERS.get(vr, _OTHERS)):
        text = iso2022.decode(piece, first, "replace")
        # A designation of a set that DICOM has not is left in the text.
        out += (_spread(text.replace("\x1b", REPLACEMENT)), delimiter)
    return "".join(out)


def _split(raw: bytes, delimiters: bytes) -> list[tuple[bytes, str]]:
    """Pieces, each with the delimiter behind it: bytes of a two-byte letter are none (PS3.5 6.1.2.5.3)."""
    found: list[tuple[bytes, str]] = []
    begin, is_multibyte = 0, False
    for match in re.finditer(rb"\x1b([\x20-\x2f]+[\x40-\x7e])|[" + delimiters + rb"]", raw):
        designation = match[1]
        if designation is None:
            if not is_multibyte:
                found.append((raw[begin : match.start()], match[0].decode("ascii")))
                begin = match.end()
        elif designation[:1] not in b"-)" and designation[:2] != b"$)":
            is_multibyte = _MULTIBYTE_G0.match(designation) is not None
    found.append((raw[begin:], ""))
    return found


def _spread(text: str) -> str:
    """What is read behind a byte that is none may be half of one letter and half of the next."""
    return _BEHIND.sub(lambda run: REPLACEMENT * len(run[0]), text) if REPLACEMENT in text else text
