"""Messages between the server and a process, and what is none."""

import io
from struct import pack

import pytest

from openworklist.domain.errors import PictureError
from openworklist.services.pictures.wire import receive, send, to_error, to_values


def test_there_and_back() -> None:
    pipe = io.BytesIO()
    send(pipe, {"do": "render", "path": "ä", "window": None}, b"bytes")
    send(pipe, {})
    pipe.seek(0)
    assert receive(pipe) == ({"do": "render", "path": "ä", "window": None}, b"bytes")
    assert receive(pipe) == ({}, b"")
    assert receive(pipe) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\1\0",
        pack("<II", 5, 0) + b"{}",
        pack("<II", 2, 9) + b"{}",
        pack("<II", 2, 0) + b"[]",
        pack("<II", 2, 0) + b"{x",
        pack("<II", 2, 0) + b"\xff\xff",
        pack("<II", 0xFFFF_FFFF, 0),
        pack("<II", 2, 0xFFFF_FFFF) + b"{}",
    ],
)
def test_what_is_no_message(data: bytes) -> None:
    assert receive(io.BytesIO(data)) is None


def test_an_error_arrives_whole() -> None:
    error = PictureError("No.", where="(7FE0,0010)", hint="yes", code="picture.too-large")
    assert str(to_error(to_values(error))) == str(error)
