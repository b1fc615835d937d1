"""One step's view of a message: the segments that are its own, and those it shares."""

from __future__ import annotations

from openworklist.hl7.message import Segment

Index = dict[str, list[Segment]]


class Group:
    """One step's view of a message: its own segments, then those it shares with ever more other steps."""

    __slots__ = ("_layers",)

    def __init__(self, *layers: Index) -> None:
        self._layers = layers

    def all(self, name: str) -> list[Segment]:
        """The segments of that name in the nearest layer that has any; the same list for all its steps."""
        for layer in self._layers:
            found = layer.get(name)
            if found is not None:
                return found
        return []

    def find(self, name: str, occurrence: int = 1) -> Segment | None:
        found = self.all(name)
        return found[occurrence - 1 if occurrence else 0] if len(found) >= max(occurrence, 1) else None


def add(layer: Index, segment: Segment) -> None:
    name = segment.name
    if name in layer:
        layer[name].append(segment)
    else:
        layer[name] = [segment]
