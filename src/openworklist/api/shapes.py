"""Our values as JSON, and its schema: both follow from the fields of a dataclass or named tuple."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cache
from typing import Annotated, Any, Final, get_type_hints

from pydantic import BaseModel, Field, WithJsonSchema, create_model

from openworklist.domain.attributes import ATTRIBUTES, Attribute

_BEGIN: Final = datetime(1970, 1, 1, tzinfo=UTC)
# Fields that hold microseconds since 1970; 0 is never.
_MOMENTS: Final = frozenset({"at", "start", "first_asked", "last_asked", "due_since", "since"})

Json = dict[str, Any]


def is_moment(name: str, kind: Any) -> bool:
    return kind is int and (name in _MOMENTS or name.endswith("_at"))


def to_moment(at: int) -> datetime | None:
    """Microseconds since 1970 as JSON has them: ISO 8601 in UTC, None for never."""
    return _BEGIN + timedelta(microseconds=at) if at else None


def to_json(value: Any, *, without: Collection[str] = ()) -> Any:
    """The fields of a value by their names, moments as moments; a mapping or a list with such in it."""
    if is_shape(value):
        return {
            name: to_moment(getattr(value, name)) if is_moment(name, kind) else to_json(getattr(value, name))
            for name, kind in _find_hints_of(value).items()
            if name not in without
        }
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict) or hasattr(value, "items"):
        return {str(key): to_json(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [to_json(each) for each in value]
    return value


def is_shape(value: Any) -> bool:
    return is_dataclass(value) or hasattr(value, "_fields")


def _find_hints_of(value: Any) -> dict[str, Any]:
    kind: Any = type(value)
    return find_hints(kind)


@cache
def find_hints(source: type) -> dict[str, Any]:
    """The fields of a dataclass or named tuple, and their types."""
    hints = get_type_hints(source)
    names: Iterable[str] = (
        (each.name for each in fields(source)) if is_dataclass(source) else getattr(source, "_fields", ())
    )
    return {name: hints[name] for name in names}


def derive(name: str, source: type, *, without: Collection[str] = (), **more: Any) -> type[BaseModel]:
    """The model of what `to_json` gives, with more fields beside; a type that is given here goes first."""
    found: dict[str, Any] = {
        field: (datetime | None if is_moment(field, kind) else _translate(kind), ...)
        for field, kind in find_hints(source).items()
        if field not in without
    }
    found |= {field: (kind, ...) for field, kind in more.items()}
    model: type[BaseModel] = create_model(name, **found)
    return model


def _translate(kind: Any) -> Any:
    return str if isinstance(kind, type) and issubclass(kind, Enum) else kind


class Answer(BaseModel):
    """What is answered: every field is always there."""


def _to_schema(attribute: Attribute) -> Json:
    told = f"{attribute.label}, {attribute.vr}"
    head = {"description": f"{told} {attribute.tag_text}".strip()}
    if not attribute.is_sequence:
        return {**head, "type": "string"}
    items = {each.name: _to_schema(each) for each in attribute.items}
    return {**head, "type": "array", "items": {"type": "object", "properties": items}}


def make_values_schema() -> Json:
    """Values by the names of attributes. Others than those of the catalogue are named by their tags."""
    return {
        "type": "object",
        "title": "Values",
        "description": "Values in DICOM's own form, by the names of docs/attributes.md.",
        "properties": {each.name: _to_schema(each) for each in ATTRIBUTES},
        "additionalProperties": {"type": ["string", "array"]},
    }


def make_typed_schema() -> Json:
    """What is typed for attributes: texts, "" to take a value away."""
    return {
        "type": "object",
        "title": "TypedValues",
        "description": "Texts by the names of docs/attributes.md; a code is written CODE^Meaning^SCHEME, "
        'several values with a backslash between, "" takes a value away.',
        "properties": {
            each.name: {"type": "string", "maxLength": LONGEST_VALUE, "description": each.label}
            for each in ATTRIBUTES
        },
        "additionalProperties": False,
    }


LONGEST_VALUE: Final = 10_000  # letters of a typed value
Values = Annotated[dict[str, Any], WithJsonSchema(make_values_schema())]
Document = Annotated[dict[str, Any], WithJsonSchema({"type": "object", "additionalProperties": True})]
Moment = datetime | None
Problems = Annotated[list[str], Field(description="what somebody should look at")]
