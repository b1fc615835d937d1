"""A sender's own order control codes: what its ORC-1, with ORC-5 or without, stands for in the standard."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from openworklist.domain.control import is_known
from openworklist.domain.errors import MappingError

Codes = tuple[str, str]  # ORC-1 and ORC-5; "" in ORC-5 is any, or as it was sent
Controls = Mapping[Codes, Codes]
NONE: Final[Controls] = MappingProxyType({})


def read_controls(texts: Mapping[str, str]) -> Controls:
    """The table of `{"ZZ": "CA", "SC DONE": "SC CM"}`; MappingError, with the place, if it is none."""
    found: dict[Codes, Codes] = {}
    for text, meaning in texts.items():
        codes, means = _read(text, text), _read(meaning, text)
        if not is_known(means[0]):
            raise MappingError(f"{means[0]!r} is no order control code that is known here.", where=text)
        found[codes] = means
    return found


def write_controls(controls: Controls) -> dict[str, str]:
    return {" ".join(codes).strip(): " ".join(means).strip() for codes, means in controls.items()}


def translate(controls: Controls, control: str, status: str) -> Codes:
    """The codes that are meant; as sent where the table says nothing of them."""
    means = controls.get((control, status)) or controls.get((control, ""))
    return (means[0], means[1] or status) if means else (control, status)


def _read(text: str, where: str) -> Codes:
    codes = text.upper().split()
    if not 1 <= len(codes) <= 2:
        raise MappingError(
            "An order control is ORC-1, or ORC-1 and ORC-5.", where=where, hint="write it like CA or SC CM"
        )
    return codes[0], codes[1] if len(codes) == 2 else ""
