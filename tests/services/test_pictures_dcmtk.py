"""Pixels and pictures held against DCMTK, over pydicom's samples and what DCMTK compresses of them."""

import io
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydicom import dcmread

from openworklist.domain.errors import PictureError
from openworklist.services.pictures import Window, count_frames
from openworklist.services.pictures.duties import DUTIES
from players.archive import FILES, find_sample
from players.pixels import needs_dcmtk, run_dcmtk

pytestmark = [
    needs_dcmtk,
    pytest.mark.filterwarnings("ignore::UserWarning"),  # of pydicom, about values in its own samples
]

# No DICOM files, or broken: without file meta information, encoded otherwise than they say, cut off.
BROKEN = {
    "ExplVR_BigEndNoMeta.dcm",
    "ExplVR_LitEndNoMeta.dcm",
    "JPEG2000-embedded-sequence-delimiter.dcm",
    "MR_truncated.dcm",
    "SC_rgb_jpeg.dcm",
    "meta_missing_tsyntax.dcm",
    "nested_priv_SQ.dcm",
    "no_meta.dcm",
    "rtstruct.dcm",
}
J2K = ("1.2.840.10008.1.2.4.90", "1.2.840.10008.1.2.4.91")  # DCMTK leaves it to others
TOOLS = {
    "1.2.840.10008.1.2.5": "dcmdrle",
    "1.2.840.10008.1.2.4.80": "dcmdjpls",
    "1.2.840.10008.1.2.4.81": "dcmdjpls",
    **dict.fromkeys((f"1.2.840.10008.1.2.4.{end}" for end in (50, 51, 57, 70)), "dcmdjpeg"),
}
WINDOWS: tuple[Window, ...] = ((40, 400, "linear"), (127.5, 255, "linear"), (300, 1000, "sigmoid"))


def has_picture(path: Path) -> bool:
    try:
        return count_frames(path) > 0
    except PictureError as error:
        return error.code == "picture.unsupported"


IMAGES = sorted(each.name for each in FILES.glob("*.dcm") if each.name not in BROKEN and has_picture(each))


def compare_pixels(source: Path, folder: Path) -> None:
    """Each frame is, byte for byte, what is in the file that DCMTK decompressed."""
    syntax = dcmread(source, stop_before_pixels=True).file_meta.TransferSyntaxUID
    assert run_dcmtk(TOOLS.get(syntax, "dcmconv"), "+te", source, folder / "plain.dcm")
    plain = dcmread(folder / "plain.dcm")
    for frame in range(1, count_frames(folder / "plain.dcm") + 1):
        values, data = DUTIES["decode"](source, frame)
        expected, what = (
            DUTIES["decode"](folder / "plain.dcm", frame)[1],
            values["photometric_interpretation"],
        )
        if what == plain.PhotometricInterpretation and plain.get("PlanarConfiguration") != 1:
            start = (frame - 1) * len(data)
            expected = plain.PixelData[start : start + len(data)]
        assert data == expected, f"frame {frame}"


def show(path: Path, window: Window | None) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    _, data = DUTIES["render"](path, 1, window, None, "image/png", 90)
    return np.asarray(Image.open(io.BytesIO(data))).astype(np.int64)


def compare_pictures(source: Path, folder: Path, *, most: int = 1) -> None:
    """The first frame in several windows, overlays included."""
    for window in WINDOWS:
        centre, width, function = window
        more = ["+Wfs"] if function == "sigmoid" else []
        words = ("dcmj2pnm", "+O", "0", "+Ww", centre, width, *more, source, folder / "picture.pnm")
        assert run_dcmtk(*words)
        expected = np.asarray(Image.open(folder / "picture.pnm")).astype(np.int64)
        assert np.abs(expected - show(source, window)).max() <= most, window


def test_samples_of_all_kinds_are_there() -> None:
    assert len(IMAGES) > 50


@pytest.mark.parametrize("name", IMAGES)
def test_samples(name: str, tmp_path: Path) -> None:
    source = find_sample(name)
    syntax = dcmread(source, stop_before_pixels=True).file_meta.TransferSyntaxUID
    if syntax in J2K:
        assert DUTIES["decode"](source, 1)[1] == dcmread(source).pixel_array.tobytes()
        assert show(source, None).any()
        return
    # DCMTK swaps the words of 32 bits for themselves where pydicom and we swap all four bytes.
    if not name.startswith("rtdose_expb"):
        compare_pixels(source, tmp_path)
    if TOOLS.get(syntax) == "dcmdjpls":  # which dcmj2pnm does not know
        source = tmp_path / "plain.dcm"
    compare_pictures(source, tmp_path)


@pytest.mark.parametrize("name", ["CT_small", "MR_small", "examples_palette", "examples_rgb_color", "rtdose"])
@pytest.mark.parametrize(
    ("tool", "option"),
    [
        ("dcmcjpeg", "+e1"),  # Lossless, First-Order Prediction
        ("dcmcjpeg", "+el"),  # Lossless
        ("dcmcjpeg", "+eb"),  # Baseline
        ("dcmcjpeg", "+ee"),  # Extended
        ("dcmcjpls", "+el"),
        ("dcmcjpls", "+en"),
        ("dcmcrle", "+te"),
    ],
)
def test_what_dcmtk_compressed(name: str, tool: str, option: str, tmp_path: Path) -> None:
    packed = tmp_path / "packed.dcm"
    words = (tool, packed) if tool == "dcmcrle" else (tool, option, packed)
    if not run_dcmtk(*words[:-1], find_sample(f"{name}.dcm"), packed):
        pytest.skip(f"{tool} does not compress it")
    if name == "examples_rgb_color" and option in ("+eb", "+ee"):
        compare_pictures(packed, tmp_path)  # the inverse transform of colours may be one off
        return
    compare_pixels(packed, tmp_path)
    if tool != "dcmcjpls":
        # DCMTK takes the 256 values of what was 16 bits to whole numbers before its window.
        compare_pictures(packed, tmp_path, most=2 if option == "+eb" else 1)


def test_jpeg_2000_without_loss() -> None:
    """By another library than ours."""
    if shutil.which("gdcmconv") is None:
        pytest.importorskip("gdcm")
    plain = dcmread(find_sample("MR_small.dcm")).PixelData
    assert DUTIES["decode"](find_sample("MR_small_jp2klossless.dcm"), 1)[1] == plain
