"""A DICOMDIR, as pydicom reads it."""

import io
from typing import Any

import pytest
from pydicom import dcmread

from openworklist.dicom.directory import Directory
from openworklist.dicom.record_types import find_record_type

SYNTAX = "1.2.840.10008.1.2.1"


def _element(vr: str, *values: Any) -> dict[str, Any]:
    return {"vr": vr, "Value": list(values)}


def _make(series: str, uid: str, sop_class: str = "1.2.840.10008.5.1.4.1.1.2", **more: Any) -> dict[str, Any]:
    return {
        "00080016": _element("UI", sop_class),
        "00080018": _element("UI", uid),
        "00100010": _element("PN", {"Alphabetic": "Müller^Änne"}),
        "0020000D": _element("UI", "1.2"),
        "0020000E": _element("UI", series),
        **more,
    }


def test_records_lead_from_the_patient_to_every_file() -> None:
    directory = Directory()
    for number, series in enumerate(("1.2.1", "1.2.1", "1.2.2"), start=1):
        directory.add(_make(series, f"1.2.9.{number}"), ("DICOM", "SER00001", f"IMG{number:05d}"), SYNTAX)

    found = dcmread(io.BytesIO(directory.encode("1.2")))

    records = {each.seq_item_tell: each for each in found.DirectoryRecordSequence}
    patient = records[found.OffsetOfTheFirstDirectoryRecordOfTheRootDirectoryEntity]
    assert str(patient.PatientName) == "Müller^Änne"
    assert found.OffsetOfTheLastDirectoryRecordOfTheRootDirectoryEntity == patient.seq_item_tell
    study = records[patient.OffsetOfReferencedLowerLevelDirectoryEntity]
    files = []
    at = study.OffsetOfReferencedLowerLevelDirectoryEntity
    while at:
        series = records[at]
        below = series.OffsetOfReferencedLowerLevelDirectoryEntity
        while below:
            files.append((str(series.SeriesInstanceUID), str(records[below].ReferencedSOPInstanceUIDInFile)))
            below = records[below].OffsetOfTheNextDirectoryRecord
        at = series.OffsetOfTheNextDirectoryRecord
    assert files == [("1.2.1", "1.2.9.1"), ("1.2.1", "1.2.9.2"), ("1.2.2", "1.2.9.3")]
    assert [each.DirectoryRecordType for each in records.values()] == [
        "PATIENT", "STUDY", "SERIES", "IMAGE", "IMAGE", "SERIES", "IMAGE"
    ]  # fmt: skip


def test_what_must_have_a_value_has_one() -> None:
    directory = Directory()
    directory.add(_make("1.2.1", "1.2.9"), ("DICOM", "SER00001", "IMG00001"), SYNTAX)

    patient, study, series, image = dcmread(io.BytesIO(directory.encode("1.2"))).DirectoryRecordSequence

    assert (patient.PatientID, study.StudyDate, study.StudyID) == ("UNKNOWN", "19000101", "1")
    assert (series.Modality, series.SeriesNumber, image.InstanceNumber) == ("OT", 1, 1)


def test_the_same_study_has_the_same_directory() -> None:
    directories = [Directory(), Directory()]
    for each in directories:
        each.add(_make("1.2.1", "1.2.9"), ("DICOM", "SER00001", "IMG00001"), SYNTAX)

    assert directories[0].encode("1.2") == directories[1].encode("1.2")


@pytest.mark.parametrize(
    ("ending", "kind"),
    [
        ("2", "IMAGE"),
        ("481.1", "IMAGE"),
        ("481.2", "RT DOSE"),
        ("481.23", "RADIOTHERAPY"),
        ("481.5", "RT PLAN"),
        ("88.59", "KEY OBJECT DOC"),
        ("88.33", "SR DOCUMENT"),
        ("9.1.1", "WAVEFORM"),
        ("11.1", "PRESENTATION"),
        ("66", "RAW DATA"),
        ("66.4", "IMAGE"),
        ("104.1", "ENCAP DOC"),
    ],
)
def test_a_record_is_of_the_type_of_its_sop_class(ending: str, kind: str) -> None:
    assert find_record_type(_make("1", "2", f"1.2.840.10008.5.1.4.1.1.{ending}"))[0] == kind
