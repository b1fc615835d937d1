"""Letters that a set lacks, in those that it has."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openworklist.domain.transliteration import transliterate


def in_ascii(letter: str) -> bool:
    return letter <= "\x7f"


def of(codec: str) -> Callable[[str], bool]:
    return lambda letter: bool(letter.encode(codec, "ignore"))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("Müller Straße STRAßE", "Muller Strasse STRASSE"),
        ("Łódź ĐOKOVIĆ Ærø Þór", "Lodz DOKOVIC Aero Thor"),
        ("Nguyễn Thị Ơ", "Nguyen Thi O"),
        ("Ştefan Țîru", "Stefan Tiru"),
        ("e\u0301", "e"),
        ("ИВАНОВ^ПЁТР ЩУКА Щука Юлія", "IVANOV^PETR SHCHUKA Shchuka Iuliia"),
        ("ΠΑΠΑΔΟΠΟΎΛΟΥ^ΕΛΈΝΗ", "PAPADOPOULOU^ELENI"),
        ("Ευάγγελος Παπαϋιάννου", "Evangelos Papayiannou"),
        ("やまだ^たろう しゃしん がっこう ﾔﾏﾀﾞ", "yamada^tarou shashin gakkou yamada"),
        ("５ “x” – …", '5 "x" - ...'),
        ("٣", "3"),
        # What would be another dose or number.
        ("5 μg 5 µg", "5 ug 5 ug"),
        ("1½ ½ 10² m² ①", "1 1/2 1/2 10? m2 (1)"),
        ("山田 김 \ud800", "?? ? ?"),
        ("＝＾＼≤", "????"),
    ],
)
def test_in_ascii(text: str, written: str) -> None:
    assert transliterate(text, in_ascii, "\\^=") == written


@pytest.mark.parametrize(
    ("text", "codec", "written"),
    [
        ("Nguyễn Łódź", "latin_1", "Nguyên Lódz"),
        ("Țîru", "iso8859_2", "Ţîru"),
        ("Ǿre", "latin_1", "Øre"),
        ("ᾶ Ж", "iso8859_7", "α Zh"),
        ("3 ≤ 5", "latin_1", "3 <= 5"),
    ],
)
def test_the_nearest_letter_that_the_set_has(text: str, codec: str, written: str) -> None:
    assert transliterate(text, of(codec)) == written


def test_kana_stay_kana_where_there_are_some() -> None:
    assert transliterate("がっこう キャ", lambda letter: "\uff61" <= letter <= "\uff9f") == "ｶﾞｯｺｳ ｷｬ"
    assert transliterate("ﾔﾏﾀﾞ", lambda letter: "\u3041" <= letter <= "\u30ff") == "ヤマダ"


@given(st.text(max_size=40), st.sampled_from(["ascii", "latin_1", "iso8859_7", "gb2312", "tis_620"]))
def test_whatever_comes_can_be_held_and_separates_nothing(text: str, codec: str) -> None:
    can_hold = of(codec)
    written = transliterate(text, can_hold, "\\^=")
    assert all(letter <= "\x7f" or can_hold(letter) for letter in written)
    for delimiter in "\\^=":
        if delimiter not in text:
            assert delimiter not in written
