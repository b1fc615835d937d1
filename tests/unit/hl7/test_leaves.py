import pytest

from openworklist.hl7.delimiters import STANDARD, read_delimiters
from openworklist.hl7.leaves import Leaf, Reader, format_leaves
from openworklist.hl7.message import parse

READER = Reader(STANDARD, "utf_8")


def test_a_field_is_its_values_and_their_places() -> None:
    assert READER.read("4711^^^HOSP&1.2~99") == (
        Leaf(1, 1, 1, "4711"),
        Leaf(1, 4, 1, "HOSP"),
        Leaf(1, 4, 2, "1.2"),
        Leaf(2, 1, 1, "99"),
    )


@pytest.mark.parametrize("text", ["", "^^", "~", "&^~"])
def test_delimiters_alone_say_nothing(text: str) -> None:
    assert READER.read(text) == ()


def test_letters_are_resolved_after_the_field_is_divided() -> None:
    assert READER.read("SMITH \\T\\ SON^A\\S\\B") == (Leaf(1, 1, 1, "SMITH & SON"), Leaf(1, 2, 1, "A^B"))


def test_other_delimiters_say_the_same() -> None:
    other = Reader(read_delimiters("#", "@%$!"), "utf_8")
    assert other.read("a@b!c%d$S$e") == (
        Leaf(1, 1, 1, "a"),
        Leaf(1, 2, 1, "b"),
        Leaf(1, 2, 2, "c"),
        Leaf(2, 1, 1, "d@e"),
    )
    assert format_leaves(other.read("a@b!c%d$S$e")) == "a^b&c~d@e"


@pytest.mark.parametrize("text", ["^^^x", "a~~b^c", "a^b&&c^d~e&f", "SMITH \\T\\ SON^x"])
def test_a_field_is_written_in_the_usual_delimiters(text: str) -> None:
    assert format_leaves(READER.read(text)) == text


def test_a_lone_value_stands_for_itself() -> None:
    assert format_leaves(READER.read("SMITH \\T\\ SON")) == "SMITH & SON"
    assert format_leaves(READER.read("a^^")) == "a"


def test_a_segment_is_read_by_number_and_its_delimiters_left_as_they_are() -> None:
    message = parse("MSH|^~\\&|A^B||\rPV1||I|\r")
    assert READER.read_segment(message.segments[0]) == (
        (),
        (Leaf(1, 1, 1, "|"),),
        (Leaf(1, 1, 1, "^~\\&"),),
        (Leaf(1, 1, 1, "A"), Leaf(1, 2, 1, "B")),
    )
    assert READER.read_segment(message.segments[1]) == ((), (), (Leaf(1, 1, 1, "I"),))
