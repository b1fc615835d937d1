"""The pages of the help, each made when it is first asked for."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from openworklist.ui.help.making import make_page
from openworklist.ui.help.page import Page
from openworklist.ui.help.shelf import START, open_shelf


def find_page(name: str) -> Page | None:
    return _load(name) if name in open_shelf().pages else None


def find_file(name: str) -> Path | None:
    """A drawing, or a file for programs."""
    return open_shelf().files.get(name)


@cache
def load_pages() -> tuple[Page, ...]:
    """All but the start, in the order in which it names them; those that it does not name at the end."""
    start = _load(START)
    named = re.findall(r'href="/help/([\w/-]+)"', start.html)
    order = dict.fromkeys([*named, *open_shelf().pages])
    return tuple(_load(name) for name in order if name != START)


def find_neighbours(page: Page) -> tuple[Page | None, Page | None]:
    """The page before it and the one after it."""
    pages = load_pages()
    place = pages.index(page)
    return pages[place - 1] if place else None, pages[place + 1] if place + 1 < len(pages) else None


@cache
def _load(name: str) -> Page:
    return make_page(name, open_shelf())
