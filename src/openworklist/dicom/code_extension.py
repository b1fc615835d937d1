"""Text that switches between character sets by the escape sequences of ISO 2022 (PS3.5 6.1.2.5)."""

from __future__ import annotations

from typing import Final

from openworklist.dicom.coded_sets import CODED_SETS, ESC, CodedSet

_TO_ASCII: Final = ESC + b"(B"
_TO_ROMAJI: Final = ESC + b"(J"
# Annex I.3 designates it where a line begins, not where its first letter stands, as ISO-2022-KR does.
_IN_FRONT: Final = CODED_SETS["ISO 2022 IR 149"]


class Extension:
    """The sets of a multi-valued (0008,0005). `first` is what value 1 has in the upper half, if anything.

    The lower half is ASCII, with `is_romaji` that of JIS X 0201: the same bytes, of which it shows two in
    another form (`\\` as `¥` and `~` as `‾`).
    """

    __slots__ = ("_all", "_back", "_first")

    def __init__(self, first: CodedSet | None, others: tuple[CodedSet, ...], *, is_romaji: bool) -> None:
        self._first = first
        self._back = _TO_ROMAJI if is_romaji else _TO_ASCII
        self._all = (first, *others) if first else others

    def can_hold(self, letter: str) -> bool:
        return letter <= "\x7f" or any(each.encode(letter) for each in self._all)

    def can_begin(self, letter: str) -> bool:
        """Whether value 1 has a letter: it needs no escape sequence."""
        return letter <= "\x7f" or (self._first is not None and bool(self._first.encode(letter)))

    def encode(self, piece: str) -> bytes:
        """The bytes of a text without delimiters, which ends in what it began in.

        UnicodeEncodeError on a letter that no set has.
        """
        out = bytearray()
        lower: CodedSet | None = None  # what is designated; None where it is the initial one
        upper = self._first
        is_sure = True  # that the reader still has in the upper half what was designated
        for letter in piece:
            if letter <= "\x7f":
                if lower is not None:
                    out += self._back
                    lower, is_sure = None, self._is_whole(upper)
                out += letter.encode("ascii")
                continue
            coded, code = self._find(letter, lower or upper)
            if coded.is_g0:
                if coded is not lower:
                    out += coded.designation
                    lower = coded
            else:
                if lower is not None:
                    out += self._back
                    lower, is_sure = None, self._is_whole(upper)
                if coded is not upper or not is_sure:
                    # It is said again, since readers take a return of the lower half for one of both.
                    if coded is _IN_FRONT and out.isascii() and ESC not in out:
                        out[:0] = coded.designation
                    else:
                        out += coded.designation
                    upper, is_sure = coded, True
            out += code
        if lower is not None:
            out += self._back
        if self._first is not None and upper is not self._first:
            out += self._first.designation
        return bytes(out)

    def _is_whole(self, upper: CodedSet | None) -> bool:
        """Whether readers that return to JIS X 0201 as a whole have the right upper half then."""
        return self._back == _TO_ROMAJI and upper is self._first

    def _find(self, letter: str, active: CodedSet | None) -> tuple[CodedSet, bytes]:
        """The set that a letter is written in, and its bytes: value 1, else the active one, if it has it."""
        for each in (self._first, active, *self._all):
            if each is not None and (code := each.encode(letter)):
                return each, code
        raise UnicodeEncodeError("ISO 2022", letter, 0, 1, "in none of the sets")
