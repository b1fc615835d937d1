"""Which bytes are which frame, with right, wrong and missing tables."""

from pathlib import Path
from struct import pack

import numpy as np
import pytest

from openworklist.domain.errors import PictureError
from openworklist.services.pictures import count_frames, read_frame, read_video, split_frames
from players.archive import find_sample
from players.pixels import make_image, save, save_fragments

JPEG, RLE, MPEG = "1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.100"
END = b"\xff\xd9"
PARTS = [b"a1a1", b"a2" + END, b"b1b1b1", b"b2b2", b"b3" + END + b"\0\0"]
OFFSETS = (0, 24)  # of "a1", and of "b1" behind two items with heads of 8 bytes
FRAMES = [b"a1a1a2" + END, b"b1b1b1b2b2b3" + END + b"\0\0"]


def image(frames: int = 2):  # type: ignore[no-untyped-def]
    return make_image(np.zeros((frames, 4, 4), "u1"))


def read_all(path: Path) -> list[bytes]:
    return [read_frame(path, frame)[0] for frame in range(1, count_frames(path) + 1)]


@pytest.mark.parametrize(
    "table",
    [OFFSETS, (), (0, 23), (0, 0), (8, 24), (0, 24, 30), (0, 0xFFFF_FFFF), (0,)],
    ids=["right", "none", "no item", "twice", "no first", "too many", "far away", "too few"],
)
def test_a_wrong_table_is_not_believed(table: tuple[int, ...], tmp_path: Path) -> None:
    path = save_fragments(image(), tmp_path / "a.dcm", JPEG, PARTS, table=table)
    assert read_all(path) == FRAMES
    assert read_frame(path, 1)[1] == JPEG


def test_one_fragment_each(tmp_path: Path) -> None:
    path = save_fragments(image(3), tmp_path / "a.dcm", RLE, [b"1111", b"22", b"3333"])
    assert read_all(path) == [b"1111", b"22", b"3333"]


def test_all_fragments_of_a_single_frame(tmp_path: Path) -> None:
    path = save_fragments(image(1), tmp_path / "a.dcm", JPEG, PARTS)
    assert read_all(path) == [b"".join(PARTS)]


@pytest.mark.parametrize("offset", [0, 3], ids=["right", "wrong"])
def test_an_extended_table(offset: int, tmp_path: Path) -> None:
    one = image(2)
    one.ExtendedOffsetTable = pack("<QQ", 0, 12 + offset)
    one.ExtendedOffsetTableLengths = pack("<QQ", 4, 3)
    path = save_fragments(one, tmp_path / "a.dcm", JPEG, [b"aaaa", b"bbb\0"])
    assert read_all(path) == [b"aaaa", b"bbb" if not offset else b"bbb\0"]


def test_frames_whose_fragments_cannot_be_told(tmp_path: Path) -> None:
    path = save_fragments(image(2), tmp_path / "a.dcm", JPEG, [b"aa", b"bb", b"cc"])
    with pytest.raises(PictureError, match="which of its fragments"):
        read_frame(path, 1)


def test_frames_that_are_missing(tmp_path: Path) -> None:
    path = save_fragments(image(3), tmp_path / "a.dcm", RLE, [b"1111", b"22"])
    assert read_frame(path, 2)[0] == b"22"
    with pytest.raises(PictureError, match="Frame 3 of the instance is missing"):
        read_frame(path, 3)
    path = save_fragments(image(1), tmp_path / "a.dcm", RLE, [])
    with pytest.raises(PictureError, match="missing"):
        read_frame(path, 1)


def test_a_file_that_ends_early(tmp_path: Path) -> None:
    path = save_fragments(image(), tmp_path / "a.dcm", JPEG, PARTS, table=OFFSETS)
    data = path.read_bytes()
    path.write_bytes(data[:-30])
    assert read_frame(path, 1)[0] == FRAMES[0]
    with pytest.raises(PictureError):
        read_frame(path, 2)


def test_native_frames(tmp_path: Path) -> None:
    array = np.arange(3 * 5 * 7, dtype="u2").reshape(3, 5, 7)
    path = save(make_image(array), tmp_path / "a.dcm")
    assert read_frame(path, 2) == (array[1].tobytes(), "1.2.840.10008.1.2.1")
    assert [span.length for (span,) in split_frames(path)] == [70, 70, 70]
    for frame in (0, 4, -1):
        with pytest.raises(PictureError) as caught:
            read_frame(path, frame)
        assert caught.value.code == "picture.no-such-frame"


def test_a_frame_is_read_alone(tmp_path: Path) -> None:
    """A file of 8 GB, all but empty on the disk."""
    one = image(1)
    one.NumberOfFrames, one.Rows, one.Columns = 500_000, 128, 128
    one.PixelData = b""
    path = save(one, tmp_path / "a.dcm")
    head = path.read_bytes()[:-4] + pack("<I", 0xFFFF_FFFC)
    with open(path, "wb") as file:
        file.write(head)
        file.seek(len(head) + 200_000 * 16_384)
        file.write(b"x" * 16_384)
    assert read_frame(path, 200_001)[0] == b"x" * 16_384
    assert count_frames(path) == 500_000


def test_a_video_is_a_stream(tmp_path: Path) -> None:
    path = save_fragments(image(25), tmp_path / "a.dcm", MPEG, [b"\0\0\1\xb3" * 400_000, b"the rest"])
    assert b"".join(read_video(path)) == b"\0\0\1\xb3" * 400_000 + b"the rest"
    with pytest.raises(PictureError) as caught:
        read_video(find_sample("CT_small.dcm"))
    assert caught.value.code == "picture.not-an-image"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("reportsi.dcm", "not-an-image"),
        ("waveform_ecg.dcm", "not-an-image"),
        ("rtplan.dcm", "not-an-image"),
        ("MR_truncated.dcm", "unreadable"),
        ("no_meta.dcm", "unreadable"),
        ("meta_missing_tsyntax.dcm", "unreadable"),
        ("image_dfl.dcm", "unsupported"),
        ("nothing-of-that-name.dcm", "unreadable"),
        ("", "unreadable"),
    ],
)
def test_what_has_no_frames(name: str, code: str) -> None:
    with pytest.raises(PictureError) as caught:
        read_frame(find_sample(name), 1)
    assert caught.value.code == f"picture.{code}"
