import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openworklist.domain.errors import MappingError
from openworklist.hl7.pattern import LONGEST_TEXT, make_extract


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"\d+", "ACC 4711 X", "4711"),
        (r"ACC[: ]*(\d+)", "ACC: 4711", "4711"),
        (r"^([A-Z]{2})-", "CT-BRAIN", "CT"),
        (r"^([A-Z]{2})-", "BRAIN", ""),
        (r"(?i)ct|mr", "a Ct of the head", "Ct"),
        (r"^(?:A(\d))?", "B", ""),
        (r"(?:[0-9]{2}\.)+", "x10.20.30.", "10.20.30."),
        (r"(?=.*X)(\w+)", "abX", "abX"),
        (r"\w++", "ab c", "ab"),
        (r"(?>ab|a)c", "abc", "abc"),
        (r"a{3}(?:bc){2}", "aaabcbc", "aaabcbc"),
    ],
)
def test_the_first_group_or_else_all_of_it_is_the_value(pattern: str, text: str, found: str) -> None:
    assert make_extract(pattern)(text) == found


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(a+)+", "a repeat inside a repeat"),
        ("(?:a?b)*", "a repeat inside a repeat"),
        ("(a|ab)*c", "a choice inside a repeat"),
        (r"(\w+)\s\1", "a reference to a group"),
        (r"(a)?(?(1)b|c)", "a reference to a group"),
        (r"\w+\s*\w+\s*\w+", "too many ways"),
        ("(?:a|b1)(?:a|b1)" * 12, "too many ways"),
        ("a{0,200}" * 3, "too many ways"),
        ("a" * 201, "more than 200 letters"),
        ("(", "cannot be read"),
        ("[[a]", "cannot be read"),
        ("(" * 99 + ")" * 99, None),
    ],
)
def test_what_could_take_for_ever_is_refused(pattern: str, reason: str | None) -> None:
    if reason is None:
        make_extract(pattern)
        return
    with pytest.raises(MappingError, match=re.escape(reason)) as found:
        make_extract(pattern)
    assert found.value.code == "mapping.pattern-refused"


@pytest.mark.parametrize(
    "pattern", [r"a*a*$", r"^a*a*a*$", r"^(?:aa)*a*$", r"^a{0,15}a{0,15}a{0,15}a{0,15}$"]
)
def test_the_worst_that_is_let_through_ends(pattern: str) -> None:
    assert make_extract(pattern)("a" * (LONGEST_TEXT - 1) + "b") == ""


def test_only_the_beginning_of_a_text_is_looked_at() -> None:
    assert make_extract(r"\d")("x" * LONGEST_TEXT + "1") == ""


@given(st.text(string.ascii_lowercase[:3] + r"()[]{}*+?|\^$.-0123,:=!<>P", max_size=12))
def test_any_text_is_a_pattern_or_refused(pattern: str) -> None:
    try:
        extract = make_extract(pattern)
    except MappingError:
        return
    assert extract("abcabc-012") in "abcabc-012"
