"""The delimiters that a message declares in MSH-1 and MSH-2, and what is made of a misprinted MSH-2."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from openworklist.domain.errors import MessageError


class Delimiters(NamedTuple):
    """One letter each; "" is a delimiter that the message does not have."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"
    truncation: str = ""  # since v2.7


STANDARD = Delimiters()
_ROLES = ("component", "repetition", "escape", "subcomponent")


@lru_cache(maxsize=256)
def read_delimiters(field: str, encoding: str) -> Delimiters:
    """The delimiters of a header that begins `MSH` + `field` + `encoding`.

    Misprints seen in the wild: `^~&` has no escape character, in `^~_&` the `_` stands for a backslash,
    `^~\\\\&` was escaped once too often. Raises MessageError if `field` cannot separate anything.
    """
    if len(field) != 1 or field.isalnum() or field.isspace() or not field.isprintable():
        raise MessageError("The field separator after MSH is not readable.", where="MSH-1")
    letters = list(dict.fromkeys(letter for letter in encoding if letter != field and not _is_text(letter)))
    if not letters:
        return Delimiters(field, *("" if letter == field else letter for letter in STANDARD[1:]))
    if len(letters) >= 4:
        if letters[2] == "_" and "\\" not in (field, *letters):
            letters[2] = "\\"
        return Delimiters(field, *letters[:5])
    return Delimiters(field, **_usual_roles(letters))


def _is_text(letter: str) -> bool:
    return letter.isalnum() or letter.isspace()


def _usual_roles(letters: list[str]) -> dict[str, str]:
    """Of an incomplete MSH-2: each usual letter its usual role, the others what is left over, in order."""
    usual = dict(zip(STANDARD[1:5], _ROLES, strict=True))
    roles = dict.fromkeys(_ROLES, "")
    for letter in letters:
        if letter in usual:
            roles[usual[letter]] = letter
    free = iter([role for role in _ROLES if not roles[role]])
    for letter in letters:
        if letter not in usual:
            roles[next(free)] = letter
    return roles
