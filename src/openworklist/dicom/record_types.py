"""Which record an instance has in a DICOMDIR, and what that says of it (PS3.3 table F.3-3 and F.5)."""

from __future__ import annotations

from typing import Any, Final

from openworklist.dicom.dataset import Json, text_of

_STORAGE: Final = "1.2.840.10008.5.1.4.1.1."
_IMAGE: Final = "IMAGE"
# What follows the root in a SOP class, those with a dot at the end for all below; others are images.
_TABLE: Final = """
481.2 RT DOSE
481.3 RT STRUCTURE SET
481.5 RT PLAN
481.8 RT PLAN
481.4 RT TREAT RECORD
481.6 RT TREAT RECORD
481.7 RT TREAT RECORD
481.9 RT TREAT RECORD
481.1 IMAGE
481. RADIOTHERAPY
11. PRESENTATION
9. WAVEFORM
88.59 KEY OBJECT DOC
88. SR DOCUMENT
4.2 SPECTROSCOPY
66.1 REGISTRATION
66.2 FIDUCIAL
66.3 REGISTRATION
66.4 IMAGE
66.5 SURFACE
66.6 TRACT
66.7 IMAGE
66.8 IMAGE
66 RAW DATA
67 VALUE MAP
68.1 SURFACE SCAN
77.1.5.3 STEREOMETRIC
78. MEASUREMENT
79. MEASUREMENT
90. ASSESSMENT
91. ANNOTATION
104. ENCAP DOC
"""
_TYPES: Final = sorted(
    ((name, kind) for name, _, kind in (line.partition(" ") for line in _TABLE.strip().splitlines())),
    key=lambda pair: -len(pair[0]),
)
_DATE, _TIME = ("DA", "19000101"), ("TM", "000000")
# What must have a value in some record, with its VR and what is told where it has none.
_NEEDED: Final[dict[str, dict[str, tuple[str, str]]]] = {
    "RT DOSE": {"3004000A": ("CS", "PLAN")},
    "RT STRUCTURE SET": {"30060002": ("SH", "UNNAMED"), "30060008": ("DA", ""), "30060009": ("TM", "")},
    "RT PLAN": {"300A0002": ("SH", "UNNAMED"), "300A0006": ("DA", ""), "300A0007": ("TM", "")},
    "RT TREAT RECORD": {"30080250": ("DA", ""), "30080251": ("TM", "")},
    "PRESENTATION": {"00700080": ("CS", "UNNAMED"), "00700082": _DATE, "00700083": _TIME},
    "WAVEFORM": {"00080023": _DATE, "00080033": _TIME},
    "SR DOCUMENT": {
        "00080023": _DATE,
        "00080033": _TIME,
        "0040A491": ("CS", "PARTIAL"),
        "0040A493": ("CS", "UNVERIFIED"),
    },
    "KEY OBJECT DOC": {"00080023": _DATE, "00080033": _TIME},
    "ENCAP DOC": {"00420012": ("LO", "application/octet-stream"), "00420010": ("ST", "")},
    **{
        kind: {"00080023": _DATE, "00080033": _TIME}
        for kind in ("SPECTROSCOPY", "RAW DATA", "MEASUREMENT", "STEREOMETRIC")
    },
    **{
        kind: {"00080023": _DATE, "00080033": _TIME, "00700080": ("CS", "UNNAMED")}
        for kind in ("REGISTRATION", "FIDUCIAL", "VALUE MAP", "SURFACE", "TRACT")
    },
}
# What stands in any record, where the instance has it.
_COPIED: Final = (
    "00080008",
    "00080023",
    "00080033",
    "00080070",
    "00280008",
    "00280010",
    "00280011",
    "0040A030",
    "0040A043",
    "00420010",
    "00700081",
    "00700084",
)
_INSTANCE_NUMBER: Final = "00200013"
WANTED: Final = frozenset((_INSTANCE_NUMBER, *_COPIED, *(tag for each in _NEEDED.values() for tag in each)))


def find_record_type(dataset: Json) -> tuple[str, dict[str, Any]]:
    """The type of its record, and the elements that describe the instance there."""
    sop_class = text_of(dataset, 0x0008_0016).removeprefix(_STORAGE)
    kind = next((kind for name, kind in _TYPES if _is_below(sop_class, name)), _IMAGE)
    needed = {_INSTANCE_NUMBER: ("IS", "1"), **_NEEDED.get(kind, {})}
    found = {tag: dataset[tag] for tag in _COPIED if _has_value(dataset, tag)}
    for tag, (vr, otherwise) in needed.items():
        told = {"vr": vr, "Value": [otherwise]} if otherwise else {"vr": vr}
        found[tag] = dict(dataset[tag]) if _has_value(dataset, tag) else told
    return kind, found


def _is_below(sop_class: str, name: str) -> bool:
    return sop_class.startswith(name) if name.endswith(".") else sop_class == name


def _has_value(dataset: Json, tag: str) -> bool:
    return any(each not in (None, "") for each in dataset.get(tag, {}).get("Value", ()))
