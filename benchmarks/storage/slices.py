"""CT slices as a scanner sends them: 512 x 512 pixels of 16 bits, each another instance of one series."""

import os
from collections.abc import Iterator
from dataclasses import dataclass

from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage
from pynetdicom.dsutils import encode

SYNTAX = "1.2.840.10008.1.2.1"
SOP_CLASS = str(CTImageStorage)
_SIDE = 512
_ROOT = "2.25.1"
_PLACE = b"9" * 24  # where the number of an instance stands in the template


@dataclass(frozen=True, slots=True)
class Slice:
    uid: str
    dataset: bytes


def make_slices(count: int, study: int) -> Iterator[Slice]:
    """So many slices of a study, their pixels noise."""
    image = Dataset()
    image.SOPClassUID = SOP_CLASS
    image.SOPInstanceUID = f"{_ROOT}.{_PLACE.decode()}"
    image.StudyDate, image.StudyTime, image.AccessionNumber = "20260314", "101500", f"A{study}"
    image.Modality, image.Manufacturer = "CT", "Benchmark"
    image.StudyDescription, image.SeriesDescription = "Thorax", "Axial 1 mm"
    image.PatientName, image.PatientID = "Bench^Mark", f"P{study}"
    image.PatientBirthDate, image.PatientSex = "19700101", "O"
    image.StudyInstanceUID, image.SeriesInstanceUID = f"{_ROOT}.{study}", f"{_ROOT}.{study}.1"
    image.SeriesNumber, image.InstanceNumber = 1, 1
    image.SamplesPerPixel, image.PhotometricInterpretation = 1, "MONOCHROME2"
    image.Rows = image.Columns = _SIDE
    image.BitsAllocated = image.BitsStored = 16
    image.HighBit, image.PixelRepresentation = 15, 0
    image.add_new(0x7FE0_0010, "OW", os.urandom(_SIDE * _SIDE * 2))
    template = encode(image, False, True)
    assert template is not None
    for number in range(count):
        name = f"1{study:07d}{number:016d}".encode()
        yield Slice(f"{_ROOT}.{name.decode()}", template.replace(_PLACE, name, 1))
