"""The one text that a path names in a field: chosen once a rule, read in every message."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from typing import Final

from openworklist.hl7.dates import Stamp, read_stamp
from openworklist.hl7.delimiters import Delimiters
from openworklist.hl7.escapes import unescape
from openworklist.hl7.message import nth
from openworklist.hl7.path import Path

NULL: Final = '""'


class Reading:
    """What the readers of one message share: how to read it, and what was odd about the order under way."""

    __slots__ = (
        "_stamps",
        "codec",
        "component",
        "delimiters",
        "escape",
        "repetition",
        "subcomponent",
        "warnings",
        "zone",
    )

    def __init__(self, delimiters: Delimiters, codec: str, zone: tzinfo | None) -> None:
        self.delimiters = delimiters
        _, self.component, self.repetition, self.escape, self.subcomponent, _ = delimiters
        self.codec = codec
        self.zone = zone
        self.warnings: list[str] = []
        self._stamps: dict[str, Stamp] = {}

    def warn(self, path: Path, sentence: str) -> None:
        """Note what was odd: the place, never the value, since warnings show where values may not."""
        warning = f"{path} {sentence}"
        if warning not in self.warnings:
            self.warnings.append(warning)

    def unescape(self, text: str) -> str:
        return unescape(text, self.delimiters, self.codec, self.warnings)

    def stamp(self, text: str) -> Stamp:
        """Date and time at the site."""
        found = self._stamps.get(text)
        if found is None:
            found = self._stamps[text] = read_stamp(text, self.zone)
        return found


Leaf = Callable[[Reading, str], str]


def leaf_reader(path: Path) -> Leaf:
    """A function from a field as it came to the text that `path` names in it, escapes resolved; "" if none.

    A path without repetition means the first one, in PID-3 the first with an ID. A whole field keeps the
    component delimiters inside, not those at its ends.
    """
    wanted, number, part = path.repetition or 1, path.component, path.subcomponent
    is_first = wanted == 1 and number <= 1 and part <= 1
    is_patient_id = path.segment == "PID" and path.field == 3 and not path.repetition

    def read(reading: Reading, field: str) -> str:
        if field.isalnum():
            # No delimiter is a letter or a digit: the field is its own first part.
            return field if is_first else ""
        repetition = reading.repetition
        if repetition and repetition in field:
            field = _first_identified(reading, field) if is_patient_id else nth(field, repetition, wanted)
        elif wanted > 1:
            return ""
        component = reading.component
        if number:
            if component and component in field:
                field = field.partition(component)[0] if number == 1 else nth(field, component, number)
            elif number > 1:
                return ""
            if part:
                field = nth(field, reading.subcomponent, part)
        elif component and component in field:
            field = field.strip(component)
        escape = reading.escape
        if escape and escape in field:
            field = reading.unescape(field)
        return field.strip()

    return read


def leaves_reader(path: Path) -> Callable[[Reading, str], list[str]]:
    """As leaf_reader, for the text in each repetition, without empty ones; in one, if `path` names one."""
    read = leaf_reader(path)
    is_one = path.repetition > 0

    def read_all(reading: Reading, field: str) -> list[str]:
        repetition = reading.repetition
        if is_one or not repetition or repetition not in field:
            found = [read(reading, field)]
        else:
            found = [read(reading, text) for text in field.split(repetition)]
        return [text for text in found if text and text != NULL]

    return read_all


def _first_identified(reading: Reading, field: str) -> str:
    """The first repetition of PID-3 that has an ID: senders leave the place of one they lack empty."""
    repetitions = field.split(reading.repetition)
    for each in repetitions:
        number = each.partition(reading.component)[0] if reading.component else each
        if number.strip() not in ("", NULL):
            return each
    return repetitions[0]
