"""Where a value stands in a message, written as people write it: `OBR-4.2`, `PID[2]-3(1).4.1`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from openworklist.domain.errors import MessageError

_PATTERN = re.compile(
    r"(?P<segment>[A-Z][A-Z0-9]{2})(?:\[(?P<occurrence>\d{1,4})\])?"
    r"-(?P<field>\d{1,4})(?:\((?P<repetition>\d{1,4})\))?"
    r"(?:\.(?P<component>\d{1,4})(?:\.(?P<subcomponent>\d{1,4}))?)?",
    re.ASCII,
)


class Path(NamedTuple):
    """Numbers count from 1 as HL7 does. 0 is "not said": the first segment, the whole field or component."""

    segment: str
    field: int
    component: int = 0
    subcomponent: int = 0
    repetition: int = 0
    occurrence: int = 0

    def __str__(self) -> str:
        text = self.segment
        if self.occurrence:
            text += f"[{self.occurrence}]"
        text += f"-{self.field}"
        if self.repetition:
            text += f"({self.repetition})"
        if self.component:
            text += f".{self.component}"
        if self.subcomponent:
            text += f".{self.subcomponent}"
        return text


@lru_cache(maxsize=4096)
def parse_path(text: str) -> Path:
    """`SEG[n]-field(repetition).component.subcomponent`; MessageError if it is not written so."""
    match = _PATTERN.fullmatch(text)
    if match is None or match["field"].strip("0") == "":
        raise MessageError(f"{text!r} is no place in a message.", where=text, hint="write it like OBR-4.2")
    numbers = {name: int(value or 0) for name, value in match.groupdict().items() if name != "segment"}
    return Path(match["segment"], **numbers)
