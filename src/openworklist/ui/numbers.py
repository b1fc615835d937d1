"""Numbers that a form names: of messages, of records."""

from __future__ import annotations

from starlette.datastructures import FormData

from openworklist.domain.errors import RequestError


def read_numbers(form: FormData, name: str, most: int) -> tuple[int, ...]:
    """The numbers under a name, each once; RequestError if there are none, or more than `most`."""
    found = dict.fromkeys(
        int(value) for value in form.getlist(name) if isinstance(value, str) and _is_number(value)
    )
    if not found:
        raise RequestError(
            "Nothing was chosen.", where=name, hint="tick rows first", code="request.nothing-chosen"
        )
    if len(found) > most:
        raise RequestError(
            f"{len(found)} were chosen; {most} are taken at once.",
            where=name,
            hint="choose fewer, or use the command line",
            code="request.too-many-chosen",
        )
    return tuple(found)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19
