"""The directory of a file-set, DICOMDIR (PS3.3 annex F): to which study and series its files belong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from struct import pack
from typing import Any, Final
from uuid import NAMESPACE_OID, uuid5

from openworklist.dicom.dataset import Json, from_json, text_of
from openworklist.dicom.part10 import encode_file_meta
from openworklist.dicom.record_types import WANTED as _OF_INSTANCES
from openworklist.dicom.record_types import find_record_type
from openworklist.dicom.sop_classes import EXPLICIT_LITTLE_ENDIAN

_SOP_CLASS: Final = "1.2.840.10008.1.3.10"  # Media Storage Directory Storage
_NAME: Final = "OPENWORKLIST"
_ITEM: Final = b"\xfe\xff\x00\xe0"
_NEXT, _LOWER = "00041400", "00041420"
_MODALITY, _SERIES, _SERIES_NUMBER = 0x0008_0060, 0x0020_000E, 0x0020_0011

# By level: what is copied, and what is told of those that must have a value and have none (PS3.3 F.5).
_PATIENT: Final = {"00100010": "", "00100020": "UNKNOWN", "00100021": "", "00100030": "", "00100040": ""}
_STUDY: Final = {
    "00080020": "19000101",
    "00080030": "000000",
    "00080050": "",
    "00080090": "",
    "00081030": "",
    "0020000D": "",
    "00200010": "1",
}
_SERIES_KEYS: Final = {"00080060": "OT", "0008103E": "", "0020000E": "", "00200011": "1"}
_VRS: Final = {
    "00080020": "DA",
    "00080030": "TM",
    "00080050": "SH",
    "00080060": "CS",
    "00080090": "PN",
    "0008103E": "LO",
    "00081030": "LO",
    "00100010": "PN",
    "00100020": "LO",
    "00100021": "LO",
    "00100030": "DA",
    "00100040": "CS",
    "0020000D": "UI",
    "0020000E": "UI",
    "00200010": "SH",
    "00200011": "IS",
}
_OPTIONAL: Final = frozenset(("00080090", "0008103E", "00100021", "00100030", "00100040"))
# The elements of a dataset that a directory looks at.
WANTED: Final = frozenset(int(tag, 16) for tag in (*_VRS, *_OF_INSTANCES)) | {0x0008_0005}


@dataclass(slots=True)
class _Record:
    values: dict[str, Any]
    lower: list[_Record] = field(default_factory=list)
    offset: int = 0

    def walk(self) -> Iterator[_Record]:
        yield self
        for each in self.lower:
            yield from each.walk()


class Directory:
    """`add` each file, those of a series one after the other; `encode` the whole at the end."""

    def __init__(self) -> None:
        self._patients: list[_Record] = []
        self._series: dict[str, _Record] = {}

    def add(self, dataset: Json, names: tuple[str, ...], transfer_syntax: str) -> None:
        """A file by the elements of its dataset and the components of its File ID (PS3.10 8.2)."""
        kind, values = find_record_type(dataset)
        file: dict[str, Any] = {
            **values,
            "00041500": {"vr": "CS", "Value": list(names)},
            "00041510": {"vr": "UI", "Value": [text_of(dataset, 0x0008_0016)]},
            "00041511": {"vr": "UI", "Value": [text_of(dataset, 0x0008_0018)]},
            "00041512": {"vr": "UI", "Value": [transfer_syntax]},
        }
        self._find_series(dataset).lower.append(_make_record(kind, file))

    def encode(self, study_uid: str) -> bytes:
        """The file DICOMDIR. The same study has the same UID for it each time."""
        records = [each for patient in self._patients for each in patient.walk()]
        first, last = (self._patients[0], self._patients[-1]) if records else (None, None)
        uid = f"2.25.{uuid5(NAMESPACE_OID, study_uid).int}"
        meta = encode_file_meta(_SOP_CLASS, uid, EXPLICIT_LITTLE_ENDIAN, calling=_NAME, called=_NAME)
        beginning = len(_encode_root(0, 0, 0))
        at = len(meta) + beginning
        for each in records:
            each.offset = at
            at += len(_ITEM) + 4 + len(from_json(each.values, EXPLICIT_LITTLE_ENDIAN))
        _link(self._patients)
        length = at - len(meta) - beginning
        root = _encode_root(first.offset if first else 0, last.offset if last else 0, length)
        return b"".join((meta, root, *map(_encode_item, records)))

    def _find_series(self, dataset: Json) -> _Record:
        uid = text_of(dataset, _SERIES)
        if uid not in self._series:
            if not self._patients:
                study = _make_record("STUDY", _choose(dataset, _STUDY))
                self._patients.append(_make_record("PATIENT", _choose(dataset, _PATIENT)))
                self._patients[0].lower.append(study)
            series = _make_record("SERIES", _choose(dataset, _SERIES_KEYS))
            self._patients[0].lower[0].lower.append(series)
            self._series[uid] = series
        return self._series[uid]


def _choose(dataset: Json, keys: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for tag, otherwise in keys.items():
        element = dataset.get(tag, {})
        if any(each not in (None, "") for each in element.get("Value", ())):
            found[tag] = element
        elif otherwise or tag not in _OPTIONAL:
            found[tag] = {"vr": _VRS[tag], **({"Value": [otherwise]} if otherwise else {})}
    return found


def _make_record(kind: str, values: dict[str, Any]) -> _Record:
    return _Record(
        {
            **values,
            _NEXT: {"vr": "UL", "Value": [0]},
            "00041410": {"vr": "US", "Value": [0xFFFF]},  # in use
            _LOWER: {"vr": "UL", "Value": [0]},
            "00041430": {"vr": "CS", "Value": [kind]},
        }
    )


def _link(records: list[_Record]) -> None:
    """PS3.3 F.3.2.2: each record knows the next of its level, and the first below it."""
    for number, each in enumerate(records, start=1):
        if number < len(records):
            each.values[_NEXT] = {"vr": "UL", "Value": [records[number].offset]}
        if each.lower:
            each.values[_LOWER] = {"vr": "UL", "Value": [each.lower[0].offset]}
            _link(each.lower)


def _encode_item(record: _Record) -> bytes:
    body = from_json(record.values, EXPLICIT_LITTLE_ENDIAN)
    return _ITEM + pack("<I", len(body)) + body


def _encode_root(first: int, last: int, length: int) -> bytes:
    """What stands before the records, the head of their sequence with it."""
    root = from_json(
        {
            "00041130": {"vr": "CS", "Value": [_NAME]},
            "00041200": {"vr": "UL", "Value": [first]},
            "00041202": {"vr": "UL", "Value": [last]},
            "00041212": {"vr": "US", "Value": [0]},
        },
        EXPLICIT_LITTLE_ENDIAN,
    )
    return root + pack("<HH2s2xI", 0x0004, 0x1220, b"SQ", length)
