"""The file around a dataset, as pydicom reads it."""

from io import BytesIO

import pytest
from pydicom import dcmread

from openworklist.dicom.part10 import encode_file_meta, find_sop_instance
from openworklist.dicom.sop_classes import (
    EXPLICIT_LITTLE_ENDIAN,
    IMPLEMENTATION_CLASS_UID,
    IMPLEMENTATION_VERSION,
)

DATASET = b"\x10\0\x20\0LO\x02\x001 "


@pytest.mark.parametrize("uid", ["1.2", "1.2.3"])
@pytest.mark.parametrize(("calling", "called"), [("CT01", "OPENWORKLIST"), ("", "X")])
def test_pydicom_reads_it(uid: str, calling: str, called: str) -> None:
    head = encode_file_meta(
        "1.2.840.10008.5.1.4.1.1.2", uid, EXPLICIT_LITTLE_ENDIAN, calling=calling, called=called
    )
    file = dcmread(BytesIO(head + DATASET))
    assert file.PatientID == "1"
    meta = file.file_meta
    assert (meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID) == (
        "1.2.840.10008.5.1.4.1.1.2",
        uid,
    )
    assert meta.TransferSyntaxUID == EXPLICIT_LITTLE_ENDIAN
    assert (meta.ImplementationClassUID, meta.ImplementationVersionName) == (
        IMPLEMENTATION_CLASS_UID,
        IMPLEMENTATION_VERSION,
    )
    assert (meta.SourceApplicationEntityTitle or "") == (meta.SendingApplicationEntityTitle or "") == calling
    assert meta.ReceivingApplicationEntityTitle == called
    assert meta.FileMetaInformationGroupLength == len(head) - 144


def test_a_file_says_which_instance_it_holds() -> None:
    head = encode_file_meta(
        "1.2.840.10008.5.1.4.1.1.2", "1.2.3", "1.2.840.10008.1.2", calling="A", called="B"
    )
    assert find_sop_instance(head) == "1.2.3"
    assert find_sop_instance(head + bytes(100)) == "1.2.3"
    assert find_sop_instance(bytes(128) + b"DICM") == ""
    assert find_sop_instance(b"") == find_sop_instance(b"<html>" * 100) == ""
    for end in range(head.index(b"1.2.3")):
        assert find_sop_instance(head[:end]) == ""


def test_a_file_may_have_no_instance() -> None:
    head = encode_file_meta("1.2", "", "1.2.840.10008.1.2", calling="A", called="B")
    assert find_sop_instance(head) == ""
