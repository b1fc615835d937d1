"""What the page shows of a framing report is what the command prints."""

import re
from pathlib import Path
from typing import Any

import pytest

from openworklist.services.doctor.checks import CHECKS

PAGE = (Path(__file__).parents[2] / "docs/doctor.md").read_text("utf-8")
CAPTURE = (
    b"\x0bMSH|^~\\&|RIS|HOSPITAL|OPENWORKLIST|RADIOLOGY|20260314090000||ORM^O01|M1|P|2.3.1\r"
    b"PID|1||P1||DOE^JANE\r\x1c\n"
)


def test_the_framing_report_is_true(openworklist: Any, tmp_path: Path) -> None:
    shown = re.search(r"^\$ openworklist doctor framing capture\.bin\n(.*?)^```", PAGE, re.M | re.S)
    (tmp_path / "capture.bin").write_bytes(CAPTURE)

    ended = openworklist("doctor", "framing", tmp_path / "capture.bin")

    assert shown
    assert ended.stdout == shown[1]


@pytest.mark.parametrize("name", [name for name, _ in CHECKS])
def test_every_check_is_on_the_page(name: str) -> None:
    assert re.search(rf"^\| [^|]*{name.removesuffix('s')}", PAGE, re.M)


def test_every_finding_of_a_new_folder_is_on_the_page(openworklist: Any, tmp_path: Path) -> None:
    ended = openworklist("doctor", "--data", tmp_path)

    found = re.findall(r"^\S+ (?:ok|warning|problem) +([^:]+): ", ended.stdout, re.M)
    described = {
        name.strip()
        for cells in re.findall(r"^\| ([^|]+) \|", PAGE, re.M)
        for name in cells.replace("HL7, DICOM, web port", "HL7 port, DICOM port, web port").split(",")
    }
    assert len(found) > 8
    assert set(found) <= described
