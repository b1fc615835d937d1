"""Text as DICOM writes it: in the smallest Specific Character Set that holds it, or in a scanner's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from openworklist.dicom.code_extension import Extension
from openworklist.dicom.coded_sets import CODED_SETS
from openworklist.domain.charset import Charset, from_dicom
from openworklist.domain.repertoire import Repertoire

# After these the initial set is in force again (PS3.5 6.1.2.5.3).
_TEXT_DELIMITERS: Final = re.compile(r"([\\\r\n\t\f])")
_NAME_DELIMITERS: Final = re.compile(r"([\^=\\])")
_KANA: Final = re.compile("[\u3041-\u30ff]")
_HALF_WIDTH: Final = re.compile("[\uff61-\uff9f]")
_HANGUL: Final = re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")
_HALVES: Final = re.compile("[\ud800-\udfff]")

# PS3.3 table C.12-2, the more usual before the less: a set is chosen only if it holds every text.
# ISO_IR 203 (Latin 9) is left out: few readers know it, and UTF-8 holds the same.
_SINGLE_BYTE: Final = (
    "ISO_IR 100", "ISO_IR 101", "ISO_IR 148", "ISO_IR 109", "ISO_IR 110", "ISO_IR 144", "ISO_IR 126",
    "ISO_IR 127", "ISO_IR 138", "ISO_IR 166",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Encoding:
    """`terms` are the values of (0008,0005), none for plain ASCII; `can_hold` tells it of one letter.

    `encode_piece` writes text that has no delimiter, of an alphabetic component group if the second says so,
    beginning and ending in the initial set. UnicodeEncodeError on a letter that the set lacks.
    """

    terms: tuple[str, ...]
    encode_piece: Callable[[str, bool], bytes]
    can_hold: Callable[[str], bool]
    has_escapes: bool = False

    def encode(self, text: str, vr: str) -> bytes:
        """The bytes of a value. UnicodeEncodeError on a letter that the set lacks."""
        if not self.has_escapes or text.isascii():
            return self.encode_piece(text, False)
        if vr != "PN":
            return b"".join(
                self.encode_piece(piece, False) for piece in _TEXT_DELIMITERS.split(text) if piece
            )
        # PS3.5 6.2.1.1: the first component group is the alphabetic one.
        alphabetic, equals, others = text.partition("=")
        return b"".join(
            self.encode_piece(piece, number == 0)
            for number, part in enumerate((alphabetic, equals + others))
            for piece in _NAME_DELIMITERS.split(part)
            if piece
        )

    def holds(self, letters: str) -> bool:
        return letters.isascii() or all(map(self.can_hold, letters))


def _write_ascii(text: str, is_alphabetic: bool) -> bytes:
    return text.encode("ascii")


def _is_ascii(letter: str) -> bool:
    return letter <= "\x7f"


def _write_by(codec: str) -> Callable[[str, bool], bytes]:
    return lambda text, is_alphabetic: text.encode(codec)


def _make_test(codec: str) -> Callable[[str], bool]:
    @lru_cache(maxsize=8192)
    def can_hold(letter: str) -> bool:
        return bool(letter.encode(codec, "ignore"))

    return can_hold


def _is_whole(letter: str) -> bool:
    """Half a surrogate pair is no letter."""
    return not _HALVES.match(letter)


ASCII: Final = Encoding((), _write_ascii, _is_ascii)
UNICODE: Final = Encoding(("ISO_IR 192",), lambda text, is_alphabetic: text.encode("utf_8"), _is_whole)


@lru_cache(maxsize=256)
def find_encoding(terms: tuple[str, ...]) -> Encoding:
    """How text is written in these character sets, which are those of a repertoire."""
    first = _get_charset(terms[0])
    if len(terms) == 1:
        if first.python == "ascii":
            return ASCII
        if first.python == "utf_8":
            return UNICODE
        if not first.dicom_extension:  # GB18030, GBK
            return Encoding(terms, _write_by(first.python), _make_test(first.python))
    extension = Extension(
        CODED_SETS.get(first.dicom_extension),
        tuple(CODED_SETS[term] for term in terms[1:] if term in CODED_SETS),
        is_romaji=first.g0 == b"(J",
    )
    return Encoding(terms, extension.encode, extension.can_hold, has_escapes=len(terms) > 1)


def _get_charset(term: str) -> Charset:
    charset = from_dicom(term)
    assert charset is not None, "the terms of a repertoire are known"
    return charset


def choose(texts: Iterable[str]) -> Encoding:
    """The smallest set that holds every text.

    ASCII; else one single-byte set; else Japanese or Korean with code extensions, where kana or hangul say
    so; else UTF-8. Ideographs alone may be anybody's: they go as UTF-8.
    """
    letters = "".join({*"".join(texts)})
    if letters.isascii():
        return ASCII
    return next((each for each in _candidates(letters) if each.holds(letters)), UNICODE)


_SINGLES: Final = tuple(find_encoding((term,)) for term in _SINGLE_BYTE)
_KOREAN: Final = find_encoding(("", "ISO 2022 IR 149"))
_JAPANESE: Final = find_encoding(("", "ISO 2022 IR 87"))
_KATAKANA: Final = find_encoding(("ISO 2022 IR 13", "ISO 2022 IR 87"))


def _candidates(letters: str) -> Iterable[Encoding]:
    if any("\x7f" < letter < "\u1100" for letter in letters):
        yield from _SINGLES
    if _HANGUL.search(letters):
        yield _KOREAN
    if _HALF_WIDTH.search(letters):
        # The lower half of JIS X 0201 has an overline where ASCII has a tilde.
        if "~" not in letters:
            yield _KATAKANA
    elif _KANA.search(letters):
        yield _JAPANESE


def get_encoding(repertoire: Repertoire) -> Encoding:
    """The encoding of a repertoire that is not automatic."""
    return find_encoding(repertoire.terms)
