"""Pictures of stored files, and the processes that make them: what brings one down harms nobody else."""

import io
import os
import signal
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest
from PIL import Image
from pydicom import dcmread
from pydicom.dataset import Dataset

from openworklist.domain.errors import PictureError
from openworklist.services.pictures import Pictures, read_frame
from openworklist.services.pictures.crew import Crew
from players.archive import find_sample
from players.pixels import make_image, make_ramp, save, save_fragments

HTJ2K, JPEG_XL, HEVC = "1.2.840.10008.1.2.4.201", "1.2.840.10008.1.2.4.110", "1.2.840.10008.1.2.4.107"
CODESTREAM = Path(__file__).parents[1] / "data" / "htj2k.j2c"
CT = find_sample("CT_small.dcm")


@pytest.fixture(scope="module")
def pictures() -> Iterator[Pictures]:
    made = Pictures()
    yield made
    made.stop()


def open_picture(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def fail(pictures: Pictures, path: Path, frame: int = 1) -> str:
    with pytest.raises(PictureError) as caught:
        pictures.render(path, frame)
    return caught.value.code.removeprefix("picture.")


@pytest.fixture
def endless(tmp_path: Path) -> Path:
    """A file that nobody finishes reading: a pipe."""
    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes with names here")
    os.mkfifo(tmp_path / "endless.dcm")
    return tmp_path / "endless.dcm"


def test_a_picture_is_what_was_asked_for(pictures: Pictures) -> None:
    assert open_picture(pictures.render(CT, 1)).format == "JPEG"
    png = open_picture(pictures.render(CT, 1, media="image/png", window=(40, 400, "linear")))
    assert (png.format, png.size, png.mode) == ("PNG", (128, 128), "L")
    assert open_picture(pictures.render(CT, 1, viewport=(50, 300))).size == (50, 50)
    assert open_picture(pictures.render(CT, 1, viewport=(512, 300))).size == (300, 300)
    assert len(pictures.render(CT, 1, quality=20)) < len(pictures.render(CT, 1, quality=95))
    assert open_picture(pictures.thumbnail(CT)).size == (128, 128)
    assert open_picture(pictures.thumbnail(find_sample("examples_rgb_color.dcm"), size=64)).size == (64, 48)


@pytest.mark.parametrize(
    "wrong",
    [
        {"media": "image/gif"},
        {"quality": 0},
        {"window": (1, 0, "linear")},
        {"window": (1, float("nan"), "linear")},
        {"window": (1, 2, "cubic")},
        {"viewport": (0, 5)},
    ],
)
def test_what_nobody_can_ask_for(pictures: Pictures, wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        pictures.render(CT, 1, **wrong)


def test_pixels_that_are_not_square(pictures: Pictures, tmp_path: Path) -> None:
    path = save(make_image(make_ramp("u2"), PixelSpacing=["2", "1"]), tmp_path / "a.dcm")
    assert open_picture(pictures.render(path, 1)).size == (40, 96)
    path = save(make_image(make_ramp("u2"), PixelAspectRatio=["1", "3"]), tmp_path / "b.dcm")
    assert open_picture(pictures.render(path, 1)).size == (120, 48)
    path = save(make_image(make_ramp("u2"), PixelSpacing=["0", "1"]), tmp_path / "c.dcm")
    assert open_picture(pictures.render(path, 1)).size == (40, 48)


def test_the_frame_in_the_middle(pictures: Pictures, tmp_path: Path) -> None:
    array = np.zeros((5, 8, 8), "u1")
    array[2] = 255
    path = save(make_image(array), tmp_path / "a.dcm")
    assert open_picture(pictures.thumbnail(path)).getextrema() == (255, 255)
    assert open_picture(pictures.thumbnail(path, frame=1)).getextrema() == (0, 0)
    assert fail(pictures, path, 6) == fail(pictures, path, 0) == "no-such-frame"


def test_a_frame_says_what_it_is(pictures: Pictures) -> None:
    frame = pictures.decode(find_sample("examples_overlay.dcm"), 1)
    assert (frame.rows, frame.columns, frame.samples) == (300, 484, 1)
    assert (frame.bits_allocated, frame.bits_stored, frame.high_bit) == (16, 12, 11)
    assert (frame.is_signed, frame.is_float, frame.photometric_interpretation) == (
        False,
        False,
        "MONOCHROME2",
    )
    assert pictures.decode(CT, 1).is_signed


def test_htj2k(pictures: Pictures, tmp_path: Path) -> None:
    """What OpenJPH compressed."""
    array = make_ramp("u2")
    path = save_fragments(make_image(array), tmp_path / "a.dcm", HTJ2K, [CODESTREAM.read_bytes()])
    assert pictures.decode(path, 1).data == array.tobytes()
    assert read_frame(path, 1) == (CODESTREAM.read_bytes(), HTJ2K)


def test_single_bits_of_frames_that_begin_within_a_byte(pictures: Pictures, tmp_path: Path) -> None:
    bits = np.random.default_rng(3).integers(0, 2, (3, 5, 3), "u1")
    packed = np.packbits(bits, bitorder="little").tobytes()
    one = make_image(np.zeros((3, 5, 3, 1), "u1")[..., 0], BitsAllocated=1, BitsStored=1, HighBit=0)
    one.Rows, one.Columns, one.SamplesPerPixel, one.NumberOfFrames = 5, 3, 1, 3
    one.PhotometricInterpretation, one.PixelData = "MONOCHROME2", packed
    path = save(one, tmp_path / "a.dcm")
    for frame in (1, 2, 3):
        expected = np.packbits(bits[frame - 1], bitorder="little").tobytes()
        assert pictures.decode(path, frame).data == expected
        shown = np.asarray(open_picture(pictures.render(path, frame, media="image/png")))
        assert (shown == bits[frame - 1] * 255).all()


@pytest.mark.parametrize("syntax", ["1.2.840.10008.1.2.1.98", "1.2.840.10008.1.2.8.1"])
def test_frames_in_fragments_that_no_codec_made(pictures: Pictures, syntax: str, tmp_path: Path) -> None:
    array = make_ramp("u2", (2, 48, 40))
    frames = [each.tobytes() for each in array]
    if syntax.endswith(".8.1"):
        frames = [_deflate(each) for each in frames]
    path = save_fragments(make_image(array), tmp_path / "a.dcm", syntax, frames)
    assert pictures.decode(path, 2).data == array[1].tobytes()


def _deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize("syntax", [JPEG_XL, HEVC, "1.2.840.10008.1.2.4.92", "1.2.3"])
def test_what_is_not_decoded_is_named(pictures: Pictures, syntax: str, tmp_path: Path) -> None:
    path = save_fragments(make_image(make_ramp("u1")), tmp_path / "a.dcm", syntax, [b"frame"])
    assert fail(pictures, path) == "unsupported"
    assert read_frame(path, 1) == (b"frame\0", syntax)


def test_what_is_no_image(pictures: Pictures, tmp_path: Path) -> None:
    assert fail(pictures, find_sample("reportsi.dcm")) == "not-an-image"
    assert fail(pictures, find_sample("no_meta.dcm")) == "unreadable"
    assert fail(pictures, find_sample("MR_truncated.dcm")) == "unreadable"
    assert fail(pictures, tmp_path / "nothing.dcm") == "unreadable"
    with pytest.raises(PictureError):
        pictures.transcode(tmp_path / "nothing.dcm")


def test_what_is_absurdly_large(pictures: Pictures, tmp_path: Path) -> None:
    one = make_image(make_ramp("u2"))
    one.Rows, one.Columns, one.NumberOfFrames = 65_535, 65_535, 1000
    assert fail(pictures, save(one, tmp_path / "a.dcm")) == "too-large"
    path = save_fragments(one, tmp_path / "b.dcm", HTJ2K, [CODESTREAM.read_bytes()])
    assert fail(pictures, path) == "too-large"
    with pytest.raises(PictureError) as caught:
        pictures.render(CT, 1, viewport=(10**6, 10**6))
    assert caught.value.code == "picture.too-large"


def test_a_codestream_that_is_larger_than_its_image(tmp_path: Path) -> None:
    """A few bytes that say that they are 60,000 by 60,000 pixels."""
    data = bytearray(CODESTREAM.read_bytes())
    for at in (8, 12, 24, 28):  # sizes of image and tile
        data[at : at + 4] = (60_000).to_bytes(4, "big")
    path = save_fragments(make_image(make_ramp("u2")), tmp_path / "a.dcm", HTJ2K, [bytes(data)])
    pictures = Pictures(workers=1)
    try:
        assert fail(pictures, path) in ("unreadable", "too-large")
        assert pictures.render(CT, 1)
    finally:
        pictures.stop()


def list_values(dataset: Dataset) -> dict[int, object]:
    """All but the pixels, how they are, and the padding at the end."""
    left_out = {0x7FE0_0010, 0xFFFC_FFFC, 0x0028_0004, 0x0028_0006}
    return {int(each.tag): each.value for each in dataset if int(each.tag) not in left_out}


@pytest.mark.filterwarnings("ignore::UserWarning")  # of pydicom, about values in its own samples
@pytest.mark.parametrize(
    "name",
    [
        "CT_small.dcm",
        "MR_small_implicit.dcm",
        "MR_small_bigendian.dcm",
        "SC_rgb_small_odd_big_endian.dcm",
        "SC_rgb_small_odd_jpeg.dcm",
        "examples_jpeg2k.dcm",
        "examples_ybr_color.dcm",
        "SC_rgb_rle_2frame.dcm",
        "JPEGLSNearLossless_16.dcm",
        "JPGExtended.dcm",
        "rtdose.dcm",
        "rtdose_rle.dcm",
        "image_dfl.dcm",
        "liver_expb_1frame.dcm",
        "rtplan.dcm",
        "priv_SQ.dcm",
    ],
)
def test_a_whole_file_uncompressed(pictures: Pictures, name: str, tmp_path: Path) -> None:
    source = find_sample(name)
    (tmp_path / "a.dcm").write_bytes(b"".join(pictures.transcode(source)))
    before, after = dcmread(source), dcmread(tmp_path / "a.dcm")
    assert after.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.1"
    assert list_values(before) == list_values(after)
    if "PixelData" not in before:
        return
    count = int(before.get("NumberOfFrames") or 1)
    frames = [pictures.decode(source, frame) for frame in range(1, count + 1)]
    data = b"".join(each.data for each in frames)
    assert after.PixelData == data + b"\0" * (len(data) % 2)
    assert after.PhotometricInterpretation == frames[0].photometric_interpretation


def test_single_bits_uncompressed_leave_no_gap(pictures: Pictures, tmp_path: Path) -> None:
    bits = np.random.default_rng(3).integers(0, 2, (3, 15), "u1")
    one = make_image(np.zeros((5, 3, 1), "u1")[..., 0], BitsAllocated=1, BitsStored=1, HighBit=0)
    one.NumberOfFrames = 3
    frames = [np.packbits(each, bitorder="little").tobytes() for each in bits]
    path = save_fragments(
        one, tmp_path / "a.dcm", "1.2.840.10008.1.2.8.1", [_deflate(each) for each in frames]
    )
    (tmp_path / "b.dcm").write_bytes(b"".join(pictures.transcode(path)))
    assert dcmread(tmp_path / "b.dcm").PixelData == np.packbits(bits, bitorder="little").tobytes()


def stop_process(pid: int) -> None:
    """As if a codec did not come back."""
    if not hasattr(signal, "SIGSTOP"):
        pytest.skip("processes cannot be stopped here")
    os.kill(pid, signal.SIGSTOP)


def wait_for(condition: Callable[[], object]) -> None:
    pause = threading.Event()
    for _ in range(6000):
        if condition():
            return
        pause.wait(0.01)
    raise AssertionError("it did not come to pass")


def test_a_process_that_is_killed_is_replaced() -> None:
    pictures = Pictures(workers=1)
    try:
        assert pictures.render(CT, 1)
        (first,) = pictures.pids
        psutil.Process(first).kill()  # while it has no work: nobody notices
        wait_for(lambda: psutil.Process(first).status() == psutil.STATUS_ZOMBIE)
        assert pictures.render(CT, 1)
        (second,) = pictures.pids
        stop_process(second)
        codes: list[str] = []
        asking = threading.Thread(target=lambda: codes.append(fail(pictures, CT)))
        asking.start()
        wait_for(lambda: pictures.busy)
        psutil.Process(second).kill()
        asking.join()
        assert codes == ["unreadable"]
        assert pictures.render(CT, 1)
        assert first != second != pictures.pids[0]
    finally:
        pictures.stop()


def test_what_takes_too_long_is_cut_off() -> None:
    pictures = Pictures(workers=1, seconds=3)
    try:
        assert pictures.render(CT, 1)
        (pid,) = pictures.pids
        stop_process(pid)
        assert fail(pictures, CT) == "too-slow"
        assert pictures.render(CT, 1)
        assert pictures.pids != [pid]
    finally:
        pictures.stop()


def test_what_takes_too_much_memory(tmp_path: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("the system does not limit memory")
    one = make_image(np.zeros((2, 2), "u2"), Rows=11_000, Columns=11_000, PixelData=b"")
    path = save(one, tmp_path / "a.dcm")
    with open(path, "r+b") as file:
        file.seek(-4, os.SEEK_END)
        file.write((242_000_000).to_bytes(4, "little"))
        file.truncate(file.tell() + 242_000_000)
    pictures = Pictures(workers=1, memory=450 * 1024**2)
    try:
        assert pictures.render(CT, 1)
        assert fail(pictures, path) == "too-large"
        assert pictures.render(CT, 1)
    finally:
        pictures.stop()


def test_stopping_does_not_wait() -> None:
    """Two are asked of one process that does not come back."""
    pictures = Pictures(workers=1)
    assert pictures.render(CT, 1)
    (pid,) = pictures.pids
    stop_process(pid)
    codes: list[str] = []
    asking = [threading.Thread(target=lambda: codes.append(fail(pictures, CT))) for _ in range(2)]
    for each in asking:
        each.start()
    wait_for(lambda: pictures.busy)
    pictures.stop()
    for each in asking:
        each.join()
    assert sorted(codes) == ["too-slow", "unreadable"]
    assert not psutil.pid_exists(pid)
    assert fail(pictures, CT) == "too-slow"


def test_idle_processes_go_home() -> None:
    crew = Crew(most=1, seconds=30, memory=3 * 1024**3, idle=0.01)
    question = {"do": "decode", "path": str(CT), "frame": 1}
    try:
        crew.ask(question)
        pids = crew.pids
        wait_for(lambda: not crew.pids and not any(map(psutil.pid_exists, pids)))
        assert crew.ask(question)
    finally:
        crew.stop()


SERVER = """
import sys, threading, time
from pathlib import Path
from openworklist.services.pictures import Pictures
pictures = Pictures(workers=1, seconds=3)
pictures.render(Path(sys.argv[1]), 1)
asking = threading.Thread(target=pictures.render, args=(Path(sys.argv[-1]), 1))
asking.start()
while len(sys.argv) > 2 and not pictures.busy:
    time.sleep(0.001)
print("numpy" in sys.modules or "pydicom" in sys.modules, *pictures.pids, flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("is_busy", [False, True])
def test_no_process_outlives_its_server(is_busy: bool, endless: Path) -> None:
    """Nor one that hangs: it waits for who writes into the pipe. The server has no numpy in memory."""
    more = [str(endless)] if is_busy else []
    command = [sys.executable, "-c", SERVER, str(CT), *more]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            loaded, pid = server.stdout.readline().split()
            worker = psutil.Process(int(pid))
            worker.send_signal(signal.SIGTERM)  # as systemd does to all of a service: it does not heed that
            assert loaded == "False"
        finally:
            server.kill()
    gone, left = psutil.wait_procs([worker], timeout=60)
    assert gone
    assert not left


def test_settings_are_no_business_of_a_decoder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENWORKLIST_DATABASE", "postgresql://user:secret@192.0.2.1/x")
    pictures = Pictures(workers=1)
    try:
        pictures.render(CT, 1)
        environment = psutil.Process(pictures.pids[0]).environ()
        assert not [name for name in environment if name.startswith("OPENWORKLIST")]
    finally:
        pictures.stop()
