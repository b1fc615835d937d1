"""The grammar of the search box: `doe mod:CT date:today -status:completed`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final, NamedTuple

from openworklist.domain.errors import SearchError
from openworklist.domain.search import (
    BY_ALIAS,
    FIELDS,
    WORD,
    Field,
    Kind,
    Search,
    Term,
    check_length,
    clean_text,
    normalize,
    unknown_field,
)

# A minus, a field with its colon, and a value: quoted (two quotes inside stand for one) or up to a blank.
_TOKEN: Final = re.compile(
    r"""(?P<minus>-)?(?:(?P<field>[^\s":]+):)?(?:"(?P<quoted>(?:[^"]|"")*)(?:"|$)|(?P<bare>[^\s"]*))"""
)
_BARE: Final = re.compile(r'[^\s":,-][^\s":,]*')
_SPLITS: Final = re.compile(r'[\s"]')
_JOINED: Final = {Kind.NAME: " ", Kind.TEXT: " ", Kind.CODES: ",", Kind.STATUSES: ","}


class _Token(NamedTuple):
    is_without: bool
    field: str
    value: str
    is_quoted: bool


def parse_search(text: str) -> Search:
    """The search of a text; SearchError that names the word which cannot be read.

    What is said twice of a code or a status is one or the other, of a name both; of all else it is an error.
    """
    search = Search()
    for token in _split(clean_text(text)):
        search = _add_words(search, token) if token.field == WORD else _add_field(search, token)
    return check_length(search)


def format_search(search: Search) -> str:
    """The text of a search, which `parse_search` reads as the same."""
    return " ".join(_format(term) for term in search.terms)


def _split(text: str) -> Iterator[_Token]:
    place = 0
    while place < len(text):
        if text[place] == " ":
            place += 1
            continue
        found = _TOKEN.match(text, place)
        if found is None or found.end() == place:  # a quote or a colon that begins nothing
            place += 1
            continue
        place = found.end()
        quoted = found["quoted"]
        value = found["bare"] if quoted is None else clean_text(quoted.replace('""', '"'))
        yield _Token(found["minus"] is not None, found["field"] or WORD, value, quoted is not None)


def _add_words(search: Search, token: _Token) -> Search:
    # A comma between names is how people write them: doe, jane.
    words = [token.value] if token.is_quoted else token.value.split(",")
    for word in (each.strip() for each in words):
        if word and token.is_without:
            search = _leave_out(search, Term(WORD, word, is_without=True))
        elif word and word not in search.words:
            search = replace(search, words=(*search.words, word))
    return search


def _add_field(search: Search, token: _Token) -> Search:
    field = BY_ALIAS.get(token.field.lower())
    if field is None:
        raise unknown_field(token.field)
    if not token.value.strip():
        raise SearchError(
            f"Nothing stands behind {token.field}:.",
            where=field.name,
            hint=f"it is {field.kind.value}",
            code="search.value-missing",
        )
    value = normalize(field, token.value)
    if token.is_without:
        return _leave_out(search, Term(field.name, value, is_without=True))
    return search.put(field.name, _join(field, search.get(field.name), value, token.field))


def _join(field: Field, known: str, value: str, written: str) -> str:
    if not known or known == value:
        return value
    if field.kind not in _JOINED:
        raise SearchError(
            f"{written}: stands there twice.",
            where=field.name,
            hint="a record has one of these: leave one of them out",
            code="search.twice",
        )
    return normalize(field, f"{known}{_JOINED[field.kind]}{value}")


def _leave_out(search: Search, term: Term) -> Search:
    return search if term in search.without else replace(search, without=(*search.without, term))


def _format(term: Term) -> str:
    minus = "-" if term.is_without else ""
    if term.field == WORD:
        return minus + _quote(term.value)
    field = FIELDS[term.field]
    is_bare = field.kind not in (Kind.NAME, Kind.TEXT, Kind.EXACT) and not _SPLITS.search(term.value)
    return f"{minus}{field.short}:{term.value if is_bare else _quote(term.value)}"


def _quote(value: str) -> str:
    return value if _BARE.fullmatch(value) else '"' + value.replace('"', '""') + '"'
