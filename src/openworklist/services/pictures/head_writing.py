"""The head of a file anew: all but its pixels, as Explicit VR Little Endian. For the process that decodes."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, Final

from pydicom import dcmread, dcmwrite
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from openworklist.dicom.fragments import Frames
from openworklist.dicom.sop_classes import (
    IMPLEMENTATION_CLASS_UID,
    IMPLEMENTATION_VERSION,
    IMPLICIT_LITTLE_ENDIAN,
)
from openworklist.domain.errors import PictureError
from openworklist.services.pictures.decoding import decode
from openworklist.services.pictures.stored import MOST_BYTES, open_frames
from openworklist.services.pictures.wire import Message

# What stands behind the pixels, is about other bytes than will be, or says how they were compressed.
_LEFT_OUT: Final = (
    "DataSetTrailingPadding",
    "DigitalSignaturesSequence",
    "ExtendedOffsetTable",
    "ExtendedOffsetTableLengths",
)
_MOST_PIXELS: Final = 0xFFFF_FFFE  # bytes of a value
_FLOATS: Final = {0x7FE0_0008: "OF", 0x7FE0_0009: "OD"}


def write_head(path: Path) -> Message:
    """A PS3.10 file up to its pixels, and what they are: `frames` (0: there are none), `tag`, `vr`, `length`.

    `bits` are those of a frame. With `is_verbatim` the pixels are as the file has them at `offset`. An icon
    that is compressed is left out.
    """
    try:
        with open_frames(path, inflate=True) as frames:
            values = _measure(frames)
    except PictureError as error:
        if error.code != "picture.not-an-image":
            raise
        if path.stat().st_size > MOST_BYTES:
            raise PictureError(
                "The instance is too large to be converted.", code="picture.too-large"
            ) from None
        values = {"frames": 0}
    dataset = dcmread(path, stop_before_pixels=values["frames"] > 0)
    for keyword in _LEFT_OUT:
        if keyword in dataset:
            delattr(dataset, keyword)
    if values["frames"] and not values["is_verbatim"]:
        _describe(dataset, decode(path, 1).photometric)
    dataset.file_meta = _make_meta(dataset.file_meta)
    out = io.BytesIO()
    dcmwrite(out, dataset, implicit_vr=False, little_endian=True, enforce_file_format=True)
    return values, out.getvalue()


def _measure(frames: Frames) -> dict[str, Any]:
    pixels = frames.pixels
    is_verbatim = pixels.transfer_syntax == IMPLICIT_LITTLE_ENDIAN
    bits = (
        pixels.frame_bits
        if is_verbatim
        else pixels.rows * pixels.columns * pixels.samples * pixels.bits_allocated
    )
    length = (bits * frames.count + 7) // 8
    if length > _MOST_PIXELS:
        raise PictureError("The instance is too large once it is uncompressed.", code="picture.too-large")
    frames.spans(frames.count)  # if the last one is there, all are
    return {
        "frames": frames.count,
        "tag": pixels.tag,
        "vr": _FLOATS.get(pixels.tag, "OW" if pixels.bits_allocated > 8 else "OB"),
        "bits": bits,
        "length": length,
        "is_verbatim": is_verbatim,
        "offset": pixels.value.offset,
    }


def _describe(dataset: Any, photometric: str) -> None:
    dataset.PhotometricInterpretation = photometric
    if int(dataset.get("SamplesPerPixel") or 1) > 1:
        dataset.PlanarConfiguration = 0
    if "IconImageSequence" in dataset and dataset.file_meta.TransferSyntaxUID.is_compressed:
        del dataset.IconImageSequence


def _make_meta(source: Any) -> FileMetaDataset:
    meta = FileMetaDataset()
    for keyword in ("MediaStorageSOPClassUID", "MediaStorageSOPInstanceUID"):
        setattr(meta, keyword, getattr(source, keyword))
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = IMPLEMENTATION_CLASS_UID
    meta.ImplementationVersionName = IMPLEMENTATION_VERSION
    return meta
