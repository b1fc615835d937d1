"""A stored dataset in the DICOM JSON model (PS3.18 F.2), with addresses in place of what is large in it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from math import isfinite
from typing import Any, Final

from openworklist.dicom.dataset import UNICODE, Reading
from openworklist.dicom.elements import Element
from openworklist.dicom.stored_file import StoredDataset

_DECIMALS: Final = frozenset(("DS", "IS"))
_FLOATS: Final = frozenset(("FD", "FL"))


def to_metadata(dataset: StoredDataset, address: Callable[[str], str]) -> dict[str, Any]:
    """Its elements; those that were left in the file have what `address` makes of their path."""
    return {**UNICODE, **_Metadata(address).read(dataset.elements, ("",))}


class _Metadata(Reading):
    def __init__(self, address: Callable[[str], str]) -> None:
        super().__init__()
        self._address = address

    def read_element(self, element: Element, charsets: tuple[str, ...]) -> dict[str, Any]:
        if element.left:
            return {"vr": element.vr, "BulkDataURI": self._address(element.left)}
        found = super().read_element(element, charsets)
        vr, values = found["vr"], found.get("Value", ())
        if vr in _DECIMALS:
            # PS3.18 F.2.3.1: numbers where they can be; viewers compute with them.
            return {**found, "Value": [_to_number(each, vr) for each in values]} if values else found
        if vr in _FLOATS and not all(map(isfinite, values)):
            return _to_inline(element)  # JSON has no word for them
        return found


def _to_number(text: Any, vr: str) -> Any:
    try:
        number = int(text) if vr == "IS" else float(text)
    except (TypeError, ValueError):
        return text
    return number if isfinite(number) else text


def _to_inline(element: Element) -> dict[str, Any]:
    return {"vr": element.vr, "InlineBinary": b64encode(element.value).decode("ascii")}
