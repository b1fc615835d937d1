"""What a scanner of the demo says of an exam, by MPPS: that it begins, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from openworklist.domain.record import Value
from openworklist.domain.uids import make_uid

Json = dict[str, Any]

_TECHNOLOGIST: Final = "NGUYEN^LINH"


def name_step(study_uid: str) -> str:
    """The UID of the step in which a study is performed."""
    return make_uid("2.25", f"demo step of {study_uid}")


def begin(entry: Mapping[str, Value], ae_title: str, at: datetime) -> Json:
    """The N-CREATE for an entry of the worklist (PS3.4 table F.7.2-1)."""
    request = {
        **_element("0020000D", "UI", entry.get("study_instance_uid")),
        **_items("00081110"),
        **_element("00080050", "SH", entry.get("accession_number")),
        **_element("00401001", "SH", entry.get("requested_procedure_id")),
        **_element("00321060", "LO", entry.get("requested_procedure_description")),
        **_element("00400009", "SH", entry.get("scheduled_procedure_step_id")),
        **_element("00400007", "LO", entry.get("scheduled_procedure_step_description")),
        **_items("00400008"),
    }
    return {
        **_items("00400270", request),
        **_name("00100010", entry.get("patient_name")),
        **_element("00100020", "LO", entry.get("patient_id")),
        **_element("00100030", "DA", entry.get("patient_birth_date")),
        **_element("00100040", "CS", entry.get("patient_sex")),
        **_items("00081120"),
        **_element("00400253", "SH", f"{at:%y%m%d%H%M%S}"),
        **_element("00400241", "AE", ae_title),
        **_element("00400242", "SH", ae_title),
        **_element("00400243", "SH", f"Room of {ae_title}"),
        **_moment("00400244", "00400245", at),
        **_element("00400252", "CS", "IN PROGRESS"),
        **_element("00400254", "LO", entry.get("requested_procedure_description")),
        **_element("00400255", "LO", ""),
        **_items("00081032"),
        **_element("00400250", "DA", ""),
        **_element("00400251", "TM", ""),
        **_element("00080060", "CS", entry.get("modality")),
        **_element("00200010", "SH", "1"),
        **_items("00400260"),
        **_items("00400340"),
    }


def end(study_uid: str, at: datetime, reason: tuple[str, str] | None) -> Json:
    """The last N-SET: completed with a series, or given up for a reason: code of CID 9300 and meaning."""
    document = {
        **_element("00400252", "CS", "COMPLETED" if reason is None else "DISCONTINUED"),
        **_moment("00400250", "00400251", at),
        **_items("00400340", _make_series(study_uid)),
    }
    if reason is not None:
        code, meaning = reason
        document |= _items(
            "00400281",
            {
                **_element("00080100", "SH", code),
                **_element("00080102", "SH", "DCM"),
                **_element("00080104", "LO", meaning),
            },
        )
    return document


def find_end(begun: datetime) -> datetime:
    """When an exam is over that began then."""
    return begun + timedelta(minutes=12)


def _make_series(study_uid: str) -> Json:
    return {
        **_name("00081050", ""),
        **_name("00081070", _TECHNOLOGIST),
        **_element("00181030", "LO", "Standard"),
        **_element("0020000E", "UI", make_uid("2.25", f"demo series of {study_uid}")),
        **_element("0008103E", "LO", "Standard"),
        **_element("00080054", "AE", ""),
        **_items("00081140"),
        **_items("00400220"),
    }


def _element(tag: str, vr: str, value: Value | None) -> Json:
    return {tag: {"vr": vr, "Value": [value]} if value else {"vr": vr}}


def _name(tag: str, value: Value | None) -> Json:
    groups = str(value or "").split("=")
    kinds = ("Alphabetic", "Ideographic", "Phonetic")
    found = {kind: group for kind, group in zip(kinds, groups, strict=False) if group}
    return {tag: {"vr": "PN", "Value": [found]} if found else {"vr": "PN"}}


def _items(tag: str, *items: Json) -> Json:
    return {tag: {"vr": "SQ", "Value": [*items]}}


def _moment(date: str, time: str, at: datetime) -> Json:
    return {**_element(date, "DA", f"{at:%Y%m%d}"), **_element(time, "TM", f"{at:%H%M%S}")}
