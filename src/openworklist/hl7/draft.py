"""A message under way: texts by their places, written out as segments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from openworklist.hl7.delimiters import STANDARD
from openworklist.hl7.escapes import escape
from openworklist.hl7.path import Path

# In the order of ORM^O01 and OMI^O23 (HL7 v2.9 4.4); what is not named here stands at the end.
_ORDER: Final = ("MSH", "PID", "PD1", "PV1", "PV2", "AL1", "ORC", "TQ1", "OBR", "NTE", "OBX", "IPC", "ZDS")


class Draft:
    """Texts without escapes, each at one place; a place holds one text."""

    def __init__(self) -> None:
        self._texts: dict[Path, str] = {}

    def find_conflict(self, leaves: Mapping[Path, str]) -> Path | None:
        """A place that holds another text already."""
        for path, text in leaves.items():
            if self._texts.get(_settle(path), text) != text:
                return path
        return None

    def put(self, leaves: Mapping[Path, str]) -> None:
        self._texts.update((_settle(path), text) for path, text in leaves.items())

    def write(self) -> str:
        """The segments, each with a carriage return at its end."""
        places = sorted({(_rank(path.segment), path.segment, path.occurrence) for path in self._texts})
        return "".join(f"{self._write_segment(name, number)}\r" for _, name, number in places)

    def _write_segment(self, name: str, occurrence: int) -> str:
        own = {
            path: text
            for path, text in self._texts.items()
            if (path.segment, path.occurrence) == (name, occurrence)
        }
        last = max(path.field for path in own)
        fields = [_write_field({p: t for p, t in own.items() if p.field == n}) for n in range(1, last + 1)]
        if name == "MSH":
            # MSH-1 is the separator itself, MSH-2 the delimiters.
            fields = ["^~\\&", *fields[2:]]
        return "|".join((name, *fields))


def _settle(path: Path) -> Path:
    """The path of a leaf: whatever is not said is the first."""
    return path._replace(
        component=path.component or 1,
        subcomponent=path.subcomponent or 1,
        repetition=path.repetition or 1,
        occurrence=path.occurrence or 1,
    )


def _rank(segment: str) -> int:
    return _ORDER.index(segment) if segment in _ORDER else len(_ORDER)


def _write_field(texts: Mapping[Path, str]) -> str:
    return "~".join(
        "^".join(
            "&".join(
                escape(next((t for p, t in texts.items() if _is_at(p, r, c, s)), ""), STANDARD)
                for s in _count(p.subcomponent for p in texts if (p.repetition, p.component) == (r, c))
            )
            for c in _count(p.component for p in texts if p.repetition == r)
        )
        for r in _count(p.repetition for p in texts)
    )


def _is_at(path: Path, repetition: int, component: int, subcomponent: int) -> bool:
    return (path.repetition, path.component, path.subcomponent) == (repetition, component, subcomponent)


def _count(numbers: Iterable[int]) -> range:
    return range(1, max(numbers, default=0) + 1)
