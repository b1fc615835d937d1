"""JPEG Extended of 12 bits (process 4), which pydicom leaves alone. For the process that decodes."""

from __future__ import annotations

from typing import Any, Final

from openworklist.dicom.pixel_data import PixelData
from openworklist.domain.errors import PictureError

JPEG_EXTENDED: Final = "1.2.840.10008.1.2.4.51"


def decode_extended(codestream: bytes, pixels: PixelData, bits_stored: int) -> bytes:
    """The samples of a frame, in 16 bits each; `picture.unsupported` without GDCM."""
    try:
        import gdcm
    except ImportError:
        raise PictureError(
            "JPEG Extended of 12 bits cannot be decoded here.",
            hint="fetch the frame as it is stored",
            code="picture.unsupported",
        ) from None
    image = gdcm.Image()
    image.SetNumberOfDimensions(2)
    image.SetDimensions((pixels.columns, pixels.rows, 1))
    image.SetDataElement(_encapsulate(gdcm, codestream))
    kind = gdcm.PhotometricInterpretation.GetPIType(pixels.photometric)
    image.SetPhotometricInterpretation(gdcm.PhotometricInterpretation(kind))
    image.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.GetTSType(JPEG_EXTENDED)))
    image.SetPixelFormat(
        gdcm.PixelFormat(pixels.samples, pixels.bits_allocated, bits_stored, bits_stored - 1, 0)
    )
    text = image.GetBuffer()
    if text is None:
        raise PictureError("The pixels cannot be decoded: they are broken.")
    # GDCM hands bytes out as text.
    data: bytes = text.encode("utf-8", "surrogateescape")
    return data


def _encapsulate(gdcm: Any, codestream: bytes) -> Any:
    fragment = gdcm.Fragment()
    fragment.SetByteStringValue(codestream)
    fragments = gdcm.SequenceOfFragments.New()
    fragments.AddFragment(fragment)
    element = gdcm.DataElement(gdcm.Tag(0x7FE0, 0x0010))
    element.SetValue(fragments.__ref__())
    return element
