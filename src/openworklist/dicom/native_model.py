"""Datasets of the DICOM JSON model as the Native DICOM Model, which is XML (PS3.19 A.1)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from openworklist.dicom.dictionary import find_keyword

_NAMESPACE: Final = "http://dicom.nema.org/PS3.19/models/NativeDICOM"
_BEGIN: Final = f'<?xml version="1.0" encoding="UTF-8"?>\n<NativeDicomModel xmlns="{_NAMESPACE}">'
_END: Final = "</NativeDicomModel>"
_GROUPS: Final = ("Alphabetic", "Ideographic", "Phonetic")
_PARTS: Final = ("FamilyName", "GivenName", "MiddleName", "NamePrefix", "NameSuffix")
_FORBIDDEN: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0 2.2
Dataset = Mapping[str, Any]


def to_xml(dataset: Dataset) -> str:
    """The whole document of one dataset. What XML has no letter for is left out."""
    return "".join((_BEGIN, *_write_items(dataset), _END))


def _write_items(dataset: Dataset) -> Iterator[str]:
    for tag, element in sorted(dataset.items()):
        keyword = find_keyword(int(tag, 16))
        named = f' keyword="{keyword}"' if keyword else ""
        yield f'<DicomAttribute{named} tag="{tag}" vr="{element["vr"]}">'
        yield from _write_element(element)
        yield "</DicomAttribute>"


def _write_element(element: Mapping[str, Any]) -> Iterator[str]:
    if "InlineBinary" in element:
        yield f"<InlineBinary>{_to_text(element['InlineBinary'])}</InlineBinary>"
    if "BulkDataURI" in element:
        yield f"<BulkData uri={quoteattr(element['BulkDataURI'])}/>"
    for number, value in enumerate(element.get("Value", ()), start=1):
        if element["vr"] == "SQ":
            yield f'<Item number="{number}">'
            yield from _write_items(value or {})
            yield "</Item>"
        elif value is not None and element["vr"] == "PN":
            yield f'<PersonName number="{number}">'
            yield from _write_name(value)
            yield "</PersonName>"
        elif value is not None:
            yield f'<Value number="{number}">{_to_text(value)}</Value>'


def _write_name(name: Mapping[str, str]) -> Iterator[str]:
    for group in _GROUPS:
        if name.get(group):
            parts = zip(_PARTS, name[group].split("^"), strict=False)
            told = "".join(f"<{part}>{_to_text(text)}</{part}>" for part, text in parts if text)
            yield f"<{group}>{told}</{group}>"


def _to_text(value: object) -> str:
    return escape(_FORBIDDEN.sub("", str(value)))
