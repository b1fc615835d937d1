"""Escape sequences inside a value (HL7 v2.9 2.7): to letters, and letters back to escapes."""

from __future__ import annotations

import re
from functools import lru_cache

from openworklist.hl7.delimiters import Delimiters

UNKNOWN = "An escape sequence that nobody knows was kept as it is."
_COMMAND = re.compile(r"(sp|sk|br|ce|fi|nf|in|ti)[+-]?([0-9]{1,2})?")


def unescape(text: str, delimiters: Delimiters, codec: str, warnings: list[str]) -> str:
    r"""The letters that a leaf value stands for. Unknown sequences stay as they are, with a warning.

    `codec` is that of the message, for the bytes of `\X..\`; a letter of several bytes may be spread over
    sequences that follow each other. `\.br\` and its like become line breaks; highlighting has no letters
    and goes.
    """
    escape = delimiters.escape
    if not escape or escape not in text:
        return text
    simple = _simple_sequences(delimiters)
    out: list[str] = []
    position = 0
    length = len(text)
    while position < length:
        begin = text.find(escape, position)
        end = text.find(escape, begin + 1) if begin >= 0 else -1
        if end < 0:
            # A lone escape character is a letter that its sender forgot to escape.
            out.append(text[position:])
            break
        if begin > position:
            out.append(text[position:begin])
        sequence = text[begin + 1 : end]
        if sequence[:1] == "X":
            run = _byte_run(escape).match(text, begin)
            if run is not None:
                out.append(_read_bytes(run[0], escape, codec, warnings))
                position = run.end()
                continue
        letters = _letters(sequence, simple)
        if letters is None:
            _warn(warnings)
            # Its second escape character may be the first one of the next sequence.
            out.append(text[begin:end])
            position = end
        else:
            out.append(letters)
            position = end + 1
    return "".join(out)


def escape(text: str, delimiters: Delimiters) -> str:
    """The text with every delimiter and line break escaped, fit to be a leaf of a message.

    Where the message has no escape character, delimiters become blanks.
    """
    table = _escape_table(delimiters)
    return text.translate(table)


def _letters(sequence: str, simple: dict[str, str]) -> str | None:
    letters = simple.get(sequence)
    if letters is None and sequence[:1] == ".":
        return _formatting(sequence[1:])
    return letters


@lru_cache(maxsize=64)
def _byte_run(escape: str) -> re.Pattern[str]:
    mark = re.escape(escape)
    return re.compile(rf"(?:{mark}X[0-9A-Fa-f ]*{mark})+")


def _read_bytes(run: str, escape: str, codec: str, warnings: list[str]) -> str:
    r"""The letters of a run of `\X..\`: all its bytes together, else each sequence that makes sense alone."""
    pieces = run[2:-1].split(f"{escape}{escape}X")
    letters = _decode("".join(pieces), codec)
    if letters is not None:
        return letters
    _warn(warnings)
    alone = [(piece, _decode(piece, codec)) for piece in pieces]
    return "".join(f"{escape}X{piece}{escape}" if found is None else found for piece, found in alone)


def _decode(digits: str, codec: str) -> str | None:
    try:
        return bytes.fromhex(digits).decode(codec)
    except ValueError:
        return None


def _warn(warnings: list[str]) -> None:
    if UNKNOWN not in warnings:
        warnings.append(UNKNOWN)


def _formatting(command: str) -> str | None:
    """HL7 v2.9 2.7.4: line commands break the line, indents and the switch for word wrap show nothing."""
    match = _COMMAND.fullmatch(command)
    if match is None:
        return None
    name, count = match[1], int(match[2] or 1)
    if name == "sk":
        return " " * count
    if name == "sp":
        return "\n" * count
    return "\n" if name in ("br", "ce") else ""


@lru_cache(maxsize=64)
def _simple_sequences(delimiters: Delimiters) -> dict[str, str]:
    return {
        "F": delimiters.field,
        "S": delimiters.component,
        "T": delimiters.subcomponent,
        "R": delimiters.repetition,
        "E": delimiters.escape,
        "P": delimiters.truncation or "#",
        "H": "",
        "N": "",
        ".br": "\n",
    }


@lru_cache(maxsize=64)
def _escape_table(delimiters: Delimiters) -> dict[int, str]:
    mark = delimiters.escape
    named = zip("FSRETP", delimiters, strict=True)
    table = {ord(letter): f"{mark}{name}{mark}" if mark else " " for name, letter in named if letter}
    table[ord("\r")] = table[ord("\n")] = f"{mark}.br{mark}" if mark else " "
    for control in (0x0B, 0x1C):
        table[control] = " "
    return table
