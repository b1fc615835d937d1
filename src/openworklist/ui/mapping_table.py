"""A value table as people type it: a line for each text of a message, `CT01 = CT`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from openworklist.domain.errors import MappingError

_BY: Final = "="
_QUOTE: Final = '"'


def format_table(table: Mapping[str, str]) -> str:
    """The lines of a table; a text that could be read otherwise stands in quotes."""
    return "\n".join(f"{_quote(key)} {_BY} {_quote(word)}" for key, word in table.items())


def parse_table(text: str) -> dict[str, str]:
    """The table of the lines; MappingError, with the number of the line, where one is none."""
    table: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        key, rest = _read(line.strip(), ends=_BY)
        if not rest.startswith(_BY):
            raise _no_line(number)
        word, rest = _read(rest[1:].strip(), ends="")
        if rest:
            raise _no_line(number)
        if key in table:
            raise MappingError(f"{key!r} is there twice.", where="table", hint=f"see line {number}")
        table[key] = word
    return table


def _read(text: str, *, ends: str) -> tuple[str, str]:
    """The text at the beginning, in quotes or up to what ends it, and what follows."""
    if text.startswith(_QUOTE):
        try:
            found, end = json.JSONDecoder().raw_decode(text)
        except ValueError:
            found, end = "", 0
        if end:
            return str(found), text[end:].strip()
    found, mark, rest = text.partition(ends) if ends else (text, "", "")
    return found.strip(), mark + rest


def _quote(text: str) -> str:
    is_plain = text and text == text.strip() and text.isprintable() and not text.startswith(_QUOTE)
    return text if is_plain and _BY not in text else json.dumps(text, ensure_ascii=True)


def _no_line(number: int) -> MappingError:
    return MappingError(
        f"Line {number} of the value table cannot be read.", where="table", hint="write it like CT01 = CT"
    )
