"""Pages made from Markdown. HTML in it is text; what it links to is led to pages of the help."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from itertools import pairwise
from typing import Final

from markdown_it import MarkdownIt
from markdown_it.token import Token

from openworklist.ui.help.links import lead
from openworklist.ui.help.page import Heading, Page, Passage
from openworklist.ui.help.shelf import START, Shelf

_COMMENT: Final = re.compile(r"^<!--.*?-->\n", re.MULTILINE)  # for whoever writes the page
_ALIGNED: Final = {"text-align:right": "number", "text-align:center": "centred", "text-align:left": ""}
_SHORT: Final = 24  # letters of a code that stays on one line
_COLUMNS: Final = re.compile(
    r"^(?=.{50}).*\S {2,}\S", re.MULTILINE
)  # output whose lines are not to be broken
_CODE: Final = re.compile(r"[a-z][\w.-]*")  # of an error, the name of a setting: rows that are led to


def make_page(name: str, shelf: Shelf) -> Page:
    """A page of the shelf; its first line is its title."""
    path = shelf.pages[name]
    folder = name if path.name == "README.md" else name.rpartition("/")[0]
    tokens = _MARKDOWN.parse(_COMMENT.sub("", path.read_text("utf-8")))[3:]  # after the title
    for token in tokens:
        if token.children:
            token.children = lead(token.children, folder, shelf)
            _keep_together(token.children)
    _give_anchors(tokens)
    title = shelf.title(name) if name != START else ""
    return Page(
        name=name,
        title=title,
        html=_MARKDOWN.renderer.render(list(_box_tables(tokens)), _MARKDOWN.options, {}),
        contents=tuple(
            _heading(each, text) for each, text in pairwise(tokens) if each.type == "heading_open"
        ),
        passages=tuple(_find_passages(tokens, title)),
    )


def plain(token: Token) -> str:
    """The words of a paragraph."""
    parts = (" " if child.type == "softbreak" else child.content for child in token.children or ())
    return "".join(parts)


def _keep_together(children: list[Token]) -> None:
    """No line ends within a short code, like `--demo`."""
    for child in children:
        if child.type == "code_inline" and len(child.content) <= _SHORT:
            child.attrs["class"] = "nowrap"


def _give_anchors(tokens: list[Token]) -> None:
    """An anchor for each heading, and for each row about a code or name; no style stands in an element."""
    taken: set[str] = set()
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            _give(token, _slug(plain(tokens[number + 1])), taken)
        elif token.type == "tr_open":
            code = _find_code(tokens[number + 2])
            if code and code not in taken:
                _give(token, code, taken)
        elif token.type == "th_open" and not plain(tokens[number + 1]):
            token.tag = tokens[number + 2].tag = (
                "td"  # an empty head is announced as one that lacks its words
            )
        elif aligned := token.attrs.pop("style", ""):
            token.attrs["class"] = _ALIGNED[str(aligned)]


def _give(token: Token, anchor: str, taken: set[str]) -> None:
    numbered = (f"{anchor}-{number}" for number in range(1, len(taken) + 1))
    token.attrs["id"] = next(each for each in (anchor, *numbered) if each not in taken)
    taken.add(str(token.attrs["id"]))


def _slug(text: str) -> str:
    """As the places where the docs are read elsewhere make it, so that links to it hold there and here."""
    return re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")


def _show_code(renderer: object, tokens: Sequence[Token], number: int, *_: object) -> str:
    """A block of code; one with columns is moved from side to side, by keyboard too."""
    content = tokens[number].content
    columns = ' class="columns" tabindex="0"' if _COLUMNS.search(content) else ""
    return f"<pre{columns}><code>{escape(content)}</code></pre>\n"


def _find_code(cell: Token) -> str:
    children = cell.children or []
    is_code = len(children) == 1 and children[0].type == "code_inline"
    return children[0].content if is_code and _CODE.fullmatch(children[0].content) else ""


def _box_tables(tokens: list[Token]) -> Iterator[Token]:
    """Each table in a box, which can be moved from side to side by keyboard too."""
    count = 0
    heading = ""
    for token, after in pairwise([*tokens, Token("end", "", 0)]):
        if token.type == "heading_open":
            heading = f" – {plain(after)}"
        if token.type == "table_open":
            count += 1
            label = escape(f"Table {count}{heading}")
            yield _markup(f'<div class="table-box" tabindex="0" role="region" aria-label="{label}">\n')
        if token.type != "end":
            yield token
        if token.type == "table_close":
            yield _markup("</div>\n")


def _markup(html: str) -> Token:
    return Token("html_block", "", 0, content=html)


def _heading(opening: Token, text: Token) -> Heading:
    return Heading(int(opening.tag[1:]), str(opening.attrs["id"]), plain(text))


def _find_passages(tokens: list[Token], title: str) -> Iterator[Passage]:
    heading = Heading(1, "", title)
    row: list[str] = []
    anchor = ""
    is_row = False
    for token, after in pairwise([*tokens, Token("end", "", 0)]):
        match token.type:
            case "heading_open":
                heading = _heading(token, after)
                yield Passage(heading, heading.anchor, "")
            case "tr_open":
                row, is_row, anchor = [], True, str(token.attrs.get("id", "")) or heading.anchor
            case "tr_close":
                yield Passage(heading, anchor, " – ".join(filter(None, row)))
                is_row = False
            case "inline" if is_row:
                row.append(plain(token))
            case "inline" if plain(token) != heading.text:
                yield Passage(heading, heading.anchor, plain(token))
            case "fence":
                yield Passage(heading, heading.anchor, token.content)


_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).enable("table")
_MARKDOWN.add_render_rule("fence", _show_code)
