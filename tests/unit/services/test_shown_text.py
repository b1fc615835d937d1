import pytest

from openworklist.services.shown_text import Run, show, show_both, to_plain


def marked(left: str, right: str) -> tuple[str, str]:
    """Both texts with what differs in brackets."""
    own, other = (
        "".join(f"[{run.text}]" if run.is_marked else run.text for run in runs)
        for runs in show_both(left, right, 500)
    )
    return own, other


def test_a_plain_text_is_one_run() -> None:
    assert show("DOE^JOHN", 100) == [Run("DOE^JOHN")]
    assert show("", 100) == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\rb", "a<CR>b"),
        ("a\nb", "a<LF>b"),
        ("\x1b[2J", "<ESC>[2J"),
        ("\x7f\x85", "<U+007F><U+0085>"),
        ("\u202e123\u202c", "<U+202E>123<U+202C>"),
        ("a\u2066b\u2069", "a<U+2066>b<U+2069>"),
        ("a\u200bb\ufeff", "a<U+200B>b<U+FEFF>"),
        ("a\u00a0b", "a<U+00A0>b"),
        ("a\u2028b", "a<U+2028>b"),
        ("\ud800", "<U+D800>"),
        (" a b ", "<SP>a b<SP>"),
        ("  ", "<SP><SP>"),
    ],
)
def test_what_cannot_be_seen_is_shown_by_a_sign(text: str, shown: str) -> None:
    assert to_plain(show(text, 100)) == shown


@pytest.mark.parametrize("text", ["山田　太郎", "می\u200cخواهم", "क्\u200dष", "שלום", "é", "𝛼"])
def test_letters_of_every_script_are_shown_as_they_are(text: str) -> None:
    assert show(text, 100) == [Run(text)]


@pytest.mark.parametrize(
    ("left", "right", "shown"),
    [
        ("19700131", "19700113", ("197001[31]", "197001[13]")),
        ("CT head", "CT head and neck", ("CT head", "CT head[ and neck]")),
        ("on Monday at 9", "on Friday at 9", ("on [Mon]day at 9", "on [Fri]day at 9")),
        ("a b c", "a x c", ("a [b] c", "a [x] c")),
        ("same", "same", ("same", "same")),
        ("CT", "MR", ("[CT]", "[MR]")),
        ("iodine", "second line", ("[iodine]", "[second line]")),
        ("aa", "aaa", ("aa", "aa[a]")),
    ],
)
def test_what_differs_is_marked_on_both_sides(left: str, right: str, shown: tuple[str, str]) -> None:
    assert marked(left, right) == shown


def test_a_mark_is_not_torn_from_its_letter() -> None:
    assert marked("Jose", "Jose\u0301") == ("Jos[e]", "Jos[e\u0301]")
    assert marked("e\u0301x", "e\u0300x") == ("[e\u0301]x", "[e\u0300]x")


def test_a_joiner_that_makes_the_difference_is_shown() -> None:
    own, other = show_both("می\u200cخواهم", "میخواهم", 100)
    assert "<U+200C>" in to_plain(own)
    assert "<U+200C>" not in to_plain(other)


def test_long_texts_are_cut_at_their_end() -> None:
    assert show("x" * 30, 10) == [Run("x" * 10), Run("… 20 more", is_sign=True)]


def test_long_texts_are_shown_around_their_first_difference() -> None:
    own, other = show_both("x" * 1000 + "A" + "y" * 1000, "x" * 1000 + "B", 30)
    assert to_plain(own) == f"<… 990 before>{'x' * 10}A{'y' * 19}<… 981 more>"
    assert to_plain(other) == f"<… 990 before>{'x' * 10}B"
    assert [run.text for run in other if run.is_marked] == ["B"]


def test_a_text_that_ends_before_the_other_differs_is_cut_too() -> None:
    own, other = show_both("a", "a" + " b" * 2000, 10)
    assert to_plain(own) == "a"
    assert to_plain(other).endswith(" more>")
