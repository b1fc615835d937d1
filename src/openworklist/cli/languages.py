"""The catalogues of the pages, made anew from the code by `make words`.

What is translated stays; what is new stands there empty, and what is said no more goes.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import write_po

import openworklist
from openworklist.cli.language_sentences import find_sentences
from openworklist.cli.language_tables import find_labels
from openworklist.ui.language import ENGLISH, LANGUAGES, PAGES, SENTENCES, read_catalogue

CATALOGUES: Final = (PAGES, SENTENCES)
_ROOT: Final = Path(openworklist.__file__).parent
_METHODS: Final = [("ui/templates/**.html", "jinja2"), ("ui/**.py", "python")]
_KEYWORDS: Final = {**DEFAULT_KEYWORDS, "mark": None, "say": None, "say_many": (1, 2)}
_Text = str | tuple[str, ...]  # with its plural, where it has one


def find_texts(name: str) -> Iterator[_Text]:
    """Every English text of a catalogue."""
    if name == SENTENCES:
        yield from find_sentences(_ROOT)
        return
    for _, _, text, _, _ in extract_from_dir(_ROOT, _METHODS, keywords=_KEYWORDS):
        yield text
    yield from find_labels()


def renew(code: str, name: str) -> str:
    """A catalogue's file with the texts of today, sorted; its head stays as it is."""
    old = {_key(each): each for each in read_catalogue(code, name) if each.id}
    new = Catalog(locale=code)
    for text in find_texts(name):
        known = old.get(text if isinstance(text, str) else text[0])
        new.add(text, _take(known, text))
    written = BytesIO()
    write_po(written, new, width=0, sort_output=True, omit_header=True)
    head = find_file(code, name).read_text("utf-8").partition("\n\n")[0]
    return f"{head}\n\n{written.getvalue().decode('utf-8').strip()}\n"


def find_file(code: str, name: str) -> Path:
    return _ROOT / "ui" / "locale" / code / f"{name}.po"


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _take(known: Message | None, text: _Text) -> _Text:
    """What it was; nothing where only one of both has a plural."""
    said = known.string if known else None
    if isinstance(text, str):
        return said if isinstance(said, str) else ""
    return tuple(said) if isinstance(said, tuple | list) else ("", "")


if __name__ == "__main__":
    for code in LANGUAGES:
        for name in CATALOGUES:
            if code != ENGLISH:
                find_file(code, name).write_text(renew(code, name), "utf-8")
