"""Sentences from below the pages in another language, known by their English.

Rooms below know nothing of languages, and much of what they say is stored: `{1} is no day.` stands in the
catalogue with places for what was filled in, and is found again by what is always the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_PLACE: Final = re.compile(r"\{(\d+)\}")
_LONGEST: Final = 2_000  # letters; what is longer stays as it is
_VERB: Final = re.compile(r"(is|has|holds|names|says|looks|does) ")
_AND: Final = "; "
_MOST: Final = 8  # clauses that are tried together
_BETWEEN: Final = re.compile(r"(; | — |(?<=\.) (?=[A-Z]))")  # reasons, a hint, another sentence


@dataclass(frozen=True, slots=True)
class _Form:
    """`anchor` is the longest piece that is always the same: a quick look before the thorough one.

    `has_place_first` says that it begins with what is filled in.
    """

    anchor: str
    shape: re.Pattern[str]
    said: str
    has_place_first: bool


class Sentences:
    """`said` is by its English what stands for each."""

    def __init__(self, said: Mapping[str, str]) -> None:
        self._whole = {english: text for english, text in said.items() if not _PLACE.search(english)}
        filled = [english for english in said if english not in self._whole]
        filled.sort(key=lambda english: len(_PLACE.sub("", english)), reverse=True)
        self._forms = tuple(_make_form(english, said[english]) for english in filled)

    def tell(self, sentence: str) -> str:
        """It in this language, with what was filled in told likewise; as it is where nobody knows it."""
        reasons = sentence.split(_AND)
        told = self._find(sentence) if sentence.endswith(".") else ""  # it holds its reasons
        if not told and len(reasons) <= _MOST:
            told = self._tell_reasons(reasons)
        return told or self._tell_parts(sentence)

    def _tell_reasons(self, reasons: list[str]) -> str:
        """Several clauses, if all are known; one may hold what stands between them itself."""
        for count in range(1, len(reasons) + 1):
            said = self._find(_AND.join(reasons[:count]))
            rest = self._tell_reasons(reasons[count:]) if said else ""
            if said and (rest or count == len(reasons)):
                return f"{said}{_AND}{rest}" if rest else said
        return ""

    def _find(self, sentence: str) -> str:
        return self._find_exactly(sentence) or self._find_clause(sentence)

    def _find_exactly(self, sentence: str) -> str:
        if sentence in self._whole:
            return self._whole[sentence]
        if len(sentence) > _LONGEST:
            return ""
        # Of several that fit, the one that begins first holds the others; else the one that says most counts.
        fitting = [
            (found.end(1) if form.has_place_first else 0, form.said, found.groups())
            for form in self._forms
            if form.anchor in sentence and (found := form.shape.fullmatch(sentence))
        ]
        if not fitting:
            return ""
        _, said, values = min(fitting, key=lambda each: each[0])
        return self._fill(said, values)

    def _find_clause(self, sentence: str) -> str:
        """A clause that was given a full stop, and mostly a capital."""
        if not sentence.endswith(".") or " " not in sentence:
            return ""
        said = self._find_exactly(sentence[0].lower() + sentence[1:-1])
        return f"{said[:1].upper() if sentence[0].isupper() else said[:1]}{said[1:]}." if said else ""

    def _fill(self, said: str, values: tuple[str, ...]) -> str:
        told = [self.tell(value) for value in values]
        return _PLACE.sub(lambda place: told[int(place[1]) - 1], said)

    def _tell_parts(self, sentence: str) -> str:
        parts = _BETWEEN.split(sentence)
        if len(parts) > 1:
            return "".join(self._find(part) or self._go_on(part) for part in parts)
        return self._go_on(sentence)

    def _go_on(self, sentence: str) -> str:
        """`PatientID is missing.`: what goes on from a name or a place."""
        name, blank, rest = sentence.partition(" ")
        if not _VERB.match(rest):
            return sentence
        stop = "." if rest.endswith(".") else ""
        said = self._find_exactly(rest) or self._find_exactly(rest.removesuffix("."))
        return f"{name}{blank}{said.removesuffix('.')}{stop}" if said else sentence


def _make_form(english: str, said: str) -> _Form:
    pieces = _PLACE.split(english)[::2]
    return _Form(
        max(pieces, key=len), re.compile("(.*?)".join(map(re.escape, pieces)), re.DOTALL), said, not pieces[0]
    )
