import pytest

from openworklist.hl7.ack import acknowledge, read_header, split_answers
from openworklist.hl7.message import parse
from openworklist.hl7.modes import check, wanted


def header(accept: str = "", application: str = "") -> str:
    return f"MSH|^~\\&|HIS|CLINIC|OWL|RAD|20260314||ORM^O01|M1|P|2.5.1|||{accept}|{application}\r"


def codes(accept: str, application: str, code: str, condition: int = 0) -> str:
    return " ".join(wanted(read_header(header(accept, application), "ascii"), code, condition))


# MSH-15, MSH-16, and what is answered: to what was taken, to wrong content, to a type that is not taken,
# to what could not be stored.
ANSWERS = [
    ("", "", "AA", "AE", "AR", "AR"),
    ("NE", "AL", "AA", "AE", "AR", "AR"),
    ("AL", "AL", "CA AA", "CA AE", "CR", "CE"),
    ("AL", "NE", "CA", "CE", "CR", "CE"),
    ("AL", "ER", "CA", "CA AE", "CR", "CE"),
    ("AL", "SU", "CA AA", "CE", "CR", "CE"),
    ("ER", "AL", "AA", "AE", "CR", "CE"),
    ("ER", "NE", "", "CE", "CR", "CE"),
    ("ER", "ER", "", "AE", "CR", "CE"),
    ("ER", "SU", "AA", "CE", "CR", "CE"),
    ("SU", "AL", "CA AA", "CA AE", "AR", "AR"),
    ("SU", "NE", "CA", "", "", ""),
    ("SU", "ER", "CA", "CA AE", "AR", "AR"),
    ("SU", "SU", "CA AA", "", "", ""),
    ("NE", "NE", "", "", "", ""),
    ("NE", "ER", "", "AE", "AR", "AR"),
    ("NE", "SU", "AA", "", "", ""),
    # One of the two is empty.
    ("AL", "", "CA", "CE", "CR", "CE"),
    ("ER", "", "AA", "AE", "CR", "CE"),
    ("SU", "", "CA AA", "CA AE", "AR", "AR"),
    ("NE", "", "AA", "AE", "AR", "AR"),
    ("", "AL", "AA", "AE", "AR", "AR"),
    ("", "NE", "", "", "", ""),
]


@pytest.mark.parametrize(("accept", "application", "taken", "wrong", "untaken", "unstored"), ANSWERS)
def test_what_is_answered_to_each_pair_of_conditions(
    accept: str, application: str, taken: str, wrong: str, untaken: str, unstored: str
) -> None:
    assert codes(accept, application, "AA") == taken
    assert codes(accept, application, "AE", 101) == wrong
    assert codes(accept, application, "AR", 200) == untaken
    assert codes(accept, application, "AR", 207) == unstored


def test_a_value_that_is_none_of_the_table_is_read_as_always_with_a_warning() -> None:
    assert codes("Y", "NE", "AA") == "CA"
    assert codes(" al ", "ne", "AA") == "CA"
    (warning,) = check(read_header(header("Y", "NE"), "ascii"))
    assert "MSH-15" in warning
    assert check(read_header(header("al", ""), "ascii")) == check(read_header(header(), "ascii")) == ()


def test_an_acknowledgement_of_enhanced_mode_asks_for_none() -> None:
    def answer(text: str) -> str:
        raw = acknowledge(read_header(text, "ascii"), "CA", now="2026", control_id="A1")
        return parse(raw.decode()).get("MSH-15") + parse(raw.decode()).get("MSH-16")

    assert answer(header("AL", "AL")) == "NENE"
    assert answer(header("", "AL")) == "NENE"
    assert answer(header()) == ""


def test_answers_that_follow_each_other_are_told_apart() -> None:
    text = header("AL", "AL").replace("HIS", "\\rMSH")
    one, other = (
        acknowledge(read_header(text, "ascii"), code, now="2026", control_id="A1") for code in ("CA", "AA")
    )
    assert split_answers(one + other) == [one, other]
    assert split_answers(one) == [one]
    assert split_answers(b"") == []
