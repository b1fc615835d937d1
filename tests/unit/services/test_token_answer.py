"""What a HIS is told, to the byte, in the character sets that there are."""

import pytest

from openworklist.domain.study import Study
from openworklist.services.token_answer import Wording, order_studies


def tell(charset: str, description: str, date: str = "20190603") -> bytes:
    study = Study("1.2.3", {"study_date": date, "study_description": description}, (), 1, 1)
    return Wording(charset).tell_patient([study], {"1.2.3": "T" * 64})


@pytest.mark.parametrize(
    ("charset", "description", "written"),
    [
        ("8859/1", "THORAX", b"THORAX"),
        ("8859/1", "Sch\u00e4del", b"Sch\xe4del"),
        (
            "8859/7",
            "\u0398\u03ce\u03c1\u03b1\u03ba\u03b1\u03c2",
            "\u0398\u03ce\u03c1\u03b1\u03ba\u03b1\u03c2".encode("iso8859_7"),
        ),
        ("8859/1", "\u0398\u03ce\u03c1\u03b1\u03ba\u03b1\u03c2", b"Thorakas"),
        ("8859/1", "\u80f8\u90e8", b"??"),
        ("ASCII", "Sch\u00e4del", b"Schadel"),
        ("UNICODE UTF-8", "\u80f8\u90e8", "\u80f8\u90e8".encode()),
        ("ISO IR87", "\u80f8\u90e8", "\u80f8\u90e8".encode()),
        ("ISO IR87", "CHEST", b"CHEST"),
        ("8859/1", " a\rb\nc\x10d\x0be\x1cf\x85g\x7fh\x00i\u2028j ", b"abcdefghij"),
        ("8859/1", "", b" "),
        ("8859/1", "\r\r", b" "),
    ],
)
def test_a_description_on_the_wire(charset: str, description: str, written: bytes) -> None:
    assert tell(charset, description) == b"1.2.3\r20190603\r" + written + b"\r" + b"T" * 64 + b"\r"


@pytest.mark.parametrize(
    ("date", "written"),
    [
        ("20190603", b"20190603"),
        ("2019.06.03", b"20190603"),
        ("", b" "),
        ("2019", b" "),
        ("\u0661" * 8, b" "),
    ],
)
def test_a_date_on_the_wire(date: str, written: bytes) -> None:
    assert tell("8859/1", "A", date).split(b"\r")[1] == written


@pytest.mark.parametrize(
    ("charset", "query", "text"),
    [
        ("8859/1", b" P-1 \0", "P-1"),
        ("8859/1", b"M\xfc-1", "M\u00fc-1"),
        ("UNICODE UTF-8", "M\u00fc".encode(), "M\u00fc"),
        ("UNICODE UTF-8", b"M\xfc", "M\u00fc"),
        ("8859/7", b"\xc1", "\u0391"),
        ("8859/1", b"  ", ""),
    ],
)
def test_what_is_asked_for(charset: str, query: bytes, text: str) -> None:
    assert Wording(charset).read(query) == text


def test_the_order_of_studies_is_always_the_same() -> None:
    studies = [
        Study(uid, {"study_date": date, "study_time": time}, (), 1, 1)
        for uid, date, time in (
            ("3", "2020.01.01", ""),
            ("1", "20200101", ""),
            ("2", "20200101", "10"),
            ("4", "", ""),
        )
    ]
    assert [each.uid for each in order_studies(studies)] == ["2", "1", "3", "4"]
    assert order_studies(studies[::-1]) == order_studies(studies)
