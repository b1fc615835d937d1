"""A study of nobody: a head that was computed, sent to a server as a scanner would send it."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian, generate_uid
from pynetdicom import AE

STUDY: Final = "1.2.826.0.1.3680043.8.498.20260314"
_SIZE: Final = 320
_MM: Final = 0.75
_FIELD: Final = _SIZE * _MM / 2
# Half axes and middle in mm, and Hounsfield units: skull, brain, two ventricles, eyes, something that bleeds.
_PARTS: Final = (
    ((74, 95, 80), (0, 0, 0), 950),
    ((68, 88, 74), (0, 0, 0), 36),
    ((48, 66, 56), (0, 2, 4), 29),
    ((9, 30, 16), (-13, -4, 8), 6),
    ((9, 30, 16), (13, -4, 8), 6),
    ((12, 12, 12), (-30, -78, -32), 12),
    ((12, 12, 12), (30, -78, -32), 12),
    ((11, 16, 13), (34, 24, 12), 70),
)


def send_study(port: int) -> None:
    """An axial and a coronal series."""
    entity = AE("CT1")
    entity.add_requested_context(CTImageStorage, ExplicitVRLittleEndian)
    association = entity.associate("127.0.0.1", port, ae_title="OPENWORKLIST")
    for image in (*_make_axial(), *_make_coronal()):
        association.send_c_store(image)
    association.release()


def _make_axial() -> Iterator[Dataset]:
    for number, z in enumerate(range(-60, 61, 3), 1):
        image = _make(2, "Head 3.0 axial", number, window=(40, 80))
        image.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
        image.ImagePositionPatient = [-_FIELD, -_FIELD, z]
        across = _axis()
        yield _fill(image, _scan(across[None, :], across[:, None], np.array(float(z)), number))


def _make_coronal() -> Iterator[Dataset]:
    for number, y in enumerate(range(-72, 73, 6), 1):
        image = _make(3, "Head 6.0 coronal, bone", number, window=(480, 2500))
        image.ImageOrientationPatient = [1, 0, 0, 0, 0, -1]
        image.ImagePositionPatient = [-_FIELD, y, _FIELD]
        across = _axis()
        yield _fill(image, _scan(across[None, :], np.array(float(y)), -across[:, None], number))


def _axis() -> np.ndarray:
    return (np.arange(_SIZE) + 0.5) * _MM - _FIELD


def _scan(x: np.ndarray, y: np.ndarray, z: np.ndarray, seed: int) -> np.ndarray:
    values = np.full((_SIZE, _SIZE), -1000.0)
    for axes, middle, units in _PARTS:
        away = sum(((at - to) / half) ** 2 for at, to, half in zip((x, y, z), middle, axes, strict=True))
        values[np.broadcast_to(away < 1, values.shape)] = units
    noise = np.random.default_rng(seed).normal(0, 4, values.shape)
    return (values + noise).astype("<i2")


def _make(series: int, description: str, number: int, *, window: tuple[int, int]) -> Dataset:
    image = Dataset()
    image.SOPClassUID, image.SOPInstanceUID = CTImageStorage, generate_uid()
    image.StudyInstanceUID, image.SeriesInstanceUID = STUDY, f"{STUDY}.{series}"
    image.FrameOfReferenceUID = f"{STUDY}.9"
    image.StudyDate, image.StudyTime, image.AccessionNumber = "20260314", "101500", "D26031407"
    image.StudyDescription, image.Modality = "CT head", "CT"
    image.PatientName, image.PatientID = "Nobody^Nora^^Dr.", "DEMO-0007"
    image.PatientBirthDate, image.PatientSex = "19640812", "F"
    image.SeriesNumber, image.SeriesDescription, image.InstanceNumber = series, description, number
    image.WindowCenter, image.WindowWidth = window
    image.RescaleSlope, image.RescaleIntercept = 1, 0
    image.file_meta = FileMetaDataset()
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return image


def _fill(image: Dataset, values: np.ndarray) -> Dataset:
    image.Rows = image.Columns = _SIZE
    image.PixelSpacing = [_MM, _MM]
    image.SamplesPerPixel, image.PhotometricInterpretation = 1, "MONOCHROME2"
    image.BitsAllocated = image.BitsStored = 16
    image.HighBit, image.PixelRepresentation = 15, 1
    image.add_new(0x7FE0_0010, "OW", values.tobytes())
    return image
