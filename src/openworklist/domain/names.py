"""Person names (PN) as they are compared: component groups, without regard to case, and patterns of them."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

from openworklist.domain.wildcards import collapse, to_expression

_COMPONENTS: Final = 5
_GROUPS: Final = 3
_LONGEST: Final = 1000  # letters: three groups of 64 with room to spare
_UNIVERSAL: Final = ("*",)


class GroupPattern(NamedTuple):
    """What a component group has to match: one of `patterns`. `group` is its number, None for any group."""

    group: int | None
    patterns: tuple[str, ...]


def is_name_match(pattern: str, name: str) -> bool:
    """Whether a name is one that a key asks for, in the way `to_group_patterns` says."""
    wanted = to_group_patterns(pattern)
    return not wanted or _is_match(wanted, folded_groups(name))


def _is_match(wanted: tuple[GroupPattern, ...], groups: tuple[str, ...]) -> bool:
    for number, patterns in wanted:
        held = groups if number is None else groups[number : number + 1]
        if not any(group and to_expression(each).fullmatch(group) for group in held for each in patterns):
            return False
    return True


@lru_cache(maxsize=1024)
def to_group_patterns(pattern: str) -> tuple[GroupPattern, ...]:
    """What a name key demands; nothing where it is universal.

    A key of one component group is held against every group of the entry, one of several against its own;
    a group that is empty or nothing but stars demands nothing. `*` may stand for delimiters too: `DOE*` is
    `Doe^John`. PS3.4 C.2.2.2.4 leaves all this to the SCP, docs/connect-a-scanner.md says it.
    """
    groups = folded_groups(pattern)
    return tuple(
        GroupPattern(number if len(groups) > 1 else None, patterns)
        for number, group in enumerate(groups)
        if group and (patterns := _to_alternatives(collapse(group))) != _UNIVERSAL
    )


def _to_alternatives(group: str) -> tuple[str, ...]:
    """A pattern, and beside it what it is for names that end before its last components, if those are stars.

    PS3.5 6.2.1: delimiters at the end may be left out, so `Doe^*` asks for `Doe` too.
    """
    stem = group
    while stem.endswith("^*"):
        stem = stem.removesuffix("^*")
    if stem == group:
        return (group,)
    ended = stem.rstrip("^")
    if ended.endswith("*"):
        return _to_alternatives(ended)  # whatever goes on behind it matches too
    return (*_to_alternatives(ended), f"{stem}^*") if ended else (f"{stem}^*",)


def folded_groups(name: str) -> tuple[str, ...]:
    """The component groups of a name in the form in which they are compared, "" for an empty one.

    Groups and components that are empty at the end are left out: `Doe^John^^^` is `doe^john`.
    """
    # A name that somebody made endless is none to keep thousands of.
    return _remember_groups(name) if len(name) <= _LONGEST else _fold_groups(name)


def _fold_groups(name: str) -> tuple[str, ...]:
    groups = [
        "^".join(fold(component) for component in group.split("^")[:_COMPONENTS]).rstrip("^")
        for group in name.split("=")[:_GROUPS]
    ]
    while groups and not groups[-1]:
        groups.pop()
    return tuple(groups)


_remember_groups = lru_cache(maxsize=4096)(_fold_groups)


def fold(text: str) -> str:
    """Text as it is compared where case is not significant; composed and decomposed letters are the same."""
    if text.isascii():
        return text.strip(" ").lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold()).strip(" ")
