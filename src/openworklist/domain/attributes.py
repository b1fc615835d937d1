"""The catalogue of worklist attributes: one row each, from which everything else is derived.

Rows follow PS3.4 table K.6-1, plus what the record of a hand-typed order holds beyond it. To add an attribute
is to add a row; a value needs no migration unless it becomes searchable.
"""

from __future__ import annotations

from collections.abc import Iterator

from openworklist.domain.attribute import Attribute, Level, Match
from openworklist.domain.attribute import make_row as _row

__all__ = [
    "ATTRIBUTES",
    "BY_NAME",
    "BY_TAG",
    "PATIENT_LEVEL",
    "SEARCHABLE",
    "SEQUENCE_TAGS",
    "Attribute",
    "Level",
    "Match",
]

_P, _Q, _R, _S = Level.PATIENT, Level.REQUEST, Level.PROCEDURE, Level.STEP


def _code(level: Level) -> tuple[Attribute, ...]:
    """Code Sequence Macro, PS3.3 table 8.8-1; domain.codes says which place is for which code."""
    return (
        _row(level, "CodeValue", 0x0008_0100, "SH", "Code value", "1C"),
        _row(level, "CodingSchemeDesignator", 0x0008_0102, "SH", "Coding scheme", "1", identifies=True),
        _row(level, "CodingSchemeVersion", 0x0008_0103, "SH", "Coding scheme version"),
        _row(level, "CodeMeaning", 0x0008_0104, "LO", "Code meaning"),
        _row(level, "LongCodeValue", 0x0008_0119, "UC", "Code value of more than 16 letters", "1C"),
        _row(level, "URNCodeValue", 0x0008_0120, "UR", "Code value that is a URN or URL", "1C"),
    )


def _issuer(level: Level) -> tuple[Attribute, ...]:
    """HL7v2 Hierarchic Designator Macro, PS3.3 table 10-17."""
    return (
        _row(level, "LocalNamespaceEntityID", 0x0040_0031, "UT", "Local namespace"),
        *_universal_entity(level),
    )


def _universal_entity(level: Level) -> tuple[Attribute, ...]:
    return (
        _row(level, "UniversalEntityID", 0x0040_0032, "UT", "Universal ID"),
        _row(level, "UniversalEntityIDType", 0x0040_0033, "CS", "Universal ID type"),
    )


def _reference(level: Level) -> tuple[Attribute, ...]:
    """SOP Instance Reference Macro, PS3.3 table 10-11."""
    return (
        _row(level, "ReferencedSOPClassUID", 0x0008_1150, "UI", "Referenced SOP Class UID", "1"),
        _row(level, "ReferencedSOPInstanceUID", 0x0008_1155, "UI", "Referenced SOP Instance UID", "1"),
    )


def _content(level: Level) -> tuple[Attribute, ...]:
    """Content Item Macro, PS3.3 table 10-2, as far as K.6-1 asks for it."""
    return (
        _row(level, "ValueType", 0x0040_A040, "CS", "Value type", "1"),
        _row(level, "ConceptNameCodeSequence", 0x0040_A043, "SQ", "Concept name", "1", items=_code(level)),
        _row(level, "DateTime", 0x0040_A120, "DT", "Date and time", "1C"),
        _row(level, "PersonName", 0x0040_A123, "PN", "Person name", "1C"),
        _row(level, "TextValue", 0x0040_A160, "UT", "Text", "1C"),
        _row(level, "ConceptCodeSequence", 0x0040_A168, "SQ", "Concept", "1C", items=_code(level)),
        _row(level, "NumericValue", 0x0040_A30A, "DS", "Number", "1C", multiple=True),
        _row(level, "MeasurementUnitsCodeSequence", 0x0040_08EA, "SQ", "Unit of measurement", "1C",
             items=_code(level)),
    )  # fmt: skip


