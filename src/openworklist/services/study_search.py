"""One study as QIDO-RS answers it (PS3.18 10.6): a dataset for it, for each series, for each instance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from openworklist.domain.study import Series, Study, StudyInstance
from openworklist.domain.study_attributes import STUDY_ATTRIBUTES, StudyLevel

_UNICODE: Final = {"00080005": {"vr": "CS", "Value": ["ISO_IR 192"]}}
_ONLINE: Final = {"00080056": {"vr": "CS", "Value": ["ONLINE"]}}
_RETRIEVE_URL: Final = "00081190"
_NUMBERS: Final = frozenset(("IS", "US"))
_GROUPS: Final = ("Alphabetic", "Ideographic", "Phonetic")
Dataset = dict[str, Any]


def describe_study(study: Study, address: str) -> Dataset:
    return {
        **_UNICODE,
        **_ONLINE,
        **_describe(study.values, StudyLevel.STUDY),
        "00080061": _element("CS", study.modalities),
        "0020000D": _element("UI", [study.uid]),
        "00201206": _element("IS", [study.series]),
        "00201208": _element("IS", [study.instances]),
        _RETRIEVE_URL: _element("UR", [address]),
    }


def describe_series(series: Iterable[Series], study_address: str) -> Iterator[Dataset]:
    for each in series:
        yield {
            **_UNICODE,
            **_ONLINE,
            **_describe(each.values, StudyLevel.SERIES),
            "0020000D": _element("UI", [each.study_uid]),
            "0020000E": _element("UI", [each.uid]),
            "00201209": _element("IS", [each.instances]),
            _RETRIEVE_URL: _element("UR", [f"{study_address}/series/{each.uid}"]),
        }


def describe_instances(instances: Iterable[StudyInstance], study_address: str) -> Iterator[Dataset]:
    for each in instances:
        address = f"{study_address}/series/{each.series_uid}/instances/{each.uid}"
        yield {
            **_UNICODE,
            **_ONLINE,
            **_describe(each.values, StudyLevel.INSTANCE),
            "00080016": _element("UI", [each.sop_class]),
            "00080018": _element("UI", [each.uid]),
            **_tell_syntax(each),
            "0020000D": _element("UI", [each.study_uid]),
            "0020000E": _element("UI", [each.series_uid]),
            _RETRIEVE_URL: _element("UR", [address]),
        }


def _tell_syntax(instance: StudyInstance) -> Dataset:
    """Available Transfer Syntax UID, optional in PS3.18 10.6.3: not there where an archive tells none."""
    syntax = instance.transfer_syntax
    return {"00083002": _element("UI", [syntax])} if syntax else {}


def _describe(values: Mapping[str, str], level: StudyLevel) -> Dataset:
    return {
        f"{each.tag:08X}": _element(each.vr, _read(each.vr, values.get(each.name, "")))
        for each in STUDY_ATTRIBUTES
        if each.level is level
    }


def _element(vr: str, values: Iterable[Any]) -> dict[str, Any]:
    listed = list(values)
    return {"vr": vr, "Value": listed} if any(each is not None for each in listed) else {"vr": vr}


def _read(vr: str, text: str) -> Iterator[Any]:
    for each in text.split("\\"):
        if not each:
            yield None
        elif vr == "PN":
            yield {name: group for name, group in zip(_GROUPS, each.split("="), strict=False) if group}
        else:
            yield _to_number(each) if vr in _NUMBERS else each


def _to_number(text: str) -> int | str:
    try:
        return int(text)
    except ValueError:
        return text
