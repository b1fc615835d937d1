"""Parts of a multipart body, however it is cut, and what is none."""

import pytest

from openworklist.clients.multipart import (
    MultipartReader,
    PartBegins,
    PartEnds,
    find_boundary,
    find_media_type,
)
from openworklist.domain.errors import PeerError

FIRST, SECOND = b"\r\n--\r\n--b\r-\n--boundarx\0\xff", b"second"
BODY = (
    b"a preamble\r\n--boundary \t\r\nContent-Type: Application/DICOM; x=y\r\n"
    b"Content-Length: 99999999999999\r\n\r\n"
    + FIRST
    + b"\r\n--boundary\r\n\r\n"
    + SECOND
    + b"\r\n--boundary--\r\nan epilogue"
)


def read(*pieces: bytes, boundary: str = "boundary") -> list[tuple[str, bytes]]:
    """Media type and content of each part."""
    reader = MultipartReader(boundary)
    found: list[tuple[str, bytes]] = []
    for piece in pieces:
        for event in reader.receive(piece):
            if isinstance(event, PartBegins):
                found.append((event.media_type, b""))
            elif isinstance(event, bytes):
                found[-1] = found[-1][0], found[-1][1] + event
            else:
                assert isinstance(event, PartEnds)
    reader.finish()
    return found


def test_parts_are_the_same_wherever_the_body_is_cut() -> None:
    whole = [("application/dicom", FIRST), ("", SECOND)]
    assert read(BODY) == whole
    assert read(*(BODY[at : at + 1] for at in range(len(BODY)))) == whole
    for cut in range(len(BODY)):
        assert read(BODY[:cut], BODY[cut:]) == whole


def test_a_body_may_begin_with_its_boundary_and_have_no_part() -> None:
    assert read(b"--boundary--") == []


def test_every_end_before_the_last_boundary_is_a_failure() -> None:
    whole = BODY.index(b"--boundary--") + len(b"--boundary--")
    for end in range(whole):
        with pytest.raises(PeerError) as caught:
            read(BODY[:end])
        assert caught.value.code == "archive.protocol"


def test_little_of_a_long_part_is_held_back() -> None:
    reader = MultipartReader("boundary")
    list(reader.receive(b"--boundary\r\n\r\n"))
    held = 0
    for _ in range(100):
        held += 65_536 - sum(len(each) for each in reader.receive(bytes(65_536)) if isinstance(each, bytes))
    assert held < 100


@pytest.mark.parametrize(
    "body",
    [
        b"x" * 20_000,
        b"--boundary" + b" " * 20_000,
        b"--boundaryandmore\r\n\r\n",
        b"--boundary\r\nContent-Type: " + b"x" * 20_000,
    ],
)
def test_what_goes_on_for_ever_in_the_wrong_place_is_refused(body: bytes) -> None:
    with pytest.raises(PeerError):
        read(body)


@pytest.mark.parametrize("boundary", ["", "x" * 201, "ü"])
def test_a_boundary_that_is_none(boundary: str) -> None:
    with pytest.raises(PeerError):
        MultipartReader(boundary)


def test_the_boundary_stands_in_the_content_type() -> None:
    kind = 'Multipart/Related; type="application/dicom"; boundary="a;b"; start=x'
    assert (find_boundary(kind), find_media_type(kind)) == ("a;b", "multipart/related")
    assert find_boundary("application/dicom") == ""
