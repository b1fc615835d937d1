"""Text as DICOM writes it: the smallest Specific Character Set that holds an answer, and its bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

# After these the initial set is in force again (PS3.5 6.1.2.5.3).
_NAME_DELIMITERS: Final = re.compile(r"([\^=\\])")
_TEXT_DELIMITERS: Final = re.compile(r"([\\\r\n\t\f])")
_ABOVE_ASCII: Final = re.compile(r"[^\x00-\x7f]+")
_KANA: Final = re.compile("[\u3041-\u30ff]")
_HALF_WIDTH: Final = re.compile("[\uff61-\uff9f]+")
_HANGUL: Final = re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")

# PS3.3 table C.12-2, the more usual before the less: a set is chosen only if it holds every text.
# ISO_IR 203 (Latin 9) is left out: few readers know it, and UTF-8 holds the same.
_SINGLE_BYTE: Final = (
    ("ISO_IR 100", "latin_1"),
    ("ISO_IR 101", "iso8859_2"),
    ("ISO_IR 148", "iso8859_9"),
    ("ISO_IR 109", "iso8859_3"),
    ("ISO_IR 110", "iso8859_4"),
    ("ISO_IR 144", "iso8859_5"),
    ("ISO_IR 126", "iso8859_7"),
    ("ISO_IR 127", "iso8859_6"),
    ("ISO_IR 138", "iso8859_8"),
    ("ISO_IR 166", "tis_620"),
)


@dataclass(frozen=True, slots=True)
class Encoding:
    """`terms` are the values of (0008,0005), none for plain ASCII; `encode_piece` writes text that has no
    delimiter, beginning and ending in the initial set."""

    terms: tuple[str, ...]
    encode_piece: Callable[[str], bytes]
    has_escapes: bool = False

    def encode(self, text: str, vr: str) -> bytes:
        """The bytes of a value. UnicodeEncodeError on a letter that the set lacks."""
        if not self.has_escapes or text.isascii():
            return self.encode_piece(text)
        delimiters = _NAME_DELIMITERS if vr == "PN" else _TEXT_DELIMITERS
        return b"".join(self.encode_piece(piece) for piece in delimiters.split(text) if piece)


def _by_codec(codec: str) -> Callable[[str], bytes]:
    return lambda text: text.encode(codec)


def _encode_korean(piece: str) -> bytes:
    # PS3.5 I.2: KS X 1001 is designated to G1 anew in every piece that has its letters.
    return piece.encode("ascii") if piece.isascii() else b"\x1b$)C" + piece.encode("euc_kr")


def _encode_japanese(piece: str) -> bytes:
    # PS3.5 H.3.1: ESC $ B before kanji, ESC ( B behind.
    return piece.encode("iso2022_jp")


def _encode_japanese_with_katakana(piece: str) -> bytes:
    """PS3.5 H.3.2: JIS X 0201 in both halves, ESC $ B before kanji and ESC ( J behind."""
    return _ABOVE_ASCII.sub(lambda run: _encode_run(run[0]), piece).encode("latin_1")


def _encode_run(run: str) -> str:
    def switch(kanji: str) -> bytes:
        coded = kanji.encode("iso2022_jp")
        return coded.removesuffix(b"\x1b(B") + b"\x1b(J"

    out = b""
    position = 0
    for half in _HALF_WIDTH.finditer(run):
        before = run[position : half.start()]
        out += (switch(before) if before else b"") + half[0].encode("shift_jis")
        position = half.end()
    rest = run[position:]
    return (out + (switch(rest) if rest else b"")).decode("latin_1")


ASCII: Final = Encoding((), _by_codec("ascii"))
UNICODE: Final = Encoding(("ISO_IR 192",), _by_codec("utf_8"))
_KOREAN: Final = Encoding(("", "ISO 2022 IR 149"), _encode_korean, has_escapes=True)
_JAPANESE: Final = Encoding(("", "ISO 2022 IR 87"), _encode_japanese, has_escapes=True)
_KATAKANA: Final = Encoding(
    ("ISO 2022 IR 13", "ISO 2022 IR 87"), _encode_japanese_with_katakana, has_escapes=True
)
_SINGLES: Final = tuple(Encoding((term,), _by_codec(codec)) for term, codec in _SINGLE_BYTE)


def choose(texts: Iterable[str]) -> Encoding:
    """The smallest set that holds every text.

    ASCII; else one single-byte set; else Japanese or Korean with code extensions, where kana or hangul say
    so; else UTF-8. Ideographs alone may be anybody's: they go as UTF-8.
    """
    letters = "".join({letter for text in texts for letter in text if letter > "\x7f"})
    if not letters:
        return ASCII
    return next((each for each in _candidates(letters) if _holds(each, letters)), UNICODE)


def _candidates(letters: str) -> Iterable[Encoding]:
    if min(letters) < "\u1100":
        yield from _SINGLES
    if _HANGUL.search(letters):
        yield _KOREAN
    if _HALF_WIDTH.search(letters):
        yield _KATAKANA
    elif _KANA.search(letters):
        yield _JAPANESE


def _holds(encoding: Encoding, letters: str) -> bool:
    try:
        encoding.encode_piece(letters)
    except UnicodeEncodeError:
        return False
    return True
