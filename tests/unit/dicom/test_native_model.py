"""The Native DICOM Model, held against what DCMTK writes of the same dataset."""

import shutil
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from pydicom import Dataset

from openworklist.dicom.native_model import to_xml

_XMLNS = "{http://dicom.nema.org/PS3.19/models/NativeDICOM}"
_STEP = {
    "00080060": {"vr": "CS", "Value": ["CT"]},
    "00400002": {"vr": "DA", "Value": ["20260314"]},
    "00400008": {
        "vr": "SQ",
        "Value": [{"00080100": {"vr": "SH", "Value": ["C1"]}}, {"00080100": {"vr": "SH", "Value": ["C2"]}}],
    },
}
DATASET: dict[str, Any] = {
    "00080005": {"vr": "CS", "Value": ["ISO_IR 192"]},
    "00080050": {"vr": "SH"},
    "00081110": {"vr": "SQ"},
    "00100010": {
        "vr": "PN",
        "Value": [
            {"Alphabetic": "Yamada^Tarou^^Dr", "Ideographic": "山田^太郎", "Phonetic": "やまだ^たろう"}
        ],
    },
    "00100020": {"vr": "LO", "Value": ["A & <B>"]},
    "001021C0": {"vr": "US", "Value": [4]},
    "00321032": {"vr": "PN", "Value": [{"Alphabetic": "Doe^Jane"}, {"Alphabetic": "Roe"}]},
    "00400100": {"vr": "SQ", "Value": [_STEP]},
}


def _read(text: str) -> Any:
    """Elements as (name, attributes, text, children), without what stands between them."""

    def walk(element: ElementTree.Element) -> Any:
        children = [walk(each) for each in element]
        own = "" if children else (element.text or "").strip()
        return element.tag.removeprefix(_XMLNS), dict(element.attrib), own, children

    return [walk(each) for each in ElementTree.fromstring(text.encode())]


@pytest.mark.skipif(not shutil.which("dcm2xml"), reason="DCMTK is not installed")
def test_it_is_what_dcmtk_writes(tmp_path: Path) -> None:
    dataset = Dataset.from_json(DATASET)
    path = tmp_path / "entry.dcm"
    dataset.save_as(path, implicit_vr=False, little_endian=True)
    told = subprocess.run(
        ["dcm2xml", "--native-format", "--read-dataset", str(path)],
        capture_output=True, check=True, timeout=60,
    )  # fmt: skip

    assert _read(to_xml(DATASET)) == _read(told.stdout.decode())


def test_what_xml_has_no_letter_for_is_left_out() -> None:
    text = to_xml({"00100020": {"vr": "LO", "Value": ["a\x1b\x00b\ud800c]]>"]}})

    assert _read(text) == [
        (
            "DicomAttribute",
            {"keyword": "PatientID", "tag": "00100020", "vr": "LO"},
            "",
            [("Value", {"number": "1"}, "abc]]>", [])],
        )
    ]
