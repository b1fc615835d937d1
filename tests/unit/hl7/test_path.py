import pytest

from openworklist.domain.errors import MessageError
from openworklist.hl7.path import Path, parse_path


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("PID-3", Path("PID", 3)),
        ("OBR-4.2", Path("OBR", 4, 2)),
        ("PID-3.4.1", Path("PID", 3, 4, 1)),
        ("PID-3(2)", Path("PID", 3, repetition=2)),
        ("PID-3(2).4.1", Path("PID", 3, 4, 1, repetition=2)),
        ("OBX[3]-5.1", Path("OBX", 5, 1, occurrence=3)),
        ("ZDS-1", Path("ZDS", 1)),
        ("PV1-19", Path("PV1", 19)),
    ],
)
def test_a_path_is_read_and_written_as_people_write_it(text: str, path: Path) -> None:
    assert parse_path(text) == path
    assert str(path) == text


@pytest.mark.parametrize(("text", "short"), [("PID-5.0", "PID-5"), ("PID[0]-5(0).0.0", "PID-5")])
def test_a_zero_is_nothing_said(text: str, short: str) -> None:
    assert parse_path(text) == parse_path(short)
    assert str(parse_path(text)) == short


@pytest.mark.parametrize(
    "text",
    ["", "PID", "PID-", "PID-0", "PID-00", "pid-3", "PI-3", "PIDX-3", "1ID-3", "PID-3.", "PID-3.1.1.1",
     "PID-3()", "PID[]-3", "PID-3 ", " PID-3", "PID-3\n", "PID-٣", "PID-12345", "PID.3", "PID-3-1"],
)  # fmt: skip
def test_anything_else_is_refused_with_how_to_write_it(text: str) -> None:
    with pytest.raises(MessageError, match="no place in a message") as caught:
        parse_path(text)
    assert caught.value.where == text
    assert "OBR-4.2" in caught.value.hint
