"""The sets of letters that text switches between, and the bytes of a letter in each (PS3.3 C.12.1.1.2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from openworklist.domain.charset import CHARSETS, Charset

ESC: Final = b"\x1b"
_LOW: Final = bytes(byte & 0x7F for byte in range(256))
# Letters that came into a set after the registration that DICOM cites: older readers lack them.
_LATE: Final = {"iso8859_7": "€₯ͺ", "iso8859_8": "\u200e\u200f", "euc_kr": "€®ㅤ"}


@dataclass(frozen=True, slots=True)
class CodedSet:
    """A set in the lower (G0) or the upper (G1) half of the byte. `designation` puts it there.

    `encode` gives the bytes of a letter above ASCII, none if the set lacks it.
    """

    designation: bytes
    is_g0: bool
    is_multibyte: bool
    encode: Callable[[str], bytes]


def _in_single_bytes(codec: str) -> Callable[[str], bytes]:
    late = _LATE.get(codec, "")

    def encode(letter: str) -> bytes:
        code = b"" if letter in late else letter.encode(codec, "ignore")
        return code if len(code) == 1 and code[0] >= 0xA0 else b""

    return encode


def _in_pairs(codec: str) -> Callable[[str], bytes]:
    """Two bytes a letter. Python's codecs write more: hangul that KS X 1001 lacks as eight bytes."""
    late = _LATE.get(codec, "")

    def encode(letter: str) -> bytes:
        code = b"" if letter in late else letter.encode(codec, "ignore")
        return code if len(code) == 2 and min(code) >= 0xA1 else b""

    return encode


def _encode_katakana(letter: str) -> bytes:
    return letter.encode("shift_jis") if "\uff61" <= letter <= "\uff9f" else b""


def _encode_kanji(letter: str) -> bytes:
    return _in_euc_jp(letter).translate(_LOW)


def _encode_more_kanji(letter: str) -> bytes:
    code = letter.encode("euc_jp", "ignore")
    return code[1:].translate(_LOW) if len(code) == 3 else b""


_in_euc_jp: Final = _in_pairs("euc_jp")
_JAPANESE: Final = {
    "ISO 2022 IR 13": _encode_katakana,
    "ISO 2022 IR 87": _encode_kanji,
    "ISO 2022 IR 159": _encode_more_kanji,
}


def _to_coded_set(charset: Charset) -> CodedSet:
    is_g0 = charset.is_multibyte and not charset.g1
    make = _in_pairs if charset.is_multibyte else _in_single_bytes
    encode = _JAPANESE.get(charset.dicom_extension) or make(charset.python)
    designation = ESC + (charset.g0 if is_g0 else charset.g1)
    # Asked for each letter, and there are not many of them in use.
    return CodedSet(designation, is_g0, charset.is_multibyte, lru_cache(maxsize=8192)(encode))


# By their terms with code extension.
CODED_SETS: Final = {
    each.dicom_extension: _to_coded_set(each)
    for each in CHARSETS
    if each.dicom_extension and (each.g1 or each.is_multibyte)
}
