"""How a value is shown: signs for what cannot be seen, marks on what differs, long texts cut."""

from __future__ import annotations

import unicodedata
from difflib import SequenceMatcher
from typing import Final, NamedTuple


class Run(NamedTuple):
    """A piece of a shown text. A sign stands for what cannot be seen, or for what was cut."""

    text: str
    is_sign: bool = False
    is_marked: bool = False


_CONTROLS: Final = (
    "NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "TAB", "LF", "VT", "FF", "CR", "SO", "SI",
    "DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC", "FS", "GS", "RS", "US",
)  # fmt: skip
# Arabic, Persian and Indian scripts need the joiners, Japanese names the wide blank.
_JOINERS: Final = frozenset("\u200c\u200d")
_HARMLESS: Final = _JOINERS | frozenset("\u3000 ")
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})
# Of more, only the ends are compared.
_MOST_WORDS: Final = 300
_MOST_LETTERS: Final = 5000

Spans = list[tuple[int, int]]


def show(text: str, limit: int) -> list[Run]:
    """The runs of a text, no longer than `limit` letters."""
    return _to_runs(text, [], 0, limit)


def show_both(left: str, right: str, limit: int) -> tuple[list[Run], list[Run]]:
    """The runs of two texts with what differs marked; of long ones the part around the first difference."""
    own, other = _differences(left, right)
    first = min((begin for begin, _ in (*own, *other)), default=0)
    start = max(0, first - limit // 3) if max(len(left), len(right)) > limit else 0
    return _to_runs(left, own, start, limit), _to_runs(right, other, start, limit)


def to_plain(runs: list[Run]) -> str:
    """For a terminal: signs in angle brackets."""
    return "".join(f"<{run.text}>" if run.is_sign else run.text for run in runs)


def _sign(letter: str) -> str:
    """The name of a letter that cannot be seen, or steers the letters around it; "" for any other."""
    if letter in _HARMLESS or unicodedata.category(letter) not in _UNSEEN:
        return ""
    code = ord(letter)
    return _CONTROLS[code] if code < len(_CONTROLS) else f"U+{code:04X}"


def _to_runs(text: str, marked: Spans, start: int, limit: int) -> list[Run]:
    start, end = min(start, len(text)), min(len(text), start + limit)
    body = len(text.rstrip(" "))
    runs = [Run(f"… {start:,} before", is_sign=True)] if start else []
    head = len(text) - len(text.lstrip(" "))
    spans = iter([*marked, (len(text) + 1, len(text) + 1)])
    begin, stop = next(spans)
    plain = ""
    was_marked = False
    for place in range(start, end):
        while place >= stop:
            begin, stop = next(spans)
        is_marked = place >= begin
        letter = text[place]
        # Blanks at the ends make two values different, and nobody sees them.
        name = "SP" if letter == " " and not head <= place < body else _sign(letter)
        if is_marked and letter in _JOINERS:
            name = f"U+{ord(letter):04X}"
        if plain and (name or is_marked != was_marked):
            runs.append(Run(plain, is_marked=was_marked))
            plain = ""
        was_marked = is_marked
        if name:
            runs.append(Run(name, is_sign=True, is_marked=is_marked))
        else:
            plain += letter
    if plain:
        runs.append(Run(plain, is_marked=was_marked))
    if end < len(text):
        runs.append(Run(f"… {len(text) - end:,} more", is_sign=True))
    return runs


def _differences(left: str, right: str) -> tuple[Spans, Spans]:
    """The spans of either text that the other has not: by words, and within a word from its ends."""
    if left == right:
        return [], []
    if max(len(left), len(right)) > _MOST_LETTERS:
        return _trim(left, 0, right, 0)
    words, others = _split(left), _split(right)
    if max(len(words), len(others)) > _MOST_WORDS:
        return _trim(left, 0, right, 0)
    places, other_places = _starts(words), _starts(others)
    own: Spans = []
    other: Spans = []
    for kind, i, k, j, m in SequenceMatcher(None, words, others, autojunk=False).get_opcodes():
        if kind != "equal":
            begin, start = places[i], other_places[j]
            one, two = _differ(left[begin : places[k]], begin, right[start : other_places[m]], start)
            own += one
            other += two
    return own, other


def _differ(left: str, start: int, right: str, other_start: int) -> tuple[Spans, Spans]:
    """What differs of two words: all of them, unless their ends share a third or more."""
    own, other = _trim(left, start, right, other_start)
    shared = len(left) - sum(end - begin for begin, end in own)
    if 3 * shared >= max(len(left), len(right)):
        return own, other
    return _whole(left, start), _whole(right, other_start)


def _whole(text: str, start: int) -> Spans:
    return [(start, start + len(text))] if text else []


def _split(text: str) -> list[str]:
    """Words, blanks and single signs, each with the marks that belong to its letters."""
    words: list[str] = []
    before = ""
    for letter in text:
        kind = "word" if letter.isalnum() else "blank" if letter.isspace() else ""
        if words and (_is_attached(letter) or (kind and kind == before)):
            words[-1] += letter
        else:
            words.append(letter)
            before = kind
    return words


def _starts(words: list[str]) -> list[int]:
    starts = [0]
    for word in words:
        starts.append(starts[-1] + len(word))
    return starts


def _trim(left: str, start: int, right: str, other_start: int) -> tuple[Spans, Spans]:
    """What is left of two texts without the beginning and the end that they share."""
    shortest = min(len(left), len(right))
    head = next((place for place in range(shortest) if left[place] != right[place]), shortest)
    while head and _is_attached(left[head : head + 1], right[head : head + 1]):
        head -= 1
    tail = next(
        (place for place in range(shortest - head) if left[-1 - place] != right[-1 - place]), shortest - head
    )
    while tail and _is_attached(left[len(left) - tail], ""):
        tail -= 1
    own, other = (head, len(left) - tail), (head, len(right) - tail)
    return (
        [(start + own[0], start + own[1])] if own[0] < own[1] else [],
        [(other_start + other[0], other_start + other[1])] if other[0] < other[1] else [],
    )


def _is_attached(*letters: str) -> bool:
    """Whether a mark would be torn from the letter before it."""
    return any(letter and unicodedata.category(letter)[0] == "M" for letter in letters)
