"""Regular expressions that people write into a profile: only those that are done in a bounded time."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from math import factorial
from re import _constants, _parser  # type: ignore[attr-defined]  # the parser that `re` itself compiles from
from typing import Any, Final
from warnings import catch_warnings, simplefilter

from openworklist.domain.errors import MappingError

LONGEST_PATTERN: Final = 200
LONGEST_TEXT: Final = 256  # letters of a value that are looked at
# Ways that a match may take through a text: some 50 ms at the worst.
_MOST_WAYS: Final = 4_000_000
_REPEATS: Final = (_constants.MAX_REPEAT, _constants.MIN_REPEAT, _constants.POSSESSIVE_REPEAT)
_CODE: Final = "mapping.pattern-refused"

Extract = Callable[[str], str]


@lru_cache(maxsize=1024)
def make_extract(pattern: str) -> Extract:
    """A function from a text to what the pattern finds in it: its first group, else all; "" for nothing.

    MappingError on a pattern that is not readable, or that could take long: Python's `re` tries every way
    through a text, and knows no limit of time. So a repeat must not hold another one or a choice, there are
    no references back, and the ways through LONGEST_TEXT letters are counted.
    """
    if len(pattern) > LONGEST_PATTERN:
        raise MappingError(f"The pattern has more than {LONGEST_PATTERN} letters.", code=_CODE)
    try:
        with catch_warnings():
            simplefilter("error")  # of what Python will read in another way some day
            expression = re.compile(pattern)
    except (re.error, RecursionError, OverflowError, Warning) as error:
        raise MappingError(f"The pattern cannot be read: {error}.", code=_CODE) from error
    _check_ways(pattern)
    group = 1 if expression.groups else 0

    def extract(text: str) -> str:
        found = expression.search(text[:LONGEST_TEXT])
        return (found[group] or "").strip() if found else ""

    return extract


def _check_ways(pattern: str) -> None:
    tree = _parser.parse(pattern)
    count = _Count()
    if not (tree and tree[0] == (_constants.AT, _constants.AT_BEGINNING)):
        count.repeat(LONGEST_TEXT)  # it may begin anywhere
    count.walk(tree, is_repeated=False)
    if count.ways > _MOST_WAYS:
        raise MappingError(
            "The pattern has too many ways through a text.",
            hint="bound its repeats, `{1,20}` in place of `+`, or begin it with `^`",
            code=_CODE,
        )


class _Count:
    """How many ways a match may have to try."""

    def __init__(self) -> None:
        self._choices = 1
        self._open: int = 0  # repeats that share the length of the text

    @property
    def ways(self) -> float:
        # So many places, in order, have ends among the letters of a text.
        return float(self._choices * LONGEST_TEXT**self._open / factorial(self._open))

    def repeat(self, most: int) -> None:
        if most >= LONGEST_TEXT:
            self._open += 1
        else:
            self._choices *= most + 1

    def walk(self, tree: Any, *, is_repeated: bool) -> None:
        for operation, argument in tree:
            if operation in _REPEATS:
                least, most, body = argument
                if least != most:
                    if is_repeated:
                        raise _is_nested("a repeat inside a repeat")
                    self.repeat(int(most) - int(least))
                self.walk(body, is_repeated=is_repeated or int(most) > 1)
            elif operation is _constants.BRANCH:
                if is_repeated:
                    raise _is_nested("a choice inside a repeat")
                branches = argument[1]
                self._choices *= len(branches)
                for each in branches:
                    self.walk(each, is_repeated=is_repeated)
            elif operation is _constants.SUBPATTERN:
                self.walk(argument[-1], is_repeated=is_repeated)
            elif operation in (_constants.ASSERT, _constants.ASSERT_NOT):
                self.walk(argument[1], is_repeated=is_repeated)
            elif operation is _constants.ATOMIC_GROUP:
                self.walk(argument, is_repeated=is_repeated)
            elif operation in (_constants.GROUPREF, _constants.GROUPREF_EXISTS):
                raise _is_nested("a reference to a group")


def _is_nested(what: str) -> MappingError:
    return MappingError(
        f"The pattern has {what}, which could take for ever.",
        hint="write it without, or use several sources",
        code=_CODE,
    )
