"""The values of an entry as a record takes them: what its VR cannot hold is left out, and said."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from openworklist.dicom.entries import Values
from openworklist.domain.attributes import ATTRIBUTES, Attribute
from openworklist.domain.record import Value
from openworklist.domain.uids import is_valid_uid

STATUS: Final = "scheduled_procedure_step_status"  # a record has its own
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_CONTROLS_BUT_LINES: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]")
_WITH_LINES: Final = frozenset(("LT", "ST", "UT"))
_OLD_DATE: Final = re.compile(r"(\d{4})[./-](\d\d)[./-](\d\d)", re.ASCII)  # PS3.5 6.2, as ACR-NEMA had it
_TIME: Final = re.compile(r"([01]\d|2[0-3])(?:([0-5]\d)(?:([0-5]\d|60)(\.\d{1,6})?)?)?", re.ASCII)
_DECIMAL: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:E[+-]?\d+)?", re.IGNORECASE | re.ASCII)
_LONGEST: Final = 100_000  # letters of one value


def clean(values: Values) -> tuple[Values, tuple[str, ...]]:
    """The values that a record takes, and what is to be said of the others."""
    warnings: dict[str, None] = {}
    cleaned = _clean_all(values, ATTRIBUTES, warnings)
    cleaned.pop(STATUS, None)
    return cleaned, tuple(warnings)


def _clean_all(values: Values, catalogue: Iterable[Attribute], warnings: dict[str, None]) -> Values:
    found: Values = {}
    for attribute in catalogue:
        value = values.get(attribute.name)
        if not value:
            continue
        cleaned: Value
        if isinstance(value, str):
            cleaned = _clean_text(attribute, value, warnings)
        else:
            items = (_clean_all(dict(item), attribute.items, warnings) for item in value)
            cleaned = tuple(item for item in items if item)
        if cleaned:
            found[attribute.name] = cleaned
    return found


def _clean_text(attribute: Attribute, text: str, warnings: dict[str, None]) -> str:
    def warn(sentence: str) -> None:
        warnings[f"{attribute.label}: {sentence}"] = None

    controls = _CONTROLS_BUT_LINES if attribute.vr in _WITH_LINES else _CONTROLS
    if controls.search(text):
        warn("control characters, which are left out.")
        text = controls.sub("", text)
    if len(text) > _LONGEST:
        warn(f"more than {_LONGEST} letters: left out.")
        return ""
    if attribute.multiple or attribute.vr == "UI" or "\\" not in text or attribute.vr in _WITH_LINES:
        several = text.split("\\") if attribute.multiple else [text]
    else:
        warn("several values where one belongs: the first is taken.")
        several = text.split("\\")[:1]
    convert = _CONVERTERS.get(attribute.vr)
    good: list[str] = []
    for each in map(str.strip, several):
        read = convert(each) if convert and each else each
        if read is None:
            warn(f"is no value of its kind ({attribute.vr}): left out; the message has it.")
            continue
        good.append(read)
    return "\\".join(good)


def _to_date(text: str) -> str | None:
    if old := _OLD_DATE.fullmatch(text):
        text = "".join(old.groups())
    try:
        return datetime.strptime(text, "%Y%m%d").strftime("%Y%m%d") if len(text) == 8 else None
    except ValueError:
        return None


def _to_time(text: str) -> str | None:
    text = text.replace(":", "")
    return text if _TIME.fullmatch(text) else None


def _to_code(text: str) -> str | None:
    text = text.upper()
    return text if re.fullmatch(r"[A-Z0-9_ ]*", text) else None


def _to_integer(text: str) -> str | None:
    return text if text.isascii() and text.isdigit() and int(text[:9]) < 65_536 and len(text) < 6 else None


_CONVERTERS: Final[dict[str, Callable[[str], str | None]]] = {
    "AE": lambda text: text if text.isascii() else None,
    "CS": _to_code,
    "DA": _to_date,
    "DS": lambda text: text if len(text) <= 16 and _DECIMAL.fullmatch(text) else None,
    "TM": _to_time,
    "UI": lambda text: text if is_valid_uid(text) else None,
    "US": _to_integer,
}
