"""The bytes are those that GNU iconv and ICU write as EUC-TW."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openworklist.domain import cns11643

assert cns11643.NAME == "euc_tw"  # registered as a codec by its import


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("許^功蓋", "ddc2 5e c5fc eae4"),
        ("王小東", "c5de c4d1 cea9"),
        ("游錫", "e0ac f2e6"),
        ("鑫‧", "8ea2f0d8 a1a6"),  # plane 2, and the point within names of peoples who have no ideographs
        ("彞龜", "f6c1 f3bf"),
        ("一籲", "c4a1 fdcb"),  # the first and the last of plane 1
        ("乂龘", "8ea2a1a1 8ea2f2c4"),  # and of plane 2
    ],
)
def test_letters_of_both_planes_are_read_and_written(text: str, written: str) -> None:
    raw = bytes.fromhex(written)
    assert (raw.decode("euc_tw"), text.encode("euc_tw")) == (text, raw)


def test_letters_that_it_lacks_are_not_written() -> None:
    for text in ("é", "堃", "彝"):
        with pytest.raises(UnicodeEncodeError):
            text.encode("euc_tw")


def test_every_ideograph_of_big5_has_its_place() -> None:
    found = 0
    for row in (*range(0xA4, 0xC7), *range(0xC9, 0xFA)):
        for column in (*range(0x40, 0x7F), *range(0xA1, 0xFF)):
            try:
                letter = bytes((row, column)).decode("big5")
            except UnicodeDecodeError:
                continue
            # One ideograph of Big5 is another in CNS 11643.
            if "\u4e00" <= letter <= "\u9fff" and letter != "彝":
                assert letter.encode("euc_tw").decode("euc_tw") == letter
                found += 1
    assert found == 5_400 + 7_650


def test_plane_1_may_be_written_with_its_number() -> None:
    assert bytes.fromhex("8ea1c5de").decode("euc_tw") == "王"


@pytest.mark.parametrize("raw", ["ff", "c5", "8ea2f0", "8ea3b4f6", "a2ff", "80"])
def test_what_is_no_letter_is_told_with_its_place(raw: str) -> None:
    with pytest.raises(UnicodeDecodeError) as caught:
        (b"ok" + bytes.fromhex(raw)).decode("euc_tw")
    assert caught.value.start == 2


def test_letters_of_other_planes_are_replaced_one_by_one() -> None:
    # 游錫堃: the last is of plane 3.
    assert bytes.fromhex("8ea3b4f6c5de").decode("euc_tw", "replace") == "\ufffd王"
    assert "é王".encode("euc_tw", "replace") == b"?\xc5\xde"


@given(st.binary(max_size=40))
def test_what_is_read_is_written_as_it_was(raw: bytes) -> None:
    try:
        text = raw.decode("euc_tw")
    except UnicodeDecodeError:
        return
    assert text.encode("euc_tw") == raw.replace(b"\x8e\xa1", b"")


def test_it_is_known_by_its_usual_name() -> None:
    assert codecs.lookup("EUC-TW").name == "euc_tw"
