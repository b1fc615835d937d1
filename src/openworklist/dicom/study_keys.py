"""Search parameters of QIDO-RS for studies, series and instances (PS3.18 8.3.4), and what fulfils them.

Matching is that of PS3.4 C.2.2.2, on the datasets that would be answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

from openworklist.dicom.dataset import Json
from openworklist.dicom.dictionary import find_keyword, find_tag, find_vr
from openworklist.domain.errors import RequestError
from openworklist.domain.names import is_name_match
from openworklist.domain.wildcards import to_expression

_TAG: Final = re.compile(r"[0-9A-Fa-f]{8}", re.ASCII)
_DATE: Final = re.compile(r"[0-9]{8}", re.ASCII)
_TIME: Final = re.compile(r"[0-9]{2}(?:[0-9]{2}(?:[0-9]{2}(?:\.[0-9]{1,6})?)?)?", re.ASCII)
_RANGES: Final = {"DA": _DATE, "TM": _TIME}
_LONGEST: Final = 2_000
_MOMENT: Final = len("HHMMSS.FFFFFF")
Keys = Mapping[str, str]


def to_tag(name: str) -> str:
    """The tag that a parameter names, by keyword or by number; "" if it is no attribute."""
    if _TAG.fullmatch(name):
        return name.upper()
    tag = find_tag(name) if len(name) <= 64 else 0
    return f"{tag:08X}" if tag else ""


def read_keys(parameters: Iterable[tuple[str, str]], others: frozenset[str]) -> dict[str, str]:
    """What has to match, by tag; what is no attribute is ignored (PS3.18 8.3), `others` are not looked at.

    RequestError for an attribute that is there twice, and for a value that none can have.
    """
    found: dict[str, str] = {}
    for name, value in parameters:
        tag = "" if name in others else to_tag(name)
        if not tag:
            continue
        if tag in found:
            raise _wrong(name, "is there several times")
        vr = find_vr(int(tag, 16))
        if len(value) > _LONGEST or "\0" in value:
            raise _wrong(name, "is no value to search by")
        if vr in _RANGES and not _is_range(value, _RANGES[vr]):
            raise _wrong(name, "is neither a date or time nor a range of them")
        found[tag] = value
    return found


def is_match(dataset: Json, keys: Keys) -> bool:
    """Whether a dataset fulfils all keys that it has an attribute for, empty or not."""
    return all(_has_match(dataset[tag], value) for tag, value in keys.items() if tag in dataset)


def name_of(tag: str) -> str:
    return find_keyword(int(tag, 16)) or tag


def _has_match(element: Mapping[str, Any], key: str) -> bool:
    key = key.strip()
    if not key:
        return True  # PS3.4 C.2.2.2.3: universal
    vr, values = element["vr"], element.get("Value", ())
    if vr == "UI":
        # PS3.18 8.3.4.1: a list of UIDs has commas or backslashes between.
        wanted = {each.strip() for each in key.replace("\\", ",").split(",")}
        return any(each in wanted for each in values)
    if vr == "PN":
        return any(is_name_match(key, "=".join(each.values())) for each in values if each)
    if vr in _RANGES:
        return any(_is_within(str(each), key, vr) for each in values if each)
    if vr in ("IS", "US"):
        return any(str(each) == key.lstrip("+0").rjust(1, "0") for each in values if each is not None)
    expression = to_expression(key)
    return any(expression.fullmatch(str(each)) for each in values if each)


def _is_range(text: str, form: re.Pattern[str]) -> bool:
    parts = [each.strip() for each in text.split("-")]
    return len(parts) <= 2 and all(not each or form.fullmatch(each) for each in parts)


def _is_within(value: str, key: str, vr: str) -> bool:
    """PS3.4 C.2.2.2.5; a time of some precision is every moment within it."""
    low, dash, high = (each.strip() for each in key.partition("-"))
    if not dash:
        high = low
    if vr == "TM":
        value, low, high = _fill(value, "0"), _fill(low, "0"), _fill(high, "9") if high else ""
    return low <= value and (not high or value <= high)


def _fill(time: str, digit: str) -> str:
    return f"{time[:6].ljust(6, digit)}.{time[7:].ljust(6, digit)}"


def _wrong(name: str, sentence: str) -> RequestError:
    return RequestError(f"{name[:80]} {sentence}.", where=name[:80], code="request.bad-parameter")
