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
_HALF_WIDTH: Final = re.compile("([\uff61-\uff9f]+)")
_HANGUL: Final = re.compile("[\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3]")

# PS3.3 table C.12-2, the more usual before the less: a set is chosen only if it holds every text.
# ISO_IR 203 (Latin 9) is left out: few readers know it, and UTF-8 holds the same. The letters behind came
# into their sets after the registrations that DICOM cites; older readers lack them.
_SINGLE_BYTE: Final = (
    ("ISO_IR 100", "latin_1", ""),
    ("ISO_IR 101", "iso8859_2", ""),
    ("ISO_IR 148", "iso8859_9", ""),
    ("ISO_IR 109", "iso8859_3", ""),
    ("ISO_IR 110", "iso8859_4", ""),
    ("ISO_IR 144", "iso8859_5", ""),
    ("ISO_IR 126", "iso8859_7", "€₯ͺ"),
    ("ISO_IR 127", "iso8859_6", ""),
    ("ISO_IR 138", "iso8859_8", "\u200e\u200f"),
    ("ISO_IR 166", "tis_620", ""),
)


@dataclass(frozen=True, slots=True)
class Encoding:
    """`terms` are the values of (0008,0005), none for plain ASCII; `encode_piece` writes text that has no
    delimiter, beginning and ending in the initial set. `lacks` are letters that it could write but must not.
    """

    terms: tuple[str, ...]
    encode_piece: Callable[[str], bytes]
    has_escapes: bool = False
    lacks: str = ""

    def encode(self, text: str, vr: str) -> bytes:
        """The bytes of a value. UnicodeEncodeError on a letter that the set lacks."""
        if not self.has_escapes or text.isascii():
            return self.encode_piece(text)
        delimiters = _NAME_DELIMITERS if vr == "PN" else _TEXT_DELIMITERS
        return b"".join(self.encode_piece(piece) for piece in delimiters.split(text) if piece)

    def holds(self, letters: str) -> bool:
        try:
            self.encode_piece(letters)
        except UnicodeEncodeError:
            return False
        return not any(letter in letters for letter in self.lacks)


def _by_codec(codec: str) -> Callable[[str], bytes]:
    return lambda text: text.encode(codec)


def _encode_unicode(text: str) -> bytes:
    # Half a surrogate pair is no letter.
    return text.encode("utf_8", "replace")


def _to_pairs(text: str, codec: str) -> bytes:
    """Text above ASCII, two bytes a letter as its set has them.

    Python's codecs write more: hangul that KS X 1001 lacks as eight bytes, `¥` as a backslash.
    """
    pairs = text.encode(codec)
    if len(pairs) != 2 * len(text) or (pairs and min(pairs) < 0xA1):
        raise UnicodeEncodeError(codec, text, 0, len(text), "not in the two-byte set")
    return pairs


def _encode_korean(piece: str) -> bytes:
    """PS3.5 I.2 and I.3: KS X 1001 is designated to G1 anew in every piece that has its letters."""
    if piece.isascii():
        return piece.encode("ascii")
    runs = _ABOVE_ASCII.sub(lambda run: _to_pairs(run[0], "euc_kr").decode("latin_1"), piece)
    return b"\x1b$)C" + runs.encode("latin_1")


_LOW: Final = bytes(byte & 0x7F for byte in range(256))


def _to_kanji(text: str) -> bytes:
    """JIS X 0208 in G0, with its designation before and none behind."""
    return b"\x1b$B" + _to_pairs(text, "euc_jp").translate(_LOW)


def _encode_japanese(piece: str) -> bytes:
    """PS3.5 H.3.1: ESC $ B before kanji, ESC ( B behind."""
    return _ABOVE_ASCII.sub(lambda run: (_to_kanji(run[0]) + b"\x1b(B").decode("ascii"), piece).encode(
        "ascii"
    )


def _encode_japanese_with_katakana(piece: str) -> bytes:
    """PS3.5 H.3.2: JIS X 0201 in both halves, ESC $ B before kanji and ESC ( J behind."""
    return _ABOVE_ASCII.sub(lambda run: _encode_run(run[0]).decode("latin_1"), piece).encode("latin_1")


def _encode_run(run: str) -> bytes:
    return b"".join(
        part.encode("shift_jis") if _HALF_WIDTH.match(part) else _to_kanji(part) + b"\x1b(J"
        for part in _HALF_WIDTH.split(run)
        if part
    )


ASCII: Final = Encoding((), _by_codec("ascii"))
UNICODE: Final = Encoding(("ISO_IR 192",), _encode_unicode)
_SINGLES: Final = tuple(
    Encoding((term,), _by_codec(codec), lacks=lacks) for term, codec, lacks in _SINGLE_BYTE
)
_KOREAN: Final = Encoding(("", "ISO 2022 IR 149"), _encode_korean, has_escapes=True, lacks="€®")
_JAPANESE: Final = Encoding(("", "ISO 2022 IR 87"), _encode_japanese, has_escapes=True)
# The lower half of JIS X 0201 has an overline where ASCII has a tilde. Its yen stands at the backslash, which
# separates values whatever it looks like (PS3.5 6.1.2.3): it is refused as a letter above ASCII is.
_KATAKANA: Final = Encoding(
    ("ISO 2022 IR 13", "ISO 2022 IR 87"), _encode_japanese_with_katakana, has_escapes=True, lacks="~"
)


_NAMED: Final = (
    Encoding(("ISO_IR 6",), _by_codec("ascii")),
    UNICODE,
    *_SINGLES,
    _KOREAN,
    _JAPANESE,
    _KATAKANA,
    Encoding(("ISO_IR 203",), _by_codec("iso8859_15")),
    Encoding(("GB18030",), _by_codec("gb18030")),
    Encoding(("GBK",), _by_codec("gbk")),
)


def choose(texts: Iterable[str]) -> Encoding:
    """The smallest set that holds every text.

    ASCII; else one single-byte set; else Japanese or Korean with code extensions, where kana or hangul say
    so; else UTF-8. Ideographs alone may be anybody's: they go as UTF-8.
    """
    letters = "".join({*"".join(texts)})
    if letters.isascii():
        return ASCII
    return next((each for each in _candidates(letters) if each.holds(letters)), UNICODE)


def find_encoding(terms: str) -> Encoding | None:
    """How text is written by terms of (0008,0005), joined by a backslash; None if nobody knows them."""
    return next((each for each in _NAMED if "\\".join(each.terms) == terms), None)


def _candidates(letters: str) -> Iterable[Encoding]:
    if any("\x7f" < letter < "\u1100" for letter in letters):
        yield from _SINGLES
    if _HANGUL.search(letters):
        yield _KOREAN
    if _HALF_WIDTH.search(letters):
        yield _KATAKANA
    elif _KANA.search(letters):
        yield _JAPANESE
