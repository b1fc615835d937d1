"""Patterns against a matcher that is slow, obvious and not ours."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openworklist.domain.wildcards import has_wildcard, literal_beginning, to_expression

EXAMPLES = [
    ("CT*", "CT", True),
    ("CT*", "CT01", True),
    ("CT*", "ct01", False),
    ("C?", "CT", True),
    ("C?", "C", False),
    ("C?", "CTX", False),
    ("*Head*", "CT Head without contrast", True),
    ("*a*b", "aab", True),
    ("*ab*b", "ab", False),
    ("a.[x]\\", "a.[x]\\", True),
    ("a.c", "abc", False),
    ("**", "", True),
    ("a?c", "a\nc", True),
    ("?", "山", True),
    ("", "", True),
    ("", "a", False),
]


@pytest.mark.parametrize(("pattern", "text", "expected"), EXAMPLES)
def test_a_star_is_any_letters_and_a_question_mark_is_one(pattern: str, text: str, expected: bool) -> None:
    assert bool(to_expression(pattern).fullmatch(text)) is expected


def is_match(pattern: str, text: str) -> bool:
    """The table of which beginning of the pattern matches which beginning of the text."""
    reached = [True] + [False] * len(text)
    for letter in pattern:
        before, reached = reached, [letter == "*" and reached[0]]
        for place, own in enumerate(text, 1):
            if letter == "*":
                reached.append(before[place] or reached[place - 1])
            else:
                reached.append(before[place - 1] and letter in ("?", own))
    return reached[-1]


@given(st.text("ab*?", max_size=12), st.text("ab", max_size=12))
def test_patterns_match_what_the_table_says(pattern: str, text: str) -> None:
    assert bool(to_expression(pattern).fullmatch(text)) is is_match(pattern, text)


@pytest.mark.parametrize("pattern", ["?*" * 200 + "~", "*a" * 200 + "~", "*" + "a*" * 200 + "~", "*?a" * 200])
def test_a_pattern_that_would_try_every_way_to_part_a_text_is_soon_done(pattern: str) -> None:
    text = "a" * 500
    assert bool(to_expression(pattern).fullmatch(text)) is is_match(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "beginning", "is_pattern"), [("DOE*", "DOE", True), ("?OE", "", True), ("DOE", "DOE", False)]
)
def test_a_pattern_begins_with_the_letters_before_its_first_wildcard(
    pattern: str, beginning: str, is_pattern: bool
) -> None:
    assert literal_beginning(pattern) == beginning
    assert has_wildcard(pattern) is is_pattern
