import pytest

from openworklist.domain.errors import MessageError
from openworklist.hl7.delimiters import STANDARD, Delimiters, read_delimiters


def test_the_usual_header() -> None:
    assert read_delimiters("|", "^~\\&") == STANDARD == Delimiters("|", "^", "~", "\\", "&", "")


def test_the_truncation_character_of_v2_7() -> None:
    assert read_delimiters("|", "^~\\&#").truncation == "#"


@pytest.mark.parametrize(
    ("encoding", "delimiters"),
    [
        ("^~&", Delimiters("|", "^", "~", "", "&")),
        ("^~_&", Delimiters("|", "^", "~", "\\", "&")),
        ("^~\\\\&", Delimiters("|", "^", "~", "\\", "&")),
        ("^&", Delimiters("|", "^", "", "", "&")),
        ("^", Delimiters("|", "^", "", "", "")),
        ("@~&", Delimiters("|", "@", "~", "", "&")),
        ("", STANDARD),
        ("ABC", STANDARD),
    ],
)
def test_misprints_mean_what_their_sender_does(encoding: str, delimiters: Delimiters) -> None:
    assert read_delimiters("|", encoding) == delimiters


def test_letters_of_ones_own_take_the_roles_in_their_order() -> None:
    assert read_delimiters("$", "%*!@") == Delimiters("$", "%", "*", "!", "@")
    # An underscore is a delimiter where the backslash has a role of its own.
    assert read_delimiters("|", "\\~_&") == Delimiters("|", "\\", "~", "_", "&")


def test_a_usual_letter_that_separates_fields_has_no_other_role() -> None:
    found = read_delimiters("^", "")
    assert found.field == "^"
    assert found.component == ""
    assert found.repetition == "~"


@pytest.mark.parametrize("field", ["", "A", "7", " ", "\t", "\r", "\x00", "||"])
def test_what_cannot_separate_is_told(field: str) -> None:
    with pytest.raises(MessageError) as caught:
        read_delimiters(field, "^~\\&")
    assert caught.value.where == "MSH-1"
