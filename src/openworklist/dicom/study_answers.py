"""What an archive answers to a search (PS3.18 10.6.3, annex F) as studies, series and instances."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from openworklist.domain.instance import is_stored_uid
from openworklist.domain.study import Series, Study, StudyInstance
from openworklist.domain.study_attributes import STUDY_ATTRIBUTES, StudyLevel

_STUDY_UID: Final = "0020000D"
_SERIES_UID: Final = "0020000E"
_SOP_INSTANCE_UID: Final = "00080018"
_SOP_CLASS_UID: Final = "00080016"
_TRANSFER_SYNTAX: Final = "00083002"  # Available Transfer Syntax UID
_MODALITIES: Final = "00080061"
_SERIES_COUNT: Final = "00201206"
_STUDY_INSTANCES: Final = "00201208"
_SERIES_INSTANCES: Final = "00201209"
_GROUPS: Final = ("Alphabetic", "Ideographic", "Phonetic")
_LONGEST: Final = 10_240  # letters of a value: what is longer is cut
_MOST_VALUES: Final = 100

Answer = Mapping[str, Any]
UIDS: Final = {
    StudyLevel.STUDY: _STUDY_UID,
    StudyLevel.SERIES: _SERIES_UID,
    StudyLevel.INSTANCE: _SOP_INSTANCE_UID,
}


def list_tags(level: StudyLevel) -> tuple[str, ...]:
    """The tags that are asked for at a level, each of eight digits."""
    counts = {
        StudyLevel.STUDY: (_MODALITIES, _SERIES_COUNT, _STUDY_INSTANCES),
        StudyLevel.SERIES: (_SERIES_INSTANCES,),
        StudyLevel.INSTANCE: (_SOP_CLASS_UID, _TRANSFER_SYNTAX, _SERIES_UID, "00200011"),
    }
    return (*(f"{each.tag:08X}" for each in STUDY_ATTRIBUTES if each.level is level), *counts[level])


def find_uid(answer: Answer, level: StudyLevel) -> str:
    """The UID of what an answer is about; "" if it has none that can be used."""
    uid = _read(answer, UIDS[level])
    return uid if is_stored_uid(uid) else ""


def to_study(answer: Answer, source: str) -> Study:
    """A study of the archive `source`; a count that it does not tell is 0."""
    return Study(
        find_uid(answer, StudyLevel.STUDY),
        _read_all(answer, StudyLevel.STUDY),
        tuple(sorted(filter(None, set(_read(answer, _MODALITIES).split("\\"))))),
        _to_count(_read(answer, _SERIES_COUNT)),
        _to_count(_read(answer, _STUDY_INSTANCES)),
        source=source,
    )


def to_series(answer: Answer, study_uid: str) -> Series:
    """A series of that study."""
    count = _to_count(_read(answer, _SERIES_INSTANCES))
    return Series(study_uid, find_uid(answer, StudyLevel.SERIES), _read_all(answer, StudyLevel.SERIES), count)


def to_instance(answer: Answer, study_uid: str) -> StudyInstance:
    """An instance of that study, without transfer syntax where the archive tells none or several."""
    syntax = _read(answer, _TRANSFER_SYNTAX)
    return StudyInstance(
        study_uid,
        find_uid(answer, StudyLevel.SERIES),
        find_uid(answer, StudyLevel.INSTANCE),
        _read(answer, _SOP_CLASS_UID),
        syntax if is_stored_uid(syntax) else "",
        _read_all(answer, StudyLevel.INSTANCE),
    )


def find_series_number(answer: Answer) -> str:
    """The number of the series that an answer about an instance names."""
    return _read(answer, "00200011")


def is_of_study(answer: Answer, uid: str) -> bool:
    """Whether an answer is about that study; the search was for it where the answer does not say."""
    return _read(answer, _STUDY_UID) in ("", uid)


def _read_all(answer: Answer, level: StudyLevel) -> dict[str, str]:
    return {each.name: _read(answer, f"{each.tag:08X}") for each in STUDY_ATTRIBUTES if each.level is level}


def _read(answer: Answer, tag: str) -> str:
    """The values of an element as one text, with \\ between; "" if there is none that is one."""
    element = answer.get(tag)
    values = element.get("Value") if isinstance(element, dict) else None
    if not isinstance(values, list):
        return ""
    return "\\".join(_to_text(value) for value in values[:_MOST_VALUES])[:_LONGEST].strip(" ")


def _to_text(value: object) -> str:
    if isinstance(value, dict):
        groups = (value.get(name) for name in _GROUPS)
        return "=".join(group if isinstance(group, str) else "" for group in groups).rstrip("=")
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # F.2.3: a number may be written as 1.0
    is_plain = isinstance(value, str | int | float) and not isinstance(value, bool)
    return str(value).replace("\0", "") if is_plain else ""


def _to_count(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
