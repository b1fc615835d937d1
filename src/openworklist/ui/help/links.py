"""Links and images of the docs, which name files, led to the pages of the help."""

from __future__ import annotations

from pathlib import PurePosixPath
from posixpath import normpath
from typing import Final

from markdown_it.token import Token

from openworklist.ui.help.page import to_address
from openworklist.ui.help.shelf import Shelf, to_name

_OPEN: Final = "link_open"
_CLOSE: Final = "link_close"


def lead(tokens: list[Token], folder: str, shelf: Shelf) -> list[Token]:
    """The tokens of a paragraph with their links led; one to what is not among the docs is only its text.

    A link that has the name of a file for its text gets the title of the page instead.
    """
    led: list[Token] = []
    is_shown = True
    for token, after in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type == _OPEN:
            name, anchor = _find(str(token.attrs["href"]), folder)
            is_shown = name is None or name in shelf.pages or name in shelf.files
            if name is not None and is_shown:
                token.attrs["href"] = to_address(name) + anchor
                if after is not None and after.content.endswith((".md", "/")) and name in shelf.pages:
                    after.content = shelf.title(name)
        elif token.type == "image":
            token.attrs["src"] = to_address(_join(folder, str(token.attrs["src"])))
        if is_shown or token.type not in (_OPEN, _CLOSE):
            led.append(token)
        is_shown = is_shown or token.type == _CLOSE
    return led


def _find(href: str, folder: str) -> tuple[str | None, str]:
    """The name of the page that a link is to, and its anchor; None for one within the page, or elsewhere."""
    path, hash_, anchor = href.partition("#")
    if not path or "://" in path or path.startswith("mailto:"):
        return None, ""
    return _name(_join(folder, path)), hash_ + anchor


def _name(path: str) -> str:
    return to_name(path) if path.endswith(".md") else path


def _join(folder: str, path: str) -> str:
    return normpath(PurePosixPath(folder) / path)
