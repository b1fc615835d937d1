"""Whether bytes that may be UTF-8 are meant so, although their sender named another character set.

Interfaces change to UTF-8 and forget MSH-18. Bytes that are valid UTF-8 are seldom anything else, but some
names are both: ĶĒNIŅŠ in 8859/4, แดง in TIS-620, 谢伟 in GBK. So both readings are looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Final
from unicodedata import category, name

from openworklist.domain.charset import Charset

_ENOUGH: Final = 16_384  # bytes from the first letter above ASCII on: they hold the patient
_ABOVE_ASCII = re.compile(rb"[\x80-\xff]")
_C1 = re.compile(rb"[\x80-\x9f]")
# A run of letters above ASCII, with its neighbours.
_SPOT = re.compile(r"[\x00-\x7f]?[^\x00-\x7f]+(?=([\x00-\x7f]?))")
EAST_ASIAN: Final = frozenset(
    {"shift_jis", "cp932", "euc_jp", "iso2022_jp", "iso2022_jp_2", "euc_kr"}
    | {"cp949", "gb2312", "gbk", "gb18030", "cp950", "big5hkscs", "euc_tw"}
)
# Where 0x80 to 0x9F are no letters, or letters that hardly ever follow Ã, Ä and Å.
_LATIN_WINDOWS: Final = frozenset({"cp1250", "cp1252", "cp1254", "cp1257", "cp1258"})
# The letters that names are written with, of all those that two bytes of UTF-8 may be.
_EVERYDAY = re.compile(
    "[\u00c0-\u017f\u0218-\u021b\u01a0\u01a1\u01af\u01b0\u0259\u018f\u0386-\u03ce\u0401-\u045f\u0490\u0491"
    "\u05d0-\u05ea\u0621-\u064a\u067e\u0686\u0698\u06a9\u06af\u06cc\u0e01-\u0e4e\u1ea0-\u1ef9"
    "\u3041-\u30ff\u4e00-\u9fff\uac00-\ud7a3]*"
)
# The comma below came late to Romanian: its sets have the cedilla in its place.
_WITH_CEDILLA = str.maketrans("ȘșȚț", "ŞşŢţ")
# Letters, the marks on them, and what is no character at all.
_OF_WORDS: Final = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Cc", "Cn", "Co"})
# No proof: signs, and the Romanian capitals ĂȘ, which are in 8859/16 the bytes of ê in UTF-8.
_SIGNS: Final = "µªº"
_TWINS: Final = {"Latin 10 (Romanian)": "êú"}
_INSIDE_WORDS: Final = frozenset("’‘·–—‐")
_SCRIPTS: Final = {
    **dict.fromkeys(("FEMININE", "MASCULINE", "MICRO"), "LATIN"),
    **dict.fromkeys(("HIRAGANA", "KATAKANA", "KATAKANA-HIRAGANA", "HANGUL", "HALFWIDTH", "FULLWIDTH"), "CJK"),
    **dict.fromkeys(("IDEOGRAPHIC", "BOPOMOFO"), "CJK"),
}


def is_meant(raw: bytes, charset: Charset, codec: str) -> bool:
    """Whether `raw`, valid UTF-8 with letters above ASCII, is rather that than `charset`, read by `codec`.

    It is if it spells nothing but letters that the set has, or if the other reading breaks more words.
    """
    start = _ABOVE_ASCII.search(raw)
    sample = raw[max(start.start() - 1, 0) if start else 0 :][:_ENOUGH]
    text = sample.decode("utf_8", "ignore")
    letters = {letter for letter in text if letter > "\x7f" and category(letter) in _OF_WORDS}
    if _are_of(letters, charset):
        return True
    ours = count_flaws(text)
    theirs = count_flaws(sample.decode(codec, "ignore"))
    if ours != theirs:
        return ours < theirs
    has_evidence = charset.python.startswith(("iso8859", "latin", "tis")) or charset.python in _LATIN_WINDOWS
    return bool(letters and has_evidence and _C1.search(sample) and _EVERYDAY.fullmatch("".join(letters)))


def _are_of(letters: set[str], charset: Charset) -> bool:
    if charset.python in EAST_ASIAN:
        # These sets have Greek and Cyrillic too, which is what their own letters look like in UTF-8.
        return bool(letters) and all(_script(letter) == "CJK" for letter in letters)
    proofs = letters.difference(_SIGNS, _TWINS.get(charset.name, ""))
    text = "".join(letters).translate(_WITH_CEDILLA)
    return bool(proofs) and any(_has(codec, text) for codec in (charset.python, charset.windows) if codec)


def _has(codec: str, text: str) -> bool:
    try:
        text.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def count_flaws(text: str) -> int:
    """In how many places letters above ASCII stand as in no word.

    That is: signs or controls inside one, scripts mixed, a capital after a small letter.
    """
    return sum(1 for run in _runs(text) for pair in _flaws(run) if pair)


def _runs(text: str) -> Iterator[str]:
    return (match[0] + match[1] for match in _SPOT.finditer(text))


def _flaws(run: str) -> Iterator[bool]:
    for letter in run:
        yield letter > "\x7f" and category(letter) in ("Cc", "Cn", "Co")
    for one, other in pairwise(run):
        yield _is_flawed(one, other)
    for one, middle, other in zip(run, run[1:], run[2:], strict=False):
        yield (
            middle > "\x7f"
            and one.isalpha()
            and other.isalpha()
            and category(middle)[0] == "P"
            and middle not in _INSIDE_WORDS
        )


def _is_flawed(one: str, other: str) -> bool:
    if not one.isalpha():
        return False
    if not other.isalpha():
        is_sign = other == "\xad" or category(other) in ("Sc", "Sk", "Sm", "So", "No")
        return one > "\x7f" and other > "\x7f" and is_sign
    script, following = _script(one), _script(other)
    if script != following:
        # CT検査 is written so everywhere; a small letter beside an ideograph is not.
        return "CJK" not in (script, following) or one.islower() or other.islower()
    return one.islower() and other.isupper()


@lru_cache(maxsize=4096)
def _script(letter: str) -> str:
    word = name(letter, "").partition(" ")[0]
    return _SCRIPTS.get(word, word)
