"""A decoded frame as a picture: colours, proportions, size, and the file that it goes out as."""

from __future__ import annotations

import io
from typing import Any, Final

import numpy as np
from PIL import Image
from pydicom.pixels.processing import apply_color_lut, convert_color_space

from openworklist.domain.errors import PictureError
from openworklist.services.pictures.decoding import Decoded
from openworklist.services.pictures.frame import Window
from openworklist.services.pictures.grey import Levels, find_group, to_grey, used_bits
from openworklist.services.pictures.overlays import burn_in

_LONGEST: Final = 16_384  # pixels of a side
_ODDEST: Final = 20.0  # the width of a pixel to its height, and the other way round, that is believed
_SAME: Final = 0.01
_GREY: Final = ("MONOCHROME1", "MONOCHROME2")
_FORMATS: Final = {"image/jpeg": "JPEG", "image/png": "PNG"}


def render(
    decoded: Decoded, frame: int, window: Window | None, viewport: tuple[int, int] | None
) -> Image.Image:
    """The picture of a frame. `window` is for grey ones alone; it is as large as fits into a viewport."""
    levels = to_grey(decoded, frame, window) if decoded.photometric in _GREY else _to_colours(decoded)
    burn_in(levels, decoded.dataset, frame)
    height, width = levels.shape[:2]
    size = _fit(width, height, _find_ratio(decoded.dataset, frame), viewport)
    image = Image.fromarray(levels)
    if size == image.size:
        return image
    shrinks = size[0] < width or size[1] < height
    return image.resize(size, Image.Resampling.BOX if shrinks else Image.Resampling.BILINEAR)


def encode(image: Image.Image, media: str, quality: int) -> bytes:
    out = io.BytesIO()
    if media == "image/jpeg":
        image.save(out, "JPEG", quality=quality, subsampling=0)
    else:
        image.save(out, _FORMATS[media], compress_level=3)
    return out.getvalue()


def _to_colours(decoded: Decoded) -> Levels:
    photometric = decoded.photometric
    stored = used_bits(decoded)
    if photometric == "PALETTE COLOR":
        colours = apply_color_lut(stored, decoded.dataset)[..., :3]
        return _to_bytes(colours, 16 if colours.max(initial=0) > 0xFF else 8)
    if photometric == "YBR_FULL":
        stored = convert_color_space(_to_bytes(stored, decoded.bits_stored), "YBR_FULL", "RGB")
        return np.ascontiguousarray(stored)
    if photometric != "RGB" or decoded.source.samples != 3:
        raise PictureError(
            f"Pictures in {photometric or 'unknown'} colours cannot be shown.", code="picture.unsupported"
        )
    return _to_bytes(stored, decoded.bits_stored)


def _to_bytes(values: Any, bits: int) -> Levels:
    """Samples of so many bits in eight."""
    if values.dtype.kind == "f":
        raise PictureError("Colours with fractions cannot be shown.", code="picture.unsupported")
    shifted = values >> (bits - 8) if bits > 8 else values << (8 - bits) if bits < 8 else values
    return np.array(shifted, dtype=np.uint8)


def _fit(width: int, height: int, ratio: float, viewport: tuple[int, int] | None) -> tuple[int, int]:
    """The size of the picture: with pixels as high as wide, none lost, or as large as the viewport allows."""
    wide = width * max(ratio, 1.0)
    high = height * max(1 / ratio, 1.0)
    scale = 1.0 if viewport is None else min(viewport[0] / wide, viewport[1] / high)
    size = max(1, round(wide * scale)), max(1, round(high * scale))
    if max(size) > _LONGEST:
        raise PictureError(
            f"A picture of {size[0]} by {size[1]} pixels is too large.",
            hint=f"a side may have {_LONGEST}",
            code="picture.too-large",
        )
    return size


def _find_ratio(dataset: Any, frame: int) -> float:
    """The width of a pixel to its height (PS3.3 C.7.6.3.1.7)."""
    measures = find_group(dataset, frame, "PixelMeasuresSequence", "PixelSpacing")
    for source, keyword in (
        (measures, "PixelSpacing"),
        (dataset, "ImagerPixelSpacing"),
        (dataset, "NominalScannedPixelSpacing"),
        (dataset, "PixelAspectRatio"),
    ):
        value = source.get(keyword)
        if value is None or isinstance(value, str) or len(value) != 2:
            continue
        high, wide = (float(each) for each in value)
        if high > 0 and wide > 0 and 1 / _ODDEST <= wide / high <= _ODDEST:
            return wide / high if abs(wide / high - 1) > _SAME else 1.0
    return 1.0
