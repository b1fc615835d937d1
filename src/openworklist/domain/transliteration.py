"""Letters that a character set lacks, written in those that it has: pure, and never a failure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Final

from openworklist.domain.romanization import other_kana, romanize

LOST: Final = "?"
_DEEPEST: Final = 4  # steps from a letter to those that stand for it
_HALF_WIDTH: Final = re.compile("[\uff61-\uff9f]+")
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
# Letters that are none with a mark, and signs. What is written for one may have to be rewritten itself.
_SIGNS: Final = {
    "ß": "ss", "ẞ": "SS", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L",
    "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th", "ħ": "h", "Ħ": "H", "ı": "i", "ŋ": "n",
    "Ŋ": "N", "ŧ": "t", "Ŧ": "T", "ə": "e", "Ə": "E", "ĸ": "k", "ƒ": "f",
    # Romanian has a comma below, its older sets a cedilla.
    "ς": "σ", "ș": "ş", "Ș": "Ş", "ț": "ţ", "Ț": "Ţ",
    "‘": "'",
    "’": "'", "‚": "'", "‛": "'", "′": "'", "ʹ": "'", "ʼ": "'", "´": "'", "“": '"', "”": '"', "„": '"',
    "″": '"',
    "«": '"', "»": '"', "‹": "'", "›": "'", "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-",
    "−": "-", "…": "...", "•": "*", "·": ".", "・": " ", "、": ",", "。": ".", "‾": "-", "⁄": "/", "×": "x",
    "÷": "/", "±": "+/-", "≤": "<=", "≥": ">=", "°": "deg", "€": "EUR", "£": "GBP", "¥": "JPY", "№": "No.",
    "©": "(C)", "®": "(R)", "™": "(TM)", "§": "Par.", "¿": LOST, "¡": "!", "\u00ad": "", "\u200b": "",
    "\u200c": "", "\u200d": "", "\u200e": "", "\u200f": "", "\ufeff": "", "ㅤ": "",
    "\u2028": " ", "\u2029": " ",
    # The same sign, in JIS X 0208 and as Windows reads it from Shift-JIS.
    "～": "〜", "〜": "~", "－": "−", "∥": "‖", "￠": "¢", "￡": "£", "￢": "¬",
}  # fmt: skip


def transliterate(text: str, can_hold: Callable[[str], bool], forbidden: str = "\\") -> str:
    """The text in letters that can be held, `?` for each that has no way there.

    ASCII can always be held. None of `forbidden` is made of another letter: these separate values.
    """
    text = unicodedata.normalize("NFC", text)
    if any("\uff61" <= letter <= "\uff9f" and not can_hold(letter) for letter in text):
        # A voiced sound is two letters there, and one elsewhere.
        text = _HALF_WIDTH.sub(lambda run: unicodedata.normalize("NFKC", run[0]), text)
    known: dict[tuple[str, bool], str] = {}
    out = []
    for place, letter in enumerate(text):
        if letter > "\x7f" and not can_hold(letter):
            key = text[max(place - 1, 0) : place + 2], place > 0
            if key not in known:
                known[key] = _replace(*key, can_hold, forbidden, _DEEPEST)
            letter = known[key]
        out.append(letter)
    return "".join(out)


def _replace(text: str, place: int, can_hold: Callable[[str], bool], forbidden: str, depth: int) -> str:
    """What is written for the letter of a text that cannot be held."""
    for candidate in _find_candidates(text, place, can_hold):
        written = "".join(
            letter
            if letter <= "\x7f" or can_hold(letter)
            else _replace(candidate, number, can_hold, forbidden, depth - 1)
            if depth
            else LOST
            for number, letter in enumerate(candidate)
        )
        if LOST not in written and not any(letter in forbidden for letter in written):
            return written
    return LOST


def _find_candidates(text: str, place: int, can_hold: Callable[[str], bool]) -> Iterator[str]:
    """What may stand for a letter of a text, the nearest first."""
    letter = text[place]
    if unicodedata.combining(letter):
        yield ""
        return
    if letter.isdigit() or unicodedata.category(letter) == "No":
        yield from _find_number(text, place)
        return
    if letter in _SIGNS:
        yield _as_around(text, place, _SIGNS[letter])
    bare = _strip_marks(letter)
    yield from (each for each in (*bare, *other_kana(letter)) if all(map(can_hold, each)))
    yield from (_as_around(text, place, each) for each in romanize(text, place))
    yield from bare[-1:]
    if unicodedata.decomposition(letter).startswith("<"):
        yield _CONTROLS.sub(" ", unicodedata.normalize("NFKC", letter))


def _strip_marks(letter: str) -> list[str]:
    """The letter without the last of its marks, without the last two, and so on."""
    found = []
    while (parts := unicodedata.decomposition(letter)) and not parts.startswith("<"):
        letter = chr(int(parts.split()[0], 16))
        found.append(letter)
    return found


def _find_number(text: str, place: int) -> Iterator[str]:
    """Another form of a number: `1½` is not 11/2, and `10²` is not 102."""
    letter = text[place]
    plain = unicodedata.normalize("NFKC", letter)
    kind = unicodedata.decomposition(letter).partition(" ")[0]
    if plain == letter:
        value = unicodedata.digit(letter, None)
        if value is not None:
            yield str(value)
    elif kind == "<fraction>":
        yield f"{' ' if place and text[place - 1].isdigit() else ''}{plain}"
    elif kind in ("<super>", "<sub>"):
        if not place or not text[place - 1].isdigit():
            yield plain
    else:
        yield f"({plain})" if kind == "<circle>" else plain


def _as_around(text: str, place: int, written: str) -> str:
    """In capitals where the letters around are: `Щ` is `Shch` in `Щука` and `SHCH` in `ЩУКА`."""
    if not written.isalpha():
        return written
    before = text[place - 1] if place else ""
    after = text[place + 1 : place + 2]
    is_upper = after.isupper() if after.isalpha() else before.isupper()
    if text[place].isupper():
        return written.upper() if is_upper else written[0].upper() + written[1:].lower()
    return written.upper() if is_upper and before.isupper() else written
