"""Bodies whose fields are those of a dataclass of the domain, which then checks what they say."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import is_dataclass
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from pydantic import Field, create_model

from openworklist.api.body import Body, Line
from openworklist.api.shapes import find_hints

_LARGEST: Final = 2**53 - 1
_KINDS: Final[Mapping[Any, Any]] = {
    str: Line,
    int: Annotated[int, Field(ge=0, le=_LARGEST)],
    float: Annotated[float, Field(ge=0, le=_LARGEST, allow_inf_nan=False)],
    bool: bool,
}


def derive_body(name: str, source: type, *, without: Collection[str] = ()) -> Any:
    """A model with these fields, all of which may be left out; `dump` has those that were given."""
    fields: dict[str, Any] = {
        field: (to_strict(kind), None) for field, kind in find_hints(source).items() if field not in without
    }
    return create_model(name, __base__=Body, **fields)


def dump(body: Any) -> dict[str, Any]:
    """The fields that were given."""
    found: dict[str, Any] = body.model_dump(exclude_unset=True)
    return found


def to_strict(kind: Any) -> Any:
    """The type of a field in a body: JSON has lists for tuples, and texts for enumerations."""
    origin = get_origin(kind)
    if kind in _KINDS:
        return _KINDS[kind]
    if origin in (Union, UnionType):
        return Union[tuple(to_strict(each) for each in get_args(kind))]  # noqa: UP007 - made while it runs
    if origin is tuple:
        return Annotated[list[to_strict(get_args(kind)[0])], Field(max_length=200)]  # type: ignore[misc]
    if origin in (dict, Mapping):
        return dict[Line, Line]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return Literal.__getitem__(tuple(each.value for each in kind))
    if is_dataclass(kind) and isinstance(kind, type):
        return derive_body(kind.__name__, kind)
    return kind
