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

# PS3.3 table C.12-2, the more usual before the less: a set is chosen only if it holds every text.
# ISO_IR 203 (Latin 9) is left out: few readers know it, and UTF-8 holds the same.
_SINGLE_BYTE: Final = (
    "ISO_IR 100", "ISO_IR 101", "ISO_IR 148", "ISO_IR 109", "ISO_IR 110", "ISO_IR 144", "ISO_IR 126",
    "ISO_IR 127", "ISO_IR 138", "ISO_IR 166",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Encoding:
    """`terms` are the values of (0008,0005), none for plain ASCII; `can_hold` tells it of one letter.

    `encode_piece` writes text that has no delimiter, beginning and ending in the initial set.
    UnicodeEncodeError on a letter that the set lacks. `can_begin` tells of a letter whether the alphabetic
    group of a name can hold it, where no escape sequence may stand.
    """

    terms: tuple[str, ...]
    encode_piece: Callable[[str], bytes]
    can_hold: Callable[[str], bool]
    can_begin: Callable[[str], bool]
    has_escapes: bool = False

    def encode(self, text: str, vr: str) -> bytes:
        """The bytes of a value. UnicodeEncodeError on a letter that the set lacks."""
        if not self.has_escapes or text.isascii():
            return self.encode_piece(text)
        delimiters = _NAME_DELIMITERS if vr == "PN" else _TEXT_DELIMITERS
        return b"".join(self.encode_piece(piece) for piece in delimiters.split(text) if piece)

    def holds(self, letters: str) -> bool:
        return letters.isascii() or all(map(self.can_hold, letters))


def _of_one_set(terms: tuple[str, ...], codec: str, can_hold: Callable[[str], bool]) -> Encoding:
    return Encoding(terms, lambda text: text.encode(codec), can_hold, can_hold)


def _make_test(codec: str) -> Callable[[str], bool]:
    @lru_cache(maxsize=8192)
    def can_hold(letter: str) -> bool:
        return bool(letter.encode(codec, "ignore"))

    return can_hold


ASCII: Final = _of_one_set((), "ascii", str.isascii)
# Half a surrogate pair is no letter.
UNICODE: Final = _of_one_set(("ISO_IR 192",), "utf_8", lambda letter: not "\ud800" <= letter <= "\udfff")


@lru_cache(maxsize=256)
def find_encoding(terms: tuple[str, ...], *, is_strict: bool = True) -> Encoding:
    """How text is written in these character sets, which are those of a repertoire.

    If it is not strict, names may have escape sequences in their alphabetic group too.
    """
    first = _get_charset(terms[0])
    if len(terms) == 1:
        if first.python == "ascii":
            return ASCII
        if first.python == "utf_8":
            return UNICODE
        if not first.dicom_extension:  # GB18030, GBK
            return _of_one_set(terms, first.python, _make_test(first.python))
    extension = Extension(
        CODED_SETS.get(first.dicom_extension),
        tuple(CODED_SETS[term] for term in terms[1:] if term in CODED_SETS),
        is_romaji=first.g0 == b"(J",
    )
    return Encoding(
        terms,
        extension.encode,
        extension.can_hold,
        extension.can_begin if is_strict else extension.can_hold,
        has_escapes=len(terms) > 1,
    )


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
# Who sends a name in one group only is answered so, as the scanners of these countries expect.
_KOREAN: Final = find_encoding(("", "ISO 2022 IR 149"), is_strict=False)
_JAPANESE: Final = find_encoding(("", "ISO 2022 IR 87"), is_strict=False)
_KATAKANA: Final = find_encoding(("ISO 2022 IR 13", "ISO 2022 IR 87"), is_strict=False)


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
