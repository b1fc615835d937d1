"""Why a scanner is shown a record or not: its question key by key, with what settings made of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from openworklist.domain.mismatch import describe, find_names, show_value, tell_mismatch
from openworklist.domain.query import (
    MODALITY,
    STATION,
    Condition,
    Offered,
    Single,
    is_match,
    matches,
)
from openworklist.domain.record import Record
from openworklist.domain.serving import Rule, Served, Serving, condition_name
from openworklist.domain.study_uids import STUDY

STATUSES: Final = "shown_statuses"
_WITHOUT_STATION: Final = Rule.WITHOUT_STATION.value


@dataclass(frozen=True, slots=True)
class Line:
    """One key of a question. `keyword` and `tag` are DICOM's, "" where the key is none of DICOM's.

    `has` is what the record has as the scanner sees it; `reason` says why it is not met, "" if it is, and
    `setting` which setting it was, "" if the scanner asked so itself.
    """

    keyword: str
    tag: str
    asked: str
    has: str
    is_met: bool
    reason: str = ""
    setting: str = ""


def is_found(record: Record, served: Served) -> bool:
    """Whether a question finds a record, apart from how many answers it may get: as the store decides it."""
    return matches(record, served.query) and served.is_shown(served.view.see(record))


def explain(record: Record, served: Served, serving: Serving) -> tuple[Line, ...]:
    """Every condition that counts, met or not; the record is found if all are met."""
    seen = served.view.see(record)
    return (_explain_status(record, serving), *_explain_keys(record, seen, served, serving))


def _explain_status(record: Record, serving: Serving) -> Line:
    shown = ", ".join(sorted(serving.statuses))
    is_met = record.status in serving.statuses
    reason = "" if is_met else f"the exam is {record.status}, and {STATUSES} shows {shown} only"
    return Line("status", "", shown, record.status, is_met, reason, STATUSES)


def _explain_keys(record: Record, seen: Record, served: Served, serving: Serving) -> Iterator[Line]:
    for condition in served.asked:
        is_met = is_match(condition, seen)
        rule = served.rules.get(condition)
        setting = rule.value if rule else ""
        reason = ""
        if not is_met:
            reason, setting = _tell(condition, record, seen, served, serving)
        keyword, tag, _ = find_names(condition)
        yield Line(keyword, tag, describe(condition), show_value(condition, seen), is_met, reason, setting)


def _tell(
    condition: Condition, record: Record, seen: Record, served: Served, serving: Serving
) -> tuple[str, str]:
    """Why a condition is not met, and the setting that it was."""
    rule = served.rules.get(condition)
    setting = rule.value if rule else ""
    if rule is Rule.DAY_WINDOW:
        window = f"its question names no day, so {setting} counts: {describe(condition)}"
        date = seen.text(condition_name(condition))
        return f"{window}; the exam is on {date}" if date else f"{window}; the exam has no date", setting
    if _is_own_station(condition, serving):
        return _tell_station(rule, seen, serving)
    if condition_name(condition) == STUDY and record.get(STUDY) and not seen.get(STUDY):
        return (
            "it asked for a Study Instance UID that was made here, which only scanners on the list see",
            "study-uids",
        )
    return tell_mismatch(condition, record, seen), setting


def _is_own_station(condition: Condition, serving: Serving) -> bool:
    if isinstance(condition, Offered):
        return True
    is_station = isinstance(condition, Single) and condition.name == STATION
    return is_station and condition.value.strip(" ") == serving.ae_title  # type: ignore[union-attr]


def _tell_station(rule: Rule | None, seen: Record, serving: Serving) -> tuple[str, str]:
    """Of a question for its own exams: another's, or one without station that it is not offered."""
    stations = " and ".join(each.strip(" ") for each in seen.text(STATION).split("\\") if each.strip(" "))
    if stations:
        how = f"it asked for its own exams ({serving.ae_title})"
        if rule is Rule.CALLING_AE:
            how = f"it left the station empty, so its own AE title {serving.ae_title} counts"
        hint = " (upper and lower case count)" if stations.casefold() == serving.ae_title.casefold() else ""
        own = rule.value if rule is Rule.CALLING_AE else ""
        return f"{how}; the exam is for {stations}{hint}", own
    if serving.without_station == "none":
        return f"the exam has no station, and {_WITHOUT_STATION} offers such exams to none", _WITHOUT_STATION
    modality = seen.text(MODALITY).strip(" ") or "not known"
    known = "+".join(serving.modalities) or "any"
    return (
        f"the exam has no station and its modality is {modality}; {_WITHOUT_STATION} offers this scanner "
        f"those of modality {known} that it asks for",
        _WITHOUT_STATION,
    )
