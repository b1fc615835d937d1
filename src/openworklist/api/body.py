"""Bodies: what a client sends is of the right kind to the letter, and holds nothing that cannot be stored."""

from __future__ import annotations

import math
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Final

from fastapi import Depends, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from openworklist.api.parameters import PRINTABLE

_DEEPEST: Final = 40
_MOST: Final = 100_000  # values in a document


class Body(BaseModel):
    """No field that nobody knows, and no number in place of a text."""

    model_config = ConfigDict(strict=True, extra="forbid")


def _check_document(document: dict[str, Any]) -> dict[str, Any]:
    left = _MOST
    waiting: list[tuple[Any, int]] = [(document, 0)]
    while waiting:
        value, depth = waiting.pop()
        left -= 1
        if depth > _DEEPEST or left < 0:
            raise ValueError("there is too much in it")
        if isinstance(value, dict):
            waiting += [(each, depth + 1) for pair in value.items() for each in pair]
        elif isinstance(value, list):
            waiting += [(each, depth + 1) for each in value]
        elif isinstance(value, str) and not is_storable(value):
            raise ValueError("it has a letter that no text may have")
        elif isinstance(value, float) and not math.isfinite(value):
            raise ValueError("it has a number that is none")
        elif isinstance(value, int) and abs(value) > 2**63 - 1:
            raise ValueError("it has a number that is too large")
    return document


def is_storable(text: str) -> bool:
    """Whether databases take it: NUL and halves of letters they do not."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _check_text(text: str) -> str:
    if not is_storable(text):
        raise ValueError("it has a letter that no text may have")
    return text


AnyDocument = Annotated[
    dict[str, Any],
    AfterValidator(_check_document),
    WithJsonSchema({"type": "object", "additionalProperties": True}),
]
Line = Annotated[str, Field(max_length=200, pattern=PRINTABLE), AfterValidator(_check_text)]
Note = Annotated[Line, Field(description="why; kept with the version")]
Prose = Annotated[str, Field(max_length=4_000_000), AfterValidator(_check_text)]
Numbers = Annotated[
    list[Annotated[int, Field(ge=1, le=2**53 - 1)]],
    Field(min_length=1, max_length=1000, json_schema_extra={"uniqueItems": False}),
]

HL7: Final = "application/hl7-v2"
PLAIN: Final = "text/plain"
BYTES: Final = "application/octet-stream"


def takes(*kinds: str) -> dict[str, Any]:
    """What `openapi_extra` says of a route whose body is bytes."""
    content = {kind: {"schema": {"type": "string", "format": "binary"}} for kind in kinds}
    return {"requestBody": {"required": True, "content": content}}


async def read_raw(request: Request) -> bytes:
    """The bytes of a body."""
    return await request.body()


RawBody = Annotated[bytes, Depends(read_raw)]
Reader = Callable[[Request], Coroutine[Any, Any, bytes]]
