import pytest

from openworklist.hl7.lines import cut, first


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("MSH|a\rPID|b\r", ["MSH|a", "PID|b"]),
        ("MSH|a\nPID|b\n", ["MSH|a", "PID|b"]),
        ("MSH|a\r\nPID|b\r\n\r\n", ["MSH|a", "PID|b"]),
        ("MSH|a\r\r\n\nPID|b", ["MSH|a", "PID|b"]),
        ("MSH|a\nPID|b\rPV1|c\r\nPV2|d", ["MSH|a", "PID|b", "PV1|c", "PV2|d"]),
        ("MSH|a\rPID|b\n\nPV1|c\n", ["MSH|a", "PID|b", "PV1|c"]),
    ],
)
def test_any_line_end_ends_a_segment(text: str, segments: list[str]) -> None:
    assert cut(text, "|").texts == segments
    assert not cut(text, "|").was_wrapped


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("MSH|a\nbc\nPID|d\n\n \ne\nf", ["MSH|abc", "PID|def"]),
        ("MSH|a\rbc\rPID|d\re\r\rf\r", ["MSH|abc", "PID|def"]),
        ("MSH|a\r\nbc\r\nPID|d\r\n", ["MSH|abc", "PID|d"]),
        ("MSH|a\r\nMRI\r\nPVX\r\nPV1\r\n", ["MSH|aMRIPVX", "PV1"]),
        ("MSH|a\nPID|b\nPV1 of it\n", ["MSH|a", "PID|bPV1 of it"]),
        ("MSH|a\nPI|b\npid|c\n1ID|d\nPIDX|e\n", ["MSH|aPI|bpid|c1ID|dPIDX|e"]),
    ],
)
def test_a_line_that_begins_no_segment_continues_one(text: str, segments: list[str]) -> None:
    assert cut(text, "|").texts == segments
    assert cut(text, "|").was_wrapped


def test_an_indented_segment_is_one_but_an_indented_name_is_a_word() -> None:
    assert cut("MSH|a\n\t PID|b\n  PV1\n", "|").texts == ["MSH|a", "PID|b  PV1"]


def test_a_segment_may_be_a_name_alone() -> None:
    assert cut("MSH|a\rPV1\rPV2  \rOBR|1", "|").texts == ["MSH|a", "PV1", "PV2  ", "OBR|1"]
    assert cut("MSH|a\nPV1\nPV2  \nOBR|1", "|").texts == ["MSH|a", "PV1", "PV2  ", "OBR|1"]


def test_a_lone_line_feed_is_text_where_segments_end_in_carriage_returns() -> None:
    assert cut("MSH|a\rNTE|one\n\ntwo\nthree\rPV1", "|").texts == ["MSH|a", "NTE|one\n\ntwo\nthree", "PV1"]


def test_the_line_ends_are_told() -> None:
    assert cut("MSH|a\r\nPV1", "|")[1:3] == ("\r\n", "")
    assert cut("MSH|a\nPV1\n", "|")[1:3] == ("\n", "\n")
    assert cut("MSH|a", "|")[1:3] == ("\r", "")


@pytest.mark.parametrize("text", ["MSH|ab", "MSH|a\nb\nPID|x", "MSH|a\rb\rPID|x\r", "MSH|a\r\nb\r\n  PID|x"])
def test_the_first_segment_is_joined(text: str) -> None:
    assert first(text, "|") == "MSH|ab"


def test_the_separator_is_that_of_the_message() -> None:
    assert cut("MSH.a\nPID.b\nPID|c", ".").texts == ["MSH.a", "PID.bPID|c"]
