"""Pixels behind a head."""

import pytest

from openworklist.domain.errors import PictureError
from openworklist.services.pictures.uncompressed import join_bits, write_pixels


def test_an_odd_length_is_padded() -> None:
    pieces = list(write_pixels(b"head", [b"abc", b"de"], tag=0x7FE0_0010, vr="OB", length=5))
    assert b"".join(pieces) == b"head\xe0\x7f\x10\0OB\0\0\6\0\0\0abcde\0"


@pytest.mark.parametrize("length", [4, 6])
def test_another_length_is_an_error(length: int) -> None:
    with pytest.raises(PictureError):
        list(write_pixels(b"head", [b"abc", b"de"], tag=0x7FE0_0010, vr="OB", length=length))


def test_bits_leave_no_gap() -> None:
    assert b"".join(join_bits([b"\xff\x01", b"\x00\x00", b"\xff\xff"], 9)) == b"\xff\x01\xfc\x07"
    assert b"".join(join_bits([b"\x0f", b"\xf0"], 8)) == b"\x0f\xf0"
