"""Series whose pictures tell what they are: each slice is of one grey, which is its number."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from struct import pack
from typing import Any

from pydicom.dataset import Dataset
from pydicom.uid import SecondaryCaptureImageStorage, generate_uid

from openworklist.services.study_tokens import StudyTokens
from openworklist.store.database import open_database
from players.archive import make_slice

SIDE = 16
AXIAL = (1, 0, 0, 0, 1, 0)
PATIENT = {"PatientName": "Doe^Jane^^Dr.", "PatientID": "VIEW-1", "StudyDescription": "Head and neck"}


def make_series(study: str, numbers: Sequence[int], **values: Any) -> list[Dataset]:
    """Slices of 16 by 16 pixels in the order that is given, 2.5 mm apart by their number.

    Their window leaves values as they are: slice 7 is drawn in grey 7.
    """
    series = f"{study}.{values.get('SeriesNumber', 1)}"
    return [_make(study, series, each, values) for each in numbers]


def _make(study: str, series: str, number: int, values: dict[str, Any]) -> Dataset:
    pixels = pack(f"<{SIDE * SIDE}H", *[number] * SIDE * SIDE)
    known = {
        **PATIENT,
        **describe(),
        "StudyInstanceUID": study,
        "SeriesInstanceUID": series,
        "SeriesDescription": "Thin",
        "FrameOfReferenceUID": f"{study}.99",
        "ImageOrientationPatient": list(AXIAL),
        "ImagePositionPatient": [-60, -60, number * 2.5],
        "PixelSpacing": [0.5, 0.5],
        "WindowCenter": 128,
        "WindowWidth": 256,
        "RescaleSlope": 1,
        "RescaleIntercept": 0,
        **values,
    }
    return make_slice(number, pixels=known.pop("PixelData", pixels), **known)


def describe(side: int = SIDE, bits: int = 16) -> dict[str, Any]:
    """The attributes of grey pixels."""
    return {
        "Rows": side,
        "Columns": side,
        "BitsAllocated": bits,
        "BitsStored": bits,
        "HighBit": bits - 1,
        "PixelRepresentation": 0,
        "SamplesPerPixel": 1,
        "PhotometricInterpretation": "MONOCHROME2",
    }


def make_clip(study: str, colours: Sequence[tuple[int, int, int]], **values: Any) -> Dataset:
    """One instance with a frame of each colour."""
    pixels = b"".join(bytes(each) * SIDE * SIDE for each in colours)
    known = {
        **PATIENT,
        **describe(bits=8),
        "SOPClassUID": SecondaryCaptureImageStorage,
        "SOPInstanceUID": generate_uid(),
        "StudyInstanceUID": study,
        "SeriesInstanceUID": f"{study}.{values.get('SeriesNumber', 7)}",
        "SeriesNumber": 7,
        "Modality": "US",
        "SamplesPerPixel": 3,
        "PlanarConfiguration": 0,
        "PhotometricInterpretation": "RGB",
        "NumberOfFrames": len(colours),
        **values,
    }
    return make_slice(1, pixels=pixels, **known)


def give_token(data: Path, study: str) -> str:
    """The token of a study, made beside the server that has it."""
    database = open_database("", data, shared=True)
    try:
        return StudyTokens(database, data).ensure(study, "test")
    finally:
        database.close()


def take_token(data: Path, study: str) -> None:
    """Revoke it."""
    database = open_database("", data, shared=True)
    try:
        StudyTokens(database, data).revoke(study, "test")
    finally:
        database.close()
