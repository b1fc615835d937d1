"""Files that are broken at random: each is shown or refused, and the caller is none the worse for it."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from openworklist.domain.errors import PictureError
from openworklist.services.pictures import Pictures, read_frame, read_video, split_frames
from players.archive import find_sample

NAMES = (
    "MR_small.dcm",
    "MR_small_bigendian.dcm",
    "MR_small_RLE.dcm",
    "MR_small_jp2klossless.dcm",
    "MR_small_jpeg_ls_lossless.dcm",
    "SC_rgb_jpeg_gdcm.dcm",
    "SC_rgb_small_odd_jpeg.dcm",
    "SC_rgb_rle_2frame.dcm",
    "SC_ybr_full_422_uncompressed.dcm",
    "JPGExtended.dcm",
    "image_dfl.dcm",
    "liver_1frame.dcm",
)
CODES = {
    f"picture.{end}"
    for end in (
        "not-an-image",
        "no-such-frame",
        "unsupported",
        "unreadable",
        "too-large",
        "too-slow",
    )
}


@pytest.fixture(scope="module")
def pictures() -> Iterator[Pictures]:
    made = Pictures(workers=1)
    yield made
    made.stop()


def damage(draw: Random, data: bytes) -> bytes:
    """A few bytes changed, most of them in the head or at the beginning of the pixels; or an end cut off."""
    broken = bytearray(data)
    if draw.random() < 0.15:
        return bytes(broken[: draw.randrange(len(broken))])
    pixels = data.rfind(b"\xe0\x7f\x10\x00")
    for _ in range(draw.choice((1, 1, 2, 4, 16))):
        low, high = draw.choice(((128, len(data)), (340, max(341, pixels)), (pixels, pixels + 200)))
        at = min(max(0, draw.randrange(low, max(low + 1, high))), len(data) - 1)
        broken[at] = draw.choice(
            (0, 1, 0x7F, 0x80, 0xFF, draw.randrange(256), broken[at] ^ 1 << draw.randrange(8))
        )
    return bytes(broken)


def try_everything(pictures: Pictures, path: Path) -> int:
    """How many ways to look at it succeed."""
    good, codes = 0, set()
    for look in (
        lambda: pictures.render(path, 1),
        lambda: pictures.decode(path, 1),
        lambda: sum(map(len, pictures.transcode(path))),
        lambda: read_frame(path, 1),
        lambda: list(read_video(path)),
        lambda: split_frames(path)[:10],
    ):
        try:
            look()
            good += 1
        except PictureError as error:
            codes.add(error.code)
    assert codes <= CODES
    return good


def run(pictures: Pictures, folder: Path, name: str, numbers: range) -> None:
    data = find_sample(name).read_bytes()
    path = folder / "broken.dcm"
    good = 0
    for number in numbers:
        path.write_bytes(damage(Random(f"{name} {number}"), data))
        good += try_everything(pictures, path)
    assert good  # damage that leaves nothing would prove little
    assert pictures.render(find_sample("CT_small.dcm"), 1)


@pytest.mark.parametrize("name", NAMES)
def test_broken_files(pictures: Pictures, name: str, tmp_path: Path) -> None:
    run(pictures, tmp_path, name, range(30))


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_many_broken_files(pictures: Pictures, name: str, tmp_path: Path) -> None:
    run(pictures, tmp_path, name, range(1000, 2000))
