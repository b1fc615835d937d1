"""Names of HL7; those of hl7apy are the oracle where it is installed."""

from __future__ import annotations

import importlib
import warnings
from typing import Any

import pytest

from openworklist.domain.errors import MessageError
from openworklist.hl7.dictionary import describe, find_field, find_segment, find_type, segments, type_names
from openworklist.hl7.path import Path

# IHE's own, and types that only name what hl7apy names otherwise.
NOT_IN_HL7APY = {"ZDS"}
VERSIONS = ("2_3", "2_3_1", "2_4", "2_5", "2_5_1", "2_6", "2_7", "2_8", "2_8_1", "2_8_2")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("PID", "Patient Identification"),
        ("PID-5", "Patient Name"),
        ("PID-5.2", "Patient Name: Given Name"),
        ("PID-5(2).1.1", "Patient Name: Family Name: Surname"),
        ("PID-3.4.1", "Patient Identifier List: Assigning Authority: Namespace ID"),
        ("PV1-3.1", "Assigned Patient Location: Point of Care"),
        ("PV1-8.2", "Referring Doctor: Family Name"),
        ("ORC-7.4", "Quantity/Timing: Start Date/Time"),
        ("OBR-4.2", "Universal Service Identifier: Text"),
        ("OBR-34.1.2", "Technician: Name: Family Name"),
        ("IPC-9", "Scheduled Station AE Title"),
        ("ZDS-1.1", "Study Instance UID: Pointer"),
        ("TQ1-7", "Start Date/Time"),
        ("MSH-9.2", "Message Type: Trigger Event"),
    ],
)
def test_a_path_is_told_by_the_names_along_it(path: str, name: str) -> None:
    assert describe(path) == name


def test_the_first_component_of_a_simple_field_or_a_time_is_the_field() -> None:
    assert describe("PID-1.1") == "Set ID"
    assert describe("PID-7.1") == "Date/Time of Birth"
    assert describe("PID-7.2") == "Date/Time of Birth: Degree of Precision"


def test_a_value_whose_type_the_message_tells_is_described_by_it() -> None:
    assert describe("OBX-5.2") == "Observation Value"
    assert describe("OBX-5.2", value_type="CE") == "Observation Value: Text"


@pytest.mark.parametrize("path", ["ZZZ", "ZZZ-1", "PID-99", "PID-99.1"])
def test_what_nobody_knows_has_no_name(path: str) -> None:
    assert describe(path) == ""


def test_a_component_beyond_the_last_is_told_by_its_field() -> None:
    assert describe(Path("PID", 5, 40)) == "Patient Name"


def test_what_is_no_path_is_an_error() -> None:
    with pytest.raises(MessageError):
        describe("PID 5")


def test_every_segment_counts_its_fields_from_one_without_a_gap() -> None:
    for name, table in segments().items():
        assert list(table.parts) == list(range(1, len(table.parts) + 1)), name
        assert table.name
        assert all(part.name for part in table.parts.values())


def test_every_type_counts_its_components_from_one_without_a_gap() -> None:
    for name in type_names():
        table = find_type(name)
        assert table is not None
        assert list(table.parts) == list(range(1, len(table.parts) + 1)), name


def test_the_segments_of_radiology_are_known() -> None:
    wanted = (
        "MSH EVN SFT PID PD1 NK1 PV1 PV2 MRG AL1 IAM DG1 GT1 IN1 ROL ORC OBR OBX NTE TQ1 TQ2 IPC ZDS SCH RGS "
        "AIS AIG AIL AIP MSA ERR BLG CTI CTD SPM SAC PRD FHS BHS BTS FTS"
    )
    assert [name for name in wanted.split() if find_segment(name) is None] == []


def _load(table: str) -> dict[str, list[str]]:
    """What the versions of hl7apy call each field or component."""
    names: dict[str, list[str]] = {}
    for version in VERSIONS:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                module = importlib.import_module(f"hl7apy.v{version}.{table}")
        except ImportError:
            pytest.skip("hl7apy is not installed: names are not held against it")
        entries: dict[str, Any] = getattr(module, table.upper())
        for key, entry in entries.items():
            if entry and entry[0] in ("leaf", "sequence") and "_" in key:
                names.setdefault(key, []).append(entry[3] if len(entry) > 4 else entry[2])
    return names


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name.upper()))


def test_fields_are_called_as_in_hl7apy() -> None:
    known = _load("fields")
    ours = segments().keys() - NOT_IN_HL7APY
    unlike, missing = [], []
    for key, names in known.items():
        segment, _, number = key.partition("_")
        if segment in ours:
            field = find_field(segment, int(number))
            if field is None:
                missing.append(key)
            elif not any(_letters(name).startswith(_letters(field.name)) for name in names):
                unlike.append((key, field.name, names))
    assert len(known) > 1000
    assert missing == []
    assert unlike == []


def test_components_are_called_as_in_hl7apy() -> None:
    known = _load("datatypes")
    unlike, missing = [], []
    for key, names in known.items():
        kind, _, number = key.partition("_")
        table = find_type(kind)
        if table is not None and number.isdecimal():
            part = table.parts.get(int(number))
            if part is None:
                missing.append(key)
            elif not any(_letters(name).startswith(_letters(part.name)) for name in names):
                unlike.append((key, part.name, names))
    assert len(known) > 300
    assert missing == []
    assert unlike == []