ATTRIBUTES: tuple[Attribute, ...] = (
    _row(_P, "PatientName", 0x0010_0010, "PN", "Patient name", "1", required=True, searchable=True,
         classic="PID-5.0", ihe="PID-5"),
    _row(_P, "PatientID", 0x0010_0020, "LO", "Patient ID", "1", required=True, searchable=True,
         identifies=True, classic="PID-3.1", ihe="PID-3.1"),
    _row(_P, "IssuerOfPatientID", 0x0010_0021, "LO", "Issuer of Patient ID", searchable=True,
         identifies=True, classic="PID-3.4.1", ihe="PID-3.4.1"),
    _row(_P, "IssuerOfPatientIDQualifiersSequence", 0x0010_0024, "SQ", "Issuer qualifiers",
         ihe="PID-3.4", items=(
        *_universal_entity(_P),
        _row(_P, "AssigningJurisdictionCodeSequence", 0x0040_0039, "SQ", "Jurisdiction", items=_code(_P)),
        _row(_P, "AssigningAgencyOrDepartmentCodeSequence", 0x0040_003A, "SQ", "Agency or department",
             items=_code(_P)),
    )),
    _row(_P, "TypeOfPatientID", 0x0010_0022, "CS", "Type of Patient ID"),
    _row(_P, "OtherPatientIDsSequence", 0x0010_1002, "SQ", "Other Patient IDs", ihe="PID-3", items=(
        _row(_P, "PatientID", 0x0010_0020, "LO", "Patient ID", "1", identifies=True),
        _row(_P, "IssuerOfPatientID", 0x0010_0021, "LO", "Issuer of Patient ID", identifies=True),
        _row(_P, "TypeOfPatientID", 0x0010_0022, "CS", "Type of Patient ID", "1"),
    )),
    _row(_P, "PatientBirthDate", 0x0010_0030, "DA", "Patient birth date", "2",
         classic="PID-7.1", ihe="PID-7.1"),
    _row(_P, "PatientSex", 0x0010_0040, "CS", "Patient sex", "2", classic="PID-8.1", ihe="PID-8.1"),
    _row(_P, "PatientMotherBirthName", 0x0010_1060, "PN", "Mother's birth name", ihe="PID-6"),
    _row(_P, "PatientAddress", 0x0010_1040, "LO", "Patient address", ihe="PID-11.1"),
    _row(_P, "PatientTelephoneNumbers", 0x0010_2154, "SH", "Patient telephone numbers", multiple=True,
         ihe="PID-13.1 PID-14.1"),
    _row(_P, "PatientPrimaryLanguageCodeSequence", 0x0010_0101, "SQ", "Primary language",
         ihe="PID-15.1", items=(
        *_code(_P),
        _row(_P, "PatientPrimaryLanguageModifierCodeSequence", 0x0010_0102, "SQ", "Language as in a region",
             items=_code(_P)),
    )),
    _row(_P, "PatientWeight", 0x0010_1030, "DS", "Patient weight (kg)", "2"),
    _row(_P, "PatientSize", 0x0010_1020, "DS", "Patient size (m)"),
    _row(_P, "ConfidentialityConstraintOnPatientDataDescription", 0x0040_3001, "LO",
         "Confidentiality constraint", "2", classic="PV1-16.1", ihe="PV1-16.1"),
    _row(_P, "PatientState", 0x0038_0500, "LO", "Patient state", "2", classic="OBR-12.1", ihe="OBR-12.1"),
    _row(_P, "PregnancyStatus", 0x0010_21C0, "US", "Pregnancy status", "2",
         classic="PV1-15.1 PV1-15(2).1 PV1-15(3).1", ihe="PV1-15.1 PV1-15(2).1 PV1-15(3).1"),
    _row(_P, "MedicalAlerts", 0x0010_2000, "LO", "Medical alerts", "2", multiple=True,
         classic="OBR-13.1", ihe="OBR-13.1"),
    _row(_P, "Allergies", 0x0010_2110, "LO", "Allergies", "2", multiple=True,
         classic="AL1-3.2", ihe="AL1-3.2"),
    _row(_P, "SpecialNeeds", 0x0038_0050, "LO", "Special needs", "2", ihe="PV1-15.1"),
    _row(_P, "PertinentDocumentsSequence", 0x0038_0100, "SQ", "Pertinent documents",
         match=Match.UNIVERSAL, items=(
        *_reference(_P),
        _row(_P, "PurposeOfReferenceCodeSequence", 0x0040_A170, "SQ", "Purpose of reference",
             items=_code(_P)),
        _row(_P, "DocumentTitle", 0x0042_0010, "ST", "Document title"),
    )),
    _row(_P, "ReferencedPatientSequence", 0x0008_1120, "SQ", "Referenced patient", "2", items=_reference(_P)),
    _row(_P, "AdmissionID", 0x0038_0010, "LO", "Admission ID", "2", identifies=True,
         classic="PV1-19.1 PID-18.1", ihe="PV1-19.1 PID-18.1"),
    _row(_P, "IssuerOfAdmissionIDSequence", 0x0038_0014, "SQ", "Issuer of Admission ID",
         ihe="PV1-19.4 PID-18.4", items=_issuer(_P)),
    _row(_P, "RouteOfAdmissions", 0x0038_0016, "LO", "Route of admissions", ihe="PV1-2.1"),
    _row(_P, "AdmittingDate", 0x0038_0020, "DA", "Admitting date", ihe="PV1-44.1"),
    _row(_P, "AdmittingTime", 0x0038_0021, "TM", "Admitting time", ihe="PV1-44.1"),
    _row(_P, "CurrentPatientLocation", 0x0038_0300, "LO", "Current patient location", "2",
         classic="PV1-3.1", ihe="PV1-3.1"),
    # Of animals. PID-8.2 is no place for "neutered": with people it is the word for the sex.
    _row(_P, "PatientSpeciesDescription", 0x0010_2201, "LO", "Species", ihe="PID-35.2 PID-35.1"),
    _row(_P, "PatientSexNeutered", 0x0010_2203, "CS", "Sex neutered"),
    _row(_P, "PatientBreedDescription", 0x0010_2292, "LO", "Breed", ihe="PID-36.2 PID-36.1"),
    _row(_P, "ResponsiblePerson", 0x0010_2297, "PN", "Responsible person"),
    _row(_Q, "AccessionNumber", 0x0008_0050, "SH", "Accession number", "2", searchable=True, identifies=True,
         classic="ORC-2.1", ihe="OBR-18.1", omi="IPC-1.1"),
    _row(_Q, "IssuerOfAccessionNumberSequence", 0x0008_0051, "SQ", "Issuer of Accession Number",
         omi="IPC-1.2", items=_issuer(_Q)),
    _row(_Q, "RequestingPhysician", 0x0032_1032, "PN", "Requesting physician name", "2",
         classic="OBR-16.1", ihe="OBR-16 ORC-12"),
    _row(_Q, "ReferringPhysicianName", 0x0008_0090, "PN", "Referring physician name", "2",
         classic="PV1-8", ihe="PV1-8"),
    _row(_Q, "ReferringPhysicianIdentificationSequence", 0x0008_0096, "SQ", "Referring physician",
         ihe="PV1-8", items=(
        _row(_Q, "PersonIdentificationCodeSequence", 0x0040_1101, "SQ", "Person", "1", items=_code(_Q)),
    )),
    _row(_Q, "PlacerOrderNumberImagingServiceRequest", 0x0040_2016, "LO", "Placer order number",
         searchable=True, identifies=True, classic="ORC-2.1", ihe="ORC-2.1 OBR-2.1"),
    _row(_Q, "OrderPlacerIdentifierSequence", 0x0040_0026, "SQ", "Issuer of placer order number",
         ihe="ORC-2.2", items=_issuer(_Q)),
    _row(_Q, "FillerOrderNumberImagingServiceRequest", 0x0040_2017, "LO", "Filler order number",
         searchable=True, identifies=True, classic="ORC-3.1", ihe="ORC-3.1 OBR-3.1"),
    _row(_Q, "OrderFillerIdentifierSequence", 0x0040_0027, "SQ", "Issuer of filler order number",
         ihe="ORC-3.2", items=_issuer(_Q)),
    _row(_Q, "InstitutionName", 0x0008_0080, "LO", "Institution name", ihe="ORC-17.2 MSH-4.1"),
    _row(_Q, "InstitutionAddress", 0x0008_0081, "ST", "Institution address", ihe="ORC-22.1"),
    _row(_Q, "InstitutionCodeSequence", 0x0008_0082, "SQ", "Institution code", ihe="ORC-17.1",
         items=_code(_Q)),
    _row(_Q, "InstitutionalDepartmentName", 0x0008_1040, "LO", "Department name", ihe="ORC-13.9"),
    _row(_Q, "IssueDateOfImagingServiceRequest", 0x0040_2004, "DA", "Issue date of the request",
         ihe="ORC-9.1"),
    _row(_Q, "IssueTimeOfImagingServiceRequest", 0x0040_2005, "TM", "Issue time of the request",
         ihe="ORC-9.1"),
    _row(_Q, "OrderEnteredBy", 0x0040_2008, "PN", "Order entered by", ihe="ORC-10"),
    _row(_Q, "OrderEntererLocation", 0x0040_2009, "SH", "Order enterer's location", ihe="ORC-13.1"),
    _row(_Q, "OrderCallbackPhoneNumber", 0x0040_2010, "SH", "Order callback number", ihe="ORC-14.1"),
    _row(_Q, "OrderStatus", 0, "SH", "Status", classic="ORC-5.1", ihe="ORC-5.1"),
    _row(_Q, "RequestedTiming", 0, "LO", "Requested timing", classic="ORC-7.4", ihe="ORC-7.4 TQ1-7"),
    _row(_R, "RequestedProcedureID", 0x0040_1001, "SH", "Requested procedure ID", "1", searchable=True,
         identifies=True, classic="OBR-4.1", ihe="OBR-19.1", omi="IPC-2.1"),
    _row(_R, "RequestedProcedureDescription", 0x0032_1060, "LO", "Requested procedure description", "1C",
         classic="OBR-4.2", ihe="OBR-44.2 OBR-4.2"),
    _row(_R, "RequestedProcedureCodeSequence", 0x0032_1064, "SQ", "Requested procedure code", "1C",
         ihe="OBR-44.1 OBR-4.1", items=_code(_R)),
    _row(_R, "StudyInstanceUID", 0x0020_000D, "UI", "Study Instance UID", "1", searchable=True,
         classic="ZDS-1.0", ihe="ZDS-1.1", omi="IPC-3.1"),
    _row(_R, "StudyDate", 0x0008_0020, "DA", "Study date"),
    _row(_R, "StudyTime", 0x0008_0030, "TM", "Study time"),
    _row(_R, "ReferencedStudySequence", 0x0008_1110, "SQ", "Referenced study", "2", items=_reference(_R)),
    _row(_R, "RequestedProcedurePriority", 0x0040_1003, "SH", "Requested procedure priority", "2",
         classic="OBR-27.1", ihe="ORC-7.6 OBR-27.6 OBR-5.1", omi="TQ1-9.1"),
    _row(_R, "PatientTransportArrangements", 0x0040_1004, "LO", "Patient transport", "2",
         classic="OBR-30.1", ihe="OBR-30.1"),
    _row(_R, "ReasonForTheRequestedProcedure", 0x0040_1002, "LO", "Reason for the procedure",
         classic="OBR-31.2 OBR-31.1", ihe="OBR-31.2 OBR-31.1"),
    _row(_R, "ReasonForRequestedProcedureCodeSequence", 0x0040_100A, "SQ", "Reason code",
         ihe="OBR-31.1", items=_code(_R)),
    _row(_R, "RequestedProcedureComments", 0x0040_1400, "LT", "Requested procedure comments",
         classic="NTE-3", ihe="NTE-3"),
    _row(_R, "ConfidentialityCode", 0x0040_1008, "LO", "Confidentiality code", ihe="ORC-28.1"),
    # Table K.6-1 has specimens and the barcode beside the step, not inside it.
    _row(_R, "ScheduledSpecimenSequence", 0x0040_0500, "SQ", "Scheduled specimen", items=(
        _row(_R, "ContainerIdentifier", 0x0040_0512, "LO", "Container identifier", "1", identifies=True),
        _row(_R, "ContainerTypeCodeSequence", 0x0040_0518, "SQ", "Container type", items=_code(_R)),
        _row(_R, "SpecimenDescriptionSequence", 0x0040_0560, "SQ", "Specimen", items=(
            _row(_R, "SpecimenIdentifier", 0x0040_0551, "LO", "Specimen identifier", identifies=True),
            _row(_R, "SpecimenUID", 0x0040_0554, "UI", "Specimen UID"),
        )),
    )),
    _row(_R, "BarcodeValue", 0x2200_0005, "LT", "Barcode value"),
    _row(_S, "ScheduledStationAETitle", 0x0040_0001, "AE", "Scheduled station AE title", "1",
         required=True, searchable=True, multiple=True, identifies=True, classic="OBR-21.1", omi="IPC-9"),
    _row(_S, "ScheduledProcedureStepStartDate", 0x0040_0002, "DA", "Start date", "1", required=True,
         searchable=True, classic="ORC-15.1", ihe="ORC-7.4 OBR-27.4 OBR-36.1", omi="TQ1-7.1"),
    _row(_S, "ScheduledProcedureStepStartTime", 0x0040_0003, "TM", "Start time", "1", required=True,
         searchable=True, classic="ORC-15.1", ihe="ORC-7.4 OBR-27.4 OBR-36.1", omi="TQ1-7.1"),
    _row(_S, "Modality", 0x0008_0060, "CS", "Modality", "1", required=True, searchable=True,
         classic="OBR-18.1", ihe="OBR-24.1", omi="IPC-5.1"),
    _row(_S, "ScheduledPerformingPhysicianName", 0x0040_0006, "PN", "Technician name", "2", required=True,
         searchable=True, classic="OBR-34.1", ihe="OBR-34"),
    _row(_S, "ScheduledProcedureStepDescription", 0x0040_0007, "LO", "Scheduled procedure step description",
         "1C", classic="OBR-4.2", ihe="OBR-4.5 OBR-4.2", omi="IPC-6.2"),
    _row(_S, "ScheduledProtocolCodeSequence", 0x0040_0008, "SQ", "Scheduled protocol code", "1C",
         ihe="OBR-4.4", omi="IPC-6.1", items=(
        *_code(_S),
        _row(_S, "ProtocolContextSequence", 0x0040_0440, "SQ", "Protocol context", items=_content(_S)),
    )),
    _row(_S, "ReferencedDefinedProtocolSequence", 0x0018_990C, "SQ", "Defined protocol",
         items=_reference(_S)),
    _row(_S, "ReferencedPerformedProtocolSequence", 0x0018_990D, "SQ", "Performed protocol",
         items=_reference(_S)),
    _row(_S, "ScheduledProcedureStepID", 0x0040_0009, "SH", "Scheduled procedure step ID", "1",
         searchable=True, identifies=True, classic="OBR-4.1", ihe="OBR-20.1", omi="IPC-4.1"),
    _row(_S, "ScheduledStationName", 0x0040_0010, "SH", "Scheduled station name", "2", multiple=True,
         classic="OBR-24.1", omi="IPC-7.1"),
    _row(_S, "ScheduledProcedureStepLocation", 0x0040_0011, "SH", "Scheduled procedure step location", "2",
         omi="IPC-8.1"),
    _row(_S, "PreMedication", 0x0040_0012, "LO", "Pre-medication", "2C"),
    _row(_S, "RequestedContrastAgent", 0x0032_1070, "LO", "Requested contrast agent", "2C"),
    _row(_S, "ScheduledProcedureStepStatus", 0x0040_0020, "CS", "Scheduled procedure step status"),
    _row(_S, "CommentsOnTheScheduledProcedureStep", 0x0040_0400, "LT", "Scheduled procedure step comments"),
)  # fmt: skip

BY_NAME: dict[str, Attribute] = {attribute.name: attribute for attribute in ATTRIBUTES}
BY_TAG: dict[int, Attribute] = {attribute.tag: attribute for attribute in ATTRIBUTES if attribute.tag}
PATIENT_LEVEL: frozenset[str] = frozenset(each.name for each in ATTRIBUTES if each.level is Level.PATIENT)
SEARCHABLE: tuple[Attribute, ...] = tuple(attribute for attribute in ATTRIBUTES if attribute.searchable)


def _sequence_tags(attributes: tuple[Attribute, ...]) -> Iterator[int]:
    for attribute in attributes:
        if attribute.is_sequence:
            yield attribute.tag
            yield from _sequence_tags(attribute.items)


SEQUENCE_TAGS: frozenset[int] = frozenset(_sequence_tags(ATTRIBUTES))  # those inside others too
