import pytest

from openworklist.hl7.delimiters import STANDARD, Delimiters
from openworklist.hl7.escapes import UNKNOWN, escape, unescape


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("plain", "plain"),
        (r"a\F\b\S\c\T\d\R\e\E\f\P\g", r"a|b^c&d~e\f#g"),
        (r"one\.br\two\.sp\three", "one\ntwo\nthree"),
        (r"\.sp2\x\.sp+3\y\.ce\z", "\n\nx\n\n\ny\nz"),
        (r"\.in+4\\.ti-2\\.fi\text\.nf\\.sk3\.", "text   ."),
        (r"\H\loud\N\ and soft", "loud and soft"),
        ("\\X4869\\", "Hi"),
        ("\\X0D0A\\", "\r\n"),
        ("\\XC3A9\\", "é"),
    ],
)
def test_sequences_become_letters(text: str, letters: str) -> None:
    warnings: list[str] = []
    assert unescape(text, STANDARD, "utf_8", warnings) == letters
    assert warnings == []


def test_a_letter_may_be_spread_over_sequences_that_follow_each_other() -> None:
    warnings: list[str] = []
    assert unescape("M\\XC3\\\\XBC\\LLER\\XE5\\\\XB1B1\\", STANDARD, "utf_8", warnings) == "MüLLER山"
    assert warnings == []


def test_of_bytes_that_are_no_letters_together_those_stay_that_are_none_alone() -> None:
    warnings: list[str] = []
    assert unescape("\\X41\\\\XFF\\\\X42\\C", STANDARD, "utf_8", warnings) == "A\\XFF\\BC"
    assert warnings == [UNKNOWN]


@pytest.mark.parametrize(
    "text", [r"\Zmine\ a", r"\XZZ\ a", r"\XFF\ a", r"\.sp999\ a", "\\\\", r"\.qq\ ", r"\Q\F"]
)
def test_unknown_sequences_are_kept_and_told(text: str) -> None:
    warnings: list[str] = []
    assert unescape(text, STANDARD, "utf_8", warnings) == text
    assert warnings == [UNKNOWN]


@pytest.mark.parametrize("text", ["C:\\scans", "ends in \\", "\\"])
def test_a_lone_escape_character_is_a_letter(text: str) -> None:
    warnings: list[str] = []
    assert unescape(text, STANDARD, "utf_8", warnings) == text
    assert warnings == []


def test_the_bytes_of_an_escape_are_in_the_character_set_of_the_message() -> None:
    assert unescape("\\XE9\\", STANDARD, "latin_1", []) == "é"


def test_a_message_without_escape_character_has_no_escapes() -> None:
    assert unescape("\\F\\", STANDARD._replace(escape=""), "utf_8", []) == "\\F\\"
    assert escape("a|b^c", STANDARD._replace(escape="")) == "a b c"


def test_what_was_escaped_comes_back() -> None:
    delimiters = Delimiters("|", "^", "~", "\\", "&", "#")
    text = "a|b^c~d\\e&f#g\nh"
    escaped = escape(text, delimiters)
    assert escaped == r"a\F\b\S\c\R\d\E\e\T\f\P\g\.br\h"
    assert unescape(escaped, delimiters, "utf_8", []) == text
