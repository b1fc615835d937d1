"""A person who logs in: the name, the role, how the pages look; and what names and passwords may be."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from openworklist.domain.errors import UserError
from openworklist.domain.role import Role

THEMES: Final = ("", "light", "dark")
SHORTEST_PASSWORD: Final = 10
LONGEST_PASSWORD: Final = 1024  # hashing takes longer the longer it is
LONGEST_NAME: Final = 64
_LANGUAGE: Final = re.compile(r"([a-z]{2,3}(-[A-Za-z0-9]{2,8})*)?", re.ASCII)
_DIFFERENT: Final = 4  # letters that a password has at least
_STRETCH: Final = 4  # a password that is a shorter stretch over and over is none


@dataclass(frozen=True, slots=True)
class User:
    """Times are microseconds since 1970, UTC; `language` and `theme` are "" where browser and system say."""

    name: str
    role: Role
    is_active: bool = True
    language: str = ""
    theme: str = ""
    shortcuts: bool = True
    created_at: int = 0
    changed_at: int = 0


def fold_name(name: str) -> str:
    """The one spelling of a user's name: however it was typed, it is the same person.

    What no database takes, NUL and half a surrogate, becomes a letter that no name has.
    """
    text = name.replace("\0", "?").encode("utf_8", "replace").decode("utf_8")
    return unicodedata.normalize("NFC", text.strip().casefold())


def check_name(name: str) -> str:
    """The folded name; UserError if nobody can have it."""
    folded = fold_name(name)
    is_short = 0 < len(folded) <= LONGEST_NAME
    if not is_short or not all(letter.isalnum() or letter in "._-@" for letter in folded):
        raise UserError(
            "A user's name is made of letters, digits and . _ - @.",
            where="name",
            hint=f"it has {LONGEST_NAME} letters at most",
            code="user.name-invalid",
        )
    return folded


def check_password(password: str, name: str) -> None:
    """UserError if it is too easy to guess for the user of that name; it never shows the password."""
    problem = _find_problem(password.casefold(), fold_name(name))
    if problem:
        raise UserError(
            f"The password {problem}.",
            where="password",
            hint=f"take {SHORTEST_PASSWORD} letters or more, like four words of your own choice",
            code="user.password-weak",
        )


def _find_problem(password: str, name: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        return f"has fewer than {SHORTEST_PASSWORD} letters"
    if len(password) > LONGEST_PASSWORD:
        return f"has more than {LONGEST_PASSWORD} letters"
    if len(name) > 1 and not password.replace(name, "").strip("0123456789 .,;:!?_-"):
        return "is the user's name"
    if len(set(password)) < _DIFFERENT or _repeats(password):
        return "repeats the same letters"
    if _is_a_run(password):
        return "is a run of letters in order"
    return ""


def _repeats(password: str) -> bool:
    """Whether it is a short stretch over and over."""
    return any(
        (password[:length] * len(password))[: len(password)] == password for length in range(1, _STRETCH + 1)
    )


def _is_a_run(password: str) -> bool:
    """As 1234567890 or zyxwvutsrqponm."""
    steps = {(ord(after) - ord(before)) for before, after in pairwise(password)}
    return steps <= {1, -9} or steps <= {-1, 9}


def check_preferences(language: str, theme: str) -> None:
    """UserError if the pages have no such theme, or it is no language tag."""
    if theme not in THEMES:
        raise UserError(
            f"There is no theme {theme!r}.", where="theme", hint="light, dark, or none to follow the system"
        )
    if not _LANGUAGE.fullmatch(language):
        raise UserError(f"{language!r} is no language, like en or pt-BR.", where="language")
