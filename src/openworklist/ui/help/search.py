"""Search in the help: every word must stand in a passage, its heading or the title of its page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from openworklist.ui.help.page import Page, Passage

_MOST_WORDS: Final = 8
_BEFORE: Final = 80  # letters before the first word that was found
_LONGEST: Final = 260


@dataclass(frozen=True, slots=True)
class Hit:
    """`parts` are the text around what was found: every second one is a word that was looked for."""

    page: Page
    passage: Passage
    parts: tuple[str, ...]

    @property
    def address(self) -> str:
        anchor = self.passage.anchor
        return f"{self.page.address}#{anchor}" if anchor else self.page.address


def find(pages: Iterable[Page], text: str) -> tuple[Hit, ...]:
    """What is found, headings before paragraphs, one hit for each place that can be led to."""
    words = [_look_for(word) for word in text.split()[:_MOST_WORDS]]
    if not words:
        return ()
    best: dict[tuple[str, str], tuple[Page, Passage]] = {}
    for _, page, passage in sorted(_find_all(pages, words), key=lambda found: found[0]):
        key = page.name, passage.anchor
        if key not in best or not best[key][1].text:  # a heading is found without the text below it
            best[key] = page, passage
    return tuple(Hit(page, passage, cut(passage.text, words)) for page, passage in best.values())


def _look_for(word: str) -> re.Pattern[str]:
    """A word, or its beginning: `port` is in `hl7_port` and in `ports`, and is not in `import`."""
    return re.compile(rf"(?<![^\W_]){re.escape(word)}", re.IGNORECASE)


def _find_all(pages: Iterable[Page], words: list[re.Pattern[str]]) -> Iterator[tuple[int, Page, Passage]]:
    for page in pages:
        for passage in page.passages:
            heading, text = passage.heading.text, passage.text
            if not all(word.search(f"{page.title} {heading} {text}") for word in words):
                continue
            if all(word.search(heading) for word in words):
                yield 0, page, passage
            elif any(word.search(text) for word in words):
                yield (1 if all(word.search(text) for word in words) else 2), page, passage


def cut(text: str, words: list[re.Pattern[str]]) -> tuple[str, ...]:
    """The text around the first of the words, split at each of them."""
    either = "|".join(word.pattern for word in words)
    found = re.search(either, text, re.IGNORECASE)
    begin = max(found.start() - _BEFORE, 0) if found else 0
    begin = text.find(" ", begin) + 1 if begin else 0
    end = begin + _LONGEST
    shown = ("… " if begin else "") + text[begin:end] + (" …" if end < len(text) else "")
    return tuple(re.split(f"({either})", shown, flags=re.IGNORECASE))
