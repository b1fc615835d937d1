"""Text of other nodes, by the bytes of the standard's own examples and by those that break its rules."""

import pytest
from pydicom.charset import decode_bytes, encode_string

from openworklist.dicom.letters import find_letters

GOOD = {
    # PS3.5 H.3.1 and H.3.2
    "japanese": (
        "\\ISO 2022 IR 87",
        b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B",
        "Yamada^Tarou=山田^太郎=やまだ^たろう",
    ),
    "katakana": (
        "ISO 2022 IR 13\\ISO 2022 IR 87",
        b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J=\x1b$B$d$^$@\x1b(J^\x1b$B$?$m$&\x1b(J",
        "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう",
    ),
    # PS3.5 I.2
    "korean": (
        "\\ISO 2022 IR 149",
        b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf",
        "Hong^Gildong=洪^吉洞=홍^길동",
    ),
    # PS3.5 J.3
    "gb18030": (
        "GB18030",
        b"Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab=",
        "Wang^XiaoDong=王^小东=",
    ),
    "utf-8": ("ISO_IR 192", "Wang^XiaoDong=王^小東".encode(), "Wang^XiaoDong=王^小東"),
    "gbk with 5E in a letter": ("GBK", "躘^王".encode("gbk"), "躘^王"),
    # Behind a delimiter the first set is in force again, whatever was designated (PS3.5 6.1.2.5.3).
    "reset": (
        "ISO 2022 IR 100\\ISO 2022 IR 144",
        b"\x1b-L" + "Иван".encode("iso8859_5") + b"^M\xfcller",
        "Иван^Müller",
    ),
    "latin 9": ("ISO_IR 203", b"\xa4uro", "€uro"),
    "greek": ("ISO_IR 126", "Διονυσιος".encode("iso8859_7"), "Διονυσιος"),
}  # fmt: skip


@pytest.mark.parametrize(("terms", "raw", "text"), GOOD.values(), ids=GOOD)
def test_names_are_read_as_they_were_written(terms: str, raw: bytes, text: str) -> None:
    assert find_letters(terms).read(raw, "PN") == (text, True)


@pytest.mark.parametrize("name", ["japanese", "katakana", "korean", "gb18030", "utf-8", "greek"])
def test_pydicom_reads_the_same(name: str) -> None:
    terms, raw, text = GOOD[name]
    from pydicom.charset import convert_encodings

    decoded = decode_bytes(raw, convert_encodings(terms.split("\\")), set(b"^=\\"))
    assert decoded == text


@pytest.mark.parametrize(
    ("terms", "raw", "text"),
    [
        ("", "Müller".encode(), "Müller"),
        ("", b"M\xfcller", "Müller"),
        ("ISO_IR 6", b"M\xfcller", "Müller"),
        ("ISO_IR 999", b"M\xfcller", "Müller"),
        ("", b"\x1b$B;3ED\x1b(B", "山田"),  # designated though not named
    ],
)
def test_what_names_no_set_is_guessed(terms: str, raw: bytes, text: str) -> None:
    letters = find_letters(terms)
    assert letters.read(raw, "PN") == (text, True)
    assert letters.first is None
    assert bool(letters.remark) == (terms == "ISO_IR 999")


def test_a_site_says_what_is_taken_where_none_is_named() -> None:
    raw = "Иван".encode("iso8859_5")
    assert find_letters("", "ISO_IR 144").read(raw, "PN") == ("Иван", True)
    assert find_letters("ISO_IR 999", "ISO_IR 144").read(raw, "PN") == ("Иван", True)
    assert find_letters("ISO_IR 100", "ISO_IR 144").read(b"\xfc", "PN") == ("ü", True)


def test_an_item_is_read_by_its_own_set_or_that_of_what_it_is_in() -> None:
    outer = find_letters("ISO_IR 144")
    assert find_letters("", "", outer) is outer
    assert find_letters("ISO_IR 100", "", outer).read(b"\xfc", "LO") == ("ü", True)


@pytest.mark.parametrize(
    ("terms", "raw", "text"),
    [
        ("ISO_IR 192", b"M\xfcller", "M\ufffdller"),
        ("GB18030", b"\xcd\xf5\xff A", "王\ufffd A"),
        ("\\ISO 2022 IR 87", b"\x1b$B;3E\x1b(B", "山\ufffd"),
        ("ISO 2022 IR 100", b"A\x1b(ZB", "A\ufffd(ZB"),  # a designation that nobody knows
        ("ISO_IR 127", b"\xfe", "\ufffd"),
    ],
)
def test_bytes_that_are_no_letters_are_replaced_and_told(terms: str, raw: bytes, text: str) -> None:
    read, is_whole = find_letters(terms).read(raw, "LO")
    assert not is_whole
    assert "\ufffd" in read
    assert read[0] == text[0]


def test_controls_of_the_upper_half_are_letters_of_the_code_page() -> None:
    assert find_letters("ISO_IR 100").read(b"\x80uro", "LO") == ("€uro", True)


@pytest.mark.parametrize(
    "terms", ["", "ISO_IR 100", "ISO_IR 192", "GB18030", "\\ISO 2022 IR 87\\ISO 2022 IR 159"]
)
def test_no_bytes_are_an_error(terms: str) -> None:
    letters = find_letters(terms)
    for number in range(0, 65_536, 7):
        raw = number.to_bytes(2, "big") + b"\x1b$" + number.to_bytes(2, "little") + b"\x1b"
        letters.read(raw, "PN")
        letters.read(raw, "LT")


def test_what_pydicom_writes_is_read() -> None:
    text = "Müller^Ян=山田"
    raw = encode_string(text, ["utf8"])
    assert find_letters("ISO_IR 192").read(raw, "PN") == (text, True)
