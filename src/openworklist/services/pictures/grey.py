"""From stored values to grey levels (PS3.3 C.11, PS3.4 N.2): modality, values of interest, presentation."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from openworklist.domain.errors import PictureError
from openworklist.services.pictures.decoding import Decoded
from openworklist.services.pictures.frame import Window

Values = npt.NDArray[np.float64]
Levels = npt.NDArray[np.uint8]

_WHITE: Final = 255.0
_TABLED_BITS: Final = 16  # what has more bits, or a fraction, is not looked up but computed
_EIGHT: Final = 8
_BAND: Final = 1 << 18  # pixels that are looked up at once: what has numbers of 64 bits meanwhile stays small
_FUNCTIONS: Final = {"LINEAR": "linear", "LINEAR_EXACT": "linear-exact", "SIGMOID": "sigmoid"}


def to_grey(decoded: Decoded, frame: int, window: Window | None) -> Levels:
    """A monochrome frame in levels from black to white; padding is black."""
    stored = used_bits(decoded)
    padding = _find_padding(decoded)
    shown = stored if padding is None else stored[~padding]
    low, high = (shown.min(), shown.max()) if shown.size else (0, 0)
    if not np.isfinite(low) or not np.isfinite(high):
        finite = shown[np.isfinite(shown)]
        low, high = (finite.min(), finite.max()) if finite.size else (0, 0)
    look = _Look(decoded, frame, window, float(low), float(high))
    if stored.dtype.kind != "f" and int(high) - int(low) < 1 << _TABLED_BITS:
        table = look.apply(np.arange(int(low), int(high) + 1, dtype=np.float64))
        levels = np.empty(stored.shape, np.uint8)
        rows = max(1, _BAND // max(1, stored.shape[1]))
        for top in range(0, len(stored), rows):
            band = np.clip(stored[top : top + rows], low, high).astype(np.int64)
            levels[top : top + rows] = table[band - int(low)]
    else:
        levels = look.apply(np.nan_to_num(stored.astype(np.float64), nan=float(low)))
    if padding is not None:
        levels[padding] = 0
    return levels


def used_bits(decoded: Decoded) -> npt.NDArray[Any]:
    """Stored values without what else lies in the bits beside them, old overlays for example."""
    array, source = decoded.pixels, decoded.source
    unused_above = source.bits_allocated - decoded.high_bit - 1
    unused = source.bits_allocated - decoded.bits_stored
    if array.dtype.kind == "f" or source.bits_allocated == 1 or not unused:
        return array
    return (array << unused_above) >> unused  # of signed ones, the sign comes along


class _Look:
    """How values between `low` and `high` look, in a frame of an instance."""

    def __init__(self, decoded: Decoded, frame: int, window: Window | None, low: float, high: float) -> None:
        self._decoded = decoded
        dataset = decoded.dataset
        self._modality = find_group(dataset, frame, "PixelValueTransformationSequence", "RescaleSlope")
        self._interest = find_group(dataset, frame, "FrameVOILUTSequence", "WindowCenter")
        self._window = window
        self._low, self._high = low, high

    def apply(self, values: Values) -> Levels:
        levels = self._apply_interest(self._rescale(values))
        if self._is_inverse():
            levels = _WHITE - levels
        return np.clip(np.rint(levels), 0, _WHITE).astype(np.uint8)

    def _rescale(self, values: Values) -> Values:
        """PS3.3 C.11.1."""
        if table := _find_table(self._decoded.dataset, "ModalityLUTSequence"):
            return _look_up(values, table, self._decoded)[0]
        slope = _find_number(self._modality, "RescaleSlope", 1.0)
        rescaled: Values = values * (slope or 1.0) + _find_number(self._modality, "RescaleIntercept", 0.0)
        return rescaled

    def _apply_interest(self, values: Values) -> Values:
        """PS3.3 C.11.2; without window or table, the range of what the bits hold, or of the values."""
        if self._window is not None:
            return apply_window(values, *self._window)
        if table := _find_table(self._interest, "VOILUTSequence"):
            found, most = _look_up(values, table, self._decoded)
            return found * (_WHITE / most)
        centre = _find_number(self._interest, "WindowCenter", None)
        width = _find_number(self._interest, "WindowWidth", None)
        if centre is not None and width is not None and width > 0:
            name = str(self._interest.get("VOILUTFunction") or "LINEAR")
            return apply_window(values, centre, width, _FUNCTIONS.get(name, "linear"))
        low, high = self._find_range()
        return (values - low) * (_WHITE / (high - low)) if high > low else np.full_like(values, _WHITE / 2)

    def _find_range(self) -> tuple[float, float]:
        bits = self._decoded.bits_stored
        stored = np.array((self._low, self._high))
        # What has eight bits was made to be looked at: stretched, each frame of a cine would look different.
        if bits <= _EIGHT and self._low >= 0:
            stored = np.array((0.0, (1 << bits) - 1.0))
        low, high = np.sort(self._rescale(stored))
        return float(low), float(high)

    def _is_inverse(self) -> bool:
        """PS3.3 C.8.11.3 has MONOCHROME1 and INVERSE go together: they are no two inversions."""
        shape = str(self._decoded.dataset.get("PresentationLUTShape") or "")
        return self._decoded.photometric == "MONOCHROME1" or shape == "INVERSE"


def apply_window(values: Values, centre: float, width: float, function: str) -> Values:
    """Levels of 0 to 255, or beyond (PS3.3 C.11.2.1.2.1 and C.11.2.1.3)."""
    if function == "sigmoid":
        return _WHITE / (1 + np.exp(np.clip(-4 * (values - centre) / width, -500, 500)))
    if function == "linear-exact":
        return ((values - centre) / width + 0.5) * _WHITE
    if width <= 1:
        return np.where(values > centre - 0.5, _WHITE, 0.0)
    return ((values - (centre - 0.5)) / (width - 1) + 0.5) * _WHITE


def find_group(dataset: Any, frame: int, group: str, keyword: str) -> Any:
    """Where an attribute of a frame is: in its functional group, in those that all share, or outside."""
    each = dataset.get("PerFrameFunctionalGroupsSequence") or ()
    shared = dataset.get("SharedFunctionalGroupsSequence") or ()
    for item in (*each[frame - 1 : frame], *shared[:1]):
        found = item.get(group) or ()
        if found and keyword in found[0]:
            return found[0]
    return dataset


def _find_table(dataset: Any, keyword: str) -> Any:
    found = dataset.get(keyword) or ()
    return found[0] if found and "LUTDescriptor" in found[0] and "LUTData" in found[0] else None


def _find_number(dataset: Any, keyword: str, default: Any) -> Any:
    value = dataset.get(keyword)
    if isinstance(value, str) or not hasattr(value, "__getitem__"):
        first = value
    else:
        first = value[0] if len(value) else None
    if first is None or first == "":
        return default
    number = float(first)
    return number if np.isfinite(number) else default


def _look_up(values: Values, table: Any, decoded: Decoded) -> tuple[Values, float]:
    """What a LUT has for values, and the most that it may have (PS3.3 C.11.1.1.1)."""
    count, first, bits = (int(each) for each in table.LUTDescriptor)
    data = table.LUTData
    order = ">" if decoded.source.transfer_syntax == "1.2.840.10008.1.2.2" else "<"
    entries = np.frombuffer(data, f"{order}u2") if isinstance(data, bytes) else np.array(data, ndmin=1)
    count = (count & 0xFFFF) or 1 << 16
    if len(entries) * 2 == count and isinstance(data, bytes):  # entries of eight bits
        entries = np.frombuffer(data, "u1")
    entries = entries[:count].astype(np.float64)
    if not len(entries):
        raise PictureError("A look-up table of the instance is empty.")
    if first > 0x7FFF and decoded.dataset.get("PixelRepresentation") == 1:
        first -= 0x10000
    at = np.clip(np.rint(values - first), 0, len(entries) - 1).astype(np.int64)
    most = max(float((1 << min(max(bits, 1), 16)) - 1), entries.max())
    return entries[at], most


def _find_padding(decoded: Decoded) -> npt.NDArray[np.bool_] | None:
    """PS3.3 C.7.5.1.1.2: which pixels are none."""
    value = decoded.dataset.get("PixelPaddingValue")
    if not isinstance(value, int):
        return None
    limit = decoded.dataset.get("PixelPaddingRangeLimit")
    low, high = sorted((value, limit if isinstance(limit, int) else value))
    padding: npt.NDArray[np.bool_] = (decoded.pixels >= low) & (decoded.pixels <= high)
    return padding if padding.any() else None
