"""Files are read for what they say, their large values left where they are; pydicom says what is right."""

from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from openworklist.dicom.metadata import to_metadata
from openworklist.dicom.stored_file import UNDEFINED, open_dataset, read_dataset, swap
from openworklist.domain.errors import InstanceError
from players.archive import SAMPLES, find_sample, make_slice


def _save(image: Dataset, path: Path, syntax: str = ExplicitVRLittleEndian) -> Path:
    image.file_meta.TransferSyntaxUID = syntax
    image.save_as(
        path, implicit_vr=syntax == ImplicitVRLittleEndian, little_endian=True, enforce_file_format=True
    )
    return path


@pytest.mark.parametrize("name", [*SAMPLES, "UN_sequence.dcm", "rtplan.dcm", "test-SR.dcm"])
def test_every_element_of_a_sample_is_read(name: str) -> None:
    want = dcmread(find_sample(name))

    found = read_dataset(find_sample(name))

    assert found.transfer_syntax == want.file_meta.TransferSyntaxUID
    assert [each.tag for each in found.elements] == list(filter(0x7FE0_0010.__ge__, map(int, want.keys())))
    told = to_metadata(found, str)
    for element in want:
        tag = f"{int(element.tag):08X}"
        if element.VR == "SQ":
            assert len(told[tag].get("Value", ())) == len(element.value), tag


@pytest.mark.parametrize("syntax", [ExplicitVRLittleEndian, ImplicitVRLittleEndian])
def test_what_is_large_stays_in_the_file(tmp_path: Path, syntax: str) -> None:
    image = make_slice(pixels=bytes(range(256)) * 16)
    image.ReferencedImageSequence = [Dataset(), Dataset()]
    image.ReferencedImageSequence[1].add_new(0x0042_0011, "OB", b"%PDF" * 1000)
    path = _save(image, tmp_path / "image.dcm", syntax)

    with open_dataset(path) as (dataset, file):
        nested = dataset.left["00081140/1/00420011"]
        file.seek(nested.offset)
        value = file.read(nested.length)

    assert set(dataset.left) == {"00081140/1/00420011", "7FE00010"}
    assert (nested.vr, value) == ("OB", b"%PDF" * 1000)
    told = to_metadata(dataset, lambda each: f"bulk/{each}")
    assert told["7FE00010"] == {"vr": "OW", "BulkDataURI": "bulk/7FE00010"}
    assert told["00081140"]["Value"][1]["00420011"]["BulkDataURI"] == "bulk/00081140/1/00420011"


def test_compressed_pixels_have_no_length() -> None:
    assert read_dataset(find_sample("JPEG2000.dcm")).left["7FE00010"].length == UNDEFINED


@pytest.mark.parametrize("cut", range(300, 1200, 37))
def test_what_can_be_read_of_a_torn_file_is(tmp_path: Path, cut: int) -> None:
    whole = _save(make_slice(pixels=bytes(2000)), tmp_path / "whole.dcm")
    torn = tmp_path / "torn.dcm"
    torn.write_bytes(whole.read_bytes()[:cut])

    try:
        found = read_dataset(torn).elements
    except InstanceError:
        found = ()  # it ends within the file meta information

    assert found == read_dataset(whole).elements[: len(found)]


def test_a_file_of_another_kind_is_none(tmp_path: Path) -> None:
    path = tmp_path / "text"
    path.write_bytes(b"no DICOM" * 100)

    with pytest.raises(InstanceError):
        read_dataset(path)


def test_numbers_are_numbers_and_what_is_none_stays_as_it_is(tmp_path: Path) -> None:
    image = make_slice()
    image.PixelSpacing = ["0.5", "1e-3"]
    image.add_new(0x0018_9073, "FD", float("nan"))
    image.add_new(0x0028_1052, "DS", "")

    told = to_metadata(read_dataset(_save(image, tmp_path / "image.dcm")), str)

    assert told["00280030"]["Value"] == [0.5, 0.001]
    assert told["00200013"]["Value"] == [1]
    assert told["00281052"] == {"vr": "DS"}
    assert "InlineBinary" in told["00189073"]  # JSON has no word for it


def test_letters_are_unicode_whatever_set_they_came_in(tmp_path: Path) -> None:
    image = make_slice(SpecificCharacterSet="ISO_IR 144", PatientName="Люкceмбypг")

    told = to_metadata(read_dataset(_save(image, tmp_path / "image.dcm")), str)

    assert told["00080005"]["Value"] == ["ISO_IR 192"]
    assert told["00100010"]["Value"] == [{"Alphabetic": "Люкceмбypг"}]


def test_big_endian_is_turned_around() -> None:
    assert swap(b"\1\2\3\4", "OW") == b"\2\1\4\3"
    assert swap(b"\1\2\3\4\5\6\7\x08", "FD") == b"\x08\7\6\5\4\3\2\1"
    assert swap(b"\1\2\3", "OW") == b"\1\2\3"
    assert swap(b"\1\2", "OB") == b"\1\2"
