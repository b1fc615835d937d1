"""What is stored, held against pydicom's and pynetdicom's registries."""

from pydicom.uid import UID_dictionary
from pynetdicom.sop_class import _STORAGE_CLASSES

from openworklist.dicom.storage_classes import STORAGE_CLASSES
from openworklist.dicom.transfer_syntaxes import TRANSFER_SYNTAXES

# They belong to no patient.
PROTOCOLS = {f"1.2.840.10008.5.1.4.1.1.{end}" for end in ("200.1", "200.3", "200.7", "201.1")}
# Pixels that are elsewhere, live video, mail and XML.
WITHOUT_PIXELS = ("JPIP", "SMPTE", "Papyrus", "RFC 2557", "XML Encoding")


def test_every_storage_class_of_pynetdicom_that_belongs_to_a_patient() -> None:
    assert set(_STORAGE_CLASSES.values()) - PROTOCOLS <= set(STORAGE_CLASSES)


def test_every_one_is_a_storage_class_of_the_standard() -> None:
    for uid in STORAGE_CLASSES:
        name, kind, *_ = UID_dictionary.get(uid, ("Storage", "SOP Class"))
        assert "Storage" in name, uid
        assert kind == "SOP Class", uid


def test_every_transfer_syntax_that_can_be_stored() -> None:
    known = {
        uid
        for uid, (name, kind, *_) in UID_dictionary.items()
        if kind == "Transfer Syntax" and not any(each in name for each in WITHOUT_PIXELS)
    }
    assert set(TRANSFER_SYNTAXES) == known
