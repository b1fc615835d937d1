"""What records are searched by, as parameters: the grammar of the search box, and its fields one by one."""

from __future__ import annotations

from dataclasses import replace
from inspect import Parameter, Signature
from typing import Annotated, Any, Final, Literal

from fastapi import Query
from pydantic import Field, create_model

from openworklist.api.body import Body
from openworklist.api.parameters import PRINTABLE
from openworklist.domain.errors import SearchError
from openworklist.domain.record_order import SORTS
from openworklist.domain.search import FIELDS, LONGEST, Search, make_search
from openworklist.domain.search_text import parse_search

Sort: Any = Literal.__getitem__(tuple(SORTS))
Direction = Literal["ascending", "descending"]
_TEXT: Final = "words and fields, like `doe mod:CT date:today -status:completed`"


def _make_parameters() -> list[Parameter]:
    told = {"text": _TEXT} | {field.name: field.kind.value for field in FIELDS.values()}
    return [
        Parameter(
            name,
            Parameter.KEYWORD_ONLY,
            default="",
            annotation=Annotated[str, Query(max_length=LONGEST, pattern=PRINTABLE, description=about)],
        )
        for name, about in told.items()
    ]


def read_search(**given: str) -> Search:
    """The search of parameters; SearchError for a value that is none, or a field that `text` has too."""
    found = parse_search(given.get("text") or "")
    fields = make_search({name: text for name, text in given.items() if name != "text" and text})
    for name in FIELDS:
        if fields.get(name) and found.get(name):
            raise SearchError(
                f"{name} is in the text and beside it.",
                where=name,
                hint="say it once",
                code="search.value-unfit",
            )
    values: dict[str, Any] = {name: value for name in FIELDS if (value := fields.get(name))}
    return replace(found, **values)


read_search.__signature__ = Signature(_make_parameters())  # type: ignore[attr-defined]


def _make_body() -> Any:
    text = Annotated[str, Field(max_length=LONGEST, pattern=PRINTABLE)]
    fields: dict[str, Any] = {
        "text": (Annotated[text, Field(description=_TEXT)], ""),
        **{
            field.name: (Annotated[text, Field(description=field.kind.value)], "")
            for field in FIELDS.values()
        },
        "sort": (Sort, "start"),
        "direction": (Direction, "ascending"),
        "after": (Annotated[str, Field(pattern=r"^([ab][1-9][0-9]{0,14})?$")], ""),
        "limit": (Annotated[int, Field(ge=1, le=1000)], 50),
    }
    return create_model("RecordSearch", __base__=Body, **fields)


RecordSearch: Any = _make_body()
