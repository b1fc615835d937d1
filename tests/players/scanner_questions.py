"""What scanners ask, as their conformance statements say it, and the records that each question means.

One row is one shape, named after the kind of scanner. `found` is written by hand, as accession numbers;
`at_station` is what is left of it where the calling AE title takes the place of an empty station key.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from openworklist.domain.record import Record, Value
from players.dataset_writer import Key, key, keys, sequence

# By accession number: patient's ID, name, modality, stations, start, Requested Procedure ID, procedure code.
RECORDS: Final[dict[str, tuple[str, ...]]] = {
    "NM1": ("P11", "García^José", "NM", "NM01", "20260315130000", "R-NM1", "BONE"),
    "MR1": ("P05", "Żółkiewski^Łucjan", "MR", "MR01", "20260316073000", "R-MR1", "KNEE"),
    "CR1": ("P07", "ROE^RICHARD", "CR", "CR01", "20260316080500", "R-CR1", "CHEST"),
    "CT1": ("P01", "Doe^John", "CT", "CT01", "20260316083000", "R-CT1", "HEAD"),
    "CT2": ("P02", "Müller^Jürgen", "CT", "CT02", "20260316090000", "R-CT2", "HEAD"),
    "MG1": ("P08", "O'Neil^Mary", "MG", "MG01", "20260316094500", "R-MG1", "BREAST"),
    "US1": ("P06", "Yamada^Tarou=山田^太郎=やまだ^たろう", "US", "US01", "20260316100000", "R-US1", "LIVER"),
    "DX1": ("P09", "Smith^Anna Maria", "DX", "DX01", "20260316113000", "R-DX1", "CHEST"),
    "CT3": ("P03", "Doe^Jane^^Dr.", "CT", "CT01", "20260316140000", "R-CT3", "ABDOMEN"),
    "XA1": ("P01", "Doe^John", "XA", "XA01", "20260317070000", "R-XA1", "HEART"),
    "PT1": ("P12", "Andersson^Åsa", "PT", "PT01", "20260317090000", "R-PT1", "BODY"),
    "CT4": ("P04", "DOEMER^Ann", "CT", "CT01\\CT02", "20260317101500", "R-CT4", "HEAD"),
    "US2": ("P10", "Иванов^Пётр", "US", "US01", "20260318100000", "R-US2", "LIVER"),
}  # fmt: skip
ALL: Final = " ".join(RECORDS)  # in the order of their start
HIDDEN: Final = "OLD"  # a record that is cancelled


def make_record(accession: str) -> Record:
    number = list(RECORDS).index(accession) + 1
    patient, name, modality, stations, start, procedure, code = RECORDS[accession]
    codes = ({"code_value": code, "coding_scheme_designator": "L", "code_meaning": code.title()},)
    values: dict[str, Value] = {
        "accession_number": accession,
        "patient_id": patient,
        "patient_name": name,
        "patient_sex": "O",
        "study_instance_uid": f"1.2.826.0.1.{number}",
        "requested_procedure_id": procedure,
        "requested_procedure_description": code.title(),
        "requested_procedure_code_sequence": codes,
        "modality": modality,
        "scheduled_station_ae_title": stations,
        "scheduled_procedure_step_start_date": start[:8],
        "scheduled_procedure_step_start_time": start[8:],
        "scheduled_procedure_step_id": f"S{number}",
        "scheduled_performing_physician_name": "House^Gregory",
        "scheduled_protocol_code_sequence": codes,
    }
    return Record(values)


_STEP: Final = "ScheduledProcedureStepSequence"
_CODE: Final = "CodeValue CodingSchemeDesignator CodingSchemeVersion CodeMeaning"
_REFERENCE: Final = "ReferencedSOPClassUID ReferencedSOPInstanceUID"
_PATIENT: Final = "PatientName PatientID PatientBirthDate PatientSex"
_USUAL_TOP: Final = f"AccessionNumber StudyInstanceUID RequestedProcedureID {_PATIENT}"
_DATE, _TIME = "ScheduledProcedureStepStartDate", "ScheduledProcedureStepStartTime"
_STATION, _MODALITY = "ScheduledStationAETitle", "Modality"
_USUAL_STEP: Final = (
    f"{_MODALITY} {_STATION} {_DATE} {_TIME} ScheduledPerformingPhysicianName "
    "ScheduledProcedureStepDescription ScheduledProcedureStepID"
)
_NO_STATION: Final = _USUAL_STEP.replace(f"{_STATION} ", "")


@dataclass(frozen=True)
class Shape:
    """`unanswered` are keys that no answer holds, `has_unsupported` says that the answers own up to keys that
    are not matched on (FF01), `refused` is the status of a question that cannot be answered.

    `is_only_raw` where libraries would send something else than was written. `vrs` are the syntaxes.
    """

    calling: str
    keys: list[Key]
    found: str
    at_station: str | None = None  # None: as `found`
    unanswered: frozenset[int] = frozenset()
    has_unsupported: bool = False
    refused: int = 0
    is_only_raw: bool = False
    vrs: tuple[str, ...] = ("implicit", "explicit")
    padding: bytes = b""

    def expected(self, *, takes_calling: bool) -> list[str]:
        return (self.at_station if takes_calling and self.at_station is not None else self.found).split()


def _ask(*given: Key, names: str = "") -> list[Key]:
    """Keys with values, and keys without for what else is named; in the order of tags, as PS3.5 7.1 asks."""
    held = {each.tag for each in given}
    more = [each for each in keys(names) if each.tag not in held]
    return sorted((*given, *more), key=lambda each: each.tag)


def _step(*given: Key, names: str = _USUAL_STEP) -> Key:
    return sequence(_STEP, _ask(*given, names=names))


def _top(*given: Key, names: str = _USUAL_TOP) -> list[Key]:
    return _ask(*given, names=names)


_K_6_1_TOP: Final = (
    "StudyDate StudyTime AccessionNumber ReferringPhysicianName PatientName PatientID IssuerOfPatientID "
    "PatientBirthDate PatientSex PatientSize PatientWeight MedicalAlerts Allergies PregnancyStatus "
    "StudyInstanceUID RequestingPhysician RequestedProcedureDescription AdmissionID SpecialNeeds "
    "CurrentPatientLocation PatientState RequestedProcedureID ReasonForTheRequestedProcedure "
    "RequestedProcedurePriority PatientTransportArrangements RequestedProcedureComments "
    "PlacerOrderNumberImagingServiceRequest FillerOrderNumberImagingServiceRequest "
    "ConfidentialityConstraintOnPatientDataDescription BarcodeValue"
)
_K_6_1_STEP: Final = (
    f"{_USUAL_STEP} ScheduledStationName ScheduledProcedureStepLocation PreMedication RequestedContrastAgent "
    "ScheduledProcedureStepStatus CommentsOnTheScheduledProcedureStep"
)
_ISSUER: Final = "LocalNamespaceEntityID UniversalEntityID UniversalEntityIDType"


def _all_of_k_6_1(*given: Key) -> list[Key]:
    """Every row of PS3.4 table K.6-1, sequences with their items written out."""
    return _top(
        sequence("IssuerOfAccessionNumberSequence", keys(_ISSUER)),
        sequence("ReferencedStudySequence", keys(_REFERENCE)),
        sequence("ReferencedPatientSequence", keys(_REFERENCE)),
        sequence("OtherPatientIDsSequence", keys("PatientID IssuerOfPatientID TypeOfPatientID")),
        sequence("PatientPrimaryLanguageCodeSequence", keys(_CODE)),
        sequence("RequestedProcedureCodeSequence", keys(_CODE)),
        sequence("IssuerOfAdmissionIDSequence", keys(_ISSUER)),
        sequence("ReasonForRequestedProcedureCodeSequence", keys(_CODE)),
        _step(*given, sequence("ScheduledProtocolCodeSequence", keys(_CODE)), names=_K_6_1_STEP),
        names=_K_6_1_TOP,
    )


_CREATOR: Final = key(0x0009_0010, "A SCANNER")

SHAPES: Final[dict[str, Shape]] = {
    "CT, broad by date and AE title, all return keys of K.6-1, protocol code sequence": Shape(
        "CT01", _all_of_k_6_1(key(_STATION, "CT01"), key(_DATE, "20260316")), "CT1 CT3"
    ),
    "CT, broad by date and modality, station key empty": Shape(
        "CT01",
        _top(_step(key(_DATE, "20260316"), key(_MODALITY, "CT"))),
        "CT1 CT2 CT3",
        at_station="CT1 CT3",
    ),
    "CT, broad by date and modality, no station key": Shape(
        "CT01", _top(_step(key(_DATE, "20260316"), key(_MODALITY, "CT"), names=_NO_STATION)), "CT1 CT2 CT3"
    ),
    "CT, one day with all its hours, AE title and modality": Shape(
        "CT02",
        _top(
            _step(
                key(_DATE, "20260316-20260316"),
                key(_TIME, "000000-235959"),
                key(_STATION, "CT02"),
                key(_MODALITY, "CT"),
            )
        ),
        "CT2",
    ),
    "CT, a record of two stations asked for by the second": Shape(
        "CT02", _top(_step(key(_STATION, "CT02"))), "CT2 CT4"
    ),
    "CT, AE title padded with blanks to 16 letters": Shape(
        "CT01", _top(_step(key(_STATION, "CT01".ljust(16)), key(_MODALITY, "CT  "))), "CT1 CT3 CT4"
    ),
    "CT, AE title and modality padded with NULs": Shape(
        "CT01",
        _top(_step(key(_STATION, b"CT01\0\0"), key(_MODALITY, b"CT\0\0")), key("PatientID", b"P01\0")),
        "CT1",
    ),
    "CT, AE title in lower case, which is another one": Shape(
        "CT01", _top(_step(key(_STATION, "ct01"))), ""
    ),
    "MR, range of dates, modality, station key empty": Shape(
        "MR01",
        _top(_step(key(_DATE, "20260315-20260317"), key(_MODALITY, "MR"))),
        "MR1",
    ),
    "MR, from a date on": Shape(
        "MR01", _top(_step(key(_DATE, "20260317-"), names=_NO_STATION)), "XA1 PT1 CT4 US2"
    ),
    "MR, until a date": Shape(
        "MR01", _top(_step(key(_DATE, "-20260315"), names=_NO_STATION)), "NM1"
    ),
    "MR, range of dates with blanks around its hyphen": Shape(
        "MR01", _top(_step(key(_DATE, "20260315 - 20260316"), key(_MODALITY, "MR"), names=_NO_STATION)), "MR1"
    ),
    "MR, a hyphen alone, with both ends open": Shape(
        "MR01", _top(_step(key(_DATE, "-"), key(_MODALITY, "MR"), names=_NO_STATION)), "MR1"
    ),
    "US, patient name with a star, step keys empty": Shape(
        "US01", _top(_step(), key("PatientName", "YAM*")), "US1"
    ),
    "US, patient name with a star, of patients elsewhere": Shape(
        "US01", _top(_step(), key("PatientName", "DOE*")), "CT1 CT3 XA1 CT4", at_station=""
    ),
    "US, name in lower case with trailing delimiters": Shape(
        "US01", _top(_step(names=_NO_STATION), key("PatientName", "doe^john^^^")), "CT1 XA1"
    ),
    "US, family name and a star for the rest": Shape(
        "US01", _top(_step(names=_NO_STATION), key("PatientName", "Doe^*")), "CT1 CT3 XA1"
    ),
    "US, stars around part of a name": Shape(
        "US01", _top(_step(names=_NO_STATION), key("PatientName", "*anna*")), "DX1"
    ),
    "US, question marks in a name": Shape(
        "US01", _top(_step(names=_NO_STATION), key("PatientName", "R?E^RICH???")), "CR1"
    ),
    "US, patient ID, name empty, birth date and sex to be returned": Shape(
        "US01", _top(_step(names=_NO_STATION), key("PatientID", "P01 ")), "CT1 XA1"
    ),
    "US, patient ID that begins so": Shape(
        "US01", _top(_step(names=_NO_STATION), key("PatientID", "P1*")), "NM1 PT1 US2"
    ),
    "US, kanji under code extensions": Shape(
        "US01",
        _top(
            _step(),
            key("SpecificCharacterSet", "\\ISO 2022 IR 87"),
            key("PatientName", b"*=\x1b$B;3ED\x1b(B*"),
        ),
        "US1",
    ),
    "US, Cyrillic letters": Shape(
        "US01",
        _top(
            _step(),
            key("SpecificCharacterSet", "ISO_IR 144"),
            key("PatientName", "ИВАН*", "iso8859_5"),
        ),
        "US2",
    ),
    "US, UTF-8": Shape(
        "US01",
        _top(
            _step(names=_NO_STATION),
            key("SpecificCharacterSet", "ISO_IR 192"),
            key("PatientName", "żół*", "utf_8"),
        ),
        "MR1",
    ),
    "CR, accession number, sequence of steps of zero length": Shape(
        "CR01", _top(sequence(_STEP), key("AccessionNumber", "CR1")), "CR1"
    ),
    "CR, accession number, sequence of steps with an empty item": Shape(
        "CR01", _top(sequence(_STEP, []), key("AccessionNumber", "CR1")), "CR1"
    ),
    "CR, accession number, no sequence of steps": Shape("CR01", _top(key("AccessionNumber", "CR1")), "CR1"),
    "CR, accession number with a question mark": Shape(
        "CR01", _top(_step(names=_NO_STATION), key("AccessionNumber", "CT?")), "CT1 CT2 CT3 CT4"
    ),
    "CR, Latin letters in a name": Shape(
        "CR01",
        _top(
            _step(names=_NO_STATION),
            key("SpecificCharacterSet", "ISO_IR 100"),
            key("PatientName", "mÜl*", "latin_1"),
        ),
        "CT2",
    ),
    "CR, letters of a set that was not named": Shape(
        "CR01", _top(_step(names=_NO_STATION), key("PatientName", "Müller*", "latin_1")), "CT2",
        is_only_raw=True,
    ),
    "CR, values of odd length": Shape(
        "CR01",
        _top(_step(key(_DATE, b"20260316-"), key(_STATION, b"CR01 ")), key("PatientID", b"P07")),
        "CR1",
        is_only_raw=True,
    ),
    "DX, requested procedure ID": Shape(
        "DX01", _top(_step(names=_NO_STATION), key("RequestedProcedureID", "R-DX1")), "DX1"
    ),
    "DX, stars in every key": Shape(
        "DX01",
        [
            key("AccessionNumber", "*"),
            key("ReferringPhysicianName", "*"),
            key("PatientName", "*"),
            key("PatientID", "*"),
            key("RequestedProcedureID", "*"),
            sequence(_STEP, [key(_MODALITY, "*"), key(_STATION, "*"), key(_DATE, "*"), key(_TIME, "*")]),
        ],
        ALL,
        is_only_raw=True,
    ),
    "DX, group lengths": Shape(
        "DX01",
        [
            key(0x0008_0000, b"\x10\0\0\0"),
            key("AccessionNumber"),
            key(0x0010_0000, b"\x20\0\0\0"),
            key("PatientName"),
            key("PatientID", "P09"),
            key(0x0040_0000, b"\x30\0\0\0"),
            sequence(_STEP, [key(0x0008_0000, b"\x08\0\0\0"), key(_MODALITY, "DX"),
                             key(0x0040_0000, b"\x08\0\0\0"), key(_DATE)]),
        ],
        "DX1",
        unanswered=frozenset({0x0008_0000, 0x0010_0000, 0x0040_0000}),
        is_only_raw=True,
    ),
    "DX, keys in no order": Shape(
        "DX01",
        [
            _step(key(_STATION, "DX01"), names=""),
            key("PatientID"),
            key("PatientName"),
            key("AccessionNumber"),
            key("SpecificCharacterSet", "ISO_IR 100"),
        ],
        "DX1",
        is_only_raw=True,
    ),
    "DX, padded with zeros to the size of its buffer": Shape(
        "DX01", _top(_step(key(_STATION, "DX01"))), "DX1", is_only_raw=True, padding=bytes(512)
    ),
    "MG, broad by date, AE title and modality, contrast and pre-medication to be returned": Shape(
        "MG01",
        _top(
            _step(
                key(_DATE, "20260316"), key(_STATION, "MG01"), key(_MODALITY, "MG"),
                names=f"{_USUAL_STEP} PreMedication RequestedContrastAgent",
            )
        ),
        "MG1",
    ),
    "MG, patient name with an apostrophe": Shape(
        "MG01", _top(_step(names=_NO_STATION), key("PatientName", "O'NEIL*")), "MG1"
    ),
    "MG, code sequences with empty items, and one of zero length": Shape(
        "MG01",
        _top(
            sequence("RequestedProcedureCodeSequence", []),
            sequence("ReasonForRequestedProcedureCodeSequence"),
            _step(key(_STATION, "MG01"), sequence("ScheduledProtocolCodeSequence", [])),
        ),
        "MG1",
    ),
    "MG, by the code of the procedure": Shape(
        "MG01",
        _top(
            sequence("RequestedProcedureCodeSequence", _ask(key("CodeValue", "BREAST"), names=_CODE)),
            _step(names=_NO_STATION),
        ),
        "MG1",
    ),
    "XA, two modalities in one key": Shape(
        "XA01", _top(_step(key(_MODALITY, "XA\\RF"), names=_NO_STATION)), "XA1"
    ),
    "PT/CT, two modalities, station key empty": Shape(
        "PT01", _top(_step(key(_MODALITY, "CT\\PT"))), "CT1 CT2 CT3 PT1 CT4", at_station="PT1"
    ),
    "XA, referenced studies and patients with empty UIDs": Shape(
        "XA01",
        _top(
            sequence("ReferencedStudySequence", keys(_REFERENCE)),
            sequence("ReferencedPatientSequence", keys(_REFERENCE)),
            _step(key(_STATION, "XA01")),
        ),
        "XA1",
    ),
    "XA, range of dates and range of times as one interval": Shape(
        "XA01",
        _top(_step(key(_DATE, "20260316-20260317"), key(_TIME, "1130-0700"), names=_NO_STATION)),
        "DX1 CT3 XA1",
    ),
    "XA, list of Study Instance UIDs": Shape(
        "XA01",
        _top(
            _step(names=_NO_STATION),
            key("StudyInstanceUID", "1.2.826.0.1.10\\1.2.826.0.1.4\\1.2.826.0.1.99"),
        ),
        "CT1 XA1",
    ),
    "XA, status that scheduled steps have": Shape(
        "XA01",
        _top(_step(key("ScheduledProcedureStepStatus", "SCHEDULED"), key(_STATION, "XA01"))),
        "XA1",
    ),
    "XA, performing physician with a star": Shape(
        "XA01",
        _top(_step(key("ScheduledPerformingPhysicianName", "HOUSE*"), names=_NO_STATION)),
        ALL,
    ),
    "NM, time zone and character set in the question": Shape(
        "NM01",
        _top(
            _step(key(_STATION, "NM01"), key(_DATE, "20260315")),
            key("SpecificCharacterSet", "ISO_IR 100"),
            key("TimezoneOffsetFromUTC", "+0000"),
        ),
        "NM1",
    ),
    "NM, query/retrieve level by mistake": Shape(
        "NM01",
        _top(_step(key(_STATION, "NM01")), key("QueryRetrieveLevel", "STUDY")),
        "NM1",
        has_unsupported=True,
    ),
    "NM, query/retrieve level without a value": Shape(
        "NM01", _top(_step(key(_STATION, "NM01")), key("QueryRetrieveLevel")), "NM1"
    ),
    "NM, private keys with their creator": Shape(
        "NM01",
        _top(
            _CREATOR, key(0x0009_1001, "PROTOCOL"), key(0x0009_1002),
            _step(_CREATOR, key(0x0009_1001), key(_STATION, "NM01")),
        ),
        "NM1",
        unanswered=frozenset({0x0009_0010, 0x0009_1001, 0x0009_1002}),
        vrs=("explicit",),
        is_only_raw=True,
    ),
    "NM, private keys in Implicit VR": Shape(
        "NM01",
        _top(_CREATOR, key(0x0009_1001, "PROTOCOL"), _step(key(_STATION, "NM01"))),
        "NM1",
        unanswered=frozenset({0x0009_0010, 0x0009_1001}),
        vrs=("implicit",),
        is_only_raw=True,
    ),
    "NM, retired keys and keys of other services": Shape(
        "NM01",
        _top(
            _step(
                key(_STATION, "NM01"),
                names=f"{_USUAL_STEP} ScheduledProcedureStepEndDate ScheduledProcedureStepEndTime",
            ),
            names=(
                "AccessionNumber ModalitiesInStudy InstitutionName StudyDescription PatientAge "
                "OtherPatientIDs OtherPatientNames EthnicGroup Occupation AdditionalPatientHistory "
                "LastMenstrualDate PatientComments StudyID RequestingService "
                "NamesOfIntendedRecipientsOfResults StudyComments ImagingServiceRequestComments "
                "IssueDateOfImagingServiceRequest "
                f"ReasonForTheImagingServiceRequest {_PATIENT}"
            ),
        ),
        "NM1",
    ),
    "NM, keys that nobody knows": Shape(
        "NM01",
        _top(_step(key(_STATION, "NM01")), key("SoftwareVersions", "5.1"), key("DeviceSerialNumber")),
        "NM1",
        has_unsupported=True,
    ),
    "NM, modality outside of the sequence by mistake": Shape(
        "NM01", _top(_step(key(_STATION, "NM01")), key(_MODALITY, "US")), "NM1", has_unsupported=True
    ),
    "through a gateway, sequence under VR UN": Shape(
        "CT01",
        _top(_step(key(_STATION, "CT01"), key(_DATE, "20260316")).as_vr("UN"), key("PatientID").as_vr("UN")),
        "CT1 CT3",
        vrs=("explicit",),
        is_only_raw=True,
    ),
    "CT, VRs of older editions": Shape(
        "CT01",
        _top(
            _step(key(_STATION, "CT01").as_vr("SH"), key(_DATE, "2026.03.16"), key(_TIME, "08:30")),
            key("PatientID", "P01").as_vr("SH"),
            key("RequestedProcedureComments").as_vr("ST"),
        ),
        "CT1",
        is_only_raw=True,
    ),
    "CT, two items in the sequence of steps": Shape(
        "CT01",
        _top(sequence(_STEP, [key(_STATION, "CT01")], [key(_STATION, "CT02")])),
        "",
        refused=0xC001,
    ),
}  # fmt: skip
