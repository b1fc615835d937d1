"""What a scanner sends to be stored, and what a server made of it: pydicom's own test files."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

import pydicom.data
from pydicom import dcmread
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid
from pynetdicom import AE, _config
from pynetdicom.association import Association
from pynetdicom.pdu_primitives import SOPClassExtendedNegotiation

FILES = Path(pydicom.data.__file__).parent / "test_files"
# Each another instance: CT, MR, RT, waveforms, reports, segmentations, colour, multi-frame, and all
# compressions that pydicom brings samples of.
SAMPLES = (
    "CT_small.dcm",
    "ExplVR_BigEnd.dcm",
    "693_J2KI.dcm",
    "GDCMJ2K_TextGBR.dcm",
    "JPEG2000.dcm",
    "JPGExtended.dcm",
    "MR_small_jpeg_ls_lossless.dcm",
    "SC_rgb_rle_2frame.dcm",
    "examples_jpeg2k.dcm",
    "examples_ybr_color.dcm",
    "examples_palette.dcm",
    "image_dfl.dcm",
    "liver_1frame.dcm",
    "reportsi.dcm",
    "rtdose_rle.dcm",
    "waveform_ecg.dcm",
)


def find_sample(name: str) -> Path:
    return FILES / name


def read_dataset(path: Path) -> bytes:
    """The bytes behind the file meta information."""
    data = path.read_bytes()
    return data[144 + int.from_bytes(data[140:144], "little") :]


def make_slice(number: int = 1, *, pixels: bytes = bytes(128), **values: Any) -> Dataset:
    """A CT slice with its file meta information."""
    image = Dataset()
    image.SOPClassUID, image.SOPInstanceUID = CTImageStorage, generate_uid()
    image.StudyDate, image.StudyTime = "20260314", "101500"
    image.AccessionNumber, image.Modality = "A1", "CT"
    image.StudyDescription = "Head"
    image.PatientName, image.PatientID = "Test^Test", "P1"
    image.PatientBirthDate, image.PatientSex = "19700101", "O"
    image.StudyInstanceUID, image.SeriesInstanceUID = (
        "1.2.826.0.1.3680043.8.498.1",
        "1.2.826.0.1.3680043.8.498.2",
    )
    image.SeriesNumber, image.InstanceNumber = 1, number
    image.Rows, image.Columns, image.BitsAllocated = 8, 8, 16
    image.add_new(0x7FE0_0010, "OW", pixels)
    for keyword, value in values.items():
        setattr(image, keyword, value)
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image.file_meta.MediaStorageSOPClassUID = image.SOPClassUID
    image.file_meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
    return image


def write_compressed(path: Path, syntax: str, frame: bytes, sop_class: str) -> Path:
    """A file around a frame in a transfer syntax that nothing here encodes: it is stored, never decoded."""
    image = make_slice(pixels=b"")
    image.SOPClassUID = image.file_meta.MediaStorageSOPClassUID = sop_class
    image.file_meta.TransferSyntaxUID = syntax
    image.NumberOfFrames, image.BitsAllocated = 1, 8
    image.PixelData = encapsulate([frame])
    image["PixelData"].VR, image["PixelData"].is_undefined_length = "OB", True
    image.save_as(path, enforce_file_format=True)
    return path


@contextmanager
def connect(
    port: int, contexts: Iterable[tuple[str, str]], *, calling: str = "CT01", extended: bytes = b""
) -> Iterator[Association]:
    """An association of pynetdicom for these SOP classes, each in its transfer syntax."""
    entity = AE(calling)
    wanted = sorted(set(contexts))
    for sop_class, syntax in wanted:
        entity.add_requested_context(sop_class, syntax)
    items = []
    for sop_class in sorted({each for each, _ in wanted} if extended else ()):
        item = SOPClassExtendedNegotiation()
        item.sop_class_uid, item.service_class_application_information = sop_class, extended
        items.append(item)
    association = entity.associate("127.0.0.1", port, ae_title="OPENWORKLIST", ext_neg=items)
    assert association.is_established, "turned away"
    line = association.dul.socket.socket  # which pynetdicom does not close when the other side is gone
    try:
        yield association
    finally:
        if association.is_established:
            association.release()
        association.join(30)
        line.close()


def context_of(path: Path) -> tuple[str, str]:
    found = dcmread(path, stop_before_pixels=True, specific_tags=["SOPClassUID"])
    return str(found.SOPClassUID), str(found.file_meta.TransferSyntaxUID)


def send_files(port: int, paths: Sequence[Path], **more: Any) -> list[Dataset]:
    """Send files as they are, byte for byte; the answers."""
    _config.STORE_SEND_CHUNKED_DATASET = True
    try:
        with connect(port, map(context_of, paths), **more) as association:
            return [association.send_c_store(path) for path in paths]
    finally:
        _config.STORE_SEND_CHUNKED_DATASET = False


def send(port: int, *images: Dataset, **more: Any) -> list[Dataset]:
    """Send datasets; the answers."""
    contexts = {(str(each.SOPClassUID), str(each.file_meta.TransferSyntaxUID)) for each in images}
    with connect(port, contexts, **more) as association:
        return [association.send_c_store(each) for each in images]


def list_stored(data: Path) -> dict[str, Path]:
    """The file of each instance in the index of a data folder, by its UID."""
    with closing(sqlite3.connect(data / "openworklist.sqlite3")) as database:
        rows = database.execute("SELECT uid, file FROM instances").fetchall()
    return {uid: data / "studies" / file for uid, file in rows}


def list_files(data: Path) -> list[Path]:
    """Every file in the folder of studies."""
    return sorted(each for each in (data / "studies").rglob("*") if each.is_file())


def make_file(uid: str, **values: Any) -> bytes:
    """A CT slice of that UID as a file."""
    image = make_slice(SOPInstanceUID=uid, **values)
    image.file_meta.MediaStorageSOPInstanceUID = uid
    with BytesIO() as file:
        image.save_as(file, enforce_file_format=True)
        return file.getvalue()
