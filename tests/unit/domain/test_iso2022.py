"""Text that switches sets. Python's own ISO 2022 codecs are the judges where they know the sets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openworklist.domain.charset import Charset, from_hl7
from openworklist.domain.errors import CharsetError
from openworklist.domain.iso2022 import decode, has_designation


def charset(name: str) -> Charset:
    found = from_hl7(name)
    assert found is not None
    return found


ASCII, LATIN_1, ROMAJI = charset("ASCII"), charset("8859/1"), charset("ISO IR14")
KOREAN, CHINESE, GREEK = charset("KS X 1001"), charset("GB2312"), charset("8859/7")


@pytest.mark.parametrize(
    ("raw", "first", "text"),
    [
        (b"Yamada^\x1b$B;3ED\x1b(B^X", ASCII, "Yamada^山田^X"),
        (b"\xd4\xcf\xc0\xde^\x1b$B;3ED\x1b(J^X", ROMAJI, "ﾔﾏﾀﾞ^山田^X"),
        (b"\x1b)I\xd4\xcf", ASCII, "ﾔﾏ"),
        (b"\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7", ASCII, "洪^吉洞"),
        (b"\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab", ASCII, "张^小东"),
        (b"\x1b$(D\x30\x21\x1b(B", ASCII, "丂"),
        (b"\x1b$@;3ED\x1b(B and \x1b$(B;3ED\x1b(B", ASCII, "山田 and 山田"),
        (b"M\xfcller \x1b-F\xc1\xed\xed\xe1 \x1b-A\xfc", LATIN_1, "Müller Αννα ü"),
        (b"\x1b$B;3ED\x1b(B \xc1\xed\xed\xe1", GREEK, "山田 Αννα"),
    ],
)
def test_each_designation_changes_what_the_bytes_mean(raw: bytes, first: Charset, text: str) -> None:
    assert has_designation(raw)
    assert decode(raw, first) == text


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\n\r\n"])
def test_a_line_begins_anew_whatever_its_sender_forgot(end: bytes) -> None:
    raw = b"\x1b$B;3ED" + end + b"PV1|M\xfcller"
    assert decode(raw, LATIN_1) == "山田" + end.decode() + "PV1|Müller"


def test_a_row_that_came_late_to_jis_is_read() -> None:
    assert decode(b"\x1b$B-!;3\x1b(B", ASCII) == "①山"


def test_a_space_among_kanji_is_a_space() -> None:
    assert decode(b"\x1b$B;3 ED\x1b(B", ASCII) == "山 田"


@pytest.mark.parametrize(
    ("raw", "first", "offset", "byte"),
    [
        (b"abc\x1b$B;3E\x1b(B", ASCII, 8, 0x45),  # half a letter
        (b"\x1b$)C\xfb", ASCII, 4, 0xFB),
        (b"ok\x1b$)C\xff\xff", ASCII, 6, 0xFF),
        (b"\x1b(B\xe4", ASCII, 3, 0xE4),
        (b"\x1b-F\xff", LATIN_1, 3, 0xFF),
    ],
)
def test_a_byte_that_is_no_letter_is_told_with_its_place(
    raw: bytes, first: Charset, offset: int, byte: int
) -> None:
    with pytest.raises(CharsetError) as caught:
        decode(raw, first)
    assert f"0x{byte:02X} at offset {offset} " in caught.value.sentence


@pytest.mark.parametrize("raw", [b"", b"plain", b"\x1b", b"\x1b[2J", b"\x1b$Z", b"\xff"])
def test_an_escape_that_designates_nothing_is_none(raw: bytes) -> None:
    assert not has_designation(raw)


# Romaji's yen and overline have the bytes of a backslash and a tilde, and are read as these: in HL7 and in
# DICOM they separate, whatever was designated.
letters = st.text(
    st.characters(codec="iso2022_jp", exclude_categories=["Cc"], exclude_characters="\\~¥‾"), max_size=30
)


def test_delimiters_are_delimiters_behind_romaji_too() -> None:
    assert decode(b"\x1b$B;3ED\x1b(J~a\\b", ROMAJI) == "山田~a\\b"


@given(letters)
def test_what_python_writes_as_japanese_is_read(text: str) -> None:
    assert decode(text.encode("iso2022_jp"), ASCII) == text


@given(
    st.text(
        st.characters(codec="euc_kr", exclude_categories=["Cc"], exclude_characters="\u3164"), max_size=30
    )
)
def test_korean_is_that_of_euc_kr_behind_its_designation(text: str) -> None:
    assert decode(b"\x1b$)C" + text.encode("euc_kr"), ASCII) == text


pieces = st.sampled_from(
    [b"\x1b$B", b"\x1b(B", b"\x1b$)C", b"\x1b$)A", b"\x1b(J", b"\x1b-F", b"\x1b$(D", b"a", b"\xb0\xa1", b"\r"]
)


@given(
    st.binary(max_size=60) | st.lists(pieces, max_size=12).map(b"".join),
    st.sampled_from([ASCII, LATIN_1, ROMAJI, KOREAN, CHINESE]),
)
def test_any_bytes_are_text_or_our_own_error(raw: bytes, first: Charset) -> None:
    try:
        text = decode(raw, first)
    except CharsetError:
        return
    assert len(text) <= len(raw)
