"""What values look like: tests by name, for sources that are taken only if what stands there looks so."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from openworklist.hl7.dates import read_stamp

# PS3.3 C.7.3.1.1.1: of acquisition.
_MODALITIES: Final = frozenset(
    (
        *("AR", "AU", "BDUS", "BI", "BMD", "CR", "CT", "DG", "DX", "ECG", "EEG", "EMG", "EOG", "EPS", "ES"),
        *("GM", "HC", "HD", "IO", "IOL", "IVOCT", "IVUS", "KER", "LEN", "LS", "MG", "MR", "NM", "OAM", "OCT"),
        *("OP", "OPM", "OPT", "OPV", "OSS", "OT", "PA", "POS", "PT", "PX", "RESP", "RF", "RG", "RTIMAGE"),
        *("SM", "SRF", "TG", "US", "VA", "XA", "XC"),
    )
)
_AE_TITLE: Final = re.compile(r"[!-\[\]-~](?:[ -\[\]-~]{0,14}[!-\[\]-~])?", re.ASCII)
_UID: Final = re.compile(r"(?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*))+")


def _is_modality(text: str) -> bool:
    return text.upper() in _MODALITIES


def _is_ae_title(text: str) -> bool:
    return _AE_TITLE.fullmatch(text) is not None


def _is_date(text: str) -> bool:
    return bool(read_stamp(text).date)


def _is_uid(text: str) -> bool:
    return len(text) <= 64 and _UID.fullmatch(text) is not None


def _is_accession_number(text: str) -> bool:
    return not _is_modality(text)


SHAPES: Final[Mapping[str, Callable[[str], bool]]] = {
    "modality": _is_modality,
    "ae_title": _is_ae_title,
    "date": _is_date,
    "uid": _is_uid,
    "accession_number": _is_accession_number,
}
