import pytest

from openworklist.services.doctor.bytewords import describe_bytes, dump, letter_of


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\r", "1 byte, 0x0D (CR)"),
        (b"\x0bM ", "3 bytes, 0x0B (VT) 0x4D (M) 0x20 (SP)"),
        (b"\x7f\xff", "2 bytes, 0x7F (DEL) 0xFF (.)"),
        (b"a" * 9, "9 bytes, " + "0x61 (a) " * 8 + "…"),
    ],
)
def test_bytes_are_described(data: bytes, words: str) -> None:
    assert describe_bytes(data) == words


def test_every_byte_has_a_letter_or_a_name() -> None:
    assert [letter_of(byte) for byte in (0, 0x0B, 0x0D, 0x10, 0x1B, 0x1C, 0x1F)] == [
        "NUL", "VT", "CR", "DLE", "ESC", "FS", "US",
    ]  # fmt: skip
    assert all(letter_of(byte).isprintable() and letter_of(byte) for byte in range(256))


def test_a_dump_has_offset_digits_and_letters() -> None:
    assert dump(b"\x0bMSH|^~\\&|RIS|H \r\x1c\r", 0x100) == [
        "00000100  0B 4D 53 48 7C 5E 7E 5C  26 7C 52 49 53 7C 48 20  <VT>MSH|^~\\&|RIS|H ",
        "00000110  0D 1C 0D                                          <CR><FS><CR>",
    ]
