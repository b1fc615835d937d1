"""HL7 v2 orders in, DICOM Modality Worklist out."""

__version__ = "0.1.0"
