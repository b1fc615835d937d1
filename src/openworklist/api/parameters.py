"""Parameters of paths and queries: exactly what they may be, since a loose one finds the wrong things."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Path, Query
from pydantic import AfterValidator, BeforeValidator, Field
from starlette.convertors import Convertor, register_url_convertor


class _UidInPath(Convertor[str]):
    """A UID within a path, `{uid:uid}`: words beside it are other addresses."""

    regex = "[0-9.]{1,64}"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("uid", _UidInPath())

LARGEST: Final = 2**53 - 1  # a whole number that every reader of JSON keeps
_LONGEST: Final = 200
# No control character: databases refuse NUL, and nothing that is looked for has the others.
PRINTABLE: Final = r"^[^\x00-\x1f\x7f]*$"


def _read_number(value: Any) -> Any:
    """A number as it is written in JSON; `1_0`, `+1` and ` 1` are none."""
    if not isinstance(value, str):
        return value
    is_number = value.isascii() and value.isdigit() and (value == "0" or value[0] != "0") and len(value) < 17
    return int(value) if is_number else None


def _check_text(text: str) -> str:
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ValueError("it has half a letter")
    return text


_Strict = Annotated[int, BeforeValidator(_read_number)]
Count = Annotated[_Strict, Field(ge=1, le=1000), Query(description="how many at the most")]
Number = Annotated[_Strict, Field(ge=1, le=LARGEST), Path(description="its number")]
Wanted = Annotated[Annotated[_Strict, Field(ge=1, le=LARGEST)] | None, Query()]
Name = Annotated[str, Path(min_length=1, max_length=_LONGEST, pattern=PRINTABLE), AfterValidator(_check_text)]
Text = Annotated[str, Query(max_length=500, pattern=PRINTABLE), AfterValidator(_check_text)]
Cursor = Annotated[
    str, Query(pattern=r"^([ab][1-9][0-9]{0,14})?$", description="`next` or `previous` of a page")
]
Title = Annotated[
    str,
    Path(
        min_length=1, max_length=16, pattern=r"^[ -\[\]-~]*[!-\[\]-~][ -\[\]-~]*$", description="an AE title"
    ),
]
