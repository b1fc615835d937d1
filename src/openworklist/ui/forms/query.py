"""A question to another worklist as it is typed: whom it goes to, and its keys."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Final

from openworklist.domain.destination import Tls
from openworklist.domain.errors import SettingsError
from openworklist.domain.node import SavedNode, name_unsaved, to_document
from openworklist.domain.node import from_document as to_node
from openworklist.domain.query import START_DATE, STATION
from openworklist.services.configuration import Configuration
from openworklist.ui.forms.fields import Field, find_errors, read
from openworklist.ui.forms.node import ADDRESS, DEFAULT
from openworklist.ui.language import mark

WHEN: Final = (
    ("today", mark("Today")),
    ("yesterday", mark("Yesterday")),
    ("week", mark("Last 7 days")),
    ("any", mark("Any day")),
    ("range", mark("From – to")),
)
PATIENT: Final = (
    Field("patient_name", mark("Patient name"), hint=mark("family^given, * for any letters: doe*")),
    Field("patient_id", mark("Patient ID")),
    Field("accession_number", mark("Accession number")),
    Field("patient_birth_date", mark("Date of birth")),
    Field(STATION, mark("Modality AE title")),
    Field("modality", mark("Modality"), suggestions=("CR", "CT", "DX", "MG", "MR", "NM", "PT", "US", "XA")),
)
_DAYS: Final = frozenset(("patient_birth_date",))
_LAST: Final = 7


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed, and what is wrong with it by field."""

    texts: Mapping[str, str]
    node: SavedNode | None = None
    keys: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, SettingsError] = field(default_factory=dict)


def start_form(configuration: Configuration, name: str = "") -> Typed:
    """The form before anything is typed; for a saved node if one is named."""
    own = {each.name: str(getattr(DEFAULT, each.name) or "") for each in ADDRESS}
    return Typed({**own, "node": name if name in configuration.nodes else "", "when": "today"})


def read_query(texts: Mapping[str, str], configuration: Configuration, today: date) -> Typed:
    """Whom to ask for what; `node` is None, or `errors` are not empty, where it cannot be asked."""
    node, errors = find_node(texts, configuration)
    keys: dict[str, str] = {}
    for each in PATIENT:
        text = texts.get(each.name, "").strip().replace("\0", "")
        keys[each.name] = text.replace("-", "") if each.name in _DAYS else text
    try:
        keys[START_DATE] = _read_days(texts, today)
    except SettingsError as error:
        errors[error.where] = error
    return Typed(texts, node, keys, errors)


def find_node(
    texts: Mapping[str, str], configuration: Configuration
) -> tuple[SavedNode | None, dict[str, SettingsError]]:
    """The saved node that was chosen, or the one whose address was typed; what is wrong with that."""
    if texts.get("node"):
        return configuration.get_node(texts["node"]), {}
    values = {each.name: read(each, texts.get(each.name, "")) for each in ADDRESS}
    good = to_document(replace(DEFAULT, host="localhost", port=1))
    errors = find_errors(values, lambda name, value: to_node("name", {**good, name: value}))
    if errors:
        return None, errors
    node = SavedNode("", tls=Tls() if texts.get("use_tls") == "yes" else None, **values)
    return replace(node, name=name_unsaved(node.ae_title, node.address)), {}


def _read_days(texts: Mapping[str, str], today: date) -> str:
    when = texts.get("when", "today")
    if when == "range":
        first, last = _read_day(texts, "from"), _read_day(texts, "to")
        if first and last and last < first:
            raise SettingsError("The last day is before the first.", where="to")
        return first if first == last else f"{first}-{last}"
    days = {"today": (0, 0), "yesterday": (1, 1), "week": (_LAST - 1, 0)}.get(when)
    if days is None:
        return ""
    first, last = (f"{today - timedelta(each):%Y%m%d}" for each in days)
    return first if first == last else f"{first}-{last}"


def _read_day(texts: Mapping[str, str], name: str) -> str:
    text = texts.get(name, "").strip()
    try:
        return f"{date.fromisoformat(text):%Y%m%d}" if text else ""
    except ValueError:
        raise SettingsError(f"{text!r} is no day.", where=name, hint="write it like 2026-03-14") from None
