"""Forms of a request, read before a handler runs on its thread."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated, Final

from fastapi import Depends, Request
from starlette.datastructures import FormData

_MOST_FIELDS: Final = 2_000
_LARGEST: Final = 16 * 1024 * 1024  # bytes of one field; files may be larger, and lie on disk


async def read_form(request: Request) -> AsyncIterator[FormData]:
    """The fields and files of a form; files are closed after the answer."""
    async with request.form(max_fields=_MOST_FIELDS, max_part_size=_LARGEST) as form:
        yield form


def get_texts(form: FormData) -> dict[str, str]:
    """The fields that are text, of several with the same name the last one."""
    return {name: value for name, value in form.multi_items() if isinstance(value, str)}


TheForm = Annotated[FormData, Depends(read_form)]
