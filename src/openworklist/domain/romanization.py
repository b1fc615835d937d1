"""Cyrillic and Greek as passports write them (ICAO Doc 9303, ELOT 743), and kana as in Hepburn."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Final


def _pair(letters: str, sounds: str) -> dict[str, str]:
    return dict(zip(letters, sounds.split(), strict=True))


_CYRILLIC: Final = _pair(
    "абвгґдђѓеёєжзѕиіїйјкќлљмнњопрстћуўфхцчџшщъыэюяѣѳѵ",
    "a b v g g d d g e e ie zh z dz i i i i j k k l lj m n nj o p r s t c u u f kh ts ch dz sh shch ie y e"
    " iu ia e f y",
) | {"ь": ""}
_GREEK: Final = _pair("αβγδεζηθικλμνξοπρσςτυφχψω", "a v g d e z i th i k l m n x o p r s s t y f ch ps o")
_VOICELESS: Final = "θκξπσςτφχψ"
_KATAKANA: Final = _pair(
    "アイウエオカキクケコガギグゲゴサシスセソザジズゼゾタチツテトダヂヅデドナニヌネノハヒフヘホバビブベボパピプペポ",
    "a i u e o ka ki ku ke ko ga gi gu ge go sa shi su se so za ji zu ze zo ta chi tsu te to da ji zu de do"
    " na ni nu ne no ha hi fu he ho ba bi bu be bo pa pi pu pe po",
) | _pair(
    "マミムメモヤユヨラリルレロワヰヱヲンヴァィゥェォャュョヮヵヶ",
    "ma mi mu me mo ya yu yo ra ri ru re ro wa i e o n vu a i u e o ya yu yo wa ka ke",
)
_SMALL_Y: Final = frozenset("ャュョ")
_SMALL_VOWELS: Final = frozenset("ァィゥェォ")
_DOUBLED, _LENGTHENED = "ッ", "ー"


def _find_half_widths() -> dict[str, str]:
    """Katakana in half width, by those of full width; a voiced sound is two letters."""
    found = {}
    for code in range(0xFF61, 0xFF9E):
        for mark in ("", "\uff9e", "\uff9f"):
            full = unicodedata.normalize("NFKC", chr(code) + mark)
            if len(full) == 1:
                found[full] = chr(code) + mark
    return found


_HALF_WIDTHS: Final = _find_half_widths()


def romanize(text: str, place: int) -> Iterator[str]:
    """What may stand for a letter of these scripts, small; nothing for one of another."""
    letter = _to_base(text[place])
    if letter in _CYRILLIC:
        yield _CYRILLIC[letter]
    elif letter in _GREEK:
        yield _romanize_greek(text, place, letter)
    elif "\u3040" < letter < "\u3100":
        yield _romanize_kana(text, place, to_katakana(letter))


def other_kana(letter: str) -> Iterator[str]:
    """The same sound in katakana, and in those of half width."""
    if "\u3000" < letter < "\u3100":
        katakana = to_katakana(letter)
        yield katakana
        if katakana in _HALF_WIDTHS:
            yield _HALF_WIDTHS[katakana]


def _to_base(letter: str) -> str:
    """A Greek or Cyrillic letter, small and without marks; other letters as they are."""
    low = letter.lower()
    if low in _CYRILLIC or low in _GREEK:
        return low
    return (
        unicodedata.normalize("NFD", low)[0]
        if "\u0370" <= low <= "\u052f" or "\u1f00" <= low < "\u2000"
        else letter
    )


def _romanize_greek(text: str, place: int, letter: str) -> str:
    before = _to_base(text[place - 1]) if place else ""
    after = _to_base(text[place + 1]) if place + 1 < len(text) else ""
    if letter == "μ" and before not in _GREEK and after not in _GREEK:
        return "u"  # micro: μg is never mg
    if letter == "υ" and "\u0308" not in unicodedata.normalize("NFD", text[place]):
        if before == "ο":
            return "u"
        if before and before in "αεη":
            return "f" if not after or after not in _GREEK or after in _VOICELESS else "v"
    if letter == "γ" and after and after in "γξχ":
        return "n"
    return _GREEK[letter]


def to_katakana(letter: str) -> str:
    return chr(ord(letter) + 0x60) if "\u3041" <= letter <= "\u3096" else letter


def _romanize_kana(text: str, place: int, letter: str) -> str:
    before = to_katakana(text[place - 1]) if place else ""
    after = to_katakana(text[place + 1]) if place + 1 < len(text) else ""
    if letter == _LENGTHENED:
        return ""
    if letter == _DOUBLED:
        following = _KATAKANA.get(after, "")
        return "t" if following.startswith("ch") else following[:1].strip("aiueon")
    sound = _KATAKANA.get(letter, letter)
    if letter in _SMALL_Y and _KATAKANA.get(before, "").endswith("i"):
        return sound[1:] if _KATAKANA[before] in ("shi", "chi", "ji") else sound
    if after in _SMALL_Y and sound.endswith("i") and len(sound) > 1:
        return sound[:-1]
    if after in _SMALL_VOWELS and len(sound) > 1:
        return sound[:-1]
    if after in _SMALL_VOWELS and letter == "ウ":
        return "w"
    return sound
