"""From stored values to grey levels, by hand."""

from pathlib import Path
from struct import pack
from typing import Any

import numpy as np
import pytest
from pydicom.dataset import Dataset

from openworklist.services.pictures.decoding import decode
from openworklist.services.pictures.grey import apply_window, to_grey
from players.pixels import make_image, save


def grey(folder: Path, array: Any, *, frame: int = 1, window: Any = None, **values: Any) -> list[int]:
    path = save(make_image(np.array(array), **values), folder / "a.dcm")
    levels: list[int] = to_grey(decode(path, frame), frame, window).ravel().tolist()
    return levels


def item(**values: Any) -> Dataset:
    dataset = Dataset()
    for keyword, value in values.items():
        setattr(dataset, keyword, value)
    return dataset


def test_windows_of_the_standard() -> None:
    """The example of PS3.3 C.11.2.1.2.1: centre 2048, width 4096."""
    values = np.array([-1.0, 0.0, 2047.0, 2048.0, 4095.0, 5000.0])
    linear = apply_window(values, 2048, 4096, "linear")
    assert linear[1] == 0
    assert linear[4] == 255
    assert linear[2] == pytest.approx(255 * 2047 / 4095)
    exact = apply_window(values, 2048, 4096, "linear-exact")
    assert exact[3] == 127.5
    sigmoid = apply_window(values, 2048, 4096, "sigmoid")
    assert sigmoid[3] == 127.5
    assert 0 < sigmoid[0] < sigmoid[1] < 40
    assert apply_window(values, 2048, 1, "linear").tolist() == [0, 0, 0, 255, 255, 255]


def test_a_range_without_window(tmp_path: Path) -> None:
    assert grey(tmp_path, np.array([[-100, 0, 155]], "i2")) == [0, 100, 255]
    assert grey(tmp_path, np.array([[7, 7]], "u2")) == [128, 128]
    # What has eight bits is not stretched.
    assert grey(tmp_path, np.array([[7, 100]], "u1")) == [7, 100]
    assert grey(tmp_path, np.array([[0, 15]], "u1"), BitsStored=4, HighBit=3) == [0, 255]


def test_rescale_comes_before_the_window(tmp_path: Path) -> None:
    values = {"RescaleSlope": "2", "RescaleIntercept": "-1000"}
    array = np.array([[0, 500, 1000]], "u2")
    assert grey(tmp_path, array, window=(0, 2000, "linear-exact"), **values) == [0, 128, 255]
    assert grey(tmp_path, array, WindowCenter=["0", "9"], WindowWidth=["2000", "1"], **values) == [
        0,
        128,
        255,
    ]
    assert grey(tmp_path, array, WindowCenter="", WindowWidth="0", **values) == [0, 128, 255]
    negative = {"RescaleSlope": "-1", "RescaleIntercept": "0"}
    assert grey(tmp_path, array, **negative) == [255, 128, 0]


def test_inverted_once(tmp_path: Path) -> None:
    array = np.array([[0, 55, 255]], "u1")
    assert grey(tmp_path, array, PhotometricInterpretation="MONOCHROME1") == [255, 200, 0]
    assert grey(tmp_path, array, PresentationLUTShape="INVERSE") == [255, 200, 0]
    both = {"PhotometricInterpretation": "MONOCHROME1", "PresentationLUTShape": "INVERSE"}
    assert grey(tmp_path, array, **both) == [255, 200, 0]


def test_padding_is_black_and_in_no_range(tmp_path: Path) -> None:
    array = np.array([[-2000, 0, 100]], "i2")
    assert grey(tmp_path, array, PixelPaddingValue=-2000) == [0, 0, 255]
    assert grey(tmp_path, array, PixelPaddingValue=-2000, PhotometricInterpretation="MONOCHROME1") == [
        0,
        255,
        0,
    ]
    assert grey(tmp_path, array, PixelPaddingValue=-2000, PixelPaddingRangeLimit=0) == [0, 0, 128]
    assert grey(tmp_path, np.full((1, 2), 5, "i2"), PixelPaddingValue=5) == [0, 0]


def test_bits_beside_the_value_are_none_of_it(tmp_path: Path) -> None:
    array = np.array([[0xF000, 0xF800, 0xFFFF]], "u2")
    assert grey(tmp_path, array, BitsStored=12, HighBit=11) == [0, 128, 255]
    array = np.array([[0x000F, 0x800F, 0xFFFF]], "u2")
    assert grey(tmp_path, array, BitsStored=12, HighBit=15) == [0, 128, 255]
    signed = np.array([[0x0800, 0x0000, 0x07FF]], "u2")
    assert grey(tmp_path, signed, BitsStored=12, HighBit=11, PixelRepresentation=1) == [0, 128, 255]


def test_tables(tmp_path: Path) -> None:
    array = np.array([[9, 10, 11, 12, 99]], "u2")
    table = item(LUTDescriptor=[3, 10, 8], LUTData=pack("<3H", 0, 100, 255))
    assert grey(tmp_path, array, VOILUTSequence=[table]) == [0, 0, 100, 255, 255]
    modality = item(LUTDescriptor=[3, 10, 16], LUTData=pack("<3H", 0, 100, 250), ModalityLUTType="US")
    assert grey(tmp_path, array, ModalityLUTSequence=[modality]) == [0, 0, 102, 255, 255]


def test_fractions(tmp_path: Path) -> None:
    one = make_image(np.zeros((1, 4), "u4"))
    del one.PixelData
    one.FloatPixelData = np.array([0.5, np.nan, 1.0, 1.5], "<f4").tobytes()
    decoded = decode(save(one, tmp_path / "a.dcm"), 1)
    assert to_grey(decoded, 1, None).ravel().tolist() == [0, 0, 128, 255]
    one.FloatPixelData = np.array([np.inf, np.nan, np.nan, -np.inf], "<f4").tobytes()
    assert len(to_grey(decode(save(one, tmp_path / "b.dcm"), 1), 1, None).ravel()) == 4


def test_a_frame_has_a_window_of_its_own(tmp_path: Path) -> None:
    def voi(centre: int) -> Dataset:
        return item(FrameVOILUTSequence=[item(WindowCenter=centre, WindowWidth=1)])

    shared = item(PixelValueTransformationSequence=[item(RescaleSlope="1", RescaleIntercept="100")])
    values = {
        "PerFrameFunctionalGroupsSequence": [voi(102), voi(101)],
        "SharedFunctionalGroupsSequence": [shared],
    }
    array = np.array([[[0, 1, 2, 2]], [[0, 1, 2, 2]]], "u2")
    assert grey(tmp_path, array, frame=1, **values) == [0, 0, 255, 255]
    assert grey(tmp_path, array, frame=2, **values) == [0, 255, 255, 255]
