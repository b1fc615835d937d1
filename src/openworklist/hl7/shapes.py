"""What values look like: tests by name, for sources that are taken only if what stands there looks so."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from openworklist.hl7.dates import read_stamp
from openworklist.hl7.values import PRIORITIES

# PS3.3 C.7.3.1.1.1, defined terms of (0008,0060): of acquisition, derived objects, and retired ones.
MODALITIES: Final = frozenset(
    (
        *("AR", "AU", "BDUS", "BI", "BMD", "CFM", "CR", "CT", "DG", "DMS", "DX", "ECG", "EEG", "EMG", "EOG"),
        *("EPS", "ES", "GM", "HC", "HD", "IO", "IOL", "IVOCT", "IVUS", "KER", "LEN", "LS", "MG", "MR", "NM"),
        *("OAM", "OCT", "OP", "OPM", "OPT", "OPTBSV", "OPTENF", "OPV", "OSS", "OT", "PA", "POS", "PT", "PX"),
        *("RESP", "RF", "RG", "RTIMAGE", "SM", "SMR", "SRF", "TG", "US", "VA", "XA", "XC"),
        *("ANN", "ASMT", "CTPROTOCOL", "DOC", "FID", "KO", "M3D", "PLAN", "PR", "REG", "RTDOSE", "RTINTENT"),
        *("RTPLAN", "RTRAD", "RTRECORD", "RTSEGANN", "RTSTRUCT", "RWV", "SEG", "SR", "STAIN", "TEXTUREMAP"),
        *("XAPROTOCOL", "AS", "CD", "CF", "CP", "CS", "DD", "DF", "DM", "DS", "EC", "FA", "FS", "LP", "MA"),
        *("MS", "OPR", "ST", "VF"),
    )
)
# HL7 table 0074, the services that OBR-24 is for, as far as they are no modality.
_SERVICES: Final = frozenset(
    (
        *("BG", "BLB", "CUS", "CTH", "CH", "EN", "HM", "ICU", "IMG", "IMM", "LAB", "MB", "MCB", "MYC", "NMS"),
        *("NMR", "NRS", "OUS", "OTH", "OSL", "PAR", "PAT", "PF", "PHR", "PHY", "RX", "RUS", "RC", "RT"),
        *("RAD", "SP", "TX", "URN", "VR", "VUS", "XRC"),
    )
)
# PS3.5 6.2 lets an AE title have blanks inside; one that is looked for has none, else any short text is one.
_AE_TITLE: Final = re.compile(r"[!-\[\]-~]{1,16}", re.ASCII)
_ACCESSION: Final = re.compile(r"(?=.*[0-9])[^\s^&]{1,64}")
_UID: Final = re.compile(r"(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))+")


def _is_modality(text: str) -> bool:
    return text.upper() in MODALITIES


def _is_ae_title(text: str) -> bool:
    return _AE_TITLE.fullmatch(text) is not None and not _is_modality(text)


def _is_date(text: str) -> bool:
    return bool(read_stamp(text).date)


def _is_uid(text: str) -> bool:
    return len(text) <= 64 and _UID.fullmatch(text) is not None


def _is_accession_number(text: str) -> bool:
    return _ACCESSION.fullmatch(text) is not None and not _is_modality(text)


def _is_station_name(text: str) -> bool:
    return len(text) > 1 and not _is_modality(text) and text.upper() not in _SERVICES


def _is_number(text: str) -> bool:
    return any(letter.isdigit() for letter in text)


def _is_priority(text: str) -> bool:
    return text.upper() in PRIORITIES


SHAPES: Final[Mapping[str, Callable[[str], bool]]] = {
    "modality": _is_modality,
    "ae_title": _is_ae_title,
    "station_name": _is_station_name,
    "date": _is_date,
    "uid": _is_uid,
    "accession_number": _is_accession_number,
    "number": _is_number,
    "priority": _is_priority,
}
