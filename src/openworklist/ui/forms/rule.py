"""Filters, station rules and station groups as forms: conditions are rows of a name and its patterns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from starlette.datastructures import FormData

from openworklist.domain.attributes import ATTRIBUTES
from openworklist.domain.conditions import CONTROL, MESSAGE_TYPE, SENDER
from openworklist.ui.forms.fields import Field, Group, Kind, read, write
from openworklist.ui.language import mark

NONE: Final = '""'  # stands for no value where patterns are typed
_SPARE: Final = 2  # empty rows for more conditions
_RANK: Final = Field("rank", mark("Rank"), Kind.NUMBER, mark("the lowest is tried first"))
_NAME: Final = Field("name", mark("Name"), is_required=True)
_EFFECT: Final = Field(
    "effect",
    mark("Orders that fit"),
    Kind.CHOICE,
    choices=(("leave", mark("Are left out")), ("take", mark("Become records"))),
)
_STATIONS: Final = Field(
    "stations",
    mark("Stations"),
    Kind.LINES,
    mark("AE titles and names of groups, one on each line"),
    is_required=True,
)
_REPLACES: Final = Field("replaces", mark("It counts more than the station in the message"), Kind.FLAG)
_TITLES: Final = Field("ae_titles", mark("AE titles"), Kind.LINES, mark("one on each line"), is_required=True)
_SHARES: Final = Field("shares", mark("What is for one of them is for all"), Kind.FLAG)
NAMES: Final = (
    MESSAGE_TYPE,
    SENDER,
    CONTROL,
    *(each.name for each in ATTRIBUTES if not each.is_sequence),
    *(
        each.name
        for each in ATTRIBUTES
        if each.is_sequence and any("code" in item.name for item in each.items)
    ),
)


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of rule: `kind` is that of what is set up; one without conditions has none."""

    kind: str
    title: str
    fields: tuple[Field, ...]
    has_conditions: bool = True

    @property
    def groups(self) -> tuple[Group, ...]:
        return (Group(self.title, (_NAME, *self.fields)),)


SHAPES: Final[Mapping[str, Shape]] = {
    "filter": Shape("filter", mark("Filter"), (_EFFECT, _RANK)),
    "rule": Shape("station", mark("Station rule"), (_STATIONS, _REPLACES, _RANK)),
    "group": Shape("station", mark("Station group"), (_TITLES, _SHARES), has_conditions=False),
}


def find_shape(kind: str, document: Mapping[str, Any]) -> str:
    """Which of the shapes a document has."""
    if kind == "filter":
        return kind
    return "group" if "ae_titles" in document else "rule"


def write_rule(shape: Shape, name: str, document: Mapping[str, Any]) -> dict[str, str]:
    """What stands in each field."""
    found = {}
    for field in shape.fields:
        default: Any = field.name == "shares" if field.kind is Kind.FLAG else ""
        value = document.get(field.name, default)
        found[field.name] = write(
            field, [value] if field.kind is Kind.LINES and value and isinstance(value, str) else value
        )
    return {"name": name, **found}


def write_conditions(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Rows of a name and its patterns, with some empty ones at the end."""
    rows = []
    for name, patterns in dict(document.get("when", {})).items():
        listed = [patterns] if isinstance(patterns, str) else patterns
        rows.append((name, "\n".join(pattern or NONE for pattern in listed)))
    return [*rows, *[("", "")] * _SPARE]


def read_rule(shape: Shape, form: FormData, texts: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
    """The name and the document, as it was typed: services.configurations says what is wrong with it."""
    document: dict[str, Any] = {}
    for field in shape.fields:
        value = read(field, texts.get(field.name, ""))
        if value is not None:
            document[field.name] = list(value) if isinstance(value, tuple) else value
    if shape.has_conditions:
        document["when"] = read_conditions(form)
    return texts.get("name", "").strip(), document


def read_conditions(form: FormData) -> dict[str, list[str]]:
    """Patterns by name; rows without a name are left out, unless they have patterns."""
    found: dict[str, list[str]] = {}
    pairs = zip(map(str, form.getlist("condition")), map(str, form.getlist("patterns")), strict=False)
    for name, text in pairs:
        lines = [line.strip() for line in text.replace("\0", "").splitlines() if line.strip()]
        if name.strip() or lines:
            found.setdefault(name.strip(), []).extend("" if line == NONE else line for line in lines)
    return found
